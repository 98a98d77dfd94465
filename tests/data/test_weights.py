"""Standard deviations of single values are weights."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares

import crnsym as cs
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.trajectories import Trajectories
from crnsym.data.weights import weights_of_errors

TIMES = np.linspace(0.0, 6.0, 13)
NET = cs.network("A -> B @ k; param k = 0.5; init A = 1, B = 0")


def drawn(spread, seed=0):
    """Three runs of A -> B with noise of the given standard deviations ``(3, 13, 2)``, which come with them."""
    random = np.random.default_rng(seed)
    exact = np.stack([np.exp(-0.5 * TIMES), 1 - np.exp(-0.5 * TIMES)], axis=1)
    values = exact * np.array([1.0, 0.7, 1.5])[:, None, None] + spread * random.standard_normal((3, 13, 2))
    return Trajectories(("A", "B"), ("1", "2", "3"), (TIMES,) * 3, tuple(values), errors=tuple(spread))


def weights(data):
    return weights_of_errors(data, estimate_noise(data))


def test_errors_that_a_law_holds_weigh_nothing_more():
    found = weights(drawn(np.full((3, 13, 2), 0.02)))
    assert found is None or np.allclose(found, 1.0, atol=0.07)  # steps of the law's grid are 12 %


def test_a_bad_sample_and_a_worse_instrument_weigh_what_their_errors_say():
    spread = np.full((3, 13, 2), 0.01)
    spread[1], spread[2, 6] = 0.05, 0.3
    data = drawn(spread)
    found = np.array(weights(data)) / estimate_noise(data).sigma(np.array(data.values))
    np.testing.assert_allclose(1 / found, spread, rtol=1e-9)


def test_errors_of_three_repeats_weigh_by_run_and_not_by_chance():
    random = np.random.default_rng(1)
    own = np.full((3, 13, 2), 0.01)
    own[1] = 0.05
    data = drawn(own * np.sqrt(random.exponential(size=own.shape)))
    found = np.array([w.mean() for w in weights(data)])
    assert found[0] / found[1] == pytest.approx(5, rel=0.35)
    assert all(np.ptp(w) == 0 for w in weights(data))


def test_noise_of_the_user_has_no_weights_of_the_table():
    data = drawn(np.full((3, 13, 2), 0.01))
    assert weights_of_errors(data, NoiseModel(np.zeros(2), np.array([0.3, 0.3]))) is None
    assert weights_of_errors(replace(data, errors=None), estimate_noise(data)) is None


def test_a_fit_with_weights_is_that_of_weighted_least_squares():
    spread = np.full((3, 13, 2), 0.01)
    spread[1], spread[0, 3:6] = 0.1, 0.2
    data = drawn(spread, 3)

    def residuals(numbers, widths=spread):
        starts = numbers[1:].reshape(3, 1, 2)
        lost = starts[..., 0] * -np.expm1(-numbers[0] * TIMES)
        model = np.stack([starts[..., 0] - lost, starts[..., 1] + lost], axis=-1)
        return ((np.array(data.values) - model) / widths).ravel()

    first = [0.5, 1.0, 0.0, 0.7, 0.0, 1.5, 0.0]
    wanted, unweighted = (least_squares(residuals, first, args=(s,)).x[0] for s in (spread, 1.0))
    best = cs.compare([NET], data)[0]
    assert best.rates["k"] == pytest.approx(wanted, rel=0.012)
    assert abs(best.rates["k"] - unweighted) > 0.05 * wanted
    assert best.fit.reduced == pytest.approx(1, abs=0.5)
