"""Whittaker smoothing with the penalty chosen by generalised cross-validation."""

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.operation.courses import rows_between_jumps
from crnsym.data.trajectories import Trajectories
from crnsym.data.weights import weights_of_errors

from ..files.compiled import njit

PENALTIES = np.geomspace(1e-1, 1e5, 13)


def smooth(data: Trajectories, noise: NoiseModel) -> list[np.ndarray]:
    """Smooth every time course and fill its gaps.

    Minimises sum w (y - z)^2 + lambda |third differences of z|^2 with w = 1/sigma^2 (Eilers 2003), on the sample
    index, so that logarithmic sampling works; weight 0 in gaps; clipped at zero. Where an addition makes
    concentrations jump, a new course begins.

    Returns
    -------
    list of arrays
        One ``(times, species)`` a run.
    """
    pieces = rows_between_jumps(data)
    weights = weights_of_errors(data, noise) or [np.ones_like(values) for values in data.values]
    return [
        np.concatenate([_smooth_run(values[part], noise, own[part]) for part in parts])
        for values, own, parts in zip(data.values, weights, pieces, strict=True)
    ]


def _smooth_run(values: np.ndarray, noise: NoiseModel, weights: np.ndarray) -> np.ndarray:
    times, species = values.shape
    result = np.empty_like(values)
    degree = min(3, times - 1)
    for i in range(species):
        present = np.isfinite(values[:, i])
        if not present.any():
            result[:, i] = 0.0
            continue
        y = np.where(present, values[:, i], 0.0)
        if present.sum() <= degree or np.ptp(y[present]) == 0.0:
            index = np.arange(times)
            result[:, i] = np.interp(index, index[present], y[present])
            continue
        sigma = noise.sigma(_local_level(values[:, i]))[:, i]
        w = np.where(present, (weights[:, i] / np.maximum(sigma, 1e-300)) ** 2, 0.0)
        result[:, i] = _whittaker(y, w / w.max(), degree, PENALTIES)
    return np.maximum(result, 0.0)


def _local_level(v: np.ndarray) -> np.ndarray:
    """Take the running median of five present samples, as a column that broadcasts over species."""
    padded = np.concatenate([[np.nan] * 2, v, [np.nan] * 2])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    level = np.full(len(v), np.nan)
    some = np.isfinite(windows).any(axis=1)
    level[some] = np.nanmedian(windows[some], axis=1)
    level[~some] = np.nanmedian(v)
    return level[:, None]


@njit(cache=True)
def _whittaker(y, w, degree, penalties):
    """One series: the smooth of least generalised cross-validation score.

    W + lambda D'D is banded; its LDL' factors give the solution, and Takahashi's recursion on them the diagonal of
    the inverse, hence the trace of the smoother.
    """
    n, p = len(y), degree
    difference = np.zeros(p + 1)
    difference[0] = 1.0
    for _ in range(p):
        for k in range(p, 0, -1):
            difference[k] = difference[k - 1] - difference[k]
        difference[0] = -difference[0]
    band = np.zeros((n, p + 1))  # D'D: band[i, k] at (i, i - k)
    for row in range(n - p):
        for a in range(p + 1):
            for b in range(a + 1):
                band[row + a, a - b] += difference[a] * difference[b]
    count = (w > 0).sum()
    best, choice = np.inf, y.copy()
    for penalty in penalties:
        lower = penalty * band
        for i in range(n):
            lower[i, 0] += w[i] + 1e-9
        for i in range(n):  # LDL', unit lower triangle
            for k in range(min(p, i), 0, -1):
                j = i - k
                for m in range(1, min(p - k, j) + 1):
                    lower[i, k] -= lower[i, k + m] * lower[j, m] * lower[j - m, 0]
                lower[i, k] /= lower[j, 0]
                lower[i, 0] -= lower[i, k] ** 2 * lower[j, 0]
        z = w * y
        for i in range(n):
            for k in range(1, min(p, i) + 1):
                z[i] -= lower[i, k] * z[i - k]
        for i in range(n - 1, -1, -1):
            z[i] /= lower[i, 0]
            for k in range(1, min(p, n - 1 - i) + 1):
                z[i] -= lower[i + k, k] * z[i + k]
        inverse = np.zeros((n, p + 1))  # inverse[i, k] at (i, i + k)
        trace = 0.0
        for i in range(n - 1, -1, -1):
            reach = min(p, n - 1 - i)
            for k in range(reach, 0, -1):
                value = 0.0
                for m in range(1, reach + 1):
                    low, high = min(i + k, i + m), max(i + k, i + m)
                    value -= lower[i + m, m] * inverse[low, high - low]
                inverse[i, k] = value
            inverse[i, 0] = 1.0 / lower[i, 0]
            for m in range(1, reach + 1):
                inverse[i, 0] -= lower[i + m, m] * inverse[i, m]
            trace += w[i] * inverse[i, 0]
        gcv = (w * (y - z) ** 2).sum() / max(1.0 - trace / count, 1e-3) ** 2
        if gcv < best:
            best, choice = gcv, z
    return choice
