import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from crnsym import Custom, Network, Reaction, Species, compile_jacobian, compile_network, parse_expression
from crnsym.dynamics.evaluation import evaluate
from crnsym.dynamics.integration.machine import Assembler, differentiate, run
from crnsym.dynamics.integration.system import compile_system, slope
from crnsym.dynamics.programs import compile_expressions
from crnsym.network.symbols import symbol

A, B = symbol("A"), symbol("B")
ONE = [
    "exp log sin cos tan sinh cosh tanh asinh atan floor ceiling sign Abs sqrt sec csc cot sech csch coth acot acsch"
]
EXPRESSIONS = [
    *(getattr(sp, name)(A) for name in ONE[0].split()),
    *(getattr(sp, name)(A / 4) for name in ("asin", "acos", "atanh", "asech")),
    *(getattr(sp, name)(A + 1) for name in ("acosh", "asec", "acsc", "acoth")),
    sp.factorial(A),
    sp.atan2(A, B),
    sp.Min(A, B) + sp.Max(A, 2 * B, 1),
    sp.Mod(A, B) + sp.Heaviside(A - 1),
    A ** sp.Rational(5, 2) + B**A + A**-2,
    sp.Piecewise((A, sp.And(A < 1, B > 0)), (B**2, sp.Or(A > B, sp.Not(sp.Eq(A, 3)))), (0, True)),
    sp.Piecewise((A, sp.Xor(A < 1, B >= 1)), (B, sp.Implies(A <= 2, sp.Ne(A, B))), (A * B, True)),
    parse_expression("2*A^2.5/(0.7^2.5 + A^2.5) + 3*B/(0.2 + B) + log10(A)"),
]
STATES = [(0.3, 0.7), (1.5, 0.2), (3.2, 2.9)]


def both(expression, state, seed):
    """Values and slopes along the seed: from jax, and from the machine."""
    program = compile_expressions([expression], {"A": 0, "B": 1}, {})
    with jax.enable_x64(True):
        value, change = jax.jvp(
            lambda y: evaluate(program, 0.0, y, jnp.zeros(0))[0] * jnp.ones(()),
            (jnp.asarray(state),),
            (jnp.asarray(seed),),
        )
    assembler = Assembler(3, [])
    (output,) = assembler.place(program)
    rows, numbers = np.array(assembler.rows), np.array(assembler.numbers)
    values, slopes = np.empty(len(rows)), np.empty(len(rows))
    run(rows, numbers, np.array([*state, 1.0, 0.0]), values)
    differentiate(rows, np.array([*seed, 0.0, 0.0]), values, slopes)
    return (float(value), float(change)), (values[output], slopes[output])


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_values_and_slopes_of_every_function_equal_sympy_in_both_machines(expression):
    for state in STATES:
        at = dict(zip((A, B), (sp.Float(x, 40) for x in state), strict=True))
        value = float(sp.N(expression.subs(at), 30))
        for seed, x in (((1.0, 0.0), A), ((0.0, 1.0), B)):
            step = sp.Float(10, 40) ** -9
            change = float(
                sp.N(
                    (expression.subs({**at, x: at[x] + step}) - expression.subs({**at, x: at[x] - step})) / 2 / step, 30
                )
            )
            for found in both(expression, state, seed):
                assert found[0] == pytest.approx(value, rel=1e-12)
                assert found[1] == pytest.approx(change, rel=2e-8, abs=1e-9)


@pytest.mark.parametrize(
    "expression",
    [A**0.5, sp.sqrt(A), A**2.5, A**B, 1 / (1 + A**0.3), A**0.7 / (2 + A**0.7), sp.Abs(A), sp.Min(A, B)],
    ids=str,
)
@pytest.mark.parametrize("state", [(0.0, 0.0), (0.0, 2.0), (-1e-18, 1.0)])
def test_values_and_slopes_are_finite_at_zero_and_at_round_off_below(expression, state):
    for seed in ((1.0, 0.0), (0.0, 1.0)):
        for value, change in both(expression, state, seed):
            assert math.isfinite(value)
            assert math.isfinite(change)


def test_gradients_with_regard_to_every_constant_are_finite_at_zero():
    laws = [parse_expression(text) for text in ("Vmax*A^n/(k^n + A^n)", "Vmax*A/(k + A)", "Vmax*sqrt(A)*B^n", "k*A^2")]
    net = Network(tuple(Reaction("A", "B", Custom(law)) for law in laws), parameters={"Vmax": 2, "n": 1.7, "k": 0.3})
    with jax.enable_x64(True):
        field = compile_network(net)
        slopes = jax.grad(lambda p: _total(field, p))(jnp.asarray(field.parameters))
    assert np.isfinite(slopes).all()


def _total(field, parameters):
    import equinox as eqx

    return eqx.tree_at(lambda f: f.parameters, field, parameters)(0.0, jnp.zeros(2)).sum()


def test_all_forms_of_a_network_agree():
    laws = ["A*B/(1 + A)", "exp(-time)*C^1.5", "piecewise(A, A < B, B*C)", "min(A, C)"]
    reactions = tuple(Reaction("A + B", "C", Custom(parse_expression(law))) for law in laws)
    net = Network((*reactions, Reaction("2 A + C", "3 B", 2)), tuple(map(Species, "ABC")))
    state = np.array([0.4, 1.3, 2.2])
    with jax.enable_x64(True):
        expected = compile_network(net)(0.5, jnp.asarray(state))
        jacobian = compile_jacobian(net).dense(0.5, jnp.asarray(state))
        exact = jax.jacfwd(lambda y: compile_network(net)(0.5, y))(jnp.asarray(state))
    np.testing.assert_allclose(slope(compile_system(net), 0.5, state), expected, rtol=1e-13)
    np.testing.assert_allclose(jacobian, exact, rtol=1e-13)
