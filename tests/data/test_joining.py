"""Several files, sheets and blocks are runs of one table."""

import time

import numpy as np
import pytest
from typer.testing import CliRunner

from crnsym.cli import app
from crnsym.data.tables import read_table, write_table
from crnsym.errors import DataError

FIRST = "time (min),A (mM),B (mM)\n0,1,0\n5,0.6,0.4\n9,0.4,0.6\n"
SECOND = "t [s],A [M],B [M]\n0,0.002,0\n300,0.0012,0.0008\n540,0.0008,0.0012\n"


def remarks(data):
    return " | ".join(data.remarks)


def book(path, sheets):
    openpyxl = pytest.importorskip("openpyxl")
    found = openpyxl.Workbook()
    found.remove(found.active)
    for title, text in sheets.items():
        sheet = found.create_sheet(title)
        for line in text.splitlines():
            sheet.append([float(c) if c.replace(".", "", 1).isdigit() else c for c in line.split(",")])
    found.save(path)
    return path


def test_files_are_runs_in_the_units_of_the_first(table):
    data = read_table([table(FIRST, "a.csv"), table(SECOND, "b.csv")])
    assert data.experiments == ("a", "b")
    np.testing.assert_allclose(data.times[1], [0, 5, 9])
    np.testing.assert_allclose(data.values[1][1], [1.2, 0.8])
    assert (data.units, data.time_unit) == (("mM", "mM"), "min")
    assert "converted from s to min" in remarks(data)


def test_files_with_runs_of_their_own_keep_both_names(table):
    text = "run,time,A\n1,0,1\n1,1,2\n2,0,3\n2,1,4\n"
    data = read_table([table(text, "mon.csv"), table(text, "tue.csv")])
    assert data.experiments == ("mon 1", "mon 2", "tue 1", "tue 2")


def test_a_species_that_one_file_lacks_is_a_gap(table):
    data = read_table([table("time,A,B\n0,1,0\n1,2,1\n", "a.csv"), table("time,A\n0,1\n1,2\n", "b.csv")])
    assert np.isnan(data.values[1][:, 1]).all()
    assert "not every table has every species" in remarks(data)


def test_files_of_other_species_are_refused(table):
    with pytest.raises(DataError, match=r"b\.csv: has none of the species of .*a\.csv \(A\)"):
        read_table([table("time,A\n0,1\n1,2\n", "a.csv"), table("time,B\n0,1\n1,2\n", "b.csv")])


def test_units_that_cannot_be_brought_together_are_refused(table):
    with pytest.raises(DataError, match=r"A is in g/L, but in mM before"):
        read_table([table(FIRST, "a.csv"), table(FIRST.replace("A (mM)", "A (g/L)"), "b.csv")])


def test_sheets_of_one_kind_are_runs_and_others_are_named(tmp_path):
    path = book(tmp_path / "runs.xlsx", {"25 C": FIRST, "notes": "to do,later\n", "40 C": FIRST})
    data = read_table(path)
    assert data.experiments == ("25 C", "40 C")
    assert "'notes' hold other tables or none" in remarks(data)
    assert read_table(path, sheet="40 C").experiments == ("0",)
    assert read_table(path, sheet=1).experiments == ("0",)
    with pytest.raises(DataError, match=r"no sheet 'x'; there are '25 C', 'notes', '40 C'"):
        read_table(path, sheet="x")


def test_a_sheet_of_something_without_times_is_left_out(tmp_path):
    path = book(tmp_path / "runs.xlsx", {"calibration": "conc,area\n1,10\n2,20\n", "run": FIRST})
    assert read_table(path).species == ("A", "B")


def test_a_calibration_under_the_table_is_left_out_and_a_slip_in_a_run_is_not(table):
    text = FIRST + "\ncalibration,,\nconc,area,slope\n1,10,10\n2,20,10\n"
    data = read_table(table(text))
    assert len(data) == 1
    assert "has no times: left out" in remarks(data)
    with pytest.raises(DataError, match=r"'o\.6' is not a number"):
        read_table(table(FIRST + "\nrun 2,,\n" + FIRST.replace("0.6,0.4", "o.6,0.4")))


