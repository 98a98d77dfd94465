"""Units of a network checked against each other, as far as they are given."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from .choice import branches
from .symbols import TIME
from .units import parse_unit

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction

Dimension = Mapping[str, Fraction]
"""{base: exponent}, without zeros."""

_BASES: dict[str, dict[str, int]] = {
    "molar": {"amount": 1, "length": -3},
    "mole": {"amount": 1},
    "item": {"amount": 1},
    "litre": {"length": 3},
    "metre": {"length": 1},
    "second": {"time": 1},
    "minute": {"time": 1},
    "hour": {"time": 1},
    "day": {"time": 1},
    "gram": {"mass": 1},
    "kelvin": {"temperature": 1},
    "joule": {"mass": 1, "length": 2, "time": -2},
    "pascal": {"mass": 1, "length": -1, "time": -2},
    "dimensionless": {},
}


def check_units(network: "Network") -> list[str]:
    """Return where the units of species and parameters do not fit together, a line each.

    A rate is what it changes per time, so that the constant of a reaction of order n is concentration^(1 - n) / time;
    what is added or compared must be of one kind. What has no unit is not judged, nor is a factor of ten.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> check_units(network("2 A -> B @ k; param k = 3 [1/s]; init A = 1 [mM], B = 0 [mM]"))
    ['2 A -> B  @ k: the rate is amount^2 length^-6 time^-1, and A changes by amount length^-3 time^-1']
    """
    given = {s.name: s.unit for s in network.species if s.unit} | dict(network.units)
    dimensions: dict[str, Dimension] = {TIME: {"time": Fraction(1)}} if TIME not in network.parameters else {}
    found = []
    for name, unit in given.items():
        dimension = _of_unit(unit)
        if dimension is None:
            found.append(f"{name}: the unit '{unit}' is not understood")
        else:
            dimensions[name] = dimension
    for reaction in network.reactions:
        found += [f"{reaction}: {problem}" for problem in _problems(reaction, dimensions)]
    for name, expression in network.observables.items():
        found += [f"{name}: {problem}" for problem in _Walk(dimensions).all_problems(expression)]
    return found


def _problems(reaction: "Reaction", dimensions: Mapping[str, Dimension]) -> list[str]:
    law: Any = reaction.rate
    walk = _Walk(dimensions)
    rate = walk.dimension(reaction.rate_expression)
    if rate is None or (law.is_mass_action and law.k.is_number):  # a bare number may have any unit
        return walk.problems
    for name in reaction.net:
        if name in dimensions:
            change = _product(dimensions[name], {"time": Fraction(-1)})
            if change != rate:
                return [*walk.problems, f"the rate is {_text(rate)}, and {name} changes by {_text(change)}"]
    return walk.problems


class _Walk:
    """Dimensions of expressions, None where unknown, and what does not fit in them."""

    def __init__(self, known: Mapping[str, Dimension]) -> None:
        self.known, self.problems = known, []

    def all_problems(self, expression: sp.Expr) -> list[str]:
        self.dimension(expression)
        return self.problems

    def dimension(self, e: sp.Basic) -> Dimension | None:
        if isinstance(e, sp.Symbol):
            return self.known.get(e.name)
        if e.is_Number or e.is_NumberSymbol:
            return {}
        if pairs := branches(e):
            for _, condition in pairs:
                self.dimension(condition)
            return self._alike(e, [self.dimension(value) for value, _ in pairs if not value.is_number])
        parts = [self.dimension(a) for a in e.args]
        if e.is_Mul:
            return None if None in parts else _product(*(p for p in parts if p is not None))
        if isinstance(e, sp.Pow):
            base, exponent = parts
            self._plain(e.exp, exponent, "an exponent")
            if not base:
                return base
            if not isinstance(e.exp, sp.Rational):
                return None
            return {n: c * Fraction(int(e.exp.p), int(e.exp.q)) for n, c in base.items()}
        if e.is_Add or isinstance(e, sp.Max | sp.Min | sp.core.relational.Relational):
            # a number beside a quantity may stand for one with a unit
            return self._alike(e, [p for a, p in zip(e.args, parts, strict=True) if not a.is_number])
        if isinstance(e, sp.Abs | sp.floor | sp.ceiling):
            return parts[0]
        if isinstance(e, sp.Function):
            for a, part in zip(e.args, parts, strict=True):
                self._plain(a, part, f"an argument of {e.func.__name__}")
            return {}
        return None

    def _alike(self, e: sp.Basic, parts: list[Dimension | None]) -> Dimension | None:
        kinds = [p for p in parts if p is not None]
        for other in kinds[1:]:
            if other != kinds[0]:
                self.problems.append(f"{e} puts {_text(kinds[0])} and {_text(other)} together")
                return None
        return kinds[0] if kinds and len(kinds) == len(parts) else None

    def _plain(self, e: sp.Basic, dimension: Dimension | None, what: str) -> None:
        if dimension:
            self.problems.append(f"{e} is {what}, and is {_text(dimension)}")


def _of_unit(unit: str) -> Dimension | None:
    factors = parse_unit(unit)
    if factors is None:
        return None
    return _product(*({n: Fraction(c * f.exponent) for n, c in _BASES[f.kind].items()} for f in factors))


def _product(*dimensions: Dimension) -> Dimension:
    total: Counter[str] = Counter()
    for dimension in dimensions:
        for name, exponent in dimension.items():
            total[name] += exponent  # type: ignore[assignment]  # a Counter of fractions
    return {name: Fraction(c) for name, c in sorted(total.items()) if c}


def _text(dimension: Dimension) -> str:
    return " ".join(name if c == 1 else f"{name}^{c}" for name, c in dimension.items()) or "without unit"
