"""Data may be given as whatever holds them."""

import numpy as np
import pandas
import pytest

import crnsym as cs
from crnsym.data.sources import as_trajectories
from crnsym.errors import CrnsymError, DataError

TIMES = np.linspace(0, 8, 12)
COLUMNS = {"time": TIMES, "A": np.exp(-0.3 * TIMES), "B": 1 - np.exp(-0.3 * TIMES)}


def forms(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "d.csv"
    cs.write_table(cs.read_table(COLUMNS), path)
    frame = pandas.DataFrame(COLUMNS)
    return {
        "columns": COLUMNS,
        "lists": {name: list(column) for name, column in COLUMNS.items()},
        "text": str(path),
        "path": path,
        "pandas": frame,
        "index": frame.set_index("time"),
        "polars": polars.DataFrame(COLUMNS),
        "lazy": polars.DataFrame(COLUMNS).lazy(),
    }


def test_every_form_holds_the_same_measurements(tmp_path):
    expected = cs.read_table(COLUMNS)
    assert as_trajectories(expected) is expected
    for source in forms(tmp_path).values():
        data = as_trajectories(source)
        assert data.species == ("A", "B")
        np.testing.assert_array_equal(data.times[0], TIMES)
        np.testing.assert_array_equal(data.values[0], expected.values[0])


def test_simulated_runs_are_measurements():
    runs = cs.simulate_stochastic(cs.network("A -> B @ 0.3; init A = 50"), (0, 8, 9), runs=2, seed=1)
    assert len(as_trajectories(runs)) == 2


@pytest.mark.parametrize("source", [None, 3, [1, 2], (COLUMNS,), object(), np.zeros((3, 2)), b"d.csv"])
def test_anything_else_is_refused_with_what_to_give(source):
    with pytest.raises(DataError, match=f"data is of type {type(source).__name__}; give what read_table returns"):
        as_trajectories(source)


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"time": 3},
        {"time": [0, 1]},
        {"A": [1, 2]},
        {"time": [0, 1], "A": 3},
        {"time": [0, 1], "A": "12"},
        {"time": [0, 1], "A": [1]},
        "no.csv",
    ],
)
def test_tables_that_cannot_be_are_errors_of_this_package(source):
    with pytest.raises(CrnsymError) as caught:
        as_trajectories(source)
    assert "\n" not in str(caught.value)


def test_verbs_take_every_form_with_the_same_result(tmp_path):
    idea = cs.network("A -> B @ k")
    given = forms(tmp_path)
    found = [cs.compare([idea], given[name]).to_rows()[0]["rates"] for name in ("columns", "path", "pandas")]
    assert len(set(found)) == 1
    assert cs.discover(given["text"], hidden=0, max_order=1)[0].reactions == ["A -> B"]


def test_rates_of_all_candidates_are_numbers(tmp_path):
    pytest.importorskip("pandas")
    found = cs.compare([cs.network("A -> B @ k"), cs.network("A <-> B @ kf, kr")], COLUMNS)
    frame = found.rates.to_pandas()
    assert list(frame["rate"]) == ["k", "kf", "kr"]
    assert list(frame["rank"]) == [1, 2, 2]
    assert {str(t) for t in frame.dtypes[["value", "standard_error", "lower_bound", "energy", "weight"]]} == {"float64"}
    assert frame["value"][0] == found[0].rates["k"]
    assert frame["reaction"][0] == "A -> B"
    assert len(found.rates) == 3
    assert "kr" in repr(found.rates)
    assert [str(found.to_pandas().dtypes[name]) for name in ("left_out_error", "undecided")] == ["float64", "bool"]
    assert found.to_rows() == found.to_rows()


CLOCK = np.arange(8) * 1.5
LEVEL = np.exp(-CLOCK / 3)
RUNS = pandas.MultiIndex.from_product([["a", "b"], CLOCK])
PLAIN = pandas.DataFrame({"time": CLOCK, "A": LEVEL})
INDEXED = {
    "a species called index": (pandas.DataFrame({"time": CLOCK, "index": LEVEL}), ("index",), CLOCK),
    "and the times in an index without a name": (pandas.DataFrame({"index": LEVEL}, index=CLOCK), ("index",), CLOCK),
    "and rows that were taken": (pandas.DataFrame({"time": CLOCK, "index": LEVEL})[::2], ("index",), CLOCK[::2]),
    "and moments": (pandas.DataFrame({"index": LEVEL}, pandas.to_timedelta(CLOCK, unit="s")), ("index",), CLOCK),
    "and runs": (
        pandas.DataFrame({"index": [*LEVEL, *LEVEL]}, RUNS.set_names(["experiment", None])),
        ("index",),
        CLOCK,
    ),
    "moments": (
        pandas.DataFrame({"A": LEVEL}, pandas.date_range("2024-01-01", periods=8, freq="90s")),
        ("A",),
        60 * CLOCK,
    ),
    "levels without names": (pandas.DataFrame({"A": [*LEVEL, *LEVEL]}, RUNS), ("A",), CLOCK),
    "a level that is a column, too": (PLAIN.set_index("time", drop=False), ("A",), CLOCK),
    "a level that has the name of another column": (PLAIN.set_index("time").assign(time=LEVEL), None, None),
    "rows from the third on": (PLAIN[3:], ("A",), CLOCK[3:]),
    "some rows": (PLAIN.iloc[[0, 2, 3, 5, 7]], ("A",), CLOCK[[0, 2, 3, 5, 7]]),
    "rows in another order": (PLAIN.sort_values("A"), ("A",), CLOCK),
    "rows put together": (pandas.concat([PLAIN.assign(run="x"), PLAIN.assign(run="y")]), ("A",), CLOCK),
    "whole times": (pandas.DataFrame({"A": LEVEL}, index=[0, 5, 10, 20, 30, 45, 60, 90]), ("A",), None),
}


@pytest.mark.parametrize("kind", INDEXED)
def test_the_index_of_a_frame_is_what_it_is(kind, tmp_path):
    frame, species, times = INDEXED[kind]
    found = cs.read_table(frame)
    assert found.species == (species or found.species)
    assert times is None or list(found.times[0]) == list(times)
    if "level" not in kind and "moments" not in kind and "runs" not in kind:
        frame.to_csv(tmp_path / "saved.csv")
        again = cs.read_table(tmp_path / "saved.csv")
        assert again.species == found.species
        np.testing.assert_array_equal(again.times[0], found.times[0])
