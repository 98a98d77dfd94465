from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.heldout import left_out_errors, prediction_error
from crnsym.comparison.polish import polish
from crnsym.comparison.predict import predict
from crnsym.comparison.residuals import residuals
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import fit_mechanism

from .cases import DECAY, NOISE, PAIRS, measured, mechanism, problem


def fitted(m, data):
    p = problem(data)
    return polish(fit_mechanism(m, p)), p


def test_prediction_follows_the_exact_solution():
    times = np.linspace(0.0, 5.0, 7)
    course = predict(DECAY, np.array([[2.0, 0.5]]), [times], NOISE)[0]
    left = 2.0 * np.exp(-0.3 * times)
    assert np.allclose(course, np.stack([left, 2.5 - left], axis=1), atol=1e-5)


def test_a_run_that_blows_up_is_not_a_number():
    burst = mechanism(((2, 0), (3, 0), 1.0))
    course = predict(burst, np.array([[1.0, 0.0]]), [np.linspace(0, 3, 5)], NOISE)[0]
    assert np.isnan(course).all()


def test_the_left_out_error_is_the_mean_error_over_the_range():
    data = measured()
    shifted = Trajectories(
        data.species,
        data.experiments,
        data.times,
        tuple(c + np.array([0.0, 0.1]) * (np.arange(len(c)) > 0)[:, None] for c in noiseless(data)),
    )
    exact = replace(fitted(DECAY, measured())[0], mechanism=DECAY)
    expected = 0.5 * 0.1 / shifted.ranges()[1]
    assert prediction_error(exact, shifted) == pytest.approx(expected, rel=1e-3)


def noiseless(data):
    initial = np.array([v[0] for v in data.values])
    return predict(DECAY, initial, data.times, NOISE)


def test_the_right_mechanism_predicts_runs_it_has_not_seen():
    data = measured()
    right, wrong = left_out_errors([fitted(DECAY, data)[0], fitted(PAIRS, data)[0]], data, NOISE)
    assert right < 0.02 < wrong


def test_two_runs_are_too_few_to_leave_one_out():
    data = measured(runs=2)
    assert np.isnan(left_out_errors([fitted(DECAY, data)[0]], data, NOISE)[0])


def test_residuals_tell_noise_from_structure():
    data = measured()
    good, _ = fitted(DECAY, data)
    bad, _ = fitted(PAIRS, data)
    noise, structure = residuals(good), residuals(bad)
    assert noise is not None
    assert structure is not None
    assert noise.reaches_noise
    assert np.abs(noise.correlation).max() < 0.25
    assert structure.structured.any()
    assert not structure.reaches_noise