def test_a_formatted_cell_far_away_costs_nothing(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    found = openpyxl.Workbook()
    sheet = found.active
    for row in (["time", "A"], [0, 1.0], [1, 0.5]):
        sheet.append(row)
    sheet["XFD3000"].number_format = "0.00"
    found.save(tmp_path / "far.xlsx")
    assert read_table(tmp_path / "far.xlsx").species == ("A",)


def test_a_formula_without_a_value_and_a_truth_value_are_refused(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    for cell, message in (("=1-A2", "row 3: the formula '=1-A2' has no stored value"), (True, "'True' is no number")):
        found = openpyxl.Workbook()
        for row in (["time", "A"], [0, 1.0], [1, cell], [2, 0.3]):
            found.active.append(row)
        found.save(tmp_path / "t.xlsx")
        with pytest.raises(DataError, match=message.replace("=", "=")):
            read_table(tmp_path / "t.xlsx")


@pytest.mark.parametrize("corner", ["time", "compound", ""])
def test_times_that_run_across_are_turned(table, corner):
    data = read_table(table(f"{corner},0,5,10\nA,1,0.6,0.4\nB,0,0.4,0.6\n"))
    assert data.species == ("A", "B")
    np.testing.assert_array_equal(data.times[0], [0, 5, 10])


def test_a_plate_is_a_run_a_well(table):
    wells = [f"{row}{column}" for row in "AB" for column in range(1, 7)]
    rows = "".join(f"{t},30.1,{','.join(str(k + t) for k in range(12))}\n" for t in (0, 30, 60))
    data = read_table(table(f"Time [s],T° 600 [°C],{','.join(wells)}\n{rows}"))
    assert data.species == ("signal",)
    assert data.experiments == tuple(wells)
    np.testing.assert_array_equal(data.values[7][:, 0], [7, 37, 67])


@pytest.mark.parametrize("names", ["400,450,500", "400 nm,450 nm,500 nm", "A400,A450,A500", "500,450,400"])
def test_columns_of_wavelengths_are_said_to_be_signals(table, names):
    data = read_table(table(f"time,{names}\n0,1,.5,.2\n1,.8,.6,.3\n2,.6,.7,.4\n"))
    assert sorted(data.wavelengths) == [400, 450, 500]
    assert "are wavelengths (nm): signals, not concentrations" in remarks(data)


def test_writing_keeps_units_and_errors(table, tmp_path):
    data = read_table(table("t (h),A (mM),A sd,B (mM)\n0,1,.1,0\n1,.5,.05,.5\n2,.2,.05,.8\n"))
    write_table(data, tmp_path / "out.csv")
    again = read_table(tmp_path / "out.csv")
    assert (again.units, again.time_unit) == (("mM", "mM"), "h")
    np.testing.assert_array_equal(again.errors[0], data.errors[0])


@pytest.mark.parametrize(
    ("text", "unit"),
    [("25", None), ("250", (250.0, 260.0)), ("77", None)],
)
def test_a_temperature_without_its_scale_is_asked_for_where_it_can_be_another(table, text, unit):
    path = table(f"run,time,temp,A\n1,0,{text},1\n1,1,{text},2\n2,0,{int(text) + 10},1\n2,1,{int(text) + 10},2\n")
    if unit:
        assert read_table(path).temperatures == unit
        return
    with pytest.raises(DataError, match=r"is \d+ in column 'temp' in °C, °F or kelvin\?"):
        read_table(path)
    assert read_table(path, temperature="temp [°C]").temperatures[0] == pytest.approx(float(text) + 273.15)


def look(*arguments):
    result = CliRunner().invoke(app, ["look", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_look_shows_columns_runs_units_and_what_was_assumed(table):
    code, out, _ = look(table(FIRST, "a.csv"), table(SECOND, "b.csv"))
    assert code == 0
    for text in ("time (min)", "species", "mM", "from [min]", "times converted from s to min"):
        assert text in out
    code, _, err = look(table("x,A\n0,1\n1,2\n"), "--time", "y")
    assert (code, len(err.strip().splitlines())) == (2, 1)


def test_look_takes_columns_and_what_is_decimal(table):
    path = table("sampled\tA\n0\t1,250\n1\t1,500\n2\t1,750\n")
    code, _, err = look(path, "--time", "sampled [h]")
    assert (code, "--decimal" in err) == (2, True)
    code, out, _ = look(path, "--time", "sampled [h]", "--decimal", ",")
    assert (code, "1.25" in out, "from [h]" in out) == (0, True, True)


@pytest.mark.parametrize("place", ["XFD200", "ZZ30000", "A1048576", "XFD1048576", "D900000"])
@pytest.mark.parametrize("what", ["a format", "a blank", "a colour"])
def test_nothing_far_away_costs_nothing(tmp_path, place, what):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["time", "A"], [0, 1.0], [1, 0.6], [2, 0.4]):
        sheet.append(row)
    if what == "a format":
        sheet[place].number_format = "0.00"
    elif what == "a blank":
        sheet[place] = " "
    else:
        sheet[place].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "far.xlsx")
    began = time.process_time()
    found = read_table(tmp_path / "far.xlsx")
    assert (found.species, len(found.times[0])) == (("A",), 3)
    assert time.process_time() - began < 5
