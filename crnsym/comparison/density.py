"""The posterior density of a mechanism's rates and initial values, with its exact gradient."""

import numpy as np

from ..errors import FitError
from ..refit.evaluate import Evaluation, evaluate, parameters_of
from ..refit.fit import Fit, with_parameters

RTOL = 1e-6
FARTHEST = 60.0  # in whitened coordinates: where nothing is integrated any more


class Target:
    """The posterior in whitened coordinates: value and gradient at a point."""

    def __init__(self, fit: Fit, prior: float) -> None:
        self.fit = fit
        self.centre = parameters_of(fit.mechanism, fit.problem)
        self.directions = np.asarray(fit.directions, float)
        self.start = fit.initial_states
        self.free = fit.problem.free
        self.count = max(fit.problem.count, 1)
        here = evaluate(fit.problem, fit.mechanism, self.start, rtol=RTOL)
        if here is None:
            raise FitError("the fit cannot be integrated, so there is nothing to sample around")
        slopes = self._slopes(here)
        self.prior = np.full(slopes.shape[1], prior)
        precision = self.count / _chi2(here) * slopes.T @ slopes + np.diag(1.0 / self.prior**2)
        values, vectors = np.linalg.eigh(precision)
        self.spread = vectors / np.sqrt(np.maximum(values, 1.0 / prior**2))

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return self.spread.shape[1]

    def numbers(self, z: np.ndarray) -> np.ndarray:
        """Parameters at a point: log rates, then energies."""
        return self.centre + self.directions @ (self.spread @ z)[: self.directions.shape[1]]

    def __call__(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log density (up to a constant) and its gradient; minus infinity where the runs cannot be integrated."""
        z = np.asarray(z, float)
        nowhere = np.array(-np.inf), np.zeros_like(z)
        if not np.all(np.abs(z) < FARTHEST):
            return nowhere
        offset = self.spread @ z
        initial = self.start.copy()
        initial[self.free] *= np.exp(offset[self.directions.shape[1] :])
        mechanism = with_parameters(self.fit.mechanism, self.fit.problem, self.numbers(z))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            here = evaluate(self.fit.problem, mechanism, initial, rtol=RTOL)
        if here is None:
            return nowhere
        chi2 = _chi2(here)
        gradient = self.count / chi2 * self._slopes(here).T @ here.residuals.ravel() - offset / self.prior**2
        value = -0.5 * self.count * np.log(chi2) - 0.5 * float(((offset / self.prior) ** 2).sum())
        if here.measured is not None:
            value -= 0.5 * self.count * np.log(here.chi2 / chi2)  # what is known of rates raises chi2, see `evaluate`
            gradient[: self.directions.shape[1]] += self.directions.T @ here.measured[1] * self.count / chi2
        return np.array(value), self.spread.T @ gradient

    def _slopes(self, here: Evaluation) -> np.ndarray:
        """Return derivatives of the stabilised model in the directions of the rates, then in the free starts."""
        n = here.parameters
        runs = len(here.residuals)
        values = here.residuals[0].size
        rates = here.jacobian[..., :n].reshape(runs * values, n) @ self.directions
        starts = np.zeros((runs, values, int(self.free.sum())))
        place = 0
        for run in range(runs):
            columns = np.flatnonzero(self.free[run])
            starts[run, :, place : place + len(columns)] = here.jacobian[run][..., n + columns].reshape(values, -1)
            place += len(columns)
        return np.concatenate([rates, starts.reshape(runs * values, -1)], axis=1)


def _chi2(here: Evaluation) -> float:
    return max(float((here.residuals**2).sum()), 1e-300)
