"""Quadratisation: the same trajectories, exactly, from reactions of at most two reactants and extra variables.

A monomial such as ``w = A B`` becomes a species whose rate of change follows from the product rule (Carothers
et al. 2005; Hemery, Fages & Soliman 2020 for its cost). Nothing is stiff and nothing is small, but w is no chemical
species: it equals A B only as long as it starts so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import UnsupportedError
from .complexes import Complex
from .pairing import new_name
from .rate_laws import MassAction
from .reaction import Reaction
from .species import Species

if TYPE_CHECKING:
    from .network import Network

Monomial = frozenset[tuple[str, int]]
ONE: Monomial = frozenset()
_EFFORT = 20000  # of the search for variables


@dataclass(frozen=True)
class Lifting:
    """A network of reactions with at most two reactants with exactly the trajectories of another.

    Attributes
    ----------
    network
        The lifted network.
    source
        What was lifted.
    variables
        {new species: the complex whose monomial it is}.
    """

    network: "Network"
    source: "Network"
    variables: Mapping[str, Complex]

    kind = "exact, computational"


def lift(network: "Network", most: int = 12) -> Lifting:
    """Lift a network to reactions of at most two reactants (exact, computational).

    Parameters
    ----------
    network
        Mass action with integer coefficients. New species start at the product of what they stand for where
        the network has initial concentrations.
    most
        Largest number of new variables; the fewest that do are searched for first.

    Raises
    ------
    UnsupportedError
        A rate law other than mass action, a fractional coefficient, or no lifting with so few variables that is
        itself a network (whatever decreases a variable must contain it).

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(lift(network("2 A + B -> C @ 0.4")).network.reactions[0])
    A + A_B -> A_B  @ 0.8
    """
    for r in network.reactions:
        if not r.rate.is_mass_action or not (r.reactants.is_integer and r.products.is_integer):
            raise UnsupportedError(f"lift: '{r}' is not mass action with integer coefficients")
    if all(r.order <= 2 for r in network.reactions):
        return Lifting(network, network, {})
    plain = frozenset(_one(n) for n in network.species_names)
    found = _variables(network, plain, most)
    if found is None:
        raise UnsupportedError(f"lift: no exact lifting with at most {most} new variables was found; compile instead")
    new = sorted(found - plain, key=lambda v: (sum(n for _, n in v), sorted(v)))
    taken = {*network.species_names, *network.parameters, *network.observables}
    names: dict[Monomial, str] = {_one(n): n for n in network.species_names}
    for v in new:
        names[v] = new_name("_".join(s for s, n in sorted(v) for _ in range(n)), taken)
        taken.add(names[v])
    reactions = [r for change in _changes(network, found) for r in _reactions(change, found, names)]
    start = network.initial
    added = []
    for v in new:
        product: Any = sp.Mul(*(start[s] ** n for s, n in v)) if all(s in start for s, _ in v) else None
        added.append(Species(names[v], initial=product))
    lifted = replace(network, reactions=tuple(reactions), species=(*network.species, *added))
    return Lifting(lifted, network, {names[v]: Complex(dict(v)) for v in new})


def _one(name: str) -> Monomial:
    return frozenset({(name, 1)})


def _times(*factors: Monomial, over: Monomial = ONE) -> Monomial:
    powers: Counter[str] = Counter()
    for factor in factors:
        powers.update(dict(factor))
    powers.subtract(dict(over))
    return frozenset((s, n) for s, n in powers.items() if n)


@dataclass(frozen=True)
class _Change:
    """A monomial of the lifted equations, the rate constant of its reaction, and what it changes."""

    monomial: Monomial
    k: sp.Expr
    net: Mapping[Monomial, int]


def _changes(network: "Network", variables: frozenset[Monomial]) -> list[_Change]:
    """Apply the product rule to every variable and every reaction."""
    result = []
    for r in network.reactions:
        rate = frozenset((s, int(n)) for s, n in r.reactants.items())
        by_monomial: dict[Monomial, Counter[Monomial]] = {}
        for v in sorted(variables, key=sorted):
            for s, power in sorted(v):
                if s in r.net and s not in network.fixed_species:
                    monomial = _times(rate, v, over=_one(s))
                    by_monomial.setdefault(monomial, Counter())[v] += power * int(r.net[s])
        for monomial, net in by_monomial.items():
            net = {v: n for v, n in net.items() if n}
            if net:
                result.append(_Change(monomial, r.rate_constant, net))
    return result


def _variables(network: "Network", plain: frozenset[Monomial], most: int) -> frozenset[Monomial] | None:
    """Return the smallest set of variables in which every change is a product of two, by iterative deepening."""
    effort = [_EFFORT]
    return next((f for limit in range(1, most + 1) if (f := _deepen(network, plain, len(plain) + limit, effort))), None)


def _deepen(
    network: "Network", variables: frozenset[Monomial], limit: int, effort: list[int]
) -> frozenset[Monomial] | None:
    effort[0] -= 1
    if len(variables) > limit or effort[0] < 0:
        return None
    for change in _changes(network, variables):
        for v, n in change.net.items():
            if n < 0:  # what decreases v contains v: the other factor is given
                other = _times(change.monomial, over=v)
                if any(power < 0 for _, power in other):
                    return None
                if other and other not in variables:
                    return _deepen(network, variables | {other}, limit, effort)
        if next(_factorings(change.monomial, variables), None) is None:
            options = sorted({frozenset(pair) - variables for pair in _splits(change.monomial)}, key=_price)
            return next((f for new in options if (f := _deepen(network, variables | new, limit, effort))), None)
    return variables


def _price(new: frozenset[Monomial]) -> tuple[int, int, list[list[tuple[str, int]]]]:
    return len(new), sum(n for v in new for _, n in v), sorted(sorted(v) for v in new)


def _splits(monomial: Monomial) -> Iterator[tuple[Monomial, Monomial]]:
    """Yield the ways to write a monomial as a product of two others."""
    powers = sorted(monomial)
    for part in product(*(range(n + 1) for _, n in powers)):
        first = frozenset((s, n) for (s, _), n in zip(powers, part, strict=True) if n)
        second = _times(monomial, over=first)
        if first and second and sorted(first) <= sorted(second):
            yield first, second


def _factorings(monomial: Monomial, variables: frozenset[Monomial]) -> Iterator[tuple[Monomial, ...]]:
    """Yield the choices of at most two variables whose product the monomial is."""
    if not monomial:
        yield ()
    if monomial in variables:
        yield (monomial,)
    yield from (pair for pair in _splits(monomial) if variables.issuperset(pair))


def _reactions(change: _Change, variables: frozenset[Monomial], names: Mapping[Monomial, str]) -> list[Reaction]:
    """Return reactions for one monomial: a single one if its factors cover what decreases, else one for each."""
    for factors in _factorings(change.monomial, variables):
        if all(factors.count(v) >= -n for v, n in change.net.items()):
            left = Counter(names[v] for v in factors)
            right = left.copy()
            right.update({names[v]: n for v, n in change.net.items()})
            return [_reaction(left, right, change.k)]
    result = []
    for v, n in change.net.items():
        if n < 0:
            other = _times(change.monomial, over=v)
            left = Counter([names[v]] + ([names[other]] if other else []))
            right = left.copy()
            right[names[v]] -= 1
            result.append(_reaction(left, right, -n * change.k))
    gains = {v: n for v, n in change.net.items() if n > 0}
    if gains:
        left = Counter(names[v] for v in next(_factorings(change.monomial, variables)))
        right = left.copy()
        for v, n in gains.items():
            right[names[v]] += n
        result.append(_reaction(left, right, change.k))
    return result


def _reaction(left: Counter[str], right: Counter[str], k: sp.Expr) -> Reaction:
    before, after = (Complex({s: n for s, n in side.items() if n}) for side in (left, right))
    return Reaction(before, after, MassAction(k))
