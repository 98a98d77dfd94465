"""Steady states as the non-negative solutions of polynomial equations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy import QQ
from sympy.polys.matrices.sdm import SDM
from sympy.polys.rings import ring

from ..elimination import rational
from ..symbols import symbol
from .conserved import ConservedReduction
from .polynomials import Case, TooHard, nonnegative_solutions

if TYPE_CHECKING:
    from ..network import Network

Found = tuple[list[list[float]], bool, bool, str]
_MOST_SPECIES = 60
_SAMPLES = [sp.Rational(1, 1000), sp.Rational(1, 7), sp.Integer(1), sp.Rational(22, 7), sp.Integer(1000)]


def exact_states(
    network: "Network", given: Mapping[sp.Symbol, Any], reduction: ConservedReduction, totals: Mapping[str, Any]
) -> Found | None:
    """Return (points, complete, isolated, method), or None where the equations are no polynomials or too large."""
    if len(network.species) > _MOST_SPECIES:
        return None
    try:
        system, generators = _system(network, given, reduction, totals)
        cases = nonnegative_solutions(system, generators)
    except TooHard:
        return None
    points: list[list[float]] = []
    isolated = True
    for case in cases:
        if case.free:
            isolated = isolated and not _is_real(case, generators)
            continue
        point = case.point()
        if point is not None and _nonnegative(point):
            x = [_rounded(point[g]) for g in generators]
            if not any(_same(x, other) for other in points) and _rests(network, given, x):
                points.append(x)
    return points, True, isolated, "All steady states, by elimination in exact numbers."


def _system(
    network: "Network", given: Mapping[sp.Symbol, Any], reduction: ConservedReduction, totals: Mapping[str, Any]
) -> tuple[list[Any], tuple[Any, ...]]:
    """Return the laws and as many combinations of the rates of change, as short as they come, as polynomials."""
    symbols = [symbol(n) for n in network.species_names]
    polynomials, *generators = ring(symbols, QQ)
    rates = [rate.xreplace(dict(given)) for rate in network.rates()]
    rows: dict[int, dict[int, Any]] = {i: {} for i in range(len(symbols))}
    for j, r in enumerate(network.reactions):
        for name, c in r.net.items():
            rows[network.species_index[name]][j] = rational(c)
    rows = {i: row for i, row in rows.items() if row}
    short = SDM(rows, (len(symbols), len(rates)), QQ).rref()[0] if rows else {}
    equations = []
    for row in short.values():
        total = sp.Add(*(sp.Rational(int(c.numerator), int(c.denominator)) * rates[j] for j, c in row.items()))
        numerator = sp.expand(sp.fraction(sp.together(total))[0])
        try:
            equations.append(polynomials.from_expr(numerator))
        except ValueError:
            raise TooHard("a rate is no rational function of rational numbers") from None
    for name, law in reduction.laws.items():
        total = polynomials.from_expr(totals[name])
        for species, c in law.items():
            total -= generators[network.species_index[species]] * c
        equations.append(total)
    return equations, tuple(generators)


def _is_real(case: Case, generators: tuple[Any, ...]) -> bool:
    """Whether a family of solutions has a non-negative point, at some of a few values of its free variables."""
    for shift in range(len(_SAMPLES) ** min(len(case.free), 3)):
        chosen = {}
        for i, v in enumerate(case.free):
            chosen[v] = _SAMPLES[(shift // len(_SAMPLES) ** min(i, 2)) % len(_SAMPLES)]
        point = case.point(chosen)
        if point is not None and _nonnegative(point) and len(point) == len(generators):
            return True
    return False


def _nonnegative(point: Mapping[Any, Any]) -> bool:
    largest = max((abs(x) for x in point.values()), default=1)
    return all(x >= -largest / 10**25 for x in point.values())


def _rounded(x: sp.Expr) -> float:
    value = float(x)
    return 0.0 if value < 1e-40 else value


def _same(a: list[float], b: list[float]) -> bool:
    return all(abs(x - y) <= 1e-12 * max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))


def _rests(network: "Network", given: Mapping[sp.Symbol, Any], x: list[float]) -> bool:
    """Check a point in the rates themselves, where a denominator may vanish."""
    at = {**given, **{symbol(n): sp.Float(v, 30) for n, v in zip(network.species_names, x, strict=True)}}
    rates: list[Any] = [rate.xreplace(at) for rate in network.rates()]
    if not all(v.is_finite and v.is_real for v in rates):
        return False
    change = dict.fromkeys(network.species_names, 0.0)
    size = dict.fromkeys(network.species_names, 0.0)
    for r, v in zip(network.reactions, rates, strict=True):
        for name, c in r.net.items():
            change[name] += float(c) * float(v)
            size[name] += abs(float(c) * float(v))
    return all(abs(change[n]) <= 1e-9 * size[n] for n in change)
