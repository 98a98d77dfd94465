"""The command line as a user meets it: one line for bad input, nothing half-written."""

import csv
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crnsym.cli import app
from crnsym.formats import read
from crnsym.network.text import network

RUNNER = CliRunner()
ENVIRONMENT = {**os.environ, "OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1"}


def decay() -> str:
    """Two runs of A -> B @ 0.22 with 2 % noise."""
    random = np.random.default_rng(0)
    lines = ["experiment,time,A,B"]
    for label, start in (("x", 1.0), ("y", 2.0)):
        for t in range(16):
            left = start * np.exp(-0.22 * t)
            a, b = np.array([left, start - left + 0.05]) * (1 + 0.02 * random.standard_normal(2))
            lines.append(f"{label},{t},{a:.6f},{b:.6f}")
    return "\n".join(lines) + "\n"


GOOD = decay()

BAD_TABLES = {
    "empty file": ("", "is empty"),
    "no time column": ("dose,A\n0,1\n1,2\n", "no time column"),
    "text in a number": ("time,A\n0,1\n1,high\n2,3\n", "high"),
    "times that go backwards": ("time,A\n0,1\n2,2\n1,3\n", "time"),
    "a repeated time": ("time,A\n0,1\n1,2\n1,3\n", "time"),
    "a run with one row": ("experiment,time,A\n1,0,1\n1,1,2\n2,0,1\n", "one"),
    "species without values": ("time,A,B\n0,,\n1,,\n2,,\n", "no species column"),
    "a species that is negative throughout": ("time,A,B\n0,1,-1\n1,2,-2\n2,3,-3\n", "negative"),
    "a duplicate column": ("time,A,A\n0,1,1\n1,2,2\n", "A"),
}


def run(*arguments: object) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_is_refused_in_one_line_and_nothing_is_written(case, tmp_path):
    text, hint = BAD_TABLES[case]
    data = tmp_path / "data.csv"
    data.write_text(text)
    code, _, err = run("discover", data, "--out", tmp_path / "out")
    assert code == 2
    assert err.startswith("Error: ")
    assert len(err.strip().splitlines()) == 1
    assert "data.csv" in err
    assert hint in err
    assert not (tmp_path / "out").exists()


def test_a_missing_table_is_refused(tmp_path):
    code, _, err = run("discover", tmp_path / "nowhere.csv", "--out", tmp_path / "out")
    assert (code, len(err.strip().splitlines())) == (2, 1)


def test_an_output_folder_that_cannot_be_written_is_refused_before_the_search(tmp_path):
    data, blocked = tmp_path / "data.csv", tmp_path / "file"
    data.write_text(GOOD)
    blocked.write_text("in the way")
    began = time.monotonic()
    code, _, err = run("discover", data, "--out", blocked / "out")
    assert (code, len(err.strip().splitlines())) == (2, 1)
    assert "cannot be written" in err
    assert blocked.read_text() == "in the way"
    assert time.monotonic() - began < 5


def test_an_unknown_model_suffix_is_refused(tmp_path):
    model = tmp_path / "model.docx"
    model.write_text("A -> B")
    for command in (["info", model], ["convert", model, tmp_path / "x.crn"]):
        code, _, err = run(*command)
        assert code == 2
        assert ".docx" in err
        assert len(err.strip().splitlines()) == 1


def test_an_unknown_target_suffix_is_refused_and_not_written(tmp_path):
    (tmp_path / "a.crn").write_text("A -> B @ 1")
    code, _, err = run("convert", tmp_path / "a.crn", tmp_path / "b.pdf")
    assert code == 2
    assert ".pdf" in err
    assert not (tmp_path / "b.pdf").exists()


def test_a_malformed_network_is_refused_with_its_line_and_a_caret(tmp_path):
    model = tmp_path / "model.crn"
    model.write_text("A -> B @ 1\nB -> -> C\n")
    code, _, err = run("info", model)
    assert code == 2
    assert "line 2" in err
    assert "^" in err.splitlines()[-1]


def test_broken_sbml_is_refused_in_one_line(tmp_path):
    model = tmp_path / "model.xml"
    model.write_text("<sbml><model>")
    code, _, err = run("info", model)
    assert (code, len(err.strip().splitlines())) == (2, 1)
    assert "model.xml" in err


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--learner", "magic", "magic"),
        ("--max-order", "7", "max_order"),
        ("--hidden", "-1", "hidden"),
        ("--time-budget", "0", "time_budget"),
    ],
)
def test_a_bad_option_is_refused_in_one_line(option, value, hint, tmp_path):
    data = tmp_path / "data.csv"
    data.write_text(GOOD)
    code, _, err = run("discover", data, "--out", tmp_path / "out", option, value)
    assert (code, len(err.strip().splitlines())) == (2, 1)
    assert hint in err
    assert not (tmp_path / "out").exists()


