"""Each closure is exact for the distributions that it is named after."""

import pytest
import sympy as sp

from crnsym.network.moments.closures import close_central, close_raw
from crnsym.network.moments.powers import all_powers, divisors

MEANS = (sp.Rational(3, 2), sp.Rational(5, 4))
S = ((sp.Rational(2, 3), sp.Rational(1, 5)), (sp.Rational(1, 5), sp.Rational(1, 2)))


def normal(m):
    """Raw moments of a Gaussian, by integration by parts (Stein)."""
    if not m:
        return sp.Integer(1)
    i, rest = m[0], m[1:]
    pairs = (S[i][rest[n]] * normal(rest[:n] + rest[n + 1 :]) for n in range(len(rest)))
    return MEANS[i] * normal(rest) + sum(pairs, sp.Integer(0))


def poisson(m):
    """Raw moments of independent Poisson numbers: Touchard polynomials."""
    found = sp.Integer(1)
    for i, rate in enumerate(MEANS):
        n = m.count(i)
        found *= sum((sp.functions.combinatorial.numbers.stirling(n, k) * rate**k for k in range(n + 1)), sp.Integer(0))
    return found


def lognormal(m):
    total = sum((MEANS[i] for i in m), sp.Integer(0)) + sum((S[i][j] for i in m for j in m), sp.Integer(0)) / 2
    return sp.exp(total)


def central(raw, m):
    """Return a moment about the mean, from raw ones."""
    terms = (c * raw(s) * sp.Mul(*(-raw((i,)) for i in rest)) for s, rest, c in divisors(m))
    return sp.Add(*terms)


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("exact", [normal, poisson, lognormal], ids=lambda f: f.__name__)
def test_a_closure_gives_the_moments_of_its_own_distribution(exact, order):
    for m in all_powers((0, 1), order + 2):
        if len(m) > order:
            assert abs(sp.N(close_raw(exact.__name__, m, order, exact) - exact(m), 30)) < 1e-12 * sp.N(exact(m))
            found = close_central(
                exact.__name__, m, order, exact, lambda s: central(exact, s) if len(s) != 1 else sp.Integer(0)
            )
            assert abs(sp.N(found - central(exact, m), 30)) < 1e-12 * sp.N(exact(m))


def test_derivative_matching_of_order_three_has_the_published_exponents():
    # Singh and Hespanha (2011): <x^4> = <x>^4 <x^3>^4 / <x^2>^6
    x = {n: sp.Symbol(f"x{n}", positive=True) for n in range(1, 5)}
    found = close_raw("lognormal", (0,) * 4, 3, lambda m: x[len(m)])
    assert sp.simplify(found - x[1] ** 4 * x[3] ** 4 / x[2] ** 6) == 0


def test_mean_field_multiplies_means():
    assert close_raw("mean_field", (0, 0, 1), 2, lambda m: sp.Symbol(f"m{m}")) == sp.Symbol("m(0,)") ** 2 * sp.Symbol(
        "m(1,)"
    )
