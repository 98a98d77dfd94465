"""Reactions of counted molecules in a well-mixed volume: library, and expected changes of first and second moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from ..network.complexes import Complex
from .observed import Jumps, Squares, all_pairs, net_changes


@dataclass(frozen=True)
class CountRule:
    """A reaction of counted molecules, as tuples of species numbers from 1.

    It has the same methods as `crnsym.snapshots.rules.Rule`.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    is_movement = is_hop = False
    is_reaction = True

    def sides(self, species: Sequence[str]) -> tuple[Complex, Complex]:
        """Return reactants and products."""
        before, after = (Complex({species[s - 1]: part.count(s) for s in part}) for part in (self.before, self.after))
        return before, after

    def factor(self, directions: int) -> float:  # noqa: ARG002 (checked above) - one signature for both kinds of rules
        """Return 1: propensities are those of the simulator."""
        return 1.0

    def text(self, species: Sequence[str]) -> str:
        """Return the reaction."""
        return " -> ".join(map(str, self.sides(species)))


def count_rules(species: int, order: int) -> list[CountRule]:
    """Return all reactions between complexes of at most ``order`` molecules; 90 for three species and order 2."""
    numbers = range(1, species + 1)
    complexes = [c for size in range(order + 1) for c in combinations_with_replacement(numbers, size)]
    return [CountRule(before, after) for before in complexes for after in complexes if before != after]


def count_jumps(counts: np.ndarray, rules: Sequence[CountRule], moments: int = 2) -> Jumps:
    """Return counts, with what their second moments need, and their expected changes by every reaction.

    Parameters
    ----------
    counts
        ``(runs, times, species)``.
    rules
        The library; the propensity of ``2 A`` at rate 1 is x (x - 1).
    moments
        1 for the means alone, 2 with second moments.
    """
    counts = np.asarray(counts, dtype=float)
    species = counts.shape[2]
    nets = net_changes(rules, species)
    places = np.ones((*counts.shape[:2], len(rules)))
    for r, rule in enumerate(rules):
        for s in set(rule.before):
            for taken in range(rule.before.count(s)):
                places[..., r] *= counts[..., s - 1] - taken
    changes = places[..., None, :] * nets.T
    squares = None
    if moments > 1:
        pairs = all_pairs(species)
        products = np.array([nets[:, a] * nets[:, b] for a, b in pairs])
        squares = Squares(counts, changes, places[..., None, :] * products, pairs)
    return Jumps(counts, changes, places.mean(axis=(0, 1)), squares)
