"""Degrees of freedom: values less all fitted numbers, initial states included."""

import numpy as np
import pytest
from scipy.stats import t as student

import crnsym as cs
from crnsym.comparison.intervals import profile_intervals
from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.freedom import degrees_of_freedom, noise_scale, rise
from crnsym.refit.problem import fit_problem
from tests.comparison.cases import mechanism

LOSS = mechanism(((1,), (0,), 0.5), species=("A",))


def decays(runs: int, points: int, seed: int, sd: float = 0.05) -> Trajectories:
    random = np.random.default_rng(seed)
    t = np.linspace(0.0, 3.0, points)
    values = tuple(
        (1.0 + r) * np.exp(-0.5 * t[:, None]) * np.exp(sd * random.standard_normal((points, 1))) for r in range(runs)
    )
    return Trajectories(("A",), tuple(map(str, range(runs))), (t,) * runs, values)


def fitted(data: Trajectories, problem=None) -> Fit:
    noise = NoiseModel(np.array([0.05]), np.array([1e-7]))
    problem = fit_problem(data, noise, smooth(data, noise)) if problem is None else problem
    return fit_mechanism(LOSS, problem, prior=0.0, tolerance=1e-10, iterations=60, rtol=1e-8)


def regression(data: Trajectories) -> tuple[float, float]:
    """Slope of ln A with one intercept a run, and its standard error, by ordinary least squares."""
    rows, y = [], []
    for run, (_, t, v) in enumerate(data):
        for time, value in zip(t, v[:, 0], strict=True):
            rows.append([-time, *(float(run == i) for i in range(len(data)))])
            y.append(np.log(value))
    design = np.array(rows)
    solution, _, _, _ = np.linalg.lstsq(design, np.array(y), rcond=None)
    left = y - design @ solution
    variance = left @ left / (len(y) - design.shape[1])
    return float(solution[0]), float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))


@pytest.mark.parametrize(("runs", "points", "seed"), [(10, 3, 0), (8, 2, 1), (3, 4, 2), (1, 6, 3), (20, 2, 4)])
def test_the_standard_error_of_a_decay_is_that_of_linear_regression_with_an_intercept_a_run(runs, points, seed):
    data = decays(runs, points, seed)
    fit, (slope, error) = fitted(data), regression(data)
    assert fit.degrees_of_freedom == runs * points - runs - 1
    assert np.exp(fit.mechanism.log_rates[0]) == pytest.approx(slope, rel=1e-3)
    assert fit.log_errors[0] * slope == pytest.approx(error, rel=5e-3)


@pytest.mark.parametrize(
    "text",
    [
        "A -> 0 @ k; param k = 0.4",
        "A -> 0 @= k*A; param k = 0.4",
        "2 A -> 0 @ k; param k = 0.2",
        "A -> 0 @= k*A/(1 + A/9); param k = 0.5",
        "A -> 0 @= k*A^1.2; param k = 0.4",
        "A -> 0 @= k*A*exp(-A/50); param k = 0.4",
    ],
)
def test_the_table_the_files_and_the_intervals_hold_one_standard_error(text, tmp_path):
    data = decays(10, 3, 5)
    best = cs.compare([cs.network(text)], data)[0]
    name = next(iter(best.rates))
    error, freedom = best.standard_errors[name], 10 * 3 - 11
    assert best.fit.degrees_of_freedom == freedom
    interval = profile_intervals(best, level=0.9)[name]
    assert interval.standard_error == pytest.approx(error, rel=0.02)
    assert interval.relative_error * interval.value == interval.standard_error
    width = np.log(interval.high / interval.low) / (2 * student.ppf(0.95, freedom))
    assert width == pytest.approx(error / best.rates[name], rel=0.05)
    known = cs.identifiability(best).identified[0].interval
    assert known.standard_error == pytest.approx(error, rel=1e-6)
    assert best.network.metadata["standard_errors"][name] == pytest.approx(error, rel=1e-6)
    cs.write(best.network, tmp_path / "a.xml")
    assert cs.read(tmp_path / "a.xml").metadata["standard_errors"][name] == pytest.approx(error, rel=1e-6)


def test_a_start_that_nothing_measured_can_show_is_no_fitted_number():
    product = mechanism(((1, 0), (0, 1), 0.5))
    t = np.linspace(0, 3, 5)
    seen = np.column_stack([np.exp(-0.5 * t), np.full(5, np.nan)])
    both = np.column_stack([np.exp(-0.5 * t), 1.1 - np.exp(-0.5 * t)])
    data = Trajectories(("A", "B"), ("0", "1"), (t, t), (seen, both))
    noise = NoiseModel(np.array([0.02, 0.02]), np.array([1e-3, 1e-3]))
    problem = fit_problem(data, noise, [both, both])
    assert problem.free.sum() == 4
    assert degrees_of_freedom(product, problem, 1) == 15 - 1 - 3
    reverse = mechanism(((1, 0), (0, 1), 0.5), ((0, 1), (1, 0), 0.1))
    assert degrees_of_freedom(reverse, problem, 2) == 15 - 2 - 4


def test_as_many_numbers_as_values_leave_the_errors_of_the_noise_model():
    fit = fitted(decays(1, 2, 0))
    assert fit.chi2 < 1e-6
    assert fit.degrees_of_freedom == 1
    assert fit.noise_scale == 1.0
    # two values of 5 % three units apart: sd(ln A) sqrt(2) / 3
    rate = float(np.exp(fit.mechanism.log_rates[0]))
    assert fit.log_errors[0] * rate == pytest.approx(0.05 * np.sqrt(2) / 3, rel=1e-2)
    assert noise_scale(LOSS, fit.problem, 1, 9.0) == 9.0


def test_a_profile_bound_of_many_values_is_that_of_chi_squared_and_of_few_values_wider():
    assert rise(10**6, 10**6 - 3) == pytest.approx(2.7055, rel=1e-3)
    assert rise(16, 7) == pytest.approx(16 * np.log1p(student.ppf(0.95, 7) ** 2 / 7))
    assert rise(16, 7) > 6.0
