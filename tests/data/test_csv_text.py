"""What is written as CSV is text in a spreadsheet, and comes back as it was."""

import csv

import numpy as np
import pytest

from crnsym.data.csv_text import csv_text, marked, unmarked
from crnsym.data.tables import read_table, write_table
from crnsym.data.trajectories import Trajectories

FORMULAS = ["=1+1", "+A", "-x y", "@SUM(A1)", '=HYPERLINK("http://x")', "'=quoted", "''-twice", "\tx"]
PLAIN = ["A", "'A", "A=B", "-5", "+1e3", "-.5", "", "5-nitro", "'"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_marked_as_text(text):
    assert marked(text) == f"'{text}"
    assert unmarked(marked(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_and_numbers_stay(text):
    assert marked(text) == text
    assert unmarked(text) == text
    assert marked(-1.5) == -1.5


def test_headers_and_rows_are_marked_and_missing_columns_are_empty():
    text = csv_text(["=a", "b"], [{"=a": "@x", "b": -1}, {"b": "+y,z"}])
    assert list(csv.reader(text.splitlines())) == [["'=a", "b"], ["'@x", "-1"], ["", "'+y,z"]]


def test_measurements_of_any_names_are_read_as_written(tmp_path):
    names = ("=A", "+B", "-C", "@D")
    data = Trajectories(names, ("=run", "-5"), (np.arange(3.0),) * 2, (np.arange(12.0).reshape(3, 4),) * 2)
    write_table(data, tmp_path / "d.csv")
    fields = [f for row in csv.reader((tmp_path / "d.csv").read_text().splitlines()) for f in row]
    assert not [f for f in fields if f[:1] in ("=", "@", "+") or (f[:1] == "-" and f != "-5")]
    again = read_table(tmp_path / "d.csv")
    assert (again.species, again.experiments) == (data.species, data.experiments)
