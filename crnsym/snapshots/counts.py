"""Reactions of counted molecules in a well-mixed volume: library, and expected changes of first and second moments."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from ..network.complexes import Complex
from .jumps import Jumps


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
    """Return counts (and products of two, around their overall means) with their expected changes by every reaction.

    Parameters
    ----------
    counts
        ``(runs, times, species)``.
    rules
        The library; the propensity of ``2 A`` at rate 1 is x (x - 1).
    moments
        1 for the counts alone, 2 with the products.
    """
    counts = np.asarray(counts, dtype=float)
    species = counts.shape[2]
    middle = counts.mean(axis=(0, 1))
    apart = counts - middle
    pairs = list(combinations_with_replacement(range(species), 2)) if moments > 1 else []
    values = np.concatenate([counts, *((apart[..., a] * apart[..., b])[..., None] for a, b in pairs)], axis=2)
    changes = np.zeros((*values.shape, len(rules)))
    chances = np.zeros(len(rules))
    for r, rule in enumerate(rules):
        propensity = np.ones(counts.shape[:2])
        for s in set(rule.before):
            for taken in range(rule.before.count(s)):
                propensity = propensity * (counts[..., s - 1] - taken)
        net = np.array([rule.after.count(s) - rule.before.count(s) for s in range(1, species + 1)])
        changes[..., :species, r] = propensity[..., None] * net
        for column, (a, b) in enumerate(pairs, species):
            changes[..., column, r] = propensity * (net[a] * apart[..., b] + net[b] * apart[..., a] + net[a] * net[b])
        chances[r] = propensity.mean()
    return Jumps(values, changes, chances)
