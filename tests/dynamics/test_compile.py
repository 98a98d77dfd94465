from fractions import Fraction

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import Custom, Network, Reaction, compile_jacobian, compile_network, network
from crnsym.dynamics.stoichiometry import SparseStoichiometry
from crnsym.errors import NetworkError, UnsupportedError
from crnsym.network.symbols import symbol

NAMES = ["A", "B", "C", "S"]
complexes = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), max_size=3)
amounts = st.fractions(0, 10, max_denominator=20)


@st.composite
def mass_action_networks(draw):
    reactions = [
        Reaction(left, right, draw(st.fractions(Fraction(1, 100), 100, max_denominator=100)))
        for left, right in draw(st.lists(st.tuples(complexes, complexes), min_size=1, max_size=6))
        if left or right
    ]
    return Network(tuple(reactions), species=tuple(NAMES))


def field_at(net, state):
    """dy/dt and the rates, from the arrays."""
    with jax.enable_x64(True):
        field = compile_network(net)
        y = jnp.asarray(np.asarray(state, float))
        return np.asarray(field(0.0, y)), np.asarray(field.rates(0.0, y))


def exact(expressions, net, state):
    values = {symbol(name): sp.Rational(x) for name, x in zip(net.species_names, state, strict=True)}
    values |= {symbol(name): value for name, value in net.parameters.items()}
    return [expression.subs(values) for expression in expressions]


def assert_close(found, expected, size=0.0):
    for a, b in zip(found, map(float, expected), strict=True):
        assert abs(a - b) <= 1e-12 * max(abs(b), size)


@settings(deadline=None, max_examples=60)
@given(mass_action_networks(), st.lists(amounts, min_size=4, max_size=4))
def test_mass_action_arrays_equal_the_exact_equations(net, state):
    change, rates = field_at(net, [float(x) for x in state])
    assert_close(rates, exact(net.rates(), net, state))
    assert_close(change, exact(net.odes().values(), net, state), size=10 * max(map(float, rates), default=0))


@settings(deadline=None, max_examples=60)
@given(mass_action_networks(), st.lists(amounts, min_size=4, max_size=4))
def test_written_out_laws_equal_the_gather_kernel(net, state):
    written = net.with_rates([Custom(r.rate_expression) for r in net.reactions])
    state = [float(x) for x in state]
    for a, b in zip(field_at(net, state), field_at(written, state), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12 * (1 + np.abs(b).max(initial=0)))


LAWS = [
    "Vmax*A/(Km + A)",
    "Vmax*A^2.5/(Km^2.5 + A^2.5)",
    "Vmax*A^n/(Km^n + A^n)",
    "Vmax*Km^n/(Km^n + A^n)",
    "sqrt(A) + A^(1/3) + A^-2 + (A - B)^3",
    "exp(-A) + log(1 + B) + sin(A)*cos(B) + tanh(A) + atan(B)",
    "min(A, B, 1) + max(A, B) + abs(A - B) + floor(A) + ceil(B) + sign(A - 1)",
    "piecewise(A, A < 1, B, A < 2, A*B)",
    "piecewise(1, A > 1 && !(B > 5) || A == B, 2)",
    "log10(A + 1)*exp(1)/3",
    "A*B*(A + B)^2/(A + B + 1)/(Km + A)",
]


@pytest.mark.parametrize("law", LAWS)
def test_rate_laws_equal_sympy(law):
    net = network(f"A -> B @= {law}; param Vmax = 1.7, Km = 0.4, n = 2.5")
    net = net if set(net.species_names) == {"A", "B"} else network(f"A -> B @= {law} + 0*B")
    for state in [(0.3, 0.7), (1.5, 0.2), (3.0, 3.0)]:
        _, rates = field_at(net, state)
        expected = [sp.N(r, 30) for r in exact(net.rates(), net, [Fraction(x) for x in state])]
        assert_close(rates, expected)


def test_equal_subexpressions_are_computed_once():
    net = network("A -> B @= exp(A*B)/(1 + exp(A*B)); B -> A @= exp(A*B)")
    names = [instruction[0] for instruction in compile_network(net).laws.instructions]
    assert names.count("exp") == 1


@pytest.mark.parametrize("state", [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)])
@pytest.mark.parametrize(
    "law",
    ["@ 2", "@= A*A*B", "@= A^n/(1 + A^n)", "@= A^2.5/(1 + A^2.5)", "@= sqrt(A)*B", "@= piecewise(A/B, B > 0, 0)"],
)
def test_slopes_are_finite_where_concentrations_are_zero(law, state):
    field = compile_network(network(f"2 A + B -> 3 B {law}; param n = 2.5"))
    with jax.enable_x64(True):
        y = jnp.asarray(state)
        for jacobian in (jax.jacfwd, jax.jacrev):
            assert np.isfinite(jacobian(lambda y: field(0.0, y))(y)).all()


def test_zero_concentrations_give_rates_that_are_exactly_zero():
    net = network("A + B -> C @ 1e300; 3 C -> A @ 2; B -> 0 @= B^2.5/(1 + B^2.5)")
    change, rates = field_at(net, [0.0, 0.0, 0.0])
    assert rates.tolist() == [0, 0, 0]
    assert change.tolist() == [0, 0, 0]


def test_round_off_below_zero_does_not_make_a_real_power_nan():
    _, rates = field_at(network("A -> 0 @= A^n/(1 + A^n); param n = 2.5"), [-1e-18])
    assert rates[0] == 0


def test_a_whole_exponent_in_a_parameter_keeps_the_sign_of_its_base():
    _, rates = field_at(network("A -> B @= (A - B)^n; param n = 3"), [1.0, 3.0])
    assert rates[0] == pytest.approx(-8)


