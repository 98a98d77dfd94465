"""Every function of SBML core reads, is written, differentiates and compiles."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

import crnsym as cs
from crnsym.formats import sbml
from crnsym.network.symbols import symbol
from tests.formats.test_sbml_import import document, parameter, reaction, species

FORMULAS = """
piecewise(A, A > 0.5, 2*A); piecewise(1, A > 0, 2, B > 0, 3); A < B; (A > 1 && B > 1) * k; A % 2; A == B; A != B
piecewise(1, A > 1 || B > 1, 0); piecewise(1, !(A > 1), 0); piecewise(1, xor(A > 1, B > 1, k > 1), 0)
piecewise(1, implies(A > 1, B > 1), 0); piecewise(1, eq(A, B, k), 0); piecewise(1, lt(A, B, 2), 0); piecewise(1, A, 0)
min(A, B, k); max(A, B); quotient(A, 3); rem(7*A, 3); factorial(A); ceil(A); floor(3*A); abs(A - B); exp(A)
ln(1 + A); log10(1 + A); log(3, 1 + A); root(3, A); sqrt(A); A^k; A^0.5; A^2.5; pow(A, B); (A*B)^(1/3); sqrt(A*B)
sin(A); cos(A); tan(A); sec(A); csc(1 + A); cot(1 + A); sinh(A); cosh(A); tanh(A); sech(A); csch(1 + A); coth(1 + A)
arcsin(A/3); arccos(A/3); arctan(A); arcsec(2 + A); arccsc(2 + A); arccot(1 + A); arcsinh(A); arccosh(1.5 + A)
arctanh(A/3); arcsech(0.5/(1 + A)); arccsch(1 + A); arccoth(2 + A); A*exponentiale + pi; time*A; 1e-24*avogadro*A
A/(A + k); A^k/(1 + A^k)
""".replace("\n", ";").split(";")
FORMULAS = [f.strip() for f in FORMULAS if f.strip()]
POINTS = [(0.0, 0.0), (0.3, 0.7), (1.0, 1.0), (1.7, 0.0)]


@pytest.fixture(scope="module")
def net():
    reactions = "".join(reaction(f"r{i}", "A", "B", f) for i, f in enumerate(FORMULAS))
    text = document(
        '<compartment id="c" size="1" spatialDimensions="3" constant="true"/>',
        species("A") + species("B"),
        parameter("k", 1.5),
        reactions,
    )
    return sbml.from_text(text)


def test_all_come_back_from_text_and_sbml(net):
    assert cs.network(str(net)) == net
    assert sbml.from_text(sbml.to_text(net)) == net


def test_roadrunner_has_the_same_rates(net):
    roadrunner = pytest.importorskip("roadrunner")
    simulator = roadrunner.RoadRunner(sbml.to_text(net))
    states = [symbol("A"), symbol("B"), symbol("time"), symbol("k")]
    rates = [sp.lambdify(states, r, ["scipy", "numpy"]) for r in net.rates()]
    for a, b in POINTS:
        simulator["[A]"], simulator["[B]"] = a, b
        expected = simulator.getReactionRates()
        found = [float(rate(a, b, 0.0, 1.5)) for rate in rates]
        same = [f != "factorial(A)" for f in FORMULAS]  # which libroadrunner reads as that of a whole number
        np.testing.assert_allclose(np.array(found)[same], expected[same], rtol=1e-12, atol=1e-12)


def test_all_differentiate_without_a_derivative_left(net):
    jacobian = net.jacobian()
    assert not jacobian.has(sp.Derivative, sp.Subs, sp.re, sp.im)


def test_all_compile_with_finite_rates_and_gradients(net):
    with jax.enable_x64(True):
        field = cs.compile_network(net)

        def rates(y):
            return field.rates(0.0, y)

        found, slopes = map(
            np.asarray, jax.jit(jax.vmap(lambda y: (rates(y), jax.jacfwd(rates)(y))))(jnp.array(POINTS))
        )
    symbols = [symbol("A"), symbol("B"), symbol("time"), symbol("k")]
    expected = [sp.lambdify(symbols, r, ["scipy", "numpy"]) for r in net.rates()]
    for point, values in zip(POINTS, found, strict=True):
        np.testing.assert_allclose(values, [float(e(*point, 0.0, 1.5)) for e in expected], rtol=1e-12, atol=1e-12)
    assert [f for f, s in zip(FORMULAS, slopes.swapaxes(0, 1), strict=True) if not np.isfinite(s).all()] == []
