"""From columns that are no concentrations to an answer that says what they leave open, in Python and as a command."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from typer.testing import CliRunner

import crnsym as cs
from crnsym.cli import app
from crnsym.comparison.result import Discovery
from crnsym.data.trajectories import Trajectories
from crnsym.errors import CrnsymError
from crnsym.network.symbols import symbol

TIMES = np.linspace(0.0, 8.0, 30)
K1, K2 = 0.9, 0.25
PURE = np.array([[1.0, 0.6, 0.1, 0.0], [0.1, 0.9, 0.8, 0.2], [0.0, 0.1, 0.5, 1.0]])  # (species, columns)


def chain(start: float) -> np.ndarray:
    """The exact course of A -> B -> C, ``(times, 3)``."""
    a = start * np.exp(-K1 * TIMES)
    b = start * K1 / (K2 - K1) * (np.exp(-K1 * TIMES) - np.exp(-K2 * TIMES))
    return np.stack([a, b, start - a - b], axis=1)


def table(names: tuple[str, ...], clean: list[np.ndarray], seed: int = 0) -> Trajectories:
    """Columns with noise of 1 % of the largest value."""
    rng = np.random.default_rng(seed)
    sigma = 0.01 * np.concatenate(clean).max(axis=0)
    noisy = tuple(c + sigma * rng.standard_normal(c.shape) for c in clean)
    return Trajectories(names, tuple(f"r{i}" for i in range(len(clean))), (TIMES,) * len(clean), noisy)


@pytest.fixture(scope="module")
def spectral() -> Discovery:
    data = table(("w1", "w2", "w3", "w4"), [chain(s) @ PURE for s in (1.0, 0.5)])
    return cs.discover(data, spectra=("A", "B", "C"), starts={"A": [1.0, 0.5]}, seed=0)


def second_order(seed: int = 0) -> Trajectories:
    """Conversion in per cent by 2 A ->, k [A]0 = 0.5."""
    return table(("X",), [100.0 * (1.0 - 1.0 / (1.0 + 2 * 0.25 * TIMES))[:, None]] * 2, seed)


def test_a_chain_is_found_behind_unknown_spectra(spectral: Discovery) -> None:
    assert spectral[0].reactions == ["A -> B", "B -> C"]
    rates, errors = spectral[0].rates, spectral[0].standard_errors
    assert abs(rates["k1"] - K1) < 4 * errors["k1"]
    assert abs(rates["k2"] - K2) < 4 * errors["k2"]
    assert any("3 absorbing species" in remark for remark in spectral.remarks)


def test_pure_spectra_are_part_of_the_answer_within_their_errors(spectral: Discovery) -> None:
    for (name, (value, error)), true in zip(spectral[0].coefficients.items(), PURE.ravel(), strict=True):
        assert abs(value - true) < 4 * max(error, 0.01) if np.isfinite(error) else true < 0.05, name


def test_the_report_draws_what_stands_behind_the_columns(spectral: Discovery, tmp_path: Path) -> None:
    cs.report(spectral, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    assert "Behind the columns" in page
    assert "Pure spectra" in page
    assert "A at w1" in page


def test_alternatives_are_mechanisms_with_the_same_columns(spectral: Discovery) -> None:
    texts = [set(cs.comparison.describe.reaction_texts(m)) for m in spectral[0].alternatives]
    assert {"A -> 2 B", "B -> C"} in texts or {"A -> B", "B -> 2 C"} in texts or {"A -> 2 B", "2 B -> C"} in texts


def test_conversion_alone_leaves_the_scale_and_a_partner_open() -> None:
    found = cs.discover(second_order(), observables={"X": "100*(1 - A/A0)"}, seed=0)
    assert found[0].reactions == ["2 A -> 0"]
    assert found[0].rates["k1"] == pytest.approx(0.25, rel=0.05)
    assert any("k1 × [A]0" in remark for remark in found.remarks)
    assert any("partner" in remark and "same amount" in remark for remark in found.remarks)


def test_exchanged_rates_are_told_where_the_columns_cannot_tell_them() -> None:
    data = table(("P",), [chain(s)[:, [2]] for s in (1.0, 0.5)])
    found = cs.discover(data, starts={"A": [1.0, 0.5]}, hidden=1, seed=0)
    assert len(found[0].reactions) == 2
    told = next(remark for remark in found.remarks if "which step has which rate" in remark)
    assert f"k1 = {found[0].rates['k2']:.3g}, k2 = {found[0].rates['k1']:.3g}" in told


def test_a_scale_is_told_with_its_error_and_exported() -> None:
    data = table(("signal",), [3.0 * chain(s)[:, [0]] + 0.2 for s in (1.0, 0.5)])
    found = cs.discover(data, observables={"signal": "s*A + b"}, starts={"A": [1.0, 0.5]}, seed=0)
    assert found[0].reactions == ["A -> 0"]
    value, error = found[0].coefficients["s"]
    assert abs(value - 3.0) < 4 * error < 0.3
    assert "signal" in found[0].network.observables
    signal: Any = found[0].network.observables["signal"]
    assert float(signal.xreplace({symbol("A"): sp.Integer(1)})) == pytest.approx(3.2, rel=0.02)


def test_left_out_runs_are_predicted_with_the_coefficients_of_the_others() -> None:
    data = table(("signal",), [3.0 * chain(s)[:, [0]] for s in (1.0, 0.5, 0.7, 0.3)])
    found = cs.discover(data, observables={"signal": "s*A"}, starts={"A": [1.0, 0.5, 0.7, 0.3]}, seed=0)
    assert 0.001 < found[0].test_error < 0.02


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"observables": {"Y": "s*A"}}, "no column"),
        ({"observables": {"X": "A*B"}}, "not linear"),
        ({"observables": {"X": "s*A"}, "spectra": ("A",)}, "one of the two"),
        ({"observables": {"X": "s*A"}, "learner": "crnn"}, "learner"),
        ({"starts": {"A": -1}}, "0 or more"),
        ({"starts": "fited"}, "fited"),
        ({"spectra": ()}, "no absorbing"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_fitted(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CrnsymError, match=words):
        cs.discover(second_order(), **options)


def test_the_command_takes_observables_and_a_file_of_starts(tmp_path: Path) -> None:
    data = table(("signal",), [3.0 * chain(s)[:, [0]] for s in (1.0, 0.5)])
    cs.write_table(data, tmp_path / "d.csv")
    (tmp_path / "starts.csv").write_text("experiment,A\nr0,1.0\nr1,0.5\n")
    arguments = ["discover", str(tmp_path / "d.csv"), "--out", str(tmp_path / "out"), "--workers", "1"]
    arguments += ["--observable", "signal = s*A", "--starts", str(tmp_path / "starts.csv")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "coefficients.csv").read_text().startswith("coefficient,value,standard_error\ns,")
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["options"]["observables"] == {"signal": "s*A"}
    assert record["options"]["starts"] == {"A": [1.0, 0.5]}


def test_wavelengths_without_absorbing_species_are_refused_with_the_way_out(tmp_path: Path) -> None:
    lines = ["time,400,420,440"] + [
        f"{t:g},{a:g},{a / 2:g},{a / 3:g}" for t, a in zip(TIMES, chain(1.0)[:, 0], strict=True)
    ]
    (tmp_path / "s.csv").write_text("\n".join(lines))
    result = CliRunner().invoke(app, ["discover", str(tmp_path / "s.csv"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "--spectra" in result.output
