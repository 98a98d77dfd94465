"""What is observed in snapshots, with its expected change by every rule."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Any, NamedTuple

import numpy as np


class Squares(NamedTuple):
    """What second moments of counts need.

    Attributes
    ----------
    values
        ``(runs, times, counts)``.
    drifts
        ``(runs, times, counts, rules)``: expected change per time of each count by each rule at rate 1.
    jumps
        ``(runs, times, pairs, rules)``: expected products of the changes of two counts.
    pairs
        Numbers of the two counts of each product.
    """

    values: np.ndarray
    drifts: np.ndarray
    jumps: np.ndarray
    pairs: tuple[tuple[int, int], ...]

    def of_counts(self, kept: Sequence[int]) -> "Squares":
        """Keep some of the counts."""
        place = {old: new for new, old in enumerate(kept)}
        chosen = [i for i, pair in enumerate(self.pairs) if place.keys() >= set(pair)]
        pairs = tuple((place[a], place[b]) for a, b in (self.pairs[i] for i in chosen))
        rows = list(kept)
        return Squares(self.values[..., rows], self.drifts[:, :, rows], self.jumps[:, :, chosen], pairs)


def all_pairs(species: int) -> tuple[tuple[int, int], ...]:
    """Return the numbers of the counts of all products of two."""
    return tuple(combinations_with_replacement(range(species), 2))


class Jumps(NamedTuple):
    """Observables of snapshots and their expected changes.

    Attributes
    ----------
    values
        ``(runs, times, observables)``.
    changes
        ``(runs, times, observables, rules)``: expected change per time of each observable by each rule at rate 1.
    chances
        ``(rules,)``: mean number of places where a rule can act.
    squares
        What second moments of counts need, if they are to be used.
    """

    values: np.ndarray
    changes: np.ndarray
    chances: np.ndarray
    squares: Squares | None = None

    def of_rules(self, chosen: Sequence[int]) -> "Jumps":
        """Keep some of the rules."""
        rules, squares = list(chosen), self.squares
        if squares is not None:
            squares = squares._replace(drifts=squares.drifts[..., rules], jumps=squares.jumps[..., rules])
        return Jumps(self.values, self.changes[..., rules], self.chances[rules], squares)


def net_changes(rules: Sequence[Any], species: int) -> np.ndarray:
    """Return what rules add to the counts, ``(rules, species)``."""
    numbers = range(1, species + 1)
    return np.array([[rule.after.count(s) - rule.before.count(s) for s in numbers] for rule in rules])
