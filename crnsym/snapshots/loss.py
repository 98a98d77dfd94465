"""How well sets of rules explain snapshots: the scatter between runs is taken out, for many sets at once."""

from dataclasses import dataclass

import numpy as np

from .weak import Regression

SINGULAR = 1e-7  # smallest eigenvalue of the correlations of a set that can be fitted


@dataclass(frozen=True)
class Loss:
    """Quadratic forms of the rates, ``(1, -rates) @ form @ (1, -rates)``.

    The noise of a snapshot enters both an increment and the integrals that should explain it, so that least squares
    over runs is confidently wrong. The loss is the smallest *ratio* of the squared mean residual to the scatter of
    the residuals between runs, which moves with the rates in the same way: limited-information maximum likelihood
    (Anderson and Rubin, 1949), which stays right with many equations of weak information. Like the products of
    different runs, it leaves out what one run says about itself, and it is never negative.

    Attributes
    ----------
    mean
        Of the squared mean residual, times the number of runs, ``(rules + 1, rules + 1)``.
    spread
        Of the squared scatter of the residuals over the runs.
    regression
        What the forms were made of.
    """

    mean: np.ndarray
    spread: np.ndarray
    regression: Regression

    @staticmethod
    def of(regression: Regression) -> "Loss":
        """Collect the forms."""
        every = _together(regression, slice(None))
        runs = len(every)
        mean = every.mean(axis=0)
        flat = (every - mean).reshape(-1, every.shape[2])
        return Loss(runs * mean.T @ mean, flat.T @ flat / (runs - 1), regression)

    @property
    def equations(self) -> int:
        """Number of equations: what either form is at the truth, and the mean of the loss there."""
        return self.regression.increments.shape[1]

    def fit(self, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the losses ``(sets,)`` of sets of rules ``(sets, size)`` and their rates; infinite if one is negative.

        At the truth the loss is about chi-square distributed, with as many degrees of freedom as equations.
        """
        chosen = np.concatenate([np.zeros((len(sets), 1), dtype=int), np.asarray(sets, dtype=int) + 1], axis=1)
        rows, columns = chosen[:, :, None], chosen[:, None, :]
        ratios, rates, usable = smallest_ratio(self.mean[rows, columns], self.spread[rows, columns])
        usable &= (rates > 0).all(axis=1)
        return np.where(usable, self.equations / self.regression.inflation * ratios, np.inf), rates

    def covariance(self, chosen: np.ndarray) -> np.ndarray:
        """Return the covariance of the rates of one set, by leaving out one run after the other (jackknife)."""
        every = _together(self.regression, chosen)
        runs = len(every)
        sums, squares = every.sum(axis=0), np.einsum("rea,reb->rab", every, every)
        left = (sums - every) / (runs - 1)
        mean = (runs - 1) * np.einsum("rea,reb->rab", left, left)
        spread = (squares.sum(axis=0) - squares - mean) / (runs - 2)
        rates = smallest_ratio(mean, spread)[1]
        apart = rates - rates.mean(axis=0)
        return (runs - 1) / runs * apart.T @ apart


def _together(regression: Regression, chosen: np.ndarray | slice) -> np.ndarray:
    return np.concatenate([regression.increments[..., None], regression.integrals[..., chosen]], axis=2)


def smallest_ratio(mean: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the smallest ratios of pairs of forms ``(sets, n, n)``, the rates there, and whether they are sound."""
    scale = np.sqrt(np.einsum("sii->si", spread))
    usable = (scale > 0).all(axis=1)
    scale[scale == 0] = 1.0
    mean, spread = (form / (scale[:, :, None] * scale[:, None, :]) for form in (mean, spread))
    values, vectors = np.linalg.eigh(spread)
    usable &= values[:, 0] > SINGULAR
    root = vectors / np.sqrt(np.maximum(values, SINGULAR))[:, None, :]
    ratios, directions = np.linalg.eigh(np.swapaxes(root, 1, 2) @ mean @ root)
    best = np.einsum("sij,sj->si", root, directions[:, :, 0]) / scale
    first = np.where(best[:, :1] == 0, np.nan, best[:, :1])
    rates = -best[:, 1:] / first
    return ratios[:, 0], rates, usable & np.isfinite(rates).all(axis=1)
