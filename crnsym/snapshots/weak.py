"""From snapshots to regression: increments and time integrals of expected jumps, against cosines in time, whitened."""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import make_interp_spline

from .jumps import Jumps

TESTS = 12  # cosines over the interval index
SHRINKAGE = 0.02  # of a covariance towards its diagonal
WINDOW = 2  # neighbouring intervals on either side whose residuals are pooled


class Regression(NamedTuple):
    """Whitened equations of every run: increments = integrals @ rates + noise of covariance 1.

    Attributes
    ----------
    increments
        ``(runs, equations)``.
    integrals
        ``(runs, equations, rules)``.
    coarse
        Largest doubt about an integral over time, half the difference between spline and trapezoid, in standard errors
        of the mean increment.
    inflation
        Expected factor by which squares of mean residuals are too large, because the covariance that whitens them was
        estimated from few residuals (as in Hotelling's statistic).
    """

    increments: np.ndarray
    integrals: np.ndarray
    coarse: float
    inflation: float = 1.0


def quadrature(times: np.ndarray, degree: int = 3) -> np.ndarray:
    """Return the weights ``(intervals, times)`` that integrate the spline through values at the times."""
    degree = degree if len(times) > degree else 1
    whole = make_interp_spline(times, np.eye(len(times)), k=degree).antiderivative()(times)
    return np.diff(whole, axis=0)


def cosines(intervals: int) -> np.ndarray:
    """Return the test functions ``(tests, intervals)``, orthonormal."""
    order = np.arange(min(TESTS, intervals))[:, None]
    waves = np.cos(np.pi * order * (np.arange(intervals) + 0.5) / intervals)
    return waves / np.linalg.norm(waves, axis=1, keepdims=True)


def independent(jumps: Jumps) -> Jumps:
    """Leave out observables that never change, or that others determine, such as those of a conserved sum."""
    from scipy.linalg import qr

    steps = np.diff(jumps.values, axis=1).reshape(-1, jumps.values.shape[2])
    scale = np.sqrt((steps**2).mean(axis=0))
    moving = np.flatnonzero(scale > 0)
    if not len(moving):
        return jumps._replace(values=jumps.values[..., :0], changes=jumps.changes[:, :, :0])
    triangle, order = qr(steps[:, moving] / scale[moving], mode="r", pivoting=True)  # type: ignore[misc] - by mode
    diagonal = abs(np.diag(triangle))
    kept = np.sort(moving[order[: len(diagonal)][diagonal > 1e-7 * diagonal[0]]])
    return jumps._replace(values=jumps.values[..., kept], changes=jumps.changes[:, :, kept])


def same_runs(jumps: Jumps, times: np.ndarray, rates: np.ndarray) -> Regression:
    """Return the equations of runs that were followed in time.

    The residuals of such a run are nearly increments of a martingale, uncorrelated between intervals, so each interval
    is whitened on its own, by the covariance of the residuals at ``rates`` over the runs.
    """
    spline, trapezoid = quadrature(times), quadrature(times, 1)
    steps = np.diff(jumps.values, axis=1)
    integrals = np.einsum("kt,rtom->rkom", spline, jumps.changes, optimize=True)
    lengths = np.diff(times)
    residuals = steps - integrals @ rates
    spread = (residuals - residuals.mean(axis=0)) / np.sqrt(lengths)[:, None]
    each = np.einsum("rko,rkp->kop", spread, spread) / (len(spread) - 1)
    doubt = 0.5 * (spline - trapezoid) @ (jumps.changes.mean(axis=0) @ rates)
    intervals, size = len(lengths), steps.shape[2]
    whiten, coarse = np.empty((intervals, size, size)), 0.0
    for k in range(intervals):
        near = slice(max(k - WINDOW, 0), k + WINDOW + 1)
        covariance = each[near].mean(axis=0) * lengths[k]
        coarse = max(coarse, _ratio(doubt[k], covariance, len(steps)))
        whiten[k] = whitener(covariance + len(steps) * np.diag(doubt[k] ** 2))
    tests = cosines(intervals)
    tests = np.einsum("bk,kpo->bpko", tests, whiten).reshape(-1, intervals * size)
    runs, rules = len(steps), integrals.shape[3]
    return Regression(
        steps.reshape(runs, -1) @ tests.T,
        np.einsum("eq,rqm->rem", tests, integrals.reshape(runs, -1, rules), optimize=True),
        coarse,
        _inflation((runs - 1) * min(2 * WINDOW + 1, intervals), size),
    )


def different_runs(jumps: Jumps, times: np.ndarray, rates: np.ndarray) -> Regression:
    """Return the equations of runs of which each was measured once.

    Neighbouring increments then share snapshots and are correlated. The covariance of all equations follows from the
    covariances at each time, of the observables together with their expected changes at ``rates``. Runs of different
    times are put together by their position, which is arbitrary.
    """
    spline, trapezoid = quadrature(times), quadrature(times, 1)
    tests = cosines(len(times) - 1)
    moved, summed = tests @ np.diff(np.eye(len(times)), axis=0), tests @ spline  # (tests, times)
    runs, _, size, rules = jumps.changes.shape
    total = jumps.changes @ rates
    both = np.concatenate([jumps.values, total], axis=2)
    both = both - both.mean(axis=0)
    covariances = np.einsum("rto,rtp->top", both, both, optimize=True) / (runs - 1)
    weights = np.stack([moved, -summed])  # of observables, and of their expected changes
    covariance = sum(
        np.einsum("bt,ct,top->bocp", weights[i], weights[j], block)
        for i, row in enumerate(np.split(covariances, 2, axis=1))
        for j, block in enumerate(np.split(row, 2, axis=2))
    )
    doubt = 0.5 * tests @ (spline - trapezoid) @ total.mean(axis=0)
    equations = len(tests) * size
    matrix = np.asarray(covariance).reshape(equations, equations)
    coarse = _ratio(doubt.ravel(), matrix, runs)
    whiten = whitener(matrix + runs * np.diag(doubt.ravel() ** 2))
    values = np.einsum("bt,rto->rbo", moved, jumps.values).reshape(runs, equations)
    integrals = np.einsum("bt,rtom->rbom", summed, jumps.changes, optimize=True).reshape(runs, equations, rules)
    return Regression(values @ whiten.T, np.einsum("ef,rfm->rem", whiten, integrals, optimize=True), coarse)


def _inflation(samples: int, size: int) -> float:
    return samples / max(samples - size - 1, samples / 4)


def _ratio(doubt: np.ndarray, covariance: np.ndarray, runs: int) -> float:
    noise = np.sqrt(np.maximum(np.diag(covariance), 1e-300) / runs)
    return float((abs(doubt) / noise)[np.diag(covariance) > 0].max(initial=0.0))


def whitener(covariance: np.ndarray) -> np.ndarray:
    """Return the matrix that whitens noise of a covariance, which is first shrunk towards its diagonal."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = (1 - SHRINKAGE) * covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    return (vectors / np.sqrt(np.maximum(values, 1e-8))) @ vectors.T / scale
