"""Tables as they come out of spreadsheets: each is read as it was meant, or refused with the exact fix."""

import datetime as dt
import sys

import numpy as np
import pandas as pd
import pytest

from crnsym.data.tables import read_table
from crnsym.errors import DataError, MissingExtraError

GERMAN = "Zeit;A;B\nmin;mM;mM\n0;1,0;0\n1;0,5;0,5\n2;0,25;0,75\n;;\n;;\n"


def remarks(data):
    return " | ".join(data.remarks)


def test_a_german_sheet_with_units_bom_and_blank_margins_reads_as_meant(table):
    data = read_table(table("\ufeff" + GERMAN.replace("\n", ";;\n")))
    assert data.species == ("A", "B")
    np.testing.assert_array_equal(data.times[0], [0, 1, 2])
    np.testing.assert_array_equal(data.values[0], [[1, 0], [0.5, 0.5], [0.25, 0.75]])
    assert "holds units: min, mM, mM" in remarks(data)
    assert "decimal comma" in remarks(data)


def test_a_units_row_is_told_from_text_in_a_table(table):
    with pytest.raises(DataError, match="line 2, column 'A': 'oops' is not a number"):
        read_table(table("time,A,B\n0,oops,1\n1,2,3\n2,3,4\n"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('time,A\n0,"1,234.5"\n1,"2,000"\n2,12', [1234.5, 2000, 12]),
        ("time;A\n0;1.234,5\n1;2.000\n2;12", [1234.5, 2000, 12]),
        ("time;A\n0;1,234\n1;0,5\n2;12", [1.234, 0.5, 12]),
        ("time;A\n0;1,234\n1;2,345\n2;3,456", [1.234, 2.345, 3.456]),
        ('time,A\n0,"1,234"\n1,"2,345"\n2,1.5', [1234, 2345, 1.5]),
        ("time\tA\n0\t1 234.5\n1\t2\u202f000\n2\t1'200", [1234.5, 2000, 1200]),
        ('time,A\n0,"0,5"\n1,"1,5"\n2,2', [0.5, 1.5, 2]),
        ("time,A\n0,50%\n1,25 %\n2,12.5%", [50, 25, 12.5]),
        ("time;A\n0;50,5%\n1;25 %\n2;12%", [50.5, 25, 12]),
    ],
)
def test_numbers_are_read_as_they_were_meant(table, text, values):
    data = read_table(table(text))
    np.testing.assert_allclose(data.values[0][:, 0], values)
    assert data.remarks


