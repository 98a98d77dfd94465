"""Fits on record come back as they were computed."""

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.problem import fit_problem
from crnsym.search.replay import Replay

TIMES = np.arange(5.0)
DATA = Trajectories(("A", "B"), ("0",), (TIMES,), (np.stack([np.exp(-0.3 * TIMES), 1 - np.exp(-0.3 * TIMES)], 1),))
STEPS = [((1, 0), (0, 1)), ((0, 1), (1, 0)), ((2, 0), (1, 1))]


@pytest.mark.parametrize("count", range(4))
def test_a_mechanism_of_any_number_of_reactions_is_replayed(tmp_path, count):
    left, right = (np.array([s[side] for s in STEPS[:count]], int).reshape(count, 2) for side in (0, 1))
    mechanism = Mechanism(DATA.species, left, right, np.full(count, -1.0))
    problem = fit_problem(DATA, NoiseModel(np.full(2, 0.02), np.full(2, 1e-3)), list(DATA.values))
    first = Replay(tmp_path, {"seed": 0})
    fit = first(mechanism, problem)
    first.close()
    again = Replay(tmp_path, {"seed": 0}, resume=True)
    same = again(mechanism, problem)
    again.close()
    assert again.replayed == 1
    assert (same.chi2, same.count, same.converged) == (fit.chi2, fit.count, fit.converged)
    for name in ("covariance", "initial_states"):
        assert np.array_equal(getattr(same, name), getattr(fit, name), equal_nan=True)
        assert getattr(same, name).shape == getattr(fit, name).shape
