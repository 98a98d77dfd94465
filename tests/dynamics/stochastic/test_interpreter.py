import numpy as np
import pytest
import sympy as sp

from crnsym.dynamics.programs import compile_expressions
from crnsym.dynamics.stochastic.interpreter import assemble, evaluate

A, B, k = sp.symbols("A B k")
LAWS = [
    k * A / (3 + A) + B**2 - sp.sqrt(A) + A ** sp.Rational(1, 3) + A**k,
    *(f(k * A / 10) for f in (sp.exp, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atan)),
    *(f(k / 10 - B / 50) for f in (sp.asin, sp.acos, sp.atanh, sp.floor, sp.ceiling, sp.sign, sp.Abs)),
    sp.log(A + k) * sp.acosh(B + 1) + sp.atan2(A, B),
    sp.Min(A, B, k) - sp.Max(A, B, k),
    sp.Piecewise((A, A < B), (B * k, sp.Or(A > 5, sp.Eq(B, 2))), (k, sp.And(A >= 1, sp.Ne(B, 1), B <= 9)), (7, True)),
    A,
    sp.Integer(4),
]


@pytest.mark.parametrize("counts", [(7, 2), (1, 3), (4, 4), (2, 1)])
def test_laws_have_the_value_that_sympy_gives_them(counts):
    programs = [compile_expressions([law], {"A": 0, "B": 1}, {"k": 0}) for law in LAWS]
    code = assemble(programs, np.array([0.6]))
    x, registers = np.array([*counts, 1]), np.empty(code.shape[1])
    for i, law in enumerate(LAWS):
        wanted = float(law.subs({A: counts[0], B: counts[1], k: 0.6}))
        assert evaluate(i, code, x, registers) == pytest.approx(wanted, rel=1e-12), law
