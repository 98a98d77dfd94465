"""Mechanisms that no column tells apart: through mixtures with unknown coefficients they look exactly alike."""

import numpy as np

from ..refit.evaluate import evaluate
from ..refit.fit import Fit

NEAR = 0.02  # largest difference in standard deviations of the noise between columns that are the same
CHI2 = 1e-3  # part of chi2 by which fits of the same columns may differ before they were made to the end


def same_columns(one: Fit, other: Fit) -> bool:
    """Whether two final fits of mixtures predict the same, with as many reactions."""
    if one.problem.observation is None or other.problem.observation is None:
        return False
    if len(one.mechanism.log_rates) != len(other.mechanism.log_rates) or abs(one.chi2 - other.chi2) > CHI2 * one.chi2:
        return False
    here, there = (evaluate(f.problem, f.mechanism, f.initial_states, rtol=1e-6) for f in (one, other))
    if here is None or there is None:
        return False
    return bool(np.abs(here.residuals - there.residuals).max() < NEAR)
