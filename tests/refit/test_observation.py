"""Mixtures of species as measurements: coefficients solved for, exact derivatives, rates found through them."""

from dataclasses import replace

import numpy as np
import pytest

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.observation import Observation
from crnsym.refit.problem import FitProblem

TIMES = np.linspace(0.0, 10.0, 21)
CHAIN = Mechanism(("A", "B", "C"), np.eye(3, dtype=int)[:2], np.eye(3, dtype=int)[1:], np.log([0.7, 0.2]))
SPECTRA = np.array([[1.0, 0.4, 0.1], [0.2, 1.5, 0.3], [0.1, 0.2, 0.9], [0.5, 0.5, 0.1]])  # (columns, species)
SIGMA = 0.01


def courses(start: float = 1.0) -> np.ndarray:
    """The exact course of A -> B -> C."""
    k1, k2 = np.exp(CHAIN.log_rates)
    a = start * np.exp(-k1 * TIMES)
    b = start * k1 / (k2 - k1) * (np.exp(-k1 * TIMES) - np.exp(-k2 * TIMES))
    return np.stack([a, b, start - a - b], axis=-1)


def problem_of(
    values: np.ndarray,
    terms: np.ndarray,
    *,
    known: np.ndarray | None = None,
    offsets: np.ndarray | None = None,
    starts: tuple[float, ...] = (1.0,),
    positive: bool = True,
) -> FitProblem:
    """Arrange values ``(runs, times, columns)`` with unknown coefficients of these terms ``(k, columns, species)``."""
    runs, times, columns = values.shape
    count = len(terms)
    observation = Observation(
        tuple(f"y{c}" for c in range(columns)),
        values,
        np.full(values.shape, 1.0 / SIGMA),
        np.tile(np.zeros((columns, 3)) if known is None else known, (runs, 1, 1)),
        np.zeros((runs, columns)),
        tuple(f"theta{k}" for k in range(count)),
        np.tile(terms[:, None], (1, runs, 1, 1)),
        np.tile(np.zeros((count, 1, columns)) if offsets is None else offsets[:, None], (1, runs, 1)),
        np.full(count, positive),
        NoiseModel(np.zeros(columns), np.full(columns, SIGMA)),
    )
    nothing = np.zeros((runs, times, 3))
    start = np.array([[s, 0.0, 0.0] for s in starts])
    return FitProblem(
        ("A", "B", "C"),
        np.tile(TIMES, (runs, 1)),
        np.full(runs, times),
        nothing,
        nothing.astype(bool),
        NoiseModel(np.zeros(3), np.full(3, 1e-3)),
        start,
        np.zeros_like(start, dtype=bool),
        tuple(nothing),
        observation=observation,
    )


def each_alone(columns: int) -> np.ndarray:
    """Terms of unknown pure spectra: a coefficient for every column and species."""
    return np.eye(3 * columns).reshape(3 * columns, columns, 3)


@pytest.fixture
def spectra() -> FitProblem:
    rng = np.random.default_rng(3)
    clean = np.stack([courses(1.0), courses(0.4)]) @ SPECTRA.T
    return problem_of(clean + SIGMA * rng.standard_normal(clean.shape), each_alone(4), starts=(1.0, 0.4))


def test_coefficients_of_exact_courses_are_those_that_made_the_values() -> None:
    values = (courses() @ SPECTRA.T)[None]
    here = evaluate(problem_of(values, each_alone(4)), CHAIN, np.array([[1.0, 0.0, 0.0]]), rtol=1e-9)
    assert here is not None
    np.testing.assert_allclose(here.coefficients.reshape(4, 3), SPECTRA, atol=1e-5)
    assert here.chi2 < 1e-6


