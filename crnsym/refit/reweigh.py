"""Noise found from what fits leave: one standard deviation a column, at its most likely value."""

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit


def squares_left(fit: Fit) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the sum of squares of each column, in units of the data, and its number of informative values."""
    problem = fit.problem
    here = evaluate(problem, fit.mechanism, fit.initial_states, rtol=1e-6)
    if here is None:
        return None
    seen = problem.present & (problem.values != 0.0)
    squares = np.where(seen, (problem.values - here.states) ** 2, 0.0)
    return squares.sum(axis=(0, 1)), seen.sum(axis=(0, 1))


def noise_left_by(fit: Fit, columns: int) -> NoiseModel:
    """Return one standard deviation a column; ``columns`` of the fit's problem are those of the data."""
    left = squares_left(fit)
    if left is None:
        return fit.problem.noise.only(columns)
    squares, count = left[0][:columns], left[1][:columns]
    largest = np.abs(fit.problem.values[..., :columns]).max(axis=(0, 1), initial=1e-300)
    return NoiseModel(np.zeros(columns), np.maximum(np.sqrt(squares / np.maximum(count, 1)), 1e-6 * largest))


def column_criterion(fit: Fit) -> float:
    """Return sum N_c ln(S_c/N_c) over the columns: -2 ln L with the best deviation for each, up to a constant."""
    left = squares_left(fit)
    if left is None:
        return float("inf")
    squares, count = left[0][left[1] > 0], left[1][left[1] > 0]
    return float((count * np.log(np.maximum(squares, 1e-300) / count)).sum())
