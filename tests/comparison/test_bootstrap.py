"""Refits to data drawn again, and bands around courses."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import crnsym as cs
from crnsym.comparison.bands import predictive_band, restored
from crnsym.comparison.bootstrap import bootstrap
from crnsym.comparison.candidate import Candidate
from crnsym.comparison.predict import predict
from crnsym.comparison.ranking import make_candidate
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.search.score import Score
from tests.comparison.cases import DECAY, NOISE, measured, problem


def fitted(data: FitProblem) -> Candidate:
    fit = fit_mechanism(DECAY, data, prior=0.0, tolerance=1e-8)
    return make_candidate(fit, Score(fit.count, 2))


@pytest.fixture(scope="module")
def candidate() -> Candidate:
    return fitted(problem(measured(runs=8, points=20)))


@pytest.mark.parametrize("resample", ["experiments", "noise"])
def test_the_spread_of_the_bootstrap_agrees_with_the_curvature(candidate: Candidate, resample: str) -> None:
    drawn = bootstrap(candidate, 100, resample=resample)
    assert drawn.failed == 0
    error = drawn.intervals()["k1"].relative_error
    assert 0.5 < error / candidate.fit.log_errors[0] < 1.6


def test_few_experiments_are_not_drawn_again_but_their_noise_is(candidate: Candidate) -> None:
    assert bootstrap(candidate, 2).resampled == "experiments"
    assert bootstrap(fitted(problem(measured(runs=3))), 2).resampled == "noise"


def test_an_executor_changes_nothing(candidate: Candidate) -> None:
    alone = bootstrap(candidate, 25, seed=3)
    with ThreadPoolExecutor(2) as executor:
        shared = bootstrap(candidate, 25, seed=3, executor=executor)
    assert np.array_equal(alone.log_rates, shared.log_rates)


def test_what_cannot_be_drawn_is_refused(candidate: Candidate) -> None:
    with pytest.raises(cs.errors.FitError, match="resample='rows'"):
        bootstrap(candidate, 10, resample="rows")
    with pytest.raises(cs.errors.FitError, match="at least two"):
        bootstrap(candidate, 1)


def test_the_noise_scale_is_undone() -> None:
    values = np.array([[0.0, 1e-4], [0.3, 5.0]])
    np.testing.assert_allclose(restored(NOISE, NOISE.stabilise(values)), values, atol=1e-12)


def test_bands_hold_the_true_course_and_the_measurements() -> None:
    inside, held = [], []
    for seed in range(12):
        data = measured(runs=2, points=12, seed=seed)
        candidate = fitted(problem(data))
        band = predictive_band(candidate, 1, data.times[1], 0.9)
        truth = predict(DECAY, np.array([[1.5, 0.2]]), [data.times[1]], NOISE)[0]
        inside.append((band.low <= truth) & (truth <= band.high))
        again = measured(runs=2, points=12, seed=seed + 1000).values[1]
        held.append((band.measured_low <= again) & (again <= band.measured_high))
    assert 0.8 < np.mean(inside) < 0.99
    assert 0.8 < np.mean(held) < 0.99


def test_a_run_that_is_not_there_has_no_band(candidate: Candidate) -> None:
    with pytest.raises(cs.errors.FitError, match="run=8"):
        predictive_band(candidate, 8, np.array([0.0, 1.0]))
