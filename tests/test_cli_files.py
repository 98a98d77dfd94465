"""Folders, files and records as a user may have them: each is used, kept or refused, and one line says which."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crnsym.data.tables import read_table
from crnsym.discovery import discover

from .test_cli import ENVIRONMENT, decay, run

QUICK = ("--hidden", 0, "--max-order", 1)
RESULTS = {"best.crn", "best.xml", "best.tex", "candidates.csv", "candidates", "report.html", "run.json"}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "d.csv").write_text(decay())
    return tmp_path / "d.csv"


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def without_times(folder: Path) -> dict[str, object]:
    """What the folder holds, but for the seconds and counts of work that a resumed run has less of."""
    held: dict[str, object] = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    record = json.loads((folder / "run.json").read_text())
    told = str(record["seconds"])
    held["report.html"] = (folder / "report.html").read_text().replace(f" mechanisms in {told} s", "")
    held["run.json"] = {k: v for k, v in record.items() if k not in ("seconds", "tasks", "options", "stages")}
    held["stages"] = [(s["stage"], s["score"]) for s in record["stages"]]
    return held


def test_the_current_folder_is_a_folder_to_write_into(data, monkeypatch):
    here = data.parent / "here"
    here.mkdir()
    (here / "notes.txt").write_text("mine")
    (here / "best.tex").write_text("mine, too")
    monkeypatch.chdir(here)
    code, out, err = run("discover", data, "--out", ".", *QUICK)
    assert (code, err) == (0, "")
    assert names(here) == {*RESULTS, "notes.txt", "best.tex~"}
    assert (here / "best.tex~").read_text() == "mine, too"
    assert "best.tex~" in out
    assert run("discover", data, "--out", ".", *QUICK)[0] == 0
    assert names(here) == {*RESULTS, "notes.txt", "best.tex~"}


@pytest.fixture
def record(data) -> Path:
    """The record of a search that has ended, as it is before the results are moved."""
    checkpoint = data.parent / "out" / "checkpoint"
    discover(read_table(data), hidden=0, max_order=1, checkpoint=checkpoint)
    return checkpoint / "fits.jsonl"


def test_a_search_resumed_from_half_its_record_ends_as_an_undisturbed_one(data, record):
    straight, broken = data.parent / "straight", data.parent / "out"
    assert run("discover", data, "--out", straight, *QUICK)[0] == 0
    whole = record.read_bytes()
    record.write_bytes(whole[: len(whole) // 2])
    for part in ("candidates", "mine"):
        (broken / part).mkdir(exist_ok=True)
        (broken / part / "notes.txt").write_text("mine")
    assert run("discover", data, "--out", broken, *QUICK, "--resume")[0] == 0
    held = without_times(broken)
    assert [held.pop(f"{part}/notes.txt") for part in ("mine", "candidates")] == [b"mine"] * 2
    assert held == without_times(straight)


def test_a_damaged_record_costs_its_fits(data, record):
    whole = record.read_text().splitlines()
    record.write_text("\n".join([whole[0], *(line.replace("chi2", "chi3") for line in whole[1:3]), *whole[3:]]) + "\n")
    code, told, err = run("discover", data, "--out", record.parents[1], *QUICK, "--resume")
    assert (code, err) == (0, "")
    assert f"Note: {record}: 2 of {len(whole) - 1} entries are damaged" in told
    assert names(record.parents[1]) == RESULTS


def test_an_older_record_is_kept_beside_a_new_one(data, record):
    record.write_text('{"crnsym": "0.0.1", "seed": 0}\n{"key": "x"}\n')
    code, told, err = run("discover", data, "--out", record.parents[1], *QUICK, "--resume")
    assert (code, err) == (0, "")
    assert "an older crnsym wrote this record" in told
    assert names(record.parent) == {"fits.jsonl~"}


def test_a_record_of_other_options_is_refused_by_the_option(data, record):
    before = record.read_bytes()
    code, _, err = run("discover", data, "--out", record.parents[1], "--hidden", 0, "--max-order", 2, "--resume")
    assert (code, err.count("\n")) == (2, 1)
    assert "max_order 1, not 2" in err
    assert record.read_bytes() == before


def test_a_resume_with_nothing_to_resume_says_so(data):
    code, out, err = run("discover", data, "--out", data.parent / "out", *QUICK, "--resume")
    assert (code, err) == (0, "")
    assert "nothing to resume" in out


def test_a_comparison_in_which_nothing_is_fitted_is_written(data):
    (data.parent / "m.crn").write_text("A -> B @ k; init A = 1; param k = 0.22")
    code, _, err = run(
        "compare", data.parent / "m.crn", "--data", data, "--fixed", "k = 0.22", "--out", data.parent / "out"
    )
    assert (code, err) == (0, "")
    assert {*RESULTS, "reactions.csv", "fits.svg"} == names(data.parent / "out")
    assert "no rate was fitted" in (data.parent / "out" / "report.html").read_text()


@pytest.mark.parametrize("out", ["d.csv", "d.csv/deeper"])
def test_a_folder_that_cannot_be_is_refused_before_the_search(data, out):
    code, _, err = run("discover", data, "--out", data.parent / out, *QUICK)
    assert (code, err.count("\n")) == (2, 1)
    assert "cannot be written" in err
    assert names(data.parent) == {"d.csv"}


@pytest.mark.parametrize("kilobytes", [8, 64])
def test_a_full_disk_is_one_line_and_leaves_the_old_results(data, kilobytes):
    pytest.importorskip("resource")
    out = data.parent / "out"
    out.mkdir()
    (out / "best.crn").write_text("old")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]) * 1024,) * 2); "
        "sys.argv[:2] = sys.argv[:1]; from crnsym.cli import main; main()"
    )
    command = [sys.executable, "-c", code, str(kilobytes), "discover", data, "--out", out, *map(str, QUICK)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[1])}
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "File too large" in done.stderr
    assert (out / "best.crn").read_text() == "old"
    assert names(out) <= {"best.crn", "checkpoint"}
    assert names(data.parent) == {"d.csv", "out"}
