"""Which balances of several unfollowed species are tried together: the plainest, then neighbours of the best.

Two species have thousands of balances each, millions of pairs; the weak form judges a pair in a few milliseconds. What
chemistry makes likely is judged first, and from the pairs that the weak form likes best one balance after the other is
changed by a little until none of their neighbours is better.
"""

from collections.abc import Callable
from functools import reduce
from typing import TypeVar

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.search.courses import Course, oddities

TOGETHER = 4e6  # combinations of courses that are ordered: 32 MB
STEP = 1.0  # change of one coefficient, or of two by a half, that leads to a neighbour

Place = tuple[int, ...]
Judged = TypeVar("Judged")


def together(
    options: list[list[Course]], judge: Callable[[tuple[Course, ...]], Judged], cost: Callable[[Judged], float]
) -> list[Judged]:
    """Judge combinations of one course for each species, plain ones and those that the cost leads to."""
    weights = [np.array([course.weights for course in option], dtype=float) for option in options]
    found: dict[Place, Judged] = {}

    def look(place: Place) -> None:
        if place not in found:
            found[place] = judge(tuple(option[i] for option, i in zip(options, place, strict=True)))

    for place in plainest(weights):
        look(place)
    if len(options) == 1:
        return list(found.values())
    left: set[Place] = set()
    while True:
        leading = sorted(found, key=lambda place: cost(found[place]))[: EFFORT.most_hypotheses]
        best = next((place for place in leading if place not in left), None)
        if best is None:
            return list(found.values())
        left.add(best)
        for species, own in enumerate(weights):
            distance = np.abs(own - own[best[species]]).sum(axis=1)
            for other in np.flatnonzero((distance > 0) & (distance <= STEP)):
                look((*best[:species], int(other), *best[species + 1 :]))


def plainest(weights: list[np.ndarray]) -> list[Place]:
    """Choose one balance for each species, so many ways, those that are the plainest together first."""
    if len(weights) == 1:
        return [(i,) for i in range(len(weights[0]))]
    most = int(TOGETHER ** (1.0 / len(weights)))
    weights = [own[:most] for own in weights]
    total = reduce(np.add.outer, [oddities(own) for own in weights])
    if len(weights) == 2:
        total = np.minimum(total, shared_oddities(*weights))
    best = np.argsort(total, axis=None, kind="stable")[: EFFORT.paired]
    return [tuple(map(int, place)) for place in zip(*np.unravel_index(best, total.shape), strict=True)]


def shared_oddities(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How odd pairs of balances are, ``(first, second)``, where one of them counts both species together.

    What two species carry may be kept by their sum: an enzyme and its bound form, two forms of one ligand.
    """
    plainer = np.minimum.outer(oddities(first), oddities(second))
    return np.array([oddities(own + second) for own in first]) + 1.0 + plainer
