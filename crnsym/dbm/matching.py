"""Moment matching: the θ at each time whose *sampled* moments, after a number of sweeps, are those of the data.

Levenberg-Marquardt in θ, time after time, each from the answer before (continuation): the moments of the sampler are
smooth in θ under common random numbers, so central differences give the Jacobian.  What comes out is a generator that
needs exactly this start and this number of sweeps, and not an equilibrium distribution.
"""

from dataclasses import dataclass

import numpy as np

from .model import Layers
from .observables import Observables
from .sampling import Chains

_TRIALS = 4


@dataclass(frozen=True, eq=False)
class ShortRuns:
    """The sampler as a function of θ: moments after so many sweeps from random states.

    Attributes
    ----------
    layers, observables
        The structure, and which moments.
    chains, sweeps, seed
        Of the sampler.
    """

    layers: Layers
    observables: Observables
    chains: int = 40
    sweeps: int = 10
    seed: int = 0

    def samples(self, theta: np.ndarray, stream: int) -> np.ndarray:
        """Return the moments of each chain, ``(chains, moments)``."""
        chains = Chains(self.layers, self.chains, self.seed, stream).run(theta, self.sweeps)
        return self.observables.of_state(chains.state[: self.layers.units[0]])

    def moments(self, theta: np.ndarray, stream: int) -> np.ndarray:
        """Return the mean moments, ``(moments,)``."""
        return self.samples(theta, stream).mean(axis=0)

    def jacobian(self, theta: np.ndarray, stream: int, step: float = 0.1) -> np.ndarray:
        """Return d moments / d θ, ``(moments, params)``, by central differences with common random numbers."""
        columns = []
        for direction in step * np.eye(len(theta)):
            columns.append((self.moments(theta + direction, stream) - self.moments(theta - direction, stream)) / 2)
        return np.stack(columns, axis=1) / step

    def curve(self, thetas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation over chains of the moments, each ``(times, moments)``."""
        found = [self.samples(theta, stream) for stream, theta in enumerate(thetas)]
        return np.array([f.mean(axis=0) for f in found]), np.array([f.std(axis=0, ddof=1) for f in found])


def scales(targets: np.ndarray) -> np.ndarray:
    """Return the unit of each moment's error, ``(moments,)``: its root mean square in time."""
    size = np.sqrt((targets**2).mean(axis=0))
    return np.where(size > 0, size, 1.0)


def match_moments(
    sampler: ShortRuns,
    targets: np.ndarray,
    start: np.ndarray,
    *,
    units: np.ndarray | None = None,
    steps: int = 4,
    tolerance: float = 0.02,
    ridge: float = 1e-2,
    stream: int = 0,
) -> np.ndarray:
    """Return θ at each time, ``(times, params)``.

    Parameters
    ----------
    sampler
        Which moments, of how many chains after how many sweeps.
    targets
        ``(times, moments)``; the times must follow closely on each other.
    start
        ``(params,)``, from which the first time is sought.
    units
        ``(moments,)`` or ``(times, moments)``: errors are counted in these; default `scales`.
    steps
        Most steps of Levenberg-Marquardt at each time.
    tolerance
        Root mean square error, in units, at which a time is done.
    ridge
        Weight of the squared distance to the θ of the time before, against the squared errors.
    stream
        Key of the random numbers of the first time; the next ones count on.
    """
    units = np.broadcast_to(scales(targets) if units is None else units, targets.shape)
    theta, found = np.array(start, dtype=float), []
    for t, target in enumerate(targets):
        before, damping = theta, ridge

        def errors(theta, t=t, target=target):
            return (sampler.moments(theta, stream + t) - target) / units[t]

        def cost(residual, theta, before=before):
            return residual @ residual + ridge * ((theta - before) ** 2).sum()

        residual = errors(theta)
        for _ in range(steps):
            if residual @ residual <= tolerance**2 * len(residual):
                break
            jacobian = sampler.jacobian(theta, stream + t) / units[t][:, None]
            gradient = jacobian.T @ residual + ridge * (theta - before)
            for _ in range(_TRIALS):
                normal = jacobian.T @ jacobian + (ridge + damping) * np.eye(len(theta))
                trial = theta - np.linalg.solve(normal, gradient)
                found_there = errors(trial)
                if cost(found_there, trial) < cost(residual, theta):
                    theta, residual, damping = trial, found_there, damping / 10
                    break
                damping *= 10
        found.append(theta)
    return np.array(found)
