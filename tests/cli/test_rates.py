"""What is known of rates, and detailed balance, on the command line."""

import json

import pytest

from crnsym.cli.known_rates import read_rates
from crnsym.errors import DataError
from tests.cli.test_cli import GOOD, run

HOT = "experiment,temperature,time,A,B\n" + "".join(
    f"{label},{kelvin},{t},{1 / (1 + 0.1 * t * k):.4f},{1 - 1 / (1 + 0.1 * t * k):.4f}\n"
    for label, kelvin, k in (("x", 300, 1), ("y", 320, 2))
    for t in range(9)
)


def test_a_line_is_what_a_chemist_would_write(tmp_path):
    (tmp_path / "known.txt").write_text(
        "# measured in 1998\n\nA + B -> C @ 0.3 ± 0.02   # by flow\nk2 = 0.05 +- 10 %\n2 A  ->  B @ .5\n"
        "C -> D = 1e-3 .. 3\nB -> A @ 2 +/- 0.5 at 298 K\nD -> C @ 4 at 300 K\n",
        encoding="utf-8",
    )
    found = read_rates(tmp_path / "known.txt")
    assert found.rates == {
        "A + B -> C": (0.3, 0.02),
        "k2": (0.05, pytest.approx(0.005)),
        "2 A -> B": 0.5,
        "B -> A": (2.0, 0.5, 298.0),
        "D -> C": (4.0, 0.0, 300.0),
    }
    assert found.bounds == {"C -> D": (1e-3, 3.0)}
    assert found.lines["k2"] == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A -> B 0.3", r"line 1: expected .A \+ B -> C @ 0\.3 ± 0\.02"),
        ("\nA -> B @ fast", r"line 2: expected .*; found 'A -> B @ fast'"),
        ("A -> B @ 0.3 ± ", "line 1: expected"),
        ("A -> B @ 0.3 [1/s]", "line 1: expected"),
        ("A <-> B @ 0.3, 0.2", "line 1: 'A <-> B' are two reactions; give each a line"),
        ("A -> B @ 1\nA  ->  B = 2", "line 2: 'A -> B' stands in line 1 already"),
        ("# nothing", "no rates; expected"),
    ],
)
def test_a_line_of_another_form_is_refused_with_its_number(text, message, tmp_path):
    (tmp_path / "known.txt").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        read_rates(tmp_path / "known.txt")
    assert "\n" not in str(caught.value)


def prepared(folder, known):
    (folder / "data.csv").write_text(GOOD)
    (folder / "hot.csv").write_text(HOT)
    (folder / "m.crn").write_text("A -> B @ k1\n")
    (folder / "n.crn").write_text("A <-> B @ k1, k2\n")
    (folder / "known.txt").write_text(known, encoding="utf-8")


def test_discover_takes_known_rates_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared(tmp_path, "A -> B @ 0.2212\nB -> A @ 0 .. 0.5\n")
    options = ["--rates", "known.txt", "--detailed-balance", "--hidden", "0", "--max-order", "1", "--time-budget", "20"]
    code, _, complaint = run("discover", "data.csv", "--out", "out", *options)
    assert (code, complaint) == (0, "")
    told = json.loads((tmp_path / "out" / "run.json").read_text())["options"]
    assert told["rates"] == {"A -> B": [0.2212]}
    assert told["detailed_balance"] is True
    assert "0.2212" in (tmp_path / "out" / "best.crn").read_text()


def test_compare_takes_known_rates_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared(tmp_path, "k1 = 0.2212\n")
    options = ["--data", "data.csv", "--out", "out", "--rates", "known.txt", "--detailed-balance"]
    assert run("compare", "m.crn", "n.crn", *options)[0] == 0
    assert "0.2212" in (tmp_path / "out" / "candidates.csv").read_text()


@pytest.mark.parametrize(
    ("known", "arguments", "message"),
    [
        ("\nA -> Q @ 1", ["discover", "data.csv"], "known.txt, line 2: "),
        ("kf = 1", ["discover", "data.csv"], "known.txt, line 1: 'kf' is neither one reaction"),
        ("A -> B @ -1", ["discover", "data.csv"], "line 1: rate of 'A -> B': -1 ± 0; give a positive value"),
        ("A -> B @ 3 .. 1", ["discover", "data.csv"], "line 1: bounds of 'A -> B': give 0 <= lowest < highest"),
        ("A -> B @ 0.1 ± 0.1", ["discover", "hot.csv"], "line 1: rate of 'A -> B': the runs differ in temperature"),
        ("A => B", ["discover", "data.csv"], "known.txt, line 1: expected"),
        ("k1 = 1\nk1 = 2", ["compare", "m.crn", "--data", "data.csv"], "line 2: 'k1' stands in line 1 already"),
        ("k1 = 1 .. 2", ["compare", "m.crn", "--data", "data.csv"], "line 1: bounds of given networks are written"),
        ("k7 = 1", ["compare", "m.crn", "--data", "data.csv"], "line 1: 'k7' is neither"),
        ("k1 = 1", ["discover", "data.csv", "--counts"], "--rates is for concentration-time data"),
    ],
)
def test_bad_known_rates_are_one_line_and_write_nothing(known, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared(tmp_path, known)
    given = {p.name for p in tmp_path.iterdir()}
    code, _, complaint = run(*arguments, "--out", "out", "--rates", "known.txt")
    assert code == 2
    assert message in complaint
    assert complaint.count("\n") == 1
    assert {p.name for p in tmp_path.iterdir()} == given


@pytest.mark.parametrize("option", [["--rates", "known.txt"], ["--detailed-balance"], ["--fixed", "k1"]])
def test_without_data_nothing_is_fitted_and_such_options_are_refused(option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared(tmp_path, "k1 = 1")
    code, _, complaint = run("compare", "m.crn", "n.crn", *option)
    assert code == 2
    assert f"{option[0]} is for a fit" in complaint
