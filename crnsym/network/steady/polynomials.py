"""All non-negative solutions of polynomial equations, by elimination in exact numbers.

Reaction networks are sparse: most species enter some equation linearly. What is known to be non-negative settles many
cases without work (a sum of terms of one sign vanishes only where each term does), so that a tree of cases usually ends
in polynomials of one variable, whose roots are isolated exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement

from ..symbols import exact_number

_MOST_TERMS = 3000  # in one case of the tree
_MOST_DEGREE = 40  # of a polynomial in one variable, and of a resultant
_MOST_CASES = 400
_WIDTH = sp.Rational(1, 10**60)  # of the interval around a root
_FACTORED = 80  # terms up to which a polynomial is factored


class TooHard(Exception):
    """The effort was spent; nothing is known about the remaining cases."""


@dataclass(frozen=True)
class Case:
    """A part of the solutions.

    Attributes
    ----------
    steps
        [(variable, numerator, denominator)]: how eliminated variables follow from those that come later, in the
        order of elimination.
    roots
        {variable: value in an interval of 1e-60}.
    free
        Variables that no equation determines.
    """

    steps: tuple[tuple[Any, Any, Any], ...]
    roots: dict[Any, sp.Rational]
    free: tuple[Any, ...]

    def point(self, chosen: dict[Any, sp.Rational] | None = None) -> dict[Any, sp.Rational] | None:
        """Return the solution, or None where a denominator vanishes; ``chosen`` gives free variables a value."""
        values = {**self.roots, **(chosen or {})}
        for variable, top, bottom in reversed(self.steps):
            below = _at(bottom, values)
            if abs(below) < sp.Rational(1, 10**50):
                return None
            ratio = _at(top, values) / below
            values[variable] = _short(ratio)
        return values


def nonnegative_solutions(equations: Sequence[Any], variables: Sequence[Any]) -> list[Case]:
    """Return cases that hold all solutions with non-negative variables; some cases may have none.

    Parameters
    ----------
    equations
        Elements of a sympy polynomial ring over the rationals.
    variables
        Generators of the ring.

    Raises
    ------
    TooHard
        If the equations are too large for this.
    """
    budget = [_MOST_CASES]
    return list(_cases([f for f in equations if f], (), tuple(variables), budget))


def _cases(equations: list[Any], steps: tuple[Any, ...], left: tuple[Any, ...], budget: list[int]) -> Iterator[Case]:
    """Yield the cases of a system; ``left`` are variables that are not eliminated yet."""
    budget[0] -= 1
    if budget[0] < 0 or sum(map(len, equations)) > _MOST_TERMS:
        raise TooHard
    equations = list(dict.fromkeys(f.monic() for f in equations if f))
    for i, f in enumerate(equations):
        others = equations[:i] + equations[i + 1 :]
        options = _split(f)
        if options is not None:  # a product, or a sum of terms of one sign
            for option in options:
                yield from _cases([*others, *option], steps, left, budget)
            return
    if not equations:
        yield Case(steps, {}, left)
        return
    found = _linear(equations)
    if found is None:
        yield from _rooted(equations, steps, left)
        return
    f, v, a, b, sure = found
    others = [g for g in equations if g is not f]
    remaining = tuple(u for u in left if u != v)
    yield from _cases([_substituted(g, v, -b, a) for g in others], (*steps, (v, -b, a)), remaining, budget)
    if not sure:  # where the coefficient vanishes, both parts do
        yield from _cases([*others, a, b], steps, left, budget)


def _split(f: PolyElement) -> list[list[Any]] | None:
    """Return alternatives for f = 0 with non-negative variables: lists of equations; None if there is nothing to do.

    No alternative at all means no solution.
    """
    if _definite(f):
        return []
    if _one_sign(f):  # each monomial vanishes
        variables = [x for x, power in zip(f.ring.gens, f.leading_expv() or (), strict=True) if power]
        if len(f) == 1:
            return None if f.monic() in f.ring.gens else [[v] for v in variables]
        rest = f - f.leading_term()
        return [[v, rest] for v in variables]
    if len(f) > _FACTORED:
        return None
    factors = [g for g, _ in f.factor_list()[1]]
    kept = [g for g in factors if not _definite(g)]
    if len(kept) == 1 and kept[0].monic() == f.monic():
        return None
    return [[g] for g in kept]


def _one_sign(f: PolyElement) -> bool:
    signs = {c > 0 for c in f.coeffs()}
    return len(signs) == 1


def _definite(f: PolyElement) -> bool:
    """Whether f cannot vanish: one sign, and a constant term."""
    return _one_sign(f) and f.coeff(1) != 0


def _linear(equations: list[Any]) -> tuple[Any, Any, Any, Any, bool] | None:
    """Return (f, v, a, b, sure) with ``f = a v + b``, the cheapest first; sure if a cannot vanish."""
    best = None
    for f in equations:
        for v in f.ring.gens:
            if f.degree(v) != 1:
                continue
            a, b = _parts(f, v)
            sure = _definite(a)
            spread = sum(g.degree(v) * len(g) for g in equations if g is not f)
            price = (not sure, len(a) * (len(b) + 1) * (spread + 1))
            if best is None or price < best[0]:
                best = price, (f, v, a, b, sure)
    return None if best is None else best[1]


def _parts(f: PolyElement, v: PolyElement) -> tuple[Any, Any]:
    """Return a, b of ``f = a v + b``."""
    a = f.diff(v)
    return a, f - a * v


def _substituted(f: PolyElement, v: PolyElement, top: PolyElement, bottom: PolyElement) -> PolyElement:
    """Return the numerator of f with ``v = top/bottom``."""
    degree = f.degree(v)
    if degree <= 0:
        return f
    i = f.ring.gens.index(v)
    parts: dict[int, Any] = {}
    for powers, c in f.terms():
        rest = (*powers[:i], 0, *powers[i + 1 :])
        parts.setdefault(powers[i], f.ring.zero)
        parts[powers[i]] += f.ring.term_new(rest, c)
    result = f.ring.zero
    for n, part in parts.items():
        for base, power in ((top, n), (bottom, degree - n)):
            if power:  # the ring refuses 0^0
                part = part * base**power
        result += part
        if len(result) > _MOST_TERMS:
            raise TooHard
    return result


def _rooted(equations: list[Any], steps: tuple[Any, ...], left: tuple[Any, ...]) -> Iterator[Case]:
    """Yield a case for each solution of equations in which no variable is linear: resultants, then roots."""
    used = tuple(v for v in left if any(f.degree(v) > 0 for f in equations))
    if len(equations) < len(used):
        free = next(v for v in used)
        raise TooHard(f"{free} is not determined")
    for roots in _common_roots(equations, used):
        yield Case(steps, roots, tuple(v for v in left if v not in used))


def _common_roots(equations: list[Any], variables: tuple[Any, ...]) -> list[dict[Any, sp.Rational]]:
    if len(variables) == 1:
        (v,) = variables
        common = equations[0]
        for f in equations[1:]:
            common = common.gcd(f)
        return [{v: root} for root in _roots(common, v)]
    v = min(variables, key=lambda u: sum(f.degree(u) for f in equations))
    with_v = sorted((f for f in equations if f.degree(v) > 0), key=lambda f: (f.degree(v), len(f)))
    first, others = with_v[0], with_v[1:]
    ring = first.ring
    reduced = [f for f in equations if f.degree(v) <= 0]
    for f in others:
        if first.degree(v) * f.degree(v) > 12 or len(first) * len(f) > 2000:
            raise TooHard
        result = ring.from_expr(sp.resultant(first.as_expr(), f.as_expr(), v.as_expr()))
        if not result:
            raise TooHard
        reduced.append(result)
    rest = tuple(u for u in variables if u != v)
    found = []
    for roots in _common_roots(reduced, rest):
        for value in _roots_near(first, v, roots):
            point = {**roots, v: value}
            if all(_nearly_zero(f, point) for f in equations):
                found.append(point)
    return found


def _roots(f: PolyElement, v: PolyElement) -> list[sp.Rational]:
    """Return the non-negative roots of a polynomial in one variable, each to within 1e-60."""
    polynomial = sp.Poly(f.as_expr(), v.as_expr(), domain="QQ")
    if polynomial.degree() > _MOST_DEGREE:
        raise TooHard
    if polynomial.degree() <= 0:
        return []
    exact = polynomial.sqf_part()
    roots = []
    for low, high in exact.intervals(sqf=True, inf=0, eps=_WIDTH):
        roots.append(sp.Rational(low + high) / 2)
    return [_short(r) for r in roots if r >= 0]


def _roots_near(f: PolyElement, v: PolyElement, values: dict[Any, sp.Rational]) -> list[Any]:
    """Return the non-negative roots in v with the other variables near the values; a double root counts too."""
    i = f.ring.gens.index(v)
    coefficients: dict[int, Any] = {}
    for powers, c in f.terms():
        rest = f.ring.term_new((*powers[:i], 0, *powers[i + 1 :]), c)
        coefficients[powers[i]] = coefficients.get(powers[i], 0) + _at(rest, values)
    ordered = [sp.Float(coefficients.get(n, 0), 60) for n in range(max(coefficients), -1, -1)]
    while ordered and abs(ordered[0]) < 1e-45:
        ordered.pop(0)
    if len(ordered) < 2:
        return []
    found = sp.Poly(ordered, v.as_expr()).nroots(n=40, maxsteps=400, cleanup=False)
    real = [sp.re(r) for r in found if abs(sp.im(r)) <= 1e-18 * (1 + abs(r))]
    return [sp.Rational(str(max(r, sp.Float(0)))) for r in real if r > -1e-20]


def _nearly_zero(f: PolyElement, point: dict[Any, sp.Rational]) -> bool:
    size = sum(abs(_at(f.ring.term_new(powers, c), point)) for powers, c in f.terms())
    return abs(_at(f, point)) <= sp.Rational(1, 10**15) * size


def _at(f: PolyElement, values: dict[Any, sp.Rational]) -> sp.Rational:
    """Return the value of a polynomial at exact numbers."""
    total: Any = sp.Integer(0)
    numbers = [values.get(g) for g in f.ring.gens]
    for powers, c in f.terms():
        term = sp.Rational(int(c.numerator), int(c.denominator))
        for number, n in zip(numbers, powers, strict=True):
            if n:
                term *= number**n  # type: ignore[operator]  # (sympy: Basic)  # a variable that occurs has a value
        total += term
    return total


def _short(number: sp.Rational) -> sp.Rational:
    """Round a long fraction to about 80 digits, which keeps the next steps short."""
    if int(number.q).bit_length() < 400:
        return number
    scale = 2 ** (300 + max(0, int(number.q).bit_length() - abs(int(number.p)).bit_length()))
    return exact_number(Fraction(int(number * scale), scale))
