"""Concentrations at the start: by species, by run, from a file; what is wrong is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crnsym.data.charges import charges
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError

RUNS = Trajectories(("y",), ("one", "two"), (np.arange(3.0),) * 2, (np.ones((3, 1)),) * 2, units=("mM",))


def test_one_number_holds_for_all_runs_and_several_are_one_a_run() -> None:
    assert charges({"A": 1.0, "B": [0.5, 2]}, RUNS) == {"A": (1.0, 1.0), "B": (0.5, 2.0)}


def test_runs_are_found_by_their_names() -> None:
    assert charges({"two": {"A": 2.0}, "one": {"A": 1.0}}, RUNS) == {"A": (1.0, 2.0)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("experiment,A,B\ntwo,2,0.1\none,1,0\n", {"A": (1.0, 2.0), "B": (0.0, 0.1)}),
        ("A, B\n1, 0\n2, 0.1\n", {"A": (1.0, 2.0), "B": (0.0, 0.1)}),
        ("A\n3\n", {"A": (3.0, 3.0)}),
        ("# weighed in\nRun,A\none,1\n\ntwo,2\n", {"A": (1.0, 2.0)}),
        ("Exp,A\ntwo,2\none,1\n", {"A": (1.0, 2.0)}),
        ("Versuch;A;B\none;1,5;0\ntwo;2,25;0,1\n", {"A": (1.5, 2.25), "B": (0.0, 0.1)}),
        ("run,A [M],c(B) / mM\none,0.5,1\ntwo,0.25,2\n", {"A": (500.0, 250.0), "B": (1.0, 2.0)}),
    ],
    ids=["labels", "in order", "one row", "comment and blank line", "another label", "decimal commas", "units"],
)
def test_a_file_is_read(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    path = tmp_path / "starts.csv"
    path.write_text(text)
    assert charges(path, RUNS) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"A": [1.0]}, "1 numbers for 2 runs"),
        ({"A": -1.0}, "0 or more"),
        ({"A": "much"}, "no concentration"),
        ({"three": {"A": 1}, "one": {"A": 1}}, "no run 'three'"),
        ({"one": {"A": 1}}, "no row for run 'two'"),
        ({}, "give"),
        (3.0, "give"),
    ],
)
def test_what_is_wrong_is_named(given: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        charges(given, RUNS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("experiment,A\none,1\n", "no row for run 'two'"),
        ("A,B\n1\n2,3\n", "line 2: expected 2 values"),
        ("A\n1\n2\n3\n", "3 rows for 2 runs"),
        ("A\n1\nx\n", "line 3, A: 'x' is no concentration"),
        ("", "expected a header"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "starts.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        charges(path, RUNS)
