from dataclasses import replace

import numpy as np
import pytest

from crnsym import compare_sweeps, network, simulate_lattice
from crnsym.dbm.composition.simulate import simulate_dbm
from crnsym.errors import DataError, ExportError
from crnsym.report.dbm import at_times, report_dbm
from crnsym.report.dbm_rivals import closures, scored
from tests.dbm.fitted import fitted, snapshots, system


def test_the_report_compares_the_model_with_closures_of_the_equations(tmp_path):
    diagnosis = compare_sweeps(lambda start, sweeps: np.ones((len(sweeps), 4, 2, 1)), [0, 1], ["X"])
    data = at_times(snapshots()[0], [0, 4, 8, 12])
    scores = report_dbm(fitted(), data, tmp_path / "a.html", system(), diagnosis=diagnosis, runs=30)
    assert list(scores) == ["learned model", "mean field", "pair approximation"]
    for name in ("A", "B"):
        assert scores["learned model"][name] < scores["mean field"][name]
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("<svg") == 5 + 3  # numbers and pairs, a panel each; lattices, channels, couplings
    assert "An equilibrium from 10 sweeps on." in text
    assert "above zero they attract each other" in text
    assert "{{" not in text


def test_held_out_runs_stand_beside_those_of_the_training_and_best_is_earned(tmp_path):
    data, other = (at_times(snapshots()[k], [0, 4, 8, 12]) for k in (0, 1))
    scores = report_dbm(fitted(), data, tmp_path / "a.html", system(), heldout=other, runs=30)
    assert list(scores)[3:] == ["learned model, held out", "mean field, held out", "pair approximation, held out"]
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "runs among themselves, held out" in text
    table = scored({"one": {"A": data.counts()[..., 0].mean(axis=0)}, "two": {"A": np.zeros(4)}}, data, ["two"])
    assert table.best["A"] == ("one",)
    assert table.rows["two"]["A"] == pytest.approx(1)
    survived = replace(data, discarded=(3, 5))
    unlike = scored({"one": {"A": np.zeros(4)}, "two": {"A": np.ones(4)}}, survived, ["two"])
    assert not unlike.best
    assert "2 runs were discarded" in unlike.remarks[0]


@pytest.mark.parametrize("periodic", [True, False])
def test_closures_start_as_the_runs_do_and_know_of_walls(periodic):
    # neighbours alone react fast at first, so what is left shows whether the first pairs are known
    net = network("A + B -> 0 @ 2; init A = 60, B = 60")
    late = simulate_lattice(net, (12, 12), (0, 3, 13), 300, 1, hops=0.3, periodic=periodic)
    later = replace(late, times=late.times[4:] - late.times[4], sites=late.sites[:, 4:])
    found, failed = closures(net, later, 0.3)
    assert not failed
    pair = found["pair approximation"]
    np.testing.assert_allclose(pair["A-B neighbours"][0], later.nearest("A", "B")[:, 0].mean(), rtol=1e-6)
    np.testing.assert_allclose(pair["A-A neighbours"][0], later.nearest("A", "A")[:, 0].mean(), rtol=1e-6)
    # the first loss is exact in the pair approximation: rate times the pairs that there are
    slope = 2 * later.nearest("A", "B")[:, 0].mean()
    early, _ = closures(net, replace(later, times=later.times * 1e-4), 0.3)
    lost = early["pair approximation"]["A"][0] - early["pair approximation"]["A"][1]
    assert lost / (1e-4 * later.times[1]) == pytest.approx(slope, rel=1e-3)


def test_a_report_needs_snapshots_of_the_model_and_a_place(tmp_path):
    other = simulate_dbm(fitted(), (0, 6, 2), 2, sweeps=1)
    renamed = replace(other, species=("A", "C"))
    with pytest.raises(DataError, match="snapshots hold A, C"):
        report_dbm(fitted(), renamed, tmp_path / "a.html")
    with pytest.raises(ExportError, match="cannot be written"):
        report_dbm(fitted(), at_times(snapshots()[0], [0, 12]), tmp_path / "no" / "a.html", runs=2)
