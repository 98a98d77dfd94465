"""Folders, files and records as a user may have them: each is used, kept or refused, and one line says which."""

import subprocess
import sys
from pathlib import Path

import pytest

from crnsym.data.tables import read_table
from crnsym.discovery import discover
from crnsym.discovery.stages import RECORD
from tests.fuzz.kills import held

from .test_cli import ENVIRONMENT, decay, run

QUICK = ("--hidden", 0, "--max-order", 1)
RESULTS = {
    "best.crn",
    "best.xml",
    "best.tex",
    "candidates.csv",
    "candidates",
    "report.html",
    "discovery.json",
    "run.json",
}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "d.csv").write_text(decay())
    return tmp_path / "d.csv"


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


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
    return checkpoint / RECORD


def tasks(record: Path) -> list[Path]:
    return sorted((record.parent / "tasks").iterdir())


def test_a_search_resumed_from_half_its_record_ends_as_an_undisturbed_one(data, record):
    straight, broken = data.parent / "straight", data.parent / "out"
    assert run("discover", data, "--out", straight, *QUICK)[0] == 0
    for task in tasks(record)[::2]:
        task.unlink()
    for part in ("candidates", "mine"):
        (broken / part).mkdir(exist_ok=True)
        (broken / part / "notes.txt").write_text("mine")
    assert run("discover", data, "--out", broken, *QUICK, "--resume")[0] == 0
    found = held(broken)
    assert [found.pop(f"{part}/notes.txt") for part in ("mine", "candidates")] == [b"mine"] * 2
    assert found == held(straight)
    assert names(broken) == {*RESULTS, "mine"}


def test_a_damaged_record_costs_its_fits(data, record):
    damaged = tasks(record)[:2]
    for task in damaged:
        task.write_text(task.read_text().replace("0.", "1.", 1))
    code, told, err = run("discover", data, "--out", record.parents[1], *QUICK, "--resume")
    assert (code, err) == (0, "")
    assert all(f"Note: {task}: damaged; what it held is computed again" in told for task in damaged)
    assert names(record.parents[1]) == RESULTS


def test_an_older_record_is_kept_beside_a_new_one(data, record):
    record.write_text('{"crnsym": "0.0.1", "seed": 0}\n{"key": "x"}\n')
    code, told, err = run("discover", data, "--out", record.parents[1], *QUICK, "--resume")
    assert (code, err) == (0, "")
    assert "an older crnsym wrote this record" in told
    assert names(record.parent) == {f"{RECORD}~"}


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


def test_a_full_disk_is_one_line_and_leaves_the_old_results(data):
    pytest.importorskip("resource")
    code = (
        "import resource, sys; from crnsym.cli import main\n"
        "for kilobytes, name in ((8, 'small'), (64, 'large')):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, resource.RLIM_INFINITY))\n"
        "    sys.argv[1:] = [*WORDS, '--out', name]\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as end:\n"
        "        print(name, end.code)\n"
    ).replace("WORDS", repr(["discover", data.name, *map(str, QUICK)]))
    for name in ("small", "large"):
        (data.parent / name).mkdir()
        (data.parent / name / "best.crn").write_text("old")
    # Python would leave cut bytecode behind
    environment = {**ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=data.parent, capture_output=True, text=True, env=environment
    )
    assert [line for line in done.stdout.splitlines() if line.startswith(("small", "large"))] == ["small 2", "large 2"]
    assert done.stderr.count("\n") == 2
    assert all("File too large" in line for line in done.stderr.splitlines())
    for name in ("small", "large"):
        assert (data.parent / name / "best.crn").read_text() == "old"
        assert names(data.parent / name) <= {"best.crn", "checkpoint"}
    assert names(data.parent) == {"d.csv", "small", "large"}
