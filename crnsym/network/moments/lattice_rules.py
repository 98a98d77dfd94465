"""Reactions and hops on a lattice with at most one molecule a site, as rules with symbolic rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ...errors import NetworkError, UnsupportedError
from ..complexes import Complex
from ..inputs import Hops
from ..network import Network
from ..reaction import Reaction
from ..symbols import exact_expression
from .site_rules import site_rules

EMPTY = 0
"""The state of a site without molecule; species count from 1."""


@dataclass(frozen=True)
class Rule:
    """What one site, or a site and its neighbour in a given direction, turn into, and the rate of that."""

    rate: sp.Expr
    before: tuple[int, ...]
    after: tuple[int, ...]


def lattice_rules(network: Network, hops: Hops, directions: int, rules: Mapping[str, Any] | None = None) -> list[Rule]:
    """Return the rules of the exact process of `crnsym.simulate_lattice`, each for an ordered pair of neighbours.

    Parameters
    ----------
    network
        Mass action of at most two reactants and two products; rate constants may be symbols.
    hops
        Rate of a hop to each empty neighbour, or {species: rate}: numbers, symbols or expressions of parameters.
    directions
        Number of neighbours of a site.
    rules
        {``"(A, 0) -> (B, 0)"``: rate}, numbers, symbols or expressions of parameters, as `site_rules` reads them.

    Raises
    ------
    NetworkError
        A hop rate for a name that is no species, or coefficients that are not whole.
    UnsupportedError
        A reaction that has no meaning on a lattice, or a species held fixed.
    """
    if network.fixed_species:
        name = min(network.fixed_species)
        raise UnsupportedError(f"{name} is held fixed, which a lattice cannot do; put it into the rate constants")
    if not network.species:
        raise NetworkError("the network has no species to put on a lattice")
    found = [rule for reaction in network.reactions for rule in _rules(network, reaction, directions)]
    for (before, after, shuffled), given in site_rules(network, rules or {}):
        share = exact_expression(given) / (2 if before[0] == before[1] else 1) / (2 if shuffled else 1)
        found += [Rule(share, before, sites) for sites in ((after, after[::-1]) if shuffled else (after,))]
    for name, rate in _hops(network, hops).items():
        s = network.species_index[name] + 1
        if rate != 0:
            found.append(Rule(rate, (s, EMPTY), (EMPTY, s)))
    return [rule for rule in found if rule.before != rule.after]


def _rules(network: Network, reaction: Reaction, directions: int) -> list[Rule]:
    before, after = (_molecules(network, reaction, side) for side in (reaction.reactants, reaction.products))
    k: Any = getattr(reaction.rate, "k", None) if reaction.rate.is_mass_action else None
    concentrations = k is not None and any(s.name in network.species_index for s in k.free_symbols)
    if k is None or concentrations or len(before) > 2 or len(after) > 2:
        raise UnsupportedError(
            f"'{reaction}' cannot run on a lattice: it takes mass action of at most two reactants and products"
        )
    if not before and len(after) == 2:  # every bond is met from both ends
        share = k / 4 if after[0] != after[1] else k / 2
        return [Rule(share, (EMPTY, EMPTY), sites) for sites in {tuple(after), tuple(after[::-1])}]
    if not before:
        return [Rule(k, (EMPTY,), (after[0],))]
    if len(before) == 1 and len(after) < 2:
        return [Rule(k, (before[0],), (after[0] if after else EMPTY,))]
    first, second, shuffled = placed(before, after)
    if len(before) == 1:
        sides, rate = [(before[0], EMPTY)], k / directions
    elif before[0] == before[1]:
        sides, rate = [(before[0], before[1])], k / 2  # every bond is met from both ends
    else:
        sides, rate = [(before[0], before[1])], k
    if shuffled and first != second:
        return [Rule(rate / 2, sides[0], (first, second)), Rule(rate / 2, sides[0], (second, first))]
    return [Rule(rate, sides[0], (first, second))]


def placed(before: list[int], after: list[int]) -> tuple[int, int, bool]:
    """Return what the two sites hold after a reaction, and whether that is shuffled.

    A product that is also a reactant keeps its site; others trade places at random where none is kept, or where both
    reactants are equal.
    """
    sites, left = [EMPTY, EMPTY], list(after)
    for i, molecule in enumerate(before):
        if molecule in left:
            left.remove(molecule)
            sites[i] = molecule
    kept = any(sites)
    for molecule in left:
        sites[sites.index(EMPTY)] = molecule
    equal = len(before) == 2 and before[0] == before[1]
    return sites[0], sites[1], len(after) > 0 and (equal or not kept)


def _molecules(network: Network, reaction: Reaction, side: Complex) -> list[int]:
    if not side.is_integer:
        raise NetworkError(f"'{reaction}' has no propensity: molecules are counted, so coefficients must be whole")
    return [network.species_index[name] + 1 for name, count in side.items() for _ in range(int(count))]


def _hops(network: Network, hops: Hops) -> dict[str, sp.Expr]:
    given = hops if isinstance(hops, Mapping) else dict.fromkeys(network.species_names, hops)
    found = {}
    for name, value in given.items():
        if name not in network.species_index:
            raise NetworkError(
                f"hops: {name} is no species of the network; there are {', '.join(network.species_names)}"
            )
        rate = exact_expression(value)
        if rate.is_number and rate.is_negative:
            raise NetworkError(f"hops: {name} = {value}; give a number of 0 or more")
        # sympy or numpy type it too widely
        unknown = sorted(s.name for s in rate.free_symbols if s.name not in network.parameters)  # type: ignore[attr-defined]
        if unknown:
            raise NetworkError(f"hops: {unknown[0]} is no parameter of the network; add 'param {unknown[0]} = ...'")
        found[name] = rate
    return found
