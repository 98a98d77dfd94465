import os

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from crnsym.data.tables import read_table, write_table
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError, ExportError

PLAIN = "experiment,time,A,B\nx,0,1,0\nx,1,0.5,0.5\ny,0,2,0\ny,2,1,1\ny,3,0.5,1.5\n"


def assert_same(a, b):
    assert (a.species, a.experiments, a.temperatures) == (b.species, b.experiments, b.temperatures)
    for x, y in zip((*a.times, *a.values), (*b.times, *b.values), strict=True):
        np.testing.assert_array_equal(x, y)


def test_runs_are_grouped_by_label_in_order_of_appearance(table):
    data = read_table(table(PLAIN))
    assert data.species == ("A", "B")
    assert data.experiments == ("x", "y")
    np.testing.assert_array_equal(data.times[1], [0, 2, 3])
    np.testing.assert_array_equal(data.values[0], [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace("0.5", "0,5").replace("1.5", "1,5"),
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n", ",\n"),
        "# made on a Monday\n\n" + PLAIN.replace("y,0", "\n  # the second run\ny,0"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        PLAIN.replace("x,", '"x",').replace("0.5", '"0.5"'),
        PLAIN.replace(",", " , "),
        PLAIN.encode("utf-16"),
        "time,A,B,Run\n0,1,0,x\n0,2,0,y\n1,.5,5e-1,x\n2,1,1,y\n3,0.5,1.5,y\n",
        "experiment,Time (s),A [mM],B (mM)\n" + PLAIN.split("\n", 1)[1],
        PLAIN.rstrip(),
    ],
)
def test_the_same_table_in_other_clothes_reads_the_same(table, text):
    assert_same(read_table(table(text)), read_table(table(PLAIN, "plain.csv")))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, dict, lambda columns: pl.DataFrame(columns).lazy()])
def test_frames_read_as_the_file_does(table, frame):
    columns = {
        "time": [0, 1, 0, 2, 3],
        "A": [1.0, 0.5, 2.0, 1.0, 0.5],
        "experiment": ["x", "x", "y", "y", "y"],
        "B": [0.0, 0.5, 0.0, None, 1.5],
    }
    assert_same(read_table(frame(columns)), read_table(table(PLAIN.replace("y,2,1,1", "y,2,1,"))))


def test_a_pandas_frame_may_keep_labels_and_times_in_its_index(table):
    frame = pd.read_csv(table(PLAIN)).set_index(["experiment", "time"])
    assert_same(read_table(frame), read_table(table(PLAIN)))


def test_numeric_labels_of_a_frame_read_as_in_a_file():
    frame = pd.DataFrame({"experiment": [0.0, 0.0, 1.0, 1.0], "t": [0, 1, 0, 1], "A": [1, 2, 3, 4]})
    assert read_table(frame).experiments == ("0", "1")


@pytest.mark.parametrize("gap", ["", "NA", "nan", "NaN", "n/a"])
def test_gaps_are_nan_with_a_remark(table, gap):
    data = read_table(table(PLAIN.replace("x,1,0.5", f"x,1,{gap}")))
    assert np.isnan(data.values[0][1, 0])
    assert data.count == 9
    assert "1 of 10 values are missing" in data.remarks


def test_a_row_that_is_cut_short_has_gaps_and_a_remark_with_its_line(table):
    data = read_table(table(PLAIN.replace("y,2,1,1", "y,2,1")))
    assert np.isnan(data.values[1][1, 1])
    assert any("line 5: fewer fields" in remark for remark in data.remarks)


@pytest.mark.parametrize("heading", ["temperature [°C]", "Temperature (C)", "temperature [degC]"])
def test_degrees_celsius_become_kelvin(table, heading):
    data = read_table(table(f"experiment,time,{heading},A\nx,0,25,1\nx,1,25,2\ny,0,,1\ny,1,35,2\n"))
    assert data.temperatures == pytest.approx((298.15, 308.15))


def test_a_blank_column_of_temperatures_is_none(table):
    data = read_table(table("experiment,time,temperature,A\nx,0,,1\nx,1,,2\n"))
    assert data.temperatures is None


def test_columns_can_be_named_by_arguments(table):
    path = table("lot,clock,time,K,A\nx,0,7,300,1\nx,1,7,300,2\ny,0,7,310,1\ny,1,7,,2\n")
    data = read_table(path, time="clock", experiment="lot", temperature="K", species=["A"])
    assert (data.experiments, data.species, data.temperatures) == (("x", "y"), ("A",), (300.0, 310.0))


