"""Information criteria on the profiled Gaussian likelihood, and the weights they give."""

from collections.abc import Callable, Sequence

import numpy as np


def log_likelihood(chi2: float, count: int) -> float:
    """Log likelihood of ``count`` residuals with their common variance at its best value.

    The noise model sets the *relative* weight of the values; its overall scale is profiled out:
    ln L = -N/2 (ln(2 pi chi2/N) + 1), in units of the noise.
    """
    return -0.5 * count * (np.log(2.0 * np.pi * max(chi2, 1e-300) / max(count, 1)) + 1.0)


def bic(chi2: float, count: int, parameters: int) -> float:
    """Bayesian information criterion N ln(chi2/N) + p ln N (Schwarz 1978), without constants."""
    return count * np.log(max(chi2, 1e-300) / max(count, 1)) + parameters * np.log(count)


def aicc(chi2: float, count: int, parameters: int) -> float:
    """Akaike's criterion corrected for few data, N ln(chi2/N) + 2p + 2p(p+1)/(N-p-1) (Hurvich & Tsai 1989).

    Infinite where there are no more values than parameters.
    """
    if count <= parameters + 1:
        return np.inf
    correction = 2.0 * parameters * (parameters + 1) / (count - parameters - 1)
    return count * np.log(max(chi2, 1e-300) / max(count, 1)) + 2.0 * parameters + correction


CRITERIA: dict[str, Callable[[float, int, int], float]] = {"bic": bic, "aicc": aicc}
"""Functions of chi2, values and parameters, the smaller the better: columns of the table, and orders of it."""


def weights(criterion: Sequence[float]) -> np.ndarray:
    """Probabilities proportional to exp(-difference/2); zeros where the criterion is infinite."""
    values = np.asarray(criterion, dtype=float)
    if not len(values):
        return values
    relative = np.exp(-0.5 * (values - values.min()))
    return relative / relative.sum()
