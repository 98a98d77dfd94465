"""Given networks are compared on spectra and on columns with a factor a run."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.data.trajectories import Trajectories
from crnsym.errors import FitError, UnsupportedError

CHAIN, DIRECT = "A -> B @ k1; B -> C @ k2", "A -> C @ k1"
TIMES = (0.0, 8.0, 30)


def courses(starts):
    runs = cs.simulate(cs.network("A -> B @ 0.8; B -> C @ 0.3"), TIMES, initial=starts)
    return runs.times, [np.asarray(v) for v in runs.values]


def table(names, times, columns, waves=()):
    rng = np.random.default_rng(2)
    noisy = tuple(c + 0.005 * rng.standard_normal(c.shape) for c in columns)
    return Trajectories(names, tuple("ab"[: len(noisy)]), times, noisy, wavelengths=waves)


@pytest.fixture(scope="module")
def spectra():
    times, values = courses([{"A": 1.0}, {"A": 0.5}])
    waves = (400.0, 450.0, 500.0, 550.0)
    pure = np.array([[1.0, 0.6, 0.1, 0.0], [0.1, 0.7, 0.8, 0.2], [0.0, 0.1, 0.3, 0.9]])
    return table(tuple(f"{w:g} nm" for w in waves), times, [v @ pure for v in values], waves), pure


def test_spectra_tell_a_chain_from_one_step_and_give_the_pure_spectra(spectra):
    data, pure = spectra
    networks = [cs.network(CHAIN), cs.network(DIRECT)]
    found = cs.compare(networks, data, spectra=("A", "B", "C"), starts={"A": [1.0, 0.5]}, noise=0.005)
    assert found[0].name == "network 1"
    for name, true in {"k1": 0.8, "k2": 0.3}.items():
        assert abs(found[0].rates[name] - true) < 4 * found[0].standard_errors[name]
    for i, species in enumerate("ABC"):
        for j, column in enumerate(data.species):
            value, error = found[0].coefficients[f"{species} at {column}"]
            assert abs(value - pure[i, j]) < 4 * max(error, 0.002)
    assert found[1].bic - found[0].bic > 100
    assert any("3 absorbing species" in remark for remark in found.remarks)


def test_what_networks_start_from_is_what_was_put_in(spectra):
    data, _ = spectra
    network = cs.network(CHAIN + "; init A = 2")
    found = cs.compare([network], data.select([0]), spectra="auto", noise=0.005)
    assert abs(found[0].rates["k1"] - 0.8) < 0.05
    assert found[0].fit.problem.start[0].tolist() == [2.0, 0.0, 0.0]


def test_a_factor_of_every_run_is_found():
    times, values = courses([{"A": 1.0}, {"A": 1.0}])
    data = table(("signal",), times, [factor * v[:, [2]] for factor, v in zip((1.0, 0.4), values, strict=True)])
    told = {"observables": {"signal": "s*C"}, "starts": {"A": 1.0}, "noise": 0.005}
    found = cs.compare([cs.network(CHAIN)], data, per_run=("s",), **told)
    for run, true in {"a": 1.0, "b": 0.4}.items():
        value, error = found[0].coefficients[f"s of {run}"]
        assert abs(value - true) < 4 * error
    assert found[0].reduced < 1.3


def test_what_spectra_and_factors_cannot_have_is_refused_by_name(spectra):
    data, _ = spectra
    with pytest.raises(UnsupportedError, match="network 1: spectra and factors of runs need mass action"):
        cs.compare([cs.network("A -> B @= k*A/(1 + A)")], data, spectra=("A", "B"))
    with pytest.raises(UnsupportedError, match="fixed= together with spectra="):
        cs.compare([cs.network(CHAIN)], data, spectra="auto", fixed=("k1",))
    with pytest.raises(FitError, match="per_run: f is no coefficient"):
        cs.compare([cs.network("A -> B @ k")], data, observables={"400 nm": "s*A"}, per_run=("f",))
    with pytest.raises(UnsupportedError, match="noise='fitted'"):
        cs.compare([cs.network(CHAIN)], data, spectra="auto", noise="fitted")