@pytest.mark.parametrize("mark", ["<LOD", "n.d.", "ND", "< 0.01", "b.d.l.", "-", "—", "#N/A", ">100", "not detected"])
def test_what_was_not_detected_is_a_gap_with_a_remark(table, mark):
    data = read_table(table(f"time,A,B\n0,1,1\n1,{mark},2\n2,0.5,3\n"))
    assert np.isnan(data.values[0][1, 0])
    assert f"1 cells are '{mark}'" in remarks(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time;A\n0;1,5\n1;2.5\n", r"'1,5' \(line 2\) has a decimal comma and '2.5' \(line 3\) a decimal point"),
        ("time,A\n0,50%\n1,0.25\n", r"'50%' is in per cent, but '0.25' in line 3 is not"),
        ("time,A\n0,#DIV/0!\n1,2\n", r"'#DIV/0!' is an error of the spreadsheet; correct the formula"),
        ("time,A,A\n0,1,2\n1,2,3\n", r"repeated measurements: 'A rep1', 'A rep2'"),
        ("time,A\n45352.5,1\n45352.6,2\n", r"look like dates of a spreadsheet.*call the column 'date'"),
        ("time,A\n1/3/2024 12:00,1\n2/3/2024 12:00,2\n", r"can be day/month or month/day; write 2024-03-01"),
        ("time,A\n08:15,1\nquarter past,2\n", r"line 3, column 'time': 'quarter past' is not a number or a time"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_fix(table, text, message):
    with pytest.raises(DataError, match=message) as caught:
        read_table(table(text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "times", "seconds"),
    [
        ("time", ["08:15", "08:15:30", "08:17"], [0, 30, 120]),
        ("Uhrzeit", ["23:50", "23:59", "00:10"], [0, 540, 1200]),
        ("time", ["11:59 AM", "12:01 PM", "1:00 pm"], [0, 120, 3660]),
        ("Date", ["2024-03-01 12:00", "2024-03-01T12:30:00", "2024-03-02 12:00"], [0, 1800, 86400]),
        ("Datum", ["28.02.2024 23:00", "29.02.2024 00:00", "01.03.2024 00:00"], [0, 3600, 90000]),
        ("timestamp", ["2/28/2024 11:00", "2/28/2024 12:00", "2/29/2024 11:00"], [0, 3600, 86400]),
        ("date", ["45352.5", "45352.75", "45353.5"], [0, 21600, 86400]),
    ],
)
def test_clock_times_become_seconds_since_the_start(table, header, times, seconds):
    rows = "".join(f"{t};{i + 1}\n" for i, t in enumerate(times))
    data = read_table(table(f"{header};A\n{rows}"))
    np.testing.assert_allclose(data.times[0], seconds, atol=1e-3)
    assert "seconds since the first row of each run" in remarks(data)


def test_a_date_beside_a_time_of_day_counts(table):
    data = read_table(table("date,time,A\n2024-03-01,12:00,1\n2024-03-03,12:00,2\n2024-03-03,13:00,3\n"))
    assert data.species == ("A",)
    np.testing.assert_allclose(data.times[0], [0, 2 * 86400, 2 * 86400 + 3600])


def test_every_run_counts_from_its_own_first_row(table):
    data = read_table(table("run,time,A\nx,08:00,1\nx,08:01,2\ny,09:00,1\ny,09:02,2\n"))
    np.testing.assert_allclose(data.times[0], [0, 60])
    np.testing.assert_allclose(data.times[1], [0, 120])


def test_times_of_a_frame_may_be_timestamps():
    frame = pd.DataFrame({"time": pd.to_datetime(["2024-03-01 12:00", "2024-03-01 12:05"]), "A": [1.0, 2.0]})
    np.testing.assert_allclose(read_table(frame).times[0], [0, 300])
    frame["time"] = pd.to_timedelta([1, 3], unit="min")
    np.testing.assert_allclose(read_table(frame).times[0], [0, 120])


def test_large_plain_times_stay_as_they_are(table):
    data = read_table(table("time,A\n40000,1\n41000,2\n42000.5,3\n"))
    np.testing.assert_array_equal(data.times[0], [40000, 41000, 42000.5])


REPEATS = "0,1.0,1.1,0.0,0.02\n1,0.50,0.52,0.5,0.49\n2,0.26,0.24,0.74,0.76\n3,0.12,0.13,0.88,0.87\n"


@pytest.mark.parametrize(
    "header",
    [
        "time,A rep1,A rep2,B rep1,B rep2",
        "time,A_rep_1,A_rep_2,B_rep_1,B_rep_2",
        "time,A (replicate 1),A (replicate 2),B (replicate 1),B (replicate 2)",
        "time,A run 1,A run 2,B run 1,B run 2",
        "time,A_1,A_2,B_1,B_2",
        "time,A (1),A (2),B (1),B (2)",
        "time,A.1,A.2,B.1,B.2",
        "time,A,,B,\n,1,2,1,2",
        "time,A,,B,\n,rep 1,rep 2,rep 1,rep 2",
        "time,A,,B,",
    ],
)
def test_repeats_side_by_side_are_runs(table, header):
    data = read_table(table(f"{header}\n{REPEATS}"))
    assert data.species == ("A", "B")
    assert data.experiments == ("1", "2")
    np.testing.assert_array_equal(data.values[1][:, 0], [1.1, 0.52, 0.24, 0.13])
    np.testing.assert_array_equal(data.times[1], [0, 1, 2, 3])
    assert "repeated measurements" in remarks(data)


def test_repeats_of_labelled_runs_keep_the_label(table):
    data = read_table(table("run,time,A rep1,A rep2\nx,0,1,2\nx,1,3,4\ny,0,5,6\ny,1,7,8\n"))
    assert data.experiments == ("x rep 1", "y rep 1", "x rep 2", "y rep 2")


def test_species_that_are_only_counted_stay_species(table):
    data = read_table(table("time,X_1,X_2\n0,1,0\n1,0.5,0.5\n2,0.25,0.75\n3,0.1,0.9\n"))
    assert data.species == ("X_1", "X_2")


def test_columns_of_errors_are_the_errors_of_the_values(table):
    data = read_table(table("time,A,A SD,B mean,B sem\n0,1,0.1,0,0.1\n1,0.5,0.1,0.5,0.1\n"))
    assert data.species == ("A", "B")
    np.testing.assert_array_equal(data.errors[0], [[0.1, 0.1], [0.1, 0.1]])
    assert "standard deviations of other columns" in remarks(data)


def test_a_workbook_reads_with_dates_gaps_and_its_first_sheet(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    start = dt.datetime(2024, 3, 1, 12)
    rows = [["time", "A", None, "B"], [None, "rep 1", "rep 2", None], ["h", "mM", "mM", "mM"]]
    rows += [[start + dt.timedelta(minutes=10 * i), 1 / (i + 1), 1.1 / (i + 1), "n.d." if i else 0.5] for i in range(4)]
    for row in rows:
        sheet.append(row)
    book.create_sheet("notes").append(["to do"])
    path = tmp_path / "runs.xlsx"
    book.save(path)
    data = read_table(path)
    assert data.species == ("A", "B")
    np.testing.assert_allclose(data.times[0], [0, 600, 1200, 1800])
    np.testing.assert_allclose(data.values[1][:, 0], [1.1, 0.55, 1.1 / 3, 0.275])
    assert "of the workbook 'Sheet' is read; 'notes' hold other tables or none" in remarks(data)


def test_workbooks_that_cannot_be_read_say_what_to_do(table, monkeypatch):
    with pytest.raises(DataError, match=r"\.ods files are not read; save the sheet as"):
        read_table(table("x", "runs.ods"))
    path = table("no workbook", "runs.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"pip install \"crnsym\[excel\]\"; or save it as CSV"):
        read_table(path)
    monkeypatch.undo()
    pytest.importorskip("openpyxl")
    with pytest.raises(DataError, match="is no workbook that can be read"):
        read_table(path)


@pytest.mark.parametrize(
    ("header", "values", "remark"),
    [
        ("time,A [mM],B [µM]", [1, 0.002], "B: converted to mM, the unit of A"),
        ("time,A [mol/L],B (mmol/L)", [1, 0.002], "B: converted to M"),
        ("time,A [mM],B [mol/m3]", [1, 2], ""),
        ("time,A [mM],B [AU]", [1, 2], "different units (mM, AU), which are left as they are"),
        ("time,A [mM],B", [1, 2], ""),
    ],
)
def test_multiples_of_one_unit_are_brought_together(table, header, values, remark):
    data = read_table(table(f"{header}\n0,1,2\n1,2,3\n"))
    np.testing.assert_allclose(data.values[0][0], values)
    assert remark in remarks(data)


@pytest.mark.parametrize("name", ["Versuch", "Lauf", "Batch", "run"])
def test_a_column_of_run_labels_goes_by_its_usual_names(tmp_path, name):
    path = tmp_path / "runs.csv"
    path.write_text(f"{name};time;A\n1;0;1,5\n1;10;0,7\n2;0;3,0\n2;10;1,4\n")
    assert read_table(path).experiments == ("1", "2")