def test_the_gradient_is_that_of_chi2_with_the_coefficients_at_their_best(spectra: FitProblem) -> None:
    def chi2(log_rates: np.ndarray) -> float:
        here = evaluate(spectra, replace(CHAIN, log_rates=log_rates), spectra.start, rtol=1e-10)
        assert here is not None
        return here.chi2

    point = CHAIN.log_rates + np.array([0.2, -0.3])
    here = evaluate(spectra, replace(CHAIN, log_rates=point), spectra.start, rtol=1e-10)
    assert here is not None
    step = 1e-4 * np.eye(2)
    numeric = [(chi2(point + h) - chi2(point - h)) / 2e-4 for h in step]
    np.testing.assert_allclose(-2.0 * normal_equations(here).gradient, numeric, rtol=1e-4)


def test_the_covariance_is_that_of_all_numbers_together(spectra: FitProblem) -> None:
    fit = fit_mechanism(CHAIN, spectra, prior=0.0, tolerance=1e-8, rtol=1e-8)
    here = evaluate(spectra, fit.mechanism, spectra.start, rtol=1e-8)
    assert here is not None
    slopes = np.delete(here.jacobian, [2, 3, 4], axis=-1).reshape(-1, 2 + 12)  # without the starts, which are known
    whole = np.linalg.inv(slopes.T @ slopes)[:2, :2] * fit.chi2 / (spectra.count - 14)
    np.testing.assert_allclose(fit.covariance, whole, rtol=1e-4)
    assert fit.degrees_of_freedom == spectra.count - 14


@pytest.mark.parametrize("seed", range(3))
def test_rates_are_found_through_unknown_spectra_from_far_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clean = np.stack([courses(1.0), courses(0.4)]) @ SPECTRA.T
    problem = problem_of(clean + SIGMA * rng.standard_normal(clean.shape), each_alone(4), starts=(1.0, 0.4))
    fit = fit_mechanism(replace(CHAIN, log_rates=np.log([3.0, 0.05])), problem)
    assert np.all(np.abs(fit.mechanism.log_rates - CHAIN.log_rates) < 5.0 * fit.log_errors)
    assert 0.7 < fit.chi2 / fit.degrees_of_freedom < 1.3


def test_scale_and_offset_of_one_signal_are_solved_for() -> None:
    values = (2.0 * courses()[:, 1] + 0.3)[None, :, None]
    terms = np.array([[[0.0, 1.0, 0.0]], [[0.0, 0.0, 0.0]]])
    problem = problem_of(values, terms, offsets=np.array([[0.0], [1.0]]), positive=False)
    fit = fit_mechanism(replace(CHAIN, log_rates=np.log([1.0, 0.1])), problem, prior=0.0, rtol=1e-8, tolerance=1e-9)
    here = evaluate(problem, fit.mechanism, problem.start, rtol=1e-8)
    assert here is not None
    np.testing.assert_allclose(here.coefficients, [2.0, 0.3], rtol=1e-3)
    np.testing.assert_allclose(np.exp(fit.mechanism.log_rates), [0.7, 0.2], rtol=1e-3)


def test_a_coefficient_that_would_be_negative_is_held_at_zero() -> None:
    values = (courses() @ np.array([1.0, -0.5, 0.2]))[None, :, None]
    here = evaluate(problem_of(values, each_alone(1)), CHAIN, np.array([[1.0, 0.0, 0.0]]))
    assert here is not None
    assert here.coefficients[1] == 0.0
    assert np.all(here.coefficients >= 0.0)
    assert not here.jacobian[..., 2 + 3 + 1].any()


def test_known_coefficients_leave_nothing_to_solve_for() -> None:
    values = (courses() @ SPECTRA.T)[None]
    problem = problem_of(values, each_alone(4))
    assert problem.observation is not None
    held = problem.observation.held(SPECTRA.ravel())
    here = evaluate(replace(problem, observation=held), CHAIN, np.array([[1.0, 0.0, 0.0]]), rtol=1e-9)
    assert here is not None
    assert len(here.coefficients) == 0
    assert here.chi2 < 1e-6


def test_runs_and_times_are_cut_out_of_what_was_observed(spectra: FitProblem) -> None:
    part = spectra.thin(np.array([1])).sample(5)
    assert part.count == 5 * 4
    here = evaluate(part, CHAIN, part.start)
    assert here is not None
    assert here.residuals.shape == (1, 5, 4)
    assert here.chi2 < 60.0
