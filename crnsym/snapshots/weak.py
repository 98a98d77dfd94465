"""From snapshots to regression: increments and time integrals of expected jumps, against cosines in time, whitened."""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.linalg import solve_triangular

from .observed import Jumps
from .squares import squared_steps, with_products

TESTS = 12  # cosines over the interval index
SHRINKAGE = 0.02  # of a covariance towards its diagonal
QUIET = 1e-3  # least variance of an interval, of that of all: nothing may happen there in any run
WINDOW = 2  # neighbouring intervals on either side whose residuals are pooled


class Regression(NamedTuple):
    """Whitened equations of every run: increments = integrals @ rates + noise of covariance 1.

    Observables are whitened in their order, each by itself and those before it. Counts come first, so that their
    equations hold no number of pairs, however much that scatters.

    Attributes
    ----------
    increments
        ``(runs, tests, observables)``.
    integrals
        ``(runs, tests, observables, rules)``.
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
    """Leave out observables that never change, or that those before them determine, as a conserved sum does."""
    steps = np.diff(jumps.values, axis=1).reshape(-1, jumps.values.shape[2])
    basis, kept = np.zeros((len(steps), 0)), []
    for column, size in enumerate(np.linalg.norm(steps, axis=0)):
        rest = steps[:, column] / (size or 1.0)
        for _ in range(2):  # twice is enough
            rest = rest - basis @ (basis.T @ rest)
        if np.linalg.norm(rest) > 1e-7:
            kept.append(column)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    squares = jumps.squares
    if squares is not None:
        counts = [column for column in kept if column < squares.values.shape[2]]
        squares = squares.of_counts(counts) if counts else None
    return Jumps(jumps.values[..., kept], jumps.changes[:, :, kept], jumps.chances, squares)


def same_runs(jumps: Jumps, times: np.ndarray, rates: np.ndarray) -> Regression:
    """Return the equations of runs that were followed in time.

    The residuals of such a run are nearly increments of a martingale, uncorrelated between intervals, so each interval
    is whitened on its own, by the covariance of the residuals at ``rates`` over the runs.
    """
    spline, trapezoid = quadrature(times), quadrature(times, 1)
    steps = np.diff(jumps.values, axis=1)
    integrals = np.einsum("kt,rtom->rkom", spline, jumps.changes, optimize=True)
    doubt = 0.5 * (spline - trapezoid) @ (jumps.changes.mean(axis=0) @ rates)
    if jumps.squares is not None:
        more, sums, unsure = squared_steps(jumps.squares, times, spline, trapezoid, rates)
        place = jumps.squares.values.shape[2]
        steps = np.concatenate([steps[..., :place], more, steps[..., place:]], axis=2)
        integrals = np.concatenate([integrals[:, :, :place], sums, integrals[:, :, place:]], axis=2)
        doubt = np.concatenate([doubt[:, :place], unsure, doubt[:, place:]], axis=1)
    lengths = np.diff(times)
    residuals = steps - integrals @ rates
    spread = (residuals - residuals.mean(axis=0)) / np.sqrt(lengths)[:, None]
    each = np.einsum("rko,rkp->kop", spread, spread) / (len(spread) - 1)
    intervals, size = len(lengths), steps.shape[2]
    floor = QUIET * np.einsum("koo->o", each) / intervals
    whiten, coarse = np.empty((intervals, size, size)), 0.0
    for k in range(intervals):
        near = slice(max(k - WINDOW, 0), k + WINDOW + 1)
        covariance = each[near].mean(axis=0) * lengths[k]
        covariance[np.diag_indices(size)] = np.maximum(np.diag(covariance), floor * lengths[k])
        coarse = max(coarse, _ratio(doubt[k], covariance, len(steps)))
        whiten[k] = whitener(covariance + len(steps) * np.diag(doubt[k] ** 2))
    tests = cosines(intervals)
    steps = np.einsum("bk,kpo,rko->rbp", tests, whiten, steps, optimize=True)
    integrals = np.einsum("bk,kpo,rkom->rbpm", tests, whiten, integrals, optimize=True)
    scale = even_scatter(steps - integrals @ rates)
    return Regression(
        steps / scale,
        integrals / scale[..., None],
        coarse,
        _inflation((len(steps) - 1) * min(2 * WINDOW + 1, intervals), size),
    )


def even_scatter(residuals: np.ndarray) -> np.ndarray:
    """Return the scatter of residuals ``(runs, tests, observables)`` over the runs, evened over neighbouring tests.

    Where molecules move far between snapshots, or sites are misread, residuals of neighbouring intervals are correlated
    and slow tests scatter more or less than fast ones.
    """
    variance = residuals.var(axis=0, ddof=1)
    padded = np.pad(variance, ((1, 1), (0, 0)), mode="edge")
    return np.sqrt(np.maximum((padded[:-2] + padded[1:-1] + padded[2:]) / 3, 1e-300))


def different_runs(jumps: Jumps, times: np.ndarray, rates: np.ndarray) -> Regression:
    """Return the equations of runs of which each was measured once.

    Neighbouring increments then share snapshots and are correlated. The covariance of all equations follows from the
    covariances at each time, of the observables together with their expected changes at ``rates``. Runs of different
    times are put together by their position, which is arbitrary.
    """
    if jumps.squares is not None:
        jumps = with_products(jumps, jumps.squares)
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
        np.einsum("bt,ct,top->obpc", weights[i], weights[j], block)
        for i, row in enumerate(np.split(covariances, 2, axis=1))
        for j, block in enumerate(np.split(row, 2, axis=2))
    )
    doubt = (0.5 * tests @ (spline - trapezoid) @ total.mean(axis=0)).T  # (observables, tests)
    equations = len(tests) * size
    matrix = np.asarray(covariance).reshape(equations, equations)
    coarse = _ratio(doubt.ravel(), matrix, runs)
    whiten = whitener(matrix + runs * np.diag(doubt.ravel() ** 2)).reshape(equations, size, len(tests))
    values = np.einsum("bt,rto->rob", moved, jumps.values)
    integrals = np.einsum("bt,rtom->robm", summed, jumps.changes, optimize=True)
    return Regression(
        np.einsum("eob,rob->re", whiten, values, optimize=True).reshape(runs, size, -1).swapaxes(1, 2),
        np.einsum("eob,robm->rem", whiten, integrals, optimize=True).reshape(runs, size, -1, rules).swapaxes(1, 2),
        coarse,
    )


def _inflation(samples: int, size: int) -> float:
    return samples / max(samples - size - 1, samples / 4)


def _ratio(doubt: np.ndarray, covariance: np.ndarray, runs: int) -> float:
    noise = np.sqrt(np.maximum(np.diag(covariance), 1e-300) / runs)
    return float((abs(doubt) / noise)[np.diag(covariance) > 0].max(initial=0.0))


def whitener(covariance: np.ndarray) -> np.ndarray:
    """Return the triangle that whitens noise of a covariance, which is first shrunk towards its diagonal."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = (1 - SHRINKAGE) * covariance / np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    correlation = (vectors * np.maximum(values, 1e-8)) @ vectors.T
    return solve_triangular(np.linalg.cholesky(correlation), np.eye(len(scale)), lower=True) / scale
