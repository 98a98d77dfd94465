import numpy as np
import pytest

from crnsym.dbm.diagnostics import compare_sweeps, diagnose
from crnsym.errors import FitError

from .fitted import fitted, snapshots


def drifting(rate, chains=50, bias=0.0):
    """A sampler whose moment at the second of three times goes on changing with the sweeps."""
    rng = np.random.default_rng(0)

    def sample(start, sweeps):
        found = 100 + rng.normal(size=(len(sweeps), chains, 3, 1))
        found[:, :, 1] += rate * np.array(sweeps)[:, None, None] + bias * (start == "data")
        return found

    return sample


def test_an_equilibrium_is_called_one():
    found = compare_sweeps(drifting(0.0), [0, 1, 2], ["X"])
    assert found.statement.startswith("An equilibrium from 10 sweeps on.")
    assert "0 %" not in found.statement
    assert "beyond chance they do not differ" in found.statement
    assert found.holds(100).all()


def test_a_sampler_that_drifts_is_told_with_its_times():
    found = compare_sweeps(drifting(0.1), [0, 10, 20], ["X"])
    assert found.statement.startswith("Not an equilibrium")
    assert "a sampler, not an equilibrium, at t = 10;" in found.statement
    assert found.holds(100).tolist() == [True, False, True]


def test_starts_that_are_not_forgotten_are_told():
    found = compare_sweeps(drifting(0.0, bias=40.0), [0, 10, 20], ["X"])
    assert "does not forget its start" in found.statement


def test_the_fitted_model_is_an_equilibrium_from_a_hundred_sweeps_on():
    found = diagnose(fitted(), snapshots()[0], [0.0, 2.0, 5.0], chains=16, sweeps=(10, 60, 120))
    assert found.means.shape == (2, 3, 3, 8)
    assert found.holds(60).all(), found.statement
    np.testing.assert_array_equal(found.means[0, :, :, :2], found.means[1, :, :, :2])


def test_sweeps_must_increase():
    with pytest.raises(FitError, match=r"sweeps=\(10,\)"):
        compare_sweeps(drifting(0.0), [0, 1, 2], ["X"], sweeps=(10,))
