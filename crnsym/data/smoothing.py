"""Whittaker smoothing with the penalty chosen by generalised cross-validation."""

import numpy as np
from scipy.linalg import eigh

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories

PENALTIES = np.geomspace(1e-1, 1e5, 13)


def smooth(data: Trajectories, noise: NoiseModel) -> list[np.ndarray]:
    """Smooth every time course and fill its gaps.

    Minimises sum w (y - z)^2 + lambda |third differences of z|^2 with w = 1/sigma^2 (Eilers 2003), on the sample
    index, so that logarithmic sampling works; weight 0 in gaps; clipped at zero.

    Returns
    -------
    list of arrays
        One ``(times, species)`` a run.
    """
    return [_smooth_run(values, noise) for _, _, values in data]


def _smooth_run(values: np.ndarray, noise: NoiseModel) -> np.ndarray:
    times, species = values.shape
    result = np.empty_like(values)
    degree = min(3, times - 1)
    d = np.diff(np.eye(times), degree, axis=0)
    roughness = d.T @ d
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
        w = np.where(present, 1.0 / np.maximum(sigma, 1e-300) ** 2, 0.0)
        result[:, i] = _whittaker(y, w / w.max(), roughness)
    return np.maximum(result, 0.0)


def _local_level(v: np.ndarray) -> np.ndarray:
    """Running median of five present samples, as a column that broadcasts over species."""
    padded = np.concatenate([[np.nan] * 2, v, [np.nan] * 2])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    level = np.full(len(v), np.nan)
    some = np.isfinite(windows).any(axis=1)
    level[some] = np.nanmedian(windows[some], axis=1)
    level[~some] = np.nanmedian(v)
    return level[:, None]


def _whittaker(y: np.ndarray, w: np.ndarray, roughness: np.ndarray) -> np.ndarray:
    """One series; a generalised eigenproblem gives every penalty at once."""
    weight = np.diag(w + 1e-9)
    eigenvalues, vectors = eigh(roughness, weight)  # vectors' W vectors = 1
    coefficients = vectors.T @ (w * y)
    best, choice = np.inf, y
    n = np.count_nonzero(w)
    for penalty in PENALTIES:
        shrink = 1.0 / (1.0 + penalty * np.maximum(eigenvalues, 0.0))
        z = vectors @ (shrink * coefficients)
        trace = shrink.sum() * n / len(y)
        gcv = (w * (y - z) ** 2).sum() / max(1.0 - trace / n, 1e-3) ** 2
        if gcv < best:
            best, choice = gcv, z
    return choice