def test_known_reactions_of_unmeasured_species_are_refused(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD)
    (tmp_path / "known.crn").write_text("A -> Q @ 1")
    code, _, err = run("discover", tmp_path / "data.csv", "--out", tmp_path / "o", "--known", tmp_path / "known.crn")
    assert code == 2
    assert "'Q'" in err


def test_what_is_unusual_but_usable_is_only_remarked_upon(tmp_path):
    rows = GOOD.splitlines()
    rows = [rows[0] + ",Catalyst", *(r + ",0.5" for r in rows[1:])]
    rows[3] = "x,2,0.645,-0.004,0.5"
    data = tmp_path / "data.csv"
    data.write_text("\ufeff# measured by hand\n" + "\n".join(rows[:-1]) + "\n", encoding="utf-8")
    code, out, _ = run("discover", data, "--out", tmp_path / "out", "--max-order", 1, "--hidden", 0)
    assert code == 0
    for word in ("negative", "Catalyst"):
        assert word in out


def test_discover_writes_everything_it_promises(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD)
    out = tmp_path / "out"
    code, printed, _ = run("discover", tmp_path / "data.csv", "--out", out, "--max-order", 1, "--hidden", 0)
    assert code == 0
    assert "A -> B" in printed
    best = read(out / "best.crn")
    assert {str(r.reactants) + ">" + str(r.products) for r in best.reactions} == {"A>B"}
    assert read(out / "best.xml").dynamically_equivalent(best, 1e-9)
    rows = table(out / "candidates.csv")
    names = sorted(p.name for p in (out / "candidates").iterdir())
    assert names == sorted(f"{i + 1:02d}{s}" for i in range(len(rows)) for s in (".crn", ".xml"))
    assert rows[0]["mechanism"] == "A -> B"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "A → B" in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    ).replace("https://matplotlib.org", "")
    record = json.loads((out / "run.json").read_text())
    assert record["options"]["seed"] == 0
    assert len(record["data"]["sha256"]) == 64
    assert record["complete"] is True
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_compare_ranks_given_networks(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD)
    (tmp_path / "right.crn").write_text("A -> B @ 0.1")
    (tmp_path / "wrong.crn").write_text("2 A -> 2 B @ 0.1")
    code, printed, _ = run(
        "compare",
        tmp_path / "wrong.crn",
        tmp_path / "right.crn",
        "--data",
        tmp_path / "data.csv",
        "--out",
        tmp_path / "o",
    )
    assert code == 0
    rows = table(tmp_path / "o" / "candidates.csv")
    assert [r["name"] for r in rows] == ["right", "wrong"]
    assert "A -> B" in printed


def test_compare_takes_observables_starts_bounds_and_conditions(tmp_path):
    times = [0, 1, 2, 4, 6, 9, 12, 16]
    rows = [(e, t, round(2 * s * math.exp(-0.3 * t), 4)) for e, s in (("a", 1.0), ("b", 3.0)) for t in times]
    (tmp_path / "data.csv").write_text("experiment,time,y\n" + "".join(f"{e},{t},{v}\n" for e, t, v in rows))
    (tmp_path / "start.csv").write_text("experiment,A\na,1\nb,3\n")
    (tmp_path / "decay.crn").write_text("A -> B @ k")
    (tmp_path / "slow.crn").write_text("A -> B @= V*A/(K + A)")
    told = ["--data", tmp_path / "data.csv", "--out", tmp_path / "o", "--observable", "y = scale*A"]
    told += ["--conditions", tmp_path / "start.csv", "--noise", "y=0.01"]
    code, printed, err = run("compare", tmp_path / "decay.crn", *told, "--bounds", "k = 1e-3:10", "--petab-select")
    assert (code, err) == (0, "")
    assert "decay explains the data" in printed
    row = table(tmp_path / "o" / "candidates.csv")[0]
    assert (row["name"], row["file"], row["parameters"]) == ("decay", "decay.crn", "2")
    rates = dict(part.split(" = ") for part in row["rates"].split("; "))
    assert float(rates["k"]) == pytest.approx(0.3, rel=1e-3)
    assert float(rates["scale"]) == pytest.approx(2.0, rel=1e-3)
    assert float(row["seconds"]) > 0
    assert (tmp_path / "o" / "petab_select" / "model_decay.tsv").exists()
    runs = (tmp_path / "o" / "petab_select" / "model_decay" / "conditions.tsv").read_text().splitlines()
    assert [line.split("\t")[2] for line in runs] == ["A", "1.0", "3.0"]
    for option, value, hint in (
        ("--observable", "y", "expected 'name = expression'"),
        ("--fixed", "k = fast", "expected 'name' or 'name = value'"),
        ("--bounds", "k = 1", "expected 'name = lowest:highest'"),
        ("--noise", "y = much", "expected the name of a form"),
        ("--conditions", tmp_path / "data.csv", "stands there twice"),
    ):
        code, _, err = run("compare", tmp_path / "slow.crn", *told, option, value)
        assert (code, len(err.strip().splitlines())) == (2, 1)
        assert hint in err


