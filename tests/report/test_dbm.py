import numpy as np
import pytest

from crnsym import compare_sweeps
from crnsym.dbm.composition.simulate import simulate_dbm
from crnsym.errors import DataError, ExportError
from crnsym.report.dbm import at_times, report_dbm
from tests.dbm.fitted import fitted, snapshots, system


def test_the_report_compares_the_model_with_closures_of_the_equations(tmp_path):
    diagnosis = compare_sweeps(lambda start, sweeps: np.ones((len(sweeps), 4, 2, 1)), [0, 1], ["X"])
    data = at_times(snapshots()[0], [0, 4, 8, 12])
    scores = report_dbm(fitted(), data, tmp_path / "a.html", system(), diagnosis=diagnosis, runs=30)
    assert list(scores) == ["learned model", "mean field", "pair approximation"]
    for name in ("A", "B"):
        assert scores["learned model"][name] < scores["mean field"][name]
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert text.count("<svg") == 4
    assert "An equilibrium from 10 sweeps on." in text
    assert "above zero they attract each other" in text
    assert "{{" not in text


def test_a_report_needs_snapshots_of_the_model_and_a_place(tmp_path):
    other = simulate_dbm(fitted(), (0, 6, 2), 2, sweeps=1)
    renamed = type(other)(**{**vars(other), "species": ("A", "C")})
    with pytest.raises(DataError, match="snapshots hold A, C"):
        report_dbm(fitted(), renamed, tmp_path / "a.html")
    with pytest.raises(ExportError, match="cannot be written"):
        report_dbm(fitted(), at_times(snapshots()[0], [0, 12]), tmp_path / "no" / "a.html", runs=2)
