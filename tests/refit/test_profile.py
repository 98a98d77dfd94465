"""Profile-likelihood intervals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.profile import best_point, profile_interval
from tests.comparison.cases import DECAY, measured, mechanism, problem
from tests.refit.test_limits import fitted_module


@pytest.fixture(scope="module")
def decay() -> Fit:
    return fit_mechanism(DECAY, problem(measured()), prior=0.0, tolerance=1e-8)


def test_where_the_model_is_nearly_linear_the_profile_agrees_with_the_curvature(decay: Fit) -> None:
    interval = profile_interval(decay, [1.0])
    quantile = student.ppf(0.95, decay.degrees_of_freedom)
    assert np.log(interval.high / interval.value) == pytest.approx(quantile * interval.relative_error, rel=0.06)
    assert np.log(interval.value / interval.low) == pytest.approx(quantile * interval.relative_error, rel=0.06)
    certain = profile_interval(decay, [1.0], 0.999)
    assert certain.low < 0.3 < certain.high


def test_fitted_initial_values_count_as_parameters(decay: Fit) -> None:
    assert decay.degrees_of_freedom == decay.count - 1 - int(decay.problem.free.sum())


def test_a_higher_level_gives_a_wider_interval(decay: Fit) -> None:
    narrow, wide = profile_interval(decay, [1.0], 0.5), profile_interval(decay, [1.0], 0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high


def test_the_ends_are_where_the_refitted_chi2_has_risen_by_the_threshold() -> None:
    two = mechanism(((1, 0), (0, 1), 0.3), ((0, 1), (1, 0), 0.1))
    fit = fit_mechanism(two, problem(measured(two)), prior=0.0, tolerance=1e-8)
    interval = profile_interval(fit, [1.0, 0.0])
    held = replace(two, log_rates=np.array([np.log(interval.high), fit.mechanism.log_rates[1]]))
    refitted = fit_mechanism(held, fit.problem, prior=0.0, tolerance=1e-8, pinned=(0,), rtol=1e-6)
    freedom = fit.degrees_of_freedom
    best = best_point(fit).here.chi2
    rise = (refitted.chi2 - best) / (best / freedom)
    assert rise == pytest.approx(student.ppf(0.95, freedom) ** 2, rel=0.06)


def test_of_a_fast_pair_only_the_ratio_is_bounded() -> None:
    fit = fitted_module(1e3, 50.0, 10.0)
    assert not profile_interval(fit, [1.0, 0.0, 0.0]).bounded
    ratio = profile_interval(fit, [1.0, -1.0, 0.0])
    assert ratio.bounded
    assert ratio.low < 0.05 < ratio.high
