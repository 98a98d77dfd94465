"""Sums that stay constant are shown where a chemist can read them as something conserved."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from crnsym.comparison.remarks import remarks
from crnsym.data.mechanism import Mechanism

SPECIES = ("A", "B", "C")
ALL = [1, 1, 1]


def told(laws: list[list[int]], near: list[list[int]], *net: list[int], complete: bool = True) -> str:
    change = np.array(net, np.int64).reshape(len(net), 3)
    left = np.maximum(-change, 0)
    mechanism = Mechanism(SPECIES, left, left + change, np.zeros(len(change)))
    ranked = [(0.0, SimpleNamespace(mechanism=mechanism))] if net else []
    result: Any = SimpleNamespace(ranked=ranked, stages=(), problem=SimpleNamespace(operation=None))
    sets = [np.array(laws, np.int64).reshape(len(laws), 3)] if laws else []
    balances = np.array([*laws, *near], np.int64).reshape(len(laws) + len(near), 3)
    return "; ".join(remarks(result, sets, balances, SPECIES, complete))


CHAIN = ([-1, 1, 0], [0, -1, 1])


@pytest.mark.parametrize(
    ("laws", "near", "shown"),
    [
        ([ALL], [], "constant within the noise: A + B + C"),
        ([ALL, [0, 2, 3]], [], "constant within the noise: A + B + C"),
        ([ALL, [1, -2, 0]], [], "constant within the noise: A + B + C"),
        ([[1, 1, 2]], [], "constant within the noise: A + B + 2 C"),
        ([[0, 2, 3]], [], ""),
        ([], [ALL], "nearly constant, by more than the noise but much less than the parts: A + B + C"),
        ([], [[2, 3, 0]], ""),
        ([[-1, 0, 1]], [[1, 0, 2]], ""),
    ],
)
def test_coincidences_and_differences_are_not_shown(laws: list[list[int]], near: list[list[int]], shown: str) -> None:
    assert told(laws, near, *CHAIN) == shown


def test_a_part_that_the_mechanism_conserves_is_shown() -> None:
    assert told([ALL, [0, 1, 1]], [], [0, -1, 1]) == "constant within the noise: A + B + C; B + C"


def test_a_search_that_has_not_settled_vouches_for_totals_alone() -> None:
    shown = told([ALL, [0, 1, 1]], [], [0, -1, 1], complete=False)
    assert shown.endswith("constant within the noise: A + B + C")


def test_without_any_mechanism_every_sum_is_shown() -> None:
    assert told([[0, 2, 3]], []) == "constant within the noise: 2 B + 3 C"
