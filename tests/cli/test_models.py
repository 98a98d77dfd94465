"""Model files on the command line: simulated as they are, converted where a network holds them."""

import csv
import math

import pytest
from typer.testing import CliRunner

from crnsym.cli import app
from tests.dynamics.sbml_models import event, model


def run(*arguments):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    return result.exit_code, result.output


def table(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def test_a_model_with_events_and_rate_rules_is_simulated(tmp_path):
    file = model(tmp_path, {"x": 1, "y": 0}, rates={"x": "-x"}, events=(event("e", "x < 0.5", y="7"),))
    code, out = run("simulate", file, "--times", "0:2:5", "--out", tmp_path / "out.csv")
    assert (code, out.splitlines()[-1]) == (0, f"{tmp_path / 'out.csv'}: 5 times, 2 columns")
    rows = table(tmp_path / "out.csv")
    assert [float(r["y"]) for r in rows] == [0, 0, 7, 7, 7]
    assert float(rows[-1]["x"]) == pytest.approx(math.exp(-2), rel=1e-7)


def test_observables_are_columns(tmp_path):
    (tmp_path / "m.crn").write_text("A -> B @ 1; obs total = A + 2*B; init A = 1")
    assert run("simulate", tmp_path / "m.crn", "--times", "0:1:2", "--out", tmp_path / "out.csv")[0] == 0
    assert float(table(tmp_path / "out.csv")[1]["total"]) == pytest.approx(2 - math.exp(-1), rel=1e-7)


def test_convert_names_all_that_a_network_cannot_hold_and_writes_nothing(tmp_path):
    events = tuple(event(f"e{i}", f"time > {i + 1}", x="2") for i in range(7))
    file = model(tmp_path, {"x": 1, "y": 0}, rates={"y": "-y"}, events=events)
    code, out = run("convert", file, tmp_path / "out.crn")
    assert code == 2
    text = " ".join(out.split())
    assert "7 events ('e0', 'e1', 'e2', 'e3', 'e4', ...), a rate rule ('y') are not supported in a network" in text
    assert "crnsym simulate runs the file as it is" in text
    assert not (tmp_path / "out.crn").exists()


def test_molecules_of_a_model_with_events_are_counted(tmp_path):
    pytest.importorskip("antimony")
    (tmp_path / "m.ant").write_text("A -> B; k*A; A = 20; k = 1; at time >= 1: A = A + 10")
    where = tmp_path / "out.csv"
    assert (
        run("simulate", tmp_path / "m.ant", "--stochastic", "--runs", "2", "--times", "0:1:2", "--out", where)[0] == 0
    )
    assert [int(float(r["A"]) + float(r["B"])) for r in table(where)] == [20, 30, 20, 30]


def test_petab_problems_are_fitted_and_written_and_their_data_searched(tmp_path):
    pytest.importorskip("petab")
    from crnsym import network, simulate, write_petab

    net = network("A -> B @ k; init A = 1, B = 0; param k = 0.7")
    data = simulate(net, times=(0, 4, 9), noise=0.01)
    problem = write_petab(net.with_parameters(k=0.3), data, tmp_path / "decay", 0.01)
    code, out = run("compare", problem, "--out", tmp_path / "out")
    assert code == 0, out
    found = {row["parameter"]: row for row in table(tmp_path / "out" / "decay_parameters.csv")}
    assert float(found["k"]["low"]) < 0.7 < float(found["k"]["high"])
    assert len(table(tmp_path / "out" / "decay_predictions.csv")) == 18
    code, out = run("compare", problem, tmp_path / "other.crn")
    assert (code, "PEtab problems are compared with PEtab problems" in " ".join(out.split())) == (2, True)
    (tmp_path / "m.crn").write_text("A -> B @ k")
    code, out = run("compare", tmp_path / "m.crn", "--data", problem, "--out", tmp_path / "same")
    assert code == 0, out
