"""What a power law is fitted to: courses of one species, and of those whose orders are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from ...data.noise import NoiseModel
from ...data.operation.courses import pieces
from ...data.trajectories import Trajectories

NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)
LEAST = 1e-3  # of its largest value: a concentration below that (or below its noise) counts as this much


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One stretch of a run without additions.

    Attributes
    ----------
    run
        Index of the run.
    times, values, weights
        ``(times,)`` of the followed species: what it gained by reaction, and one over its standard deviation; weight 0
        where it was not measured.
    logs, steps
        ``(times - 1, 3, drivers)`` logarithms of the concentrations between the times, and ``(times - 1, 3)`` weights
        of an integral over them.
    """

    run: int
    times: np.ndarray
    values: np.ndarray
    weights: np.ndarray
    logs: np.ndarray
    steps: np.ndarray

    def integral(self, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the integral of the product of powers up to every time, and its derivatives in the orders."""
        speed = np.exp(self.logs @ orders) * self.steps
        parts = np.concatenate([speed[..., None], speed[..., None] * self.logs], axis=-1).sum(axis=1)
        total = np.concatenate([np.zeros((1, parts.shape[1])), np.cumsum(parts, axis=0)])
        return total[:, 0], total[:, 1:]


def courses_of(
    data: Trajectories,
    noise: NoiseModel,
    smooth: Sequence[np.ndarray],
    target: int,
    drivers: Sequence[int],
    concentrations: Sequence[np.ndarray] | None = None,
) -> tuple[list[Course], np.ndarray]:
    """Arrange courses, and return with them the mean logarithm of every driver, which is subtracted.

    Parameters
    ----------
    data, noise, smooth
        Measurements, their noise, and smoothed courses without gaps.
    target
        Column that is followed.
    drivers
        Columns whose orders are asked for.
    concentrations
        Courses that make the rate, by default ``smooth``.
    """
    columns, makers = list(drivers), smooth if concentrations is None else concentrations
    largest = np.max([s.max(axis=0) for s in smooth], axis=0)
    floor = np.maximum(noise.absolute, LEAST * largest)[columns]
    found = []
    for part in pieces(data, smooth):
        if len(part.times) < 2:
            continue
        rows = np.isin(data.times[part.run], part.times)
        seen = np.isfinite(data.values[part.run][rows, target])
        half = 0.5 * np.diff(part.times)
        points = (0.5 * (part.times[1:] + part.times[:-1])[:, None] + half[:, None] * NODES).ravel()
        between = PchipInterpolator(part.times, makers[part.run][rows][:, columns], axis=0)(points)
        logs = np.log(np.maximum(between, floor)).reshape(len(half), len(NODES), len(columns))
        weights = np.where(seen, 1.0 / noise.sigma(part.smooth)[:, target], 0.0)
        found.append(Course(part.run, part.times, part.gained[:, target], weights, logs, half[:, None] * WEIGHTS))
    mean = np.mean(np.concatenate([c.logs.reshape(-1, len(columns)) for c in found]), axis=0)
    return [replace(c, logs=c.logs - mean) for c in found], mean
