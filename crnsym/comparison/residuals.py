"""Whether a fit has reached the noise: what is left over should have no structure."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as f_distribution

from ..deciding import THRESHOLDS
from ..refit.evaluate import evaluate
from ..refit.fit import Fit


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Unit-variance residuals of a fit.

    Attributes
    ----------
    values
        ``(experiments, times, species)``, 0 where nothing was measured.
    courses
        Model values at the sampling times, same shape.
    reduced
        chi2 per informative value.
    correlation
        ``(species,)`` correlation of residuals that are neighbours in time; about 0 for pure noise.
    structured
        ``(species,)``: whether that correlation is both large and significant.
    """

    values: np.ndarray
    courses: np.ndarray
    reduced: float
    correlation: np.ndarray
    structured: np.ndarray

    @property
    def reaches_noise(self) -> bool:
        """Whether the model explains the data down to the noise."""
        return self.reduced <= self.limit and not self.structured.any()

    @property
    def limit(self) -> float:
        """The chi2 per value that noise alone, estimated from the same data, does not exceed.

        With few values the estimate of the noise is itself uncertain (F test; every third value counts for it, since
        each is compared with a curve through its neighbours).
        """
        count = max(int((self.values != 0.0).sum()), 1)
        uncertain = float(f_distribution.isf(THRESHOLDS.chance, count, max(count / 3.0, 1.0)))
        return max(THRESHOLDS.above_noise + 2.0 * np.sqrt(2.0 / count), uncertain)


def residuals(fit: Fit) -> Residuals | None:
    """Compare a fit with its data; None if it cannot be integrated."""
    problem = fit.problem
    measured = problem.columns
    here = evaluate(problem, fit.mechanism, fit.initial_states, rtol=1e-6)
    if here is None:
        return None
    informative = problem.informative[..., measured]
    r = np.where(informative, here.residuals[..., measured], 0.0)
    pairs = informative[:, 1:] & informative[:, :-1]
    product = np.where(pairs, r[:, 1:] * r[:, :-1], 0.0).sum(axis=(0, 1))
    number = pairs.sum(axis=(0, 1))
    variance = (r**2).sum(axis=(0, 1)) / np.maximum(informative.sum(axis=(0, 1)), 1)
    correlation = product / np.maximum(number * variance, 1e-300)
    structured = (correlation > THRESHOLDS.structured) & (correlation * np.sqrt(number) > THRESHOLDS.significant)
    seen = problem.observation
    courses = here.states if seen is None else seen.predicted(here.states, here.coefficients)
    return Residuals(r, courses[..., measured], fit.reduced, correlation, structured)
