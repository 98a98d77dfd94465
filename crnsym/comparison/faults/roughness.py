"""How far every value lies from a smooth curve through its neighbours."""

from functools import lru_cache

import numpy as np

from crnsym.data.noise import NEIGHBOURS

LEAST = 3  # neighbours that a prediction needs
DIGITS = 9  # significant digits beyond which a number counts as written in full


def prediction_errors(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predict every value of one column of a run by a cubic through its neighbours, as `estimate_noise` does.

    Returns
    -------
    errors, levels
        ``(times,)``: value less prediction, divided by the weight that noise has in it, and the prediction; NaN at
        gaps, at both ends and where neighbours are missing.
    """
    errors, levels = np.full(len(values), np.nan), np.full(len(values), np.nan)
    present = np.flatnonzero(np.isfinite(values))
    for k in range(1, len(present) - 1):
        near = np.concatenate([present[max(0, k - NEIGHBOURS) : k], present[k + 1 : k + 1 + NEIGHBOURS]])
        if len(near) < LEAST:
            continue
        weights = _weights(tuple((near - present[k]).tolist()))
        level = weights @ values[near]
        errors[present[k]] = (values[present[k]] - level) / np.sqrt(1.0 + weights @ weights)
        levels[present[k]] = level
    return errors, levels


@lru_cache(maxsize=4096)
def _weights(offsets: tuple[int, ...]) -> np.ndarray:
    """Weights of neighbours at these offsets in the value of their cubic at offset 0."""
    basis = np.vander(np.array(offsets, float), min(3, len(offsets) - 1) + 1, increasing=True)
    return np.linalg.pinv(basis)[0]


def resolution(values: np.ndarray) -> float:
    """Step in which the values of a column were written down."""
    largest = float(np.abs(values).max())
    for decimals in range(DIGITS - int(np.ceil(np.log10(max(largest, 1e-300)))), -DIGITS, -1):
        coarser = np.round(values, decimals - 1)
        if np.abs(coarser - values).max() > 1e-12 * largest:
            return 10.0**-decimals
    return 10.0**DIGITS


def is_noise(errors: list[np.ndarray]) -> bool:
    """Whether prediction errors are those of noise, whose neighbours differ in sign, not of a curve that bends."""
    pairs = [e[1:] * e[:-1] for e in errors]
    products = np.concatenate([p[np.isfinite(p) & (p != 0.0)] for p in pairs]) if pairs else np.zeros(0)
    return len(products) > 0 and float((products < 0.0).mean()) > 0.5
