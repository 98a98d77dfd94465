"""Snapshots on the command line: simulate, draw, and find the reactions again."""

import json

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
        (["simulate", "m.crn", "--walls", "--out", "o.csv"], "add --lattice"),
        (["simulate", "m.crn", "--out", "o.npz"], "add --stochastic or --lattice"),
        (["discover", "gone.npz", "--out", "out"], "gone.npz: cannot be read"),
        (["discover", "t.csv", "--counts", "--hidden", "1", "--out", "out"], "--hidden is for concentration-time"),
        (["discover", "t.csv", "--different-runs", "--out", "out"], "add --counts"),
        (["discover", "t.csv", "--counts", "--out", "out"], "t.csv: snapshots hold whole numbers, got 0.5"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.crn").write_text("A -> B @ 1; init A = 2", encoding="utf-8")
    (tmp_path / "t.csv").write_text("run,time,A\nx,0,5\nx,1,0.5\n", encoding="utf-8")
    code, _, complaint = run(*arguments)
    assert code == 2
    assert message in complaint
    assert complaint.count("\n") == 1
    assert {p.name for p in tmp_path.iterdir()} == {"m.crn", "t.csv"}
