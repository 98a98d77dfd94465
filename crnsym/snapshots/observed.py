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
        ``(runs, times, species)``: counts of those that the others do not determine.
    places
        ``(runs, times, rules)``: number of places where a rule can act, its propensity at rate 1.
    nets
        ``(rules, species)``: what a rule changes.
    pairs
        Numbers of the two counts of each product.
    """

    values: np.ndarray
    places: np.ndarray
    nets: np.ndarray
    pairs: tuple[tuple[int, int], ...]

    @staticmethod
    def of(counts: np.ndarray, places: np.ndarray, nets: np.ndarray) -> "Squares":
        """Take all products of two counts."""
        return Squares(counts, places, nets, tuple(combinations_with_replacement(range(counts.shape[2]), 2)))


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
            squares = squares._replace(places=squares.places[..., rules], nets=squares.nets[rules])
        return Jumps(self.values, self.changes[..., rules], self.chances[rules], squares)


def net_changes(rules: Sequence[Any], species: int) -> np.ndarray:
    """Return what rules add to the counts, ``(rules, species)``."""
    numbers = range(1, species + 1)
    return np.array([[rule.after.count(s) - rule.before.count(s) for s in numbers] for rule in rules])