def test_species_that_are_held_fixed_do_not_change():
    net = network("A + F -> B + F @ 2; F -> A @ 1; const F; init F = 3, A = 1")
    change, rates = field_at(net, [{"A": 1.0, "F": 3.0, "B": 0.0}[name] for name in net.species_names])
    assert rates.tolist() == [6, 3]
    assert dict(zip(net.species_names, change, strict=True)) == {"A": -3, "F": 0, "B": 6}


def test_a_rate_may_depend_on_time():
    field = compile_network(network("0 -> A @= time^2; A -> 0 @ exp(-time)"))
    with jax.enable_x64(True):
        np.testing.assert_allclose(field.rates(3.0, jnp.asarray([2.0])), [9, 2 * np.exp(-3)], rtol=1e-14)


def test_fractional_reactants_and_high_orders_are_written_out():
    net = network("1/2 A -> B @ 3; 9 B -> A @ 1e-3")
    _, rates = field_at(net, [4.0, 2.0])
    np.testing.assert_allclose(rates, [6, 0.512], rtol=1e-14)


def chain(length):
    hub = "\n".join(f"X0 + X{i} -> X{i + 1} @ 1" for i in range(1, length, 2))
    return network(
        "\n".join(f"X{i} + X{i + 1} -> X{i + 2} + X{i // 2} @ {1 + i / 7}" for i in range(length)) + "\n" + hub
    )


def test_large_networks_use_sparse_stoichiometry_with_the_same_result():
    net = chain(200)
    state = np.random.default_rng(0).uniform(size=len(net.species))
    assert isinstance(compile_network(net).stoichiometry, SparseStoichiometry)
    change, rates = field_at(net, state)
    np.testing.assert_allclose(change, net.net_stoichiometry().astype(float) @ rates, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    "net", [network("A + B -> C @ 2; C -> A @= mm(C, 1, 2); A -> 0 @= sqrt(A) + time"), chain(100)]
)
def test_further_axes_behind_the_species_are_a_batch(net):
    states = np.random.default_rng(0).uniform(size=(len(net.species), 3))
    batch = field_at(net, states)
    for i in range(3):
        for a, b in zip(batch, field_at(net, states[:, i]), strict=True):
            np.testing.assert_allclose(a[:, i], b, rtol=1e-13, atol=1e-13 * np.abs(b).max())


def test_rate_laws_of_one_kind_are_one_kernel():
    net = network("""
        A -> B @= mm(A, 1.7, k); B -> A @= mm(B, 2, 0.3); 0 -> A @= hill(B, 1, k, 2.5); 0 -> B @= hillr(A, 3, 0.2, 2)
        A -> 0 @= hill(A, 1, 0.1, 1); A -> B @= revmm(A, B, 2, k, 1, 3); B -> 0 @ 2; A + B -> 0 @= A*B/(1 + A)
        param k = 0.4""")
    field = compile_network(net)
    assert [len(getattr(group, "vmax", getattr(group, "vf", ()))) for group in field.groups] == [2, 1, 2, 1]
    assert len(field.laws.outputs) == 1
    for state in [(0.3, 0.7), (0.0, 2.0), (0.0, 0.0)]:
        change, rates = field_at(net, state)
        values = [Fraction(x).limit_denominator(10) for x in state]
        assert_close(rates, [sp.N(r, 30) for r in exact(net.rates(), net, values)])
        assert_close(change, [sp.N(r, 30) for r in exact(net.odes().values(), net, values)], size=10)


@pytest.mark.parametrize(
    "net",
    [
        network("2 A + B -> 3 C @ 2; C -> A @ 1; A + F -> F @ 3; const F; init F = 2"),
        network("A -> B @= mm(A, 1, 2); B + C -> A @= B*C^1.5/(1 + A); C -> 0 @ 2; 0 -> C @= hill(A, 1, 2, 2) + time"),
        chain(60),
    ],
)
def test_the_sparse_jacobian_equals_the_derivative_of_the_field(net):
    state = np.random.default_rng(1).uniform(0.1, 1, size=len(net.species))
    with jax.enable_x64(True):
        y = jnp.asarray(state)
        found = compile_jacobian(net).dense(0.3, y)
        expected = jax.jacfwd(lambda y: compile_network(net)(0.3, y))(y)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_a_vector_field_is_a_diffrax_term():
    field = compile_network(network("A -> B @ 1"))
    with jax.enable_x64(True):
        solution = diffrax.diffeqsolve(diffrax.ODETerm(field), diffrax.Tsit5(), 0.0, 1.0, 0.01, jnp.asarray([1.0, 0.0]))
    assert solution.ys[0, 0] == pytest.approx(np.exp(-1), rel=1e-8)


def test_an_unknown_function_is_refused_by_name():
    net = Network((Reaction("A", "B", Custom(sp.gamma(symbol("A")))),))
    with pytest.raises(UnsupportedError, match="the function gamma"):
        compile_network(net)


def test_a_parameter_without_value_is_named():
    with pytest.raises(NetworkError, match="no value for kf, kr"):
        compile_network(network("A <-> B @ kf, kr"))


def test_a_rate_constant_that_is_no_real_number_is_refused():
    with pytest.raises(NetworkError, match="finite real number"):
        compile_network(network("A -> B @ log(q); param q = -1"))


def test_single_precision_is_warned_of():
    net = network("A -> B @ 1")
    for compiled in (compile_network(net), compile_jacobian(net)):
        with pytest.warns(UserWarning, match=r"float64 off, in single precision.*jax.enable_x64\(True\)"):
            compiled(0.0, jnp.ones(2))
        with jax.enable_x64(True):
            compiled(0.0, jnp.ones(2))
