"""One definition of degrees of freedom, on which every standard error and interval rests.

N informative values less p fitted numbers, initial states included: s^2 = chi2/(N - p) estimates the scale of the noise
without bias, and intervals use Student's t of N - p degrees of freedom. For a linear model with an unknown noise scale
both are exact (Bates & Watts 1988, Nonlinear Regression Analysis, sections 1.2 and 6.1).
"""

import numpy as np
from scipy.stats import t as student

from crnsym.data.mechanism import Mechanism
from crnsym.refit.problem import FitProblem


def fitted_starts(mechanism: object, problem: FitProblem) -> int:
    """Count the initial states that were fitted.

    A start that balances production and consumption is no number of its own, nor is one that nothing measured in its
    run can show.
    """
    shown: np.ndarray = np.any(problem.present, axis=1)
    if problem.observation is not None:
        seen = problem.observation.shown
        shown[:, : seen.shape[1]] |= seen
    if isinstance(mechanism, Mechanism):
        shown = shown | (mechanism.reactants > 0).any(axis=0)
    free = problem.free & shown
    free[:, list(problem.quasi_steady)] = False
    return int(free.sum()) + len(problem.shared)


def spare_values(mechanism: object, problem: FitProblem, parameters: int) -> int:
    """N - p, which is none or less where any mechanism with as many fitted numbers passes through the values."""
    return problem.count - parameters - fitted_starts(mechanism, problem) - problem.coefficients


def degrees_of_freedom(mechanism: object, problem: FitProblem, parameters: int) -> int:
    """N - p with this number of fitted parameters beside the initial states; at least 1.

    Where there are as many numbers as values the data say nothing of their own noise; Student's t of one degree of
    freedom, and `noise_scale`, then keep intervals wide.
    """
    return max(spare_values(mechanism, problem, parameters), 1)


def noise_scale(mechanism: object, problem: FitProblem, parameters: int, chi2: float) -> float:
    """s^2, by which variances in units of the noise model are multiplied; the noise model's own where none is left."""
    left = spare_values(mechanism, problem, parameters)
    return chi2 / left if left > 0 else max(chi2, 1.0)


def two_sided(level: float, freedom: int) -> float:
    """Half the width of an interval in standard errors."""
    return float(student.ppf(0.5 + 0.5 * level, freedom))


def rise(count: int, freedom: int, one_sided: float = 0.95) -> float:
    """By how much N ln(chi2/N) may rise along a profile until it meets a one-sided bound; N values."""
    return float(count * np.log1p(student.ppf(one_sided, freedom) ** 2 / freedom))
