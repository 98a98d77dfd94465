"""The command line on several processes: the same table, and options that cannot be are refused in one line."""

import sys

import pytest

from crnsym.cli import executor

from .test_cli import run, table


@pytest.fixture
def measured(tmp_path):
    (tmp_path / "truth.crn").write_text("A -> B @ 0.4\nB -> A @ 0.1\ninit A = 1\n")
    (tmp_path / "decay.crn").write_text("A -> B @ 1\n")
    code, _, err = run(
        "simulate", tmp_path / "truth.crn", "--out", tmp_path / "d.csv", "--times", "0:12:20", "--noise", 0.02
    )
    assert (code, err) == (0, "")
    return tmp_path


def test_two_workers_give_the_table_of_one(measured):
    models = (measured / "truth.crn", measured / "decay.crn", "--data", measured / "d.csv")
    tables = []
    for workers in (1, 2):
        out = measured / f"out{workers}"
        code, _, err = run("compare", *models, "--out", out, "--workers", workers)
        assert (code, err) == (0, "")
        assert not (out / "checkpoint").exists()
        tables.append([{k: v for k, v in row.items() if k != "seconds"} for row in table(out / "candidates.csv")])
    assert tables[0] == tables[1]


def test_executors_that_cannot_be_are_refused_in_one_line(measured, monkeypatch):
    options = ("discover", measured / "d.csv", "--out", measured / "out")
    code, _, err = run(*options, "--workers", 2, "--scheduler", "tcp://127.0.0.1:1")
    assert (code, err.count("\n")) == (2, 1)
    assert "exclude each other" in err
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = run(*options, "--scheduler", "tcp://127.0.0.1:1")
    assert (code, err.count("\n")) == (2, 1)
    assert "crnsym[cluster]" in err
    assert not (measured / "out").exists()


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_refused_in_one_line(measured, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(executor, "WAIT", 1.0)
    code, _, err = run("discover", measured / "d.csv", "--out", measured / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert (code, err.count("\n")) == (2, 1)
    assert "start one with 'dask scheduler'" in err
