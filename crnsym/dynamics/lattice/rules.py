"""From symbols to a lattice: reactions of a network as rules for sites and pairs of neighbours."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ...errors import NetworkError, UnsupportedError
from ...network.arguments import real
from ...network.moments.lattice_rules import placed
from ...network.moments.site_rules import site_rules
from ...network.network import Network
from ...network.reaction import Reaction
from ..arrays import rate_constants


class Rules(NamedTuple):
    """Reactions as arrays; species count from 1, and 0 is an empty site.

    Attributes
    ----------
    births
        ``(rules, 2)``: rate per empty site, product.
    singles
        ``(rules, 5)``: rate, reactant, what its site holds then, what a second site gets (0: none is needed), and
        whether the two trade places at random.
    pairs
        ``(rules, 6)``: rate, the two reactants, what their sites hold then, and whether those trade places at random.
    pair_starts
        The rules for neighbours a, b stand in ``pairs`` from ``[a, b, 0]`` to ``[a, b, 1]``; each rule for different
        reactants is there in both orders.
    hops
        ``(species + 1,)``: rate of a hop to each empty neighbour, or probability of an attempt in a step.
    others
        ``(rules, 6)``: rate towards each neighbour that fits, what the two sites hold, what they hold then, and whether
        that is exchanged at random. Drawn from the first of the two sites; for two equal ones at half the rate, as both
        ends of a bond are met.
    """

    births: np.ndarray
    singles: np.ndarray
    pairs: np.ndarray
    pair_starts: np.ndarray
    hops: np.ndarray
    others: np.ndarray = np.zeros((0, 6))


def lattice_rules(
    network: Network, hops: float | Mapping[str, float], rules: Mapping[str, float] | None = None
) -> Rules:
    """Return the rules of a network, with hops and rules of two sites as `site_rules` reads them.

    A product that is also a reactant keeps its site; others are placed at random where there is a choice.

    Raises
    ------
    NetworkError
        A rate without value or negative, or a hop rate for a name that is no species.
    UnsupportedError
        A reaction that is not mass action of at most two reactants and two products, or a species held fixed.
    """
    if network.fixed_species:
        name = sorted(network.fixed_species)[0]
        raise UnsupportedError(f"{name} is held fixed, which a lattice cannot do; put it into the rate constants")
    if not network.species:
        raise NetworkError("the network has no species to put on a lattice; give it a reaction, such as 'A -> 0 @ 1'")
    try:
        constants = rate_constants(network)
    except NetworkError as error:
        raise NetworkError(f"the network has no propensities: {error}") from None
    births, singles, pairs, others = [], [], [], _others(network, rules or {})
    for reaction, k in zip(network.reactions, constants, strict=True):
        before, after = _molecules(network, reaction)
        if k is None or len(before) > 2 or len(after) > 2:
            raise UnsupportedError(
                f"'{reaction}' cannot run on a lattice: it takes mass action of at most two reactants and products"
            )
        if k < 0:
            raise NetworkError(f"the rate constant of '{reaction}' is {k:g}; it cannot be negative")
        if not before and len(after) == 2:  # on two empty neighbours
            others.append((k / 2, 0, 0, *after, int(after[0] != after[1])))
        elif not before:
            births.append((k, after[0]))
        elif len(before) == 1:
            singles.append((k, *before, *_placed(before, after)))
        else:
            pairs.append((k, *before, *_placed(before, after)))
    table, starts = _by_neighbours(pairs, len(network.species))
    return Rules(_table(births, 2), _table(singles, 5), table, starts, _hops(network, hops), _table(others, 6))


def _others(network: Network, rules: Mapping[str, float]) -> list[tuple]:
    found = []
    for text, (rule, given) in zip(rules, site_rules(network, rules), strict=True):
        rate = real(given)
        if rate is None or rate < 0:
            raise NetworkError(f"rules: '{text}' has the rate {given!r}; give a number of 0 or more")
        half = rate / 2 if rule.before[0] == rule.before[1] else rate
        found.append((half, *rule.before, *rule.after, int(rule.shuffled)))
    return found


def _molecules(network: Network, reaction: Reaction) -> tuple[list[int], list[int]]:
    if not (reaction.reactants.is_integer and reaction.products.is_integer):
        raise NetworkError(f"'{reaction}' has no propensity: molecules are counted, so coefficients must be whole")
    index = network.species_index
    return tuple(  # type: ignore[return-value]  # (checked above)
        [index[name] + 1 for name, count in side.items() for _ in range(int(count))]
        for side in (reaction.reactants, reaction.products)
    )


def _placed(before: list[int], after: list[int]) -> tuple[int, int, int]:
    """Return what the two sites hold after the reaction, and whether that is to be shuffled."""
    first, second, shuffled = placed(before, after)
    # the one product of one molecule stays where that was
    return first, second, int(shuffled and not len(before) == len(after) == 1)


def _by_neighbours(pairs: list[tuple], species: int) -> tuple[np.ndarray, np.ndarray]:
    both = pairs + [(k, b, a, y, x, r) for k, a, b, x, y, r in pairs if a != b]
    both.sort(key=lambda rule: rule[1:3])
    starts = np.zeros((species + 1, species + 1, 2), dtype=np.int64)
    for position, (_, a, b, *_rest) in enumerate(both):
        if starts[a, b, 1] == 0:
            starts[a, b, 0] = position
        starts[a, b, 1] = position + 1
    return _table(both, 6), starts


def _table(rows: list[tuple], width: int) -> np.ndarray:
    return np.array(rows, dtype=float).reshape(-1, width)


def _hops(network: Network, hops: float | Mapping[str, float]) -> np.ndarray:
    given = hops if isinstance(hops, Mapping) else dict.fromkeys(network.species_names, hops)
    for name, value in given.items():
        if name not in network.species_index:
            raise NetworkError(
                f"hops: {name} is no species of the network; there are {', '.join(network.species_names)}"
            )
        rate = real(value)
        if rate is None or rate < 0:
            raise NetworkError(f"hops: {name} = {value!r}; give a number of 0 or more")
    return np.array([0.0, *(float(given.get(name, 0.0)) for name in network.species_names)])
