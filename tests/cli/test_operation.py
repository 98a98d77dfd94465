"""Operation tables on the command line."""

import csv
import math

import pytest
from typer.testing import CliRunner

from crnsym.cli import app


def run(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    return result.exit_code, result.output


def test_a_model_is_simulated_with_an_addition(tmp_path):
    (tmp_path / "m.crn").write_text("A -> B @ 1; init A = 1")
    (tmp_path / "op.csv").write_text("time,operation,volume,A\n,start,1,\n1,add,1,3\n")
    arguments = ("simulate", tmp_path / "m.crn", "--times", "0:2:3", "--out", tmp_path / "out.csv")
    assert run(*arguments, "--operation", tmp_path / "op.csv")[0] == 0
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    expected = [1, math.exp(-1), (0.5 * math.exp(-1) + 1.5) * math.exp(-1)]
    assert [float(row["A"]) for row in rows] == pytest.approx(expected, rel=1e-6)


def test_a_fault_of_the_table_is_one_line_and_nothing_is_written(tmp_path):
    (tmp_path / "m.crn").write_text("A -> B @ 1; init A = 1")
    (tmp_path / "op.csv").write_text("time,operation,volume,A\n1,add,1,3\n")
    arguments = ("simulate", tmp_path / "m.crn", "--out", tmp_path / "out.csv", "--operation", tmp_path / "op.csv")
    code, said = run(*arguments)
    assert (code, said.count("\n")) == (2, 1)
    assert "the vessel has none" in said
    assert not (tmp_path / "out.csv").exists()
    code, said = run(*arguments, "--stochastic")
    assert (code, "--operation is for rate equations" in said) == (2, True)


def test_a_mechanism_is_compared_with_a_fed_batch(tmp_path):
    (tmp_path / "m.crn").write_text("A + B -> C @ 0.3; init A = 2, B = 0")
    (tmp_path / "op.csv").write_text("time,operation,until,volume,flow,B\n,start,,1,,\n0,feed,15,,0.1,2\n")
    operation = ("--operation", tmp_path / "op.csv")
    assert run("simulate", tmp_path / "m.crn", "--times", "0:40:21", "--out", tmp_path / "d.csv", *operation)[0] == 0
    arguments = ("compare", tmp_path / "m.crn", "--data", tmp_path / "d.csv", "--workers", "1", "--starts", "measured")
    code, said = run(*arguments, "--out", tmp_path / "with", *operation)
    assert code == 0
    assert "0.3" in said
    assert "A + B -> C" in (tmp_path / "with" / "best.crn").read_text()
    code, said = run("compare", tmp_path / "m.crn", tmp_path / "m.crn", "--operation", tmp_path / "op.csv")
    assert (code, "--operation" in said) == (2, True)


def test_orders_of_runs_in_a_table(tmp_path):
    (tmp_path / "m.crn").write_text("A + B -> P @= 0.3*A*B^0.5")
    (tmp_path / "op.csv").write_text("experiment,operation,A,B\n1,start,1,2\n2,start,1.5,1\n3,start,0.7,1.2\n")
    made = ("simulate", tmp_path / "m.crn", "--times", "0:8:20", "--noise", "0.01", "--out", tmp_path / "d.csv")
    assert run(*made, "--operation", tmp_path / "op.csv")[0] == 0
    code, said = run("orders", tmp_path / "d.csv", "--target", "P", "--of", "A,B", "--out", tmp_path / "o.csv")
    assert code == 0
    assert "d[P]/dt = k [A]^" in said
    rows = {r["name"]: r for r in csv.DictReader((tmp_path / "o.csv").read_text().splitlines())}
    assert float(rows["order in A"]["value"]) == pytest.approx(1, abs=0.1)
    assert float(rows["order in B"]["value"]) == pytest.approx(0.5, abs=0.1)
    assert run("orders", tmp_path / "d.csv", "--picture", tmp_path / "o.svg")[0] == 0
    assert "<svg" in (tmp_path / "o.svg").read_text()
    code, said = run("orders", tmp_path / "d.csv", "--picture", tmp_path / "o.txt")
    assert (code, "pictures end in" in said) == (2, True)
    code, said = run("orders", tmp_path / "d.csv", "--target", "Q")
    assert (code, said.count("\n")) == (2, 1)