def test_compare_without_data_shows_two_networks_side_by_side(tmp_path):
    (tmp_path / "a.crn").write_text("A -> B @ 1; B -> C @ 2")
    (tmp_path / "b.crn").write_text("A -> B @ 1; B -> D @ 2")
    code, printed, _ = run("compare", tmp_path / "a.crn", tmp_path / "b.crn")
    assert code == 0
    for line in ("=   A -> B  @ 1   A -> B  @ 1", "≠   B -> C  @ 2   B -> D  @ 2"):
        assert line in printed
    assert "No positive rates give them the same vector field" in printed
    assert "C → D" in printed
    code, _, err = run("compare", tmp_path / "a.crn")
    assert (code, err.strip()) == (
        2,
        "Error: compare without --data takes two network files, and got 1; add --data DATA.csv",
    )
    code, _, err = run("compare", tmp_path / "a.crn", tmp_path / "b.crn", "--out", tmp_path / "o")
    assert (code, "writes no files" in err) == (2, True)
    code, _, err = run("compare", tmp_path / "a.crn", "--data", tmp_path / "d.csv")
    assert (code, "name it with --out" in err) == (2, True)


@pytest.mark.parametrize("how", [["--stochastic"], ["--lattice", "9x9"]])
def test_simulate_counts_molecules_in_several_runs(how, tmp_path):
    model = tmp_path / "m.crn"
    model.write_text("A -> B @ 1; init A = 20", encoding="utf-8")
    assert run("simulate", model, "--times", "0:1:3", *how, "--runs", "3", "--out", tmp_path / "s.csv")[0] == 0
    rows = table(tmp_path / "s.csv")
    assert [row["experiment"] for row in rows] == list("000111222")
    assert {float(row["A"]) + float(row["B"]) for row in rows} == {20.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lattice", "9by9"], "--lattice 9by9"),
        (["--lattice", "2x2"], "smaller than its kernel"),
        (["--stochastic", "--initial", "A=1.5"], "not a whole number"),
        (["--stochastic", "--noise", "0.1"], "--noise 0.1"),
        (["--runs", "3"], "--runs 3"),
    ],
)
def test_simulate_refuses_what_molecules_cannot_do(options, message, tmp_path):
    model = tmp_path / "m.crn"
    model.write_text("A -> B @ 1; init A = 2", encoding="utf-8")
    code, _, complaint = run("simulate", model, *options, "--out", tmp_path / "s.csv")
    assert code == 2
    assert message in complaint
    assert complaint.count("\n") == 1
    assert not (tmp_path / "s.csv").exists()


def test_simulate_convert_and_info_work_together(tmp_path):
    model = tmp_path / "m.crn"
    model.write_text("A -> B @ 0.5; init A = 2")
    assert run("convert", model, tmp_path / "m.xml")[0] == 0
    assert read(tmp_path / "m.xml").dynamically_equivalent(network("A -> B @ 0.5"), 1e-12)
    code, out, _ = run("info", tmp_path / "m.xml")
    assert code == 0
    assert "deficiency" in out
    assert "A + B" in out
    assert run("simulate", model, "--times", "0:4:5", "--out", tmp_path / "s.csv")[0] == 0
    rows = table(tmp_path / "s.csv")
    assert abs(float(rows[-1]["A"]) - 2 * 2.718281828459045**-2) < 1e-5
    assert run("simulate", model, "--times", "4:0:5", "--out", tmp_path / "t.csv")[0] == 2
    assert not (tmp_path / "t.csv").exists()


def test_help_and_version_answer():
    assert run("--version")[1].startswith("crnsym ")
    code, out, _ = run("--help")
    assert code == 0
    for command in ("demo", "discover", "compare", "simulate", "convert", "info"):
        assert command in out


def test_ctrl_c_leaves_candidates_and_resume_ends_at_the_undisturbed_table(tmp_path, shared_data):
    rows = (shared_data / "synthetic" / "michaelis_menten" / "train.csv").read_text().splitlines(keepends=True)
    data = tmp_path / "three_runs.csv"
    data.write_text("".join(rows[:151]))
    words = ["discover", data, "--max-order", 2, "--hidden", 0, "--time-budget", 600]
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    command = [sys.executable, "-m", "crnsym", *map(str, words), "--out", str(broken)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    finished = broken / "checkpoint" / "tasks"
    while not any(finished.glob("search-*")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"Interrupted" in err
    assert (broken / "report.html").exists()
    assert json.loads((broken / "run.json").read_text())["complete"] is False
    assert run(*words, "--out", broken, "--resume")[0] == 0
    assert run(*words, "--out", straight)[0] == 0
    assert (broken / "candidates.csv").read_text() == (straight / "candidates.csv").read_text()
    assert Path(broken / "best.crn").read_text() == (straight / "best.crn").read_text()
    assert not (broken / "checkpoint").exists()
