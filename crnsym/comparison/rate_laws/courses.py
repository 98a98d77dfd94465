"""How far a reaction has gone, along every run, and the concentrations on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from ...data.laws import is_followed
from ...data.noise import NoiseModel
from ...data.smoothing import smooth
from ...data.trajectories import Trajectories
from ...errors import DataError

NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclass(frozen=True, slots=True, eq=False)
class Extents:
    """All runs as one least squares problem, linear in the rate at points between the samples.

    Attributes
    ----------
    points
        ``(points, species)`` concentrations, not negative.
    speeds
        ``(points,)`` rate by the slope of the smoothed extent.
    operator
        ``(samples, points)``: the integral of a rate up to every sample, less the level that each run has to itself,
        in units of the noise.
    target
        ``(samples,)`` the measured extent, likewise.
    freedom
        Number of samples less one a run.
    gains
        ``(runs,)`` how far the reaction went in every run.
    """

    points: np.ndarray
    speeds: np.ndarray
    operator: np.ndarray
    target: np.ndarray
    freedom: int
    gains: np.ndarray


def extents(data: Trajectories, noise: NoiseModel, changes: np.ndarray) -> Extents:
    """Project measurements on what the first of some reactions changes, ``(species, reactions)``.

    The extents of all reactions are the least squares estimate from all species that they change, each weighted by its
    noise; what species are on the way moves along the reactions from their mean in the run, so that totals hold.

    Raises
    ------
    DataError
        No run has three samples.
    """
    followed, courses = is_followed(data), smooth(data, noise)
    points, speeds, blocks, targets, gains = [], [], [], [], []
    still = ~changes.any(axis=1)
    for times, values, course in zip(data.times, data.values, courses, strict=True):
        if len(times) < 3:
            continue
        sigma = noise.sigma(course).mean(axis=0)
        weights = np.where(followed, 1.0 / sigma**2, 0.0)[:, None] * changes
        spread = np.linalg.inv(changes.T @ weights)
        inverse = weights @ spread
        middle = course.mean(axis=0)
        path = PchipInterpolator(times, (course - middle) @ inverse, axis=0)
        half = 0.5 * np.diff(times)
        between = ((times[1:] + times[:-1])[:, None] * 0.5 + half[:, None] * NODES).ravel()
        # species that the reactions leave alone keep their own course
        alone = np.where(still, PchipInterpolator(times, course, axis=0)(between), middle)
        points.append(np.maximum(alone + path(between) @ changes.T, 0.0))
        gains.append((course[-1] - course[0]) @ inverse[:, 0])
        speeds.append(path.derivative()(between)[:, 0])
        measured = np.where(np.isfinite(values), values, course)
        extent = (measured - middle) @ inverse[:, 0]
        scale = 1.0 / np.sqrt(spread[0, 0])
        sums = np.repeat(np.tri(len(times), len(times) - 1, -1), len(NODES), axis=1) * (half[:, None] * WEIGHTS).ravel()
        blocks.append(scale * (sums - sums.mean(axis=0)))
        targets.append(scale * (extent - extent.mean()))
    if not blocks:
        raise DataError("every run has fewer than three samples; a rate law needs courses over time")
    return _stacked(points, speeds, blocks, targets, np.array(gains))


def _stacked(
    points: Sequence[np.ndarray],
    speeds: Sequence[np.ndarray],
    blocks: Sequence[np.ndarray],
    targets: Sequence[np.ndarray],
    gains: np.ndarray,
) -> Extents:
    operator = np.zeros((sum(len(b) for b in blocks), sum(b.shape[1] for b in blocks)))
    row = column = 0
    for block in blocks:
        operator[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    freedom = len(operator) - len(blocks)
    return Extents(np.concatenate(points), np.concatenate(speeds), operator, np.concatenate(targets), freedom, gains)
