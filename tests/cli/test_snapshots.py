"""Snapshots on the command line: simulate, draw, and find the reactions again."""

import json

import numpy as np
import pytest

from crnsym.formats import read

from .test_cli import run, table


def test_a_lattice_is_simulated_drawn_and_its_rules_are_found(tmp_path):
    model, shots, out = tmp_path / "m.crn", tmp_path / "shots.npz", tmp_path / "out"
    model.write_text("2 A -> 0 @ 0.5; A -> 2 A @ 0.5; init A = 100", encoding="utf-8")
    options = ["--lattice", "200", "--hops", "A=0.6", "--times", "0:12:49", "--runs", "150", "--walls"]
    code, printed, _ = run("simulate", model, *options, "--picture", tmp_path / "strip.png", "--out", shots)
    assert code == 0
    assert "150 runs, 49 snapshots each" in printed
    assert (tmp_path / "strip.png").stat().st_size > 1000
    code, printed, _ = run("discover", shots, "--out", out)
    assert code == 0
    assert "A hops" in printed
    assert {p.name for p in out.iterdir()} == {"best.crn", "best.xml", "candidates.csv", "report.txt", "run.json"}
    assert set(table(out / "candidates.csv")[0]["rules"].split("; ")) == {"2 A -> 0", "A -> 2 A", "A hops"}
    assert len(read(out / "best.crn").reactions) == 2
    assert json.loads((out / "run.json").read_text())["hops"]["A"] == pytest.approx(0.6, rel=0.15)


def test_a_table_of_counts_gives_its_reactions(tmp_path):
    model, data = tmp_path / "m.crn", tmp_path / "counts.csv"
    model.write_text("A -> B @ 0.5; init A = 50", encoding="utf-8")
    assert run("simulate", model, "--stochastic", "--runs", "40", "--times", "0:5:21", "--out", data)[0] == 0
    code, printed, _ = run("discover", data, "--counts", "--out", tmp_path / "out")
    assert code == 0
    assert table(tmp_path / "out" / "candidates.csv")[0]["rules"] == "A -> B"
    assert "hops are not identifiable" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["simulate", "m.crn", "--lattice", "9x9", "--hops", "fast", "--out", "o.csv"], "--hops fast"),
        (["simulate", "m.crn", "--lattice", "9x9", "--picture", "p.doc", "--out", "o.csv"], "p.doc"),
        (["simulate", "m.crn", "--stochastic", "--hops", "3", "--out", "o.csv"], "add --lattice"),
        (["simulate", "m.crn", "--lattice", "9x9", "--hops", "A=1, A=2", "--out", "o.csv"], "each name once"),
        (["simulate", "m.crn", "--initial", "A=1, A=2", "--out", "o.csv"], "--initial A=1, A=2"),
        (["simulate", "m.crn", "--walls", "--out", "o.csv"], "add --lattice"),
        (["simulate", "m.crn", "--out", "o.npz"], "add --stochastic or --lattice"),
        (["discover", "gone.npz", "--out", "out"], "gone.npz: cannot be read"),
        (["discover", "t.csv", "--counts", "--hidden", "1", "--out", "out"], "--hidden is for concentration-time"),
        (["discover", "t.csv", "--different-runs", "--out", "out"], "add --counts"),
        (["discover", "t.csv", "--counts", "--out", "out"], "t.csv: snapshots hold whole numbers, got 0.5"),
        (["discover", "negative.csv", "--counts", "--out", "out"], "negative.csv: snapshots hold no negative numbers"),
        (["simulate", "m.crn", "--lattice", "2x9", "--out", "o.csv"], "2x9 is smaller than its kernel of reach 1"),
        (["simulate", "m.crn", "--lattice", "3x3", "--out", "o.csv"], "20 molecules do not fit on the 9 sites"),
        (["simulate", "half.crn", "--lattice", "9x9", "--out", "o.csv"], "A = 3/2 is not a whole number"),
        (["simulate", "half.crn", "--stochastic", "--out", "o.csv"], "A = 3/2 is not a whole number"),
        (["simulate", "less.crn", "--lattice", "9x9", "--out", "o.csv"], "A = -1 is negative"),
        (["simulate", "less.crn", "--stochastic", "--out", "o.csv"], "A = -1 is negative"),
        (["simulate", "bare.crn", "--lattice", "9x9", "--out", "o.csv"], "no propensities: no value for k"),
        (["simulate", "bare.crn", "--stochastic", "--out", "o.csv"], "no propensities: no value for k"),
        (
            ["discover", "shapes.npz", "--out", "out"],
            "shapes.npz: values have 3 snapshots a run, but",
        ),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "m.crn": "A -> B @ 1; init A = 20",
        "half.crn": "A -> B @ 1; init A = 1.5",
        "less.crn": "A -> B @ 1; init A = -1",
        "bare.crn": "A -> B @ k; init A = 2",
        "t.csv": "run,time,A\nx,0,5\nx,1,0.5\n",
        "negative.csv": "run,time,A\nx,0,5\nx,1,-5\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    values = np.zeros((2, 3, 9), dtype=int)
    np.savez("shapes.npz", values=values, times=[0, 1], species=["A"], kind="lattice", periodic=True, same_runs=True)
    given = {p.name for p in tmp_path.iterdir()}
    code, _, complaint = run(*arguments)
    assert code == 2
    assert message in complaint
    assert complaint.count("\n") == 1
    assert {p.name for p in tmp_path.iterdir()} == given