def test_units_are_no_part_of_a_name_and_names_need_not_be_identifiers(table):
    data = read_table(table("time,Ca2+ [mM],2-oxo acid,C(4),β\n0,1,1,1,1\n1,2,2,2,2\n"))
    assert data.species == ("Ca2+", "2-oxo acid", "C(4)", "β")
    assert data.remarks == ("column 'Ca2+ [mM]' is species Ca2+",)


def test_the_row_numbers_that_data_frames_write_are_left_out(table):
    assert read_table(table(",time,A\n0,0,1\n1,1,2\n")).species == ("A",)


def test_negative_values_constant_species_and_ragged_runs_are_remarks_not_errors(table):
    data = read_table(table("experiment,time,A,C\nx,0,1,3\nx,1,-0.01,3\ny,0,1,4\ny,1,.5,4\ny,2,.2,4\n"))
    assert data.remarks == (
        "A: 1 negative value, kept as noise around zero",
        "C: never changes within a run",
        "runs have between 2 and 3 times",
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x,0,1,3\nx,1,.5,\ny,0,2,4\ny,1,.5,", "C: given at the start"),
        ("x,0,1,3\nx,1,.5,\ny,0,2,4\ny,1,.5,4", "C: never changes"),
        ("x,0,,3\nx,1,.5,3\nx,2,.4,3", "C: never changes"),
        ("x,0,1,\nx,1,.5,3\nx,2,.4,", "C: never changes"),
    ],
)
def test_what_was_weighed_in_and_not_followed_is_no_constant(table, rows, said):
    remarks = read_table(table(f"experiment,time,A,C\n{rows}\n")).remarks
    assert next(r for r in remarks if r.startswith("C: ")).startswith(said)


def test_a_plain_table_has_no_remarks(table):
    assert read_table(table("time,A,B\n0,1,0\n1,.5,.5\n")).remarks == ()


BAD = {
    "an empty file": ("", "", "is empty"),
    "only comments": ("# nothing\n\n", "", "is empty"),
    "only a header": ("time,A\n", "", "header stands alone"),
    "no header": ("0,1\n1,2\n", ", line 1", "numbers where column names"),
    "no time column": ("experiment,A\nx,1\nx,2\n", "", "no time column"),
    "no species column": ("experiment,time\nx,1\nx,2\n", "", "no species column"),
    "text in a number": ("time,A\n0,1\n1,abc\n", ", line 3, column 'A'", "'abc' is not a number"),
    "a control in a name": ("time,A\x01x\n0,1\n1,2\n", "", "line break"),
    "a bell in a name": ("time,A,\x07\n0,1,1\n1,2,2\n", "", "line break"),
    "an escape in a name": ("time,\x1b[31mA\n0,1\n1,2\n", "", "line break"),
    "a number with an underscore": ("time,A\n0,1\n1,1_0\n", ", line 3, column 'A'", "not a number"),
    "text in a time": ("time,A\n0,1\nlater,2\n", ", line 3, column 'time'", "'later' is not a number"),
    "an infinite number": ("time,A\n0,1\n1,inf\n", ", line 3, column 'A'", "infinite"),
    "a missing time": ("time,A\n0,1\n,2\n", ", line 3", "time is missing"),
    "times backwards": (
        "experiment,time,A\nx,0,1\nx,2,1\nx,1,2\n",
        ", line 4",
        "goes backwards in experiment 'x'",
    ),
    "a time that falls back": ("# two\ntime,A\n0,1\n1,2\n5,3\n3,1\n4,2\n", ", line 6", "add a column 'experiment'"),
    "a repeated time of another run": ("time,A\n0,1\n0,5\n1,2\n1,7\n", ", line 3", "time 0 is repeated"),
    "a run with one row": (
        "experiment,time,A\nx,0,1\nx,1,2\ny,0,1\n",
        ", line 4",
        "experiment 'y' has one row",
    ),
    "no measured value at all": ("time,A,B\n0,,\n1,,NA\n", "", "no species column"),
    "an empty run": (
        "experiment,time,A\nx,0,1\nx,1,2\ny,0,\ny,1,\n",
        ", line 4",
        "'y' has no measured value",
    ),
    "a negative species": ("time,A,B\n0,1,0\n1,2,-1\n2,3,-2\n", ", line 3", "'B' is negative throughout"),
    "a duplicate column": ("time,A,B,A\n0,1,1,1\n1,2,2,2\n", ", line 1", "two columns are called 'A'"),
    "names that collide": ("time,A [M],A\n0,1,1\n1,2,2\n", "", "are both A"),
    "a nameless column": ("time,,A\n0,5,1\n1,7,2\n", ", line 1", "column 2 has no name"),
    "too many fields": ("time,A\n0,1\n1,2,3\n", ", line 3", "3 fields under a header of 2"),
    "an open quote": ('time,A\n0,"1\n1,2\n', ", line 2", "cannot be split"),
    "a changing temperature": (
        "time,temperature,A\n0,300,1\n1,310,2\n",
        ", line 3",
        "temperature changes within experiment",
    ),
    "runs with and without a temperature": (
        "experiment,time,temperature,A\nx,0,300,1\nx,1,300,2\ny,0,,1\ny,1,,2\n",
        ", line 4",
        "experiment 'y' has no temperature",
    ),
    "a temperature below zero": ("time,temperature,A\n0,-3,1\n1,-3,2\n", ", line 2", "kelvin"),
    "not UTF-8": (b"time,A\n0,1\n1,\xff\n", ", line 3", "not UTF-8"),
    "binary": (b"PK\x03\x04\0\0", "", "binary"),
}


