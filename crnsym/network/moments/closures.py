"""Moment closures: a moment of high order as a function of the lower ones.

Each is exact for the distributions it is named after.
"""

from collections.abc import Callable
from math import factorial

import sympy as sp

from ...errors import NetworkError
from .powers import Powers, all_powers, binomial, divisors, partitions

Moment = Callable[[Powers], sp.Expr]
"""The moment of a monomial: a symbol, or 1 for the empty one."""

CLOSURES = ("mean_field", "normal", "poisson", "lognormal")


def close_raw(closure: str, m: Powers, order: int, moment: Moment) -> sp.Expr:
    """Return the closure of a raw moment of more than ``order`` factors.

    Parameters
    ----------
    closure
        ``"mean_field"``: the product of the means. ``"normal"``: cumulants above the order vanish (Whittle 1957).
        ``"poisson"``: so do those of several species, those of one are its mean. ``"lognormal"``: a product of powers
        of lower moments; at order 2 that of log-normal variables, above it derivative matching (Singh and Hespanha
        2011).
    """
    if closure == "mean_field":
        return sp.Mul(*(moment((i,)) for i in m))
    if closure == "lognormal":
        return _derivative_matching(m, order, moment)
    return sp.expand(_by_cumulants(closure, m, order, moment, moment))


def close_central(closure: str, m: Powers, order: int, mean: Moment, central: Moment) -> sp.Expr:
    """Return the closure of a central moment of more than ``order`` factors; see `close_raw`."""
    if closure == "mean_field":
        return sp.Integer(0)
    if closure == "lognormal":
        return _raw_to_central(m, order, mean, central)
    return sp.expand(_by_cumulants(closure, m, order, mean, central))


def check_closure(closure: str, choices: tuple[str, ...] = CLOSURES) -> None:
    """Refuse the name of an unknown closure."""
    if closure not in choices:
        raise NetworkError(f"closure={closure!r} is unknown; choose one of {', '.join(choices)}")


def _by_cumulants(closure: str, m: Powers, order: int, mean: Moment, moment: Moment) -> sp.Expr:
    """Solve cumulant = sum over partitions of (-1)^(b - 1) (b - 1)! prod of moments for that of the single block."""
    if len(m) <= order:
        return moment(m)
    found = mean(m[:1]) if closure == "poisson" and len(set(m)) == 1 else sp.Integer(0)
    for blocks in partitions(m):
        b = len(blocks)
        if b > 1:
            factors = [_by_cumulants(closure, tuple(sorted(block)), order, mean, moment) for block in blocks]
            found += (-1) ** b * factorial(b - 1) * sp.Mul(*factors)
    return found


def _derivative_matching(m: Powers, order: int, moment: Moment) -> sp.Expr:
    lower = all_powers(sorted(set(m)), order)
    exponents: dict[Powers, int] = {}
    for s in reversed(lower):
        exponents[s] = binomial(m, s) - sum(c * binomial(p, s) for p, c in exponents.items() if p != s)
    return sp.Mul(*(moment(s) ** exponents[s] for s in lower))


def _raw_to_central(m: Powers, order: int, mean: Moment, central: Moment) -> sp.Expr:
    def raw(s: Powers) -> sp.Expr:
        if len(s) > order:
            return _derivative_matching(s, order, raw)
        return sp.Add(*(c * central(d) * sp.Mul(*(mean((i,)) for i in rest)) for d, rest, c in divisors(s)))

    return sp.Add(*(c * raw(s) * sp.Mul(*(-mean((i,)) for i in rest)) for s, rest, c in divisors(m)))