@pytest.mark.parametrize(("text", "place", "message"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_with_file_and_place(table, text, place, message):
    path = table(text)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}{place}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="is a folder"):
        read_table(tmp_path)


def test_a_wrong_column_argument_names_the_nearest_column(table):
    with pytest.raises(DataError, match=r"no column 'tme' \(time=\); did you mean 'time'"):
        read_table(table(PLAIN), time="tme")


def test_a_source_that_is_no_table_is_refused():
    with pytest.raises(DataError, match="source is a int"):
        read_table(3)
    with pytest.raises(DataError, match="columns differ in length"):
        read_table({"time": [0, 1], "A": [1]})
    with pytest.raises(DataError, match="row 2, column 'A'"):
        read_table({"time": [0, 1], "A": [1, "x"]})


numbers = st.floats(0, 1e6) | st.just(np.nan)


@settings(deadline=None, max_examples=40)
@given(
    runs=st.lists(
        hnp.arrays(float, st.tuples(st.integers(2, 5), st.just(3)), elements=numbers), min_size=1, max_size=3
    ),
    hot=st.booleans(),
)
def test_writing_and_reading_gives_the_same_numbers(tmp_path_factory, runs, hot):
    for values in runs:
        values[0] = 1.0  # every species is measured somewhere
    data = Trajectories(
        ("A", "B", "C"),
        tuple(f"run {i}, the next" for i in range(len(runs))),
        tuple(np.cumsum(np.full(len(v), 1 / 3)) for v in runs),
        tuple(runs),
        tuple(300.0 + i for i in range(len(runs))) if hot else None,
    )
    path = tmp_path_factory.mktemp("tables") / "out.csv"
    write_table(data, path)
    assert_same(read_table(path), data)
    assert os.listdir(path.parent) == ["out.csv"]


def test_an_output_that_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path, table):
    data = read_table(table(PLAIN))
    (tmp_path / "taken").mkdir()
    with pytest.raises(ExportError, match="cannot be written"):
        write_table(data, tmp_path / "taken")
    with pytest.raises(ExportError, match="cannot be written"):
        write_table(data, tmp_path / "nowhere" / "out.csv")
    assert sorted(os.listdir(tmp_path)) == ["runs.csv", "taken"]


@pytest.mark.parametrize("name", ['5"-AMP', '"A"', 'a "b" c', '"', 'A,B "x";', "'=A\""])
def test_a_name_with_quotes_comes_back_from_a_table(name, tmp_path):
    data = read_table({"time": [0, 1, 2], name: [1.0, 0.5, 0.2], "B": [0.0, 0.5, 0.8]})
    assert data.species == (name, "B")
    write_table(data, tmp_path / "runs.csv")
    again = read_table(tmp_path / "runs.csv")
    assert again.species == data.species
    np.testing.assert_array_equal(again.values[0], data.values[0])
