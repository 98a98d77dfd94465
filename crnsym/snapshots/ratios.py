"""Ratios of quadratic forms, summed over observables, and the rates where they are smallest; of many sets at once."""

from typing import NamedTuple

import numpy as np

SINGULAR = 1e-7  # smallest eigenvalue of the correlations of a set that can be fitted
STEPS = 12  # of Newton's method
PATIENCE = 3  # steps after which rates that are 0 are given up
SETTLED = 1e-3  # change of the loss below which a set is fitted
LEAST = 1e-4  # curvature of the loss that a step uses, of 1 for the mean residuals alone
CLEAR = 3.0  # standard errors from 0 from which a rate is resolved
SHORTER = (1.0, 0.3, 0.05)  # parts of a step that are tried


class Forms(NamedTuple):
    """Quadratic forms of ``(1, -rates)``, one an observable, ``(..., observables, rules + 1, rules + 1)``.

    Attributes
    ----------
    mean
        Of the squared mean residual, times the number of runs.
    spread
        Of the squared scatter of the residuals over the runs.
    """

    mean: np.ndarray
    spread: np.ndarray


def _vector(rates: np.ndarray) -> np.ndarray:
    return np.concatenate([np.ones((len(rates), 1)), -rates], axis=1)


def _values(forms: Forms, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    vector = _vector(rates)
    products = (vector[:, :, None] * vector[:, None]).reshape(len(vector), -1, 1)
    return (_flat(forms.mean) @ products)[..., 0], (_flat(forms.spread) @ products)[..., 0]


def _flat(form: np.ndarray) -> np.ndarray:
    """Return forms as rows, for products of matrices: einsum takes longer to plan these small sums than to do them."""
    return form.reshape(*form.shape[:2], -1)


def _summed(weights: np.ndarray, form: np.ndarray) -> np.ndarray:
    """Return the sums over observables of forms with weights ``(sets or 1, observables)``."""
    return (weights[:, None] @ _flat(form)).reshape(len(form), *form.shape[2:])


def ratios(forms: Forms, rates: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the loss of sets at rates ``(sets, size)``."""
    mean, spread = _values(forms, rates)
    return (weights * mean / np.maximum(spread, 1e-300)).sum(axis=1)


def _curvature(forms: Forms, rates: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the form whose derivative is that of the loss, and the part of it that is never negative."""
    mean, spread = (np.maximum(v, 1e-300) for v in _values(forms, rates))
    weight = weights / spread
    bare = _summed(weight, forms.mean)
    return bare - _summed(weight * mean / spread, forms.spread), bare


def newton(forms: Forms, rates: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return rates after one step towards the smallest loss.

    The loss is stationary where the forms ``mean - ratio * spread``, summed with their weights, are.
    """
    form, bare = _curvature(forms, rates, weights)
    scale = np.sqrt(np.maximum(np.einsum("sii->si", bare[:, 1:, 1:]), 1e-100))
    matrix, side = form[:, 1:, 1:] / (scale[:, :, None] * scale[:, None, :]), form[:, 1:, 0] / scale
    values, vectors = np.linalg.eigh(matrix)
    pull = side - np.einsum("sij,sj->si", matrix, rates * scale)
    # downhill also where the loss curves the wrong way
    step = np.einsum("sji,sj->si", vectors, pull) / np.maximum(np.abs(values), LEAST)
    return rates + np.einsum("sij,sj->si", vectors, step) / scale


def smallest(
    forms: Forms, weights: np.ndarray, limits: np.ndarray, start: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest losses of sets within limits of the rates, and the rates there.

    ``start``, ``(sets, size)``, holds rates to begin with where it is not 0; others begin at least squares.
    """
    rates = np.clip(_start(forms, weights), 0, limits)
    if start is not None:
        rates = np.where(start > 0, np.minimum(start, limits), rates)
    value = ratios(forms, rates, weights)
    open_ = np.arange(len(rates))
    for number in range(STEPS):
        if number == PATIENCE:  # a rate that stays at 0 makes this a smaller set
            open_ = open_[(rates[open_] > 0).all(axis=1)]
        if not len(open_):
            break
        part = Forms(forms.mean[open_], forms.spread[open_])
        aim = np.clip(newton(part, rates[open_], weights), 0, limits[open_])
        before, found = value[open_].copy(), value[open_].copy()
        best = rates[open_].copy()
        for share in SHORTER:
            trial = rates[open_] + share * (aim - rates[open_])
            reached = ratios(part, trial, weights)
            better = reached < found
            best[better], found[better] = trial[better], reached[better]
        rates[open_], value[open_] = best, found
        open_ = open_[before - found > SETTLED]
    usable = np.isfinite(value) & (rates > 0).all(axis=1)
    return np.where(usable, value, np.inf), rates


def resolved(forms: Forms, rates: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return which rates are well above their standard errors, ``(sets, size)``.

    A direction in which the loss is flat, or bends down, makes the rates vague that take part in it, and no others.
    """
    form, bare = (f[:, 1:, 1:] for f in _curvature(forms, rates, weights))
    scale = np.sqrt(np.maximum(np.einsum("sii->si", bare), 1e-100))
    values, vectors = np.linalg.eigh(form / (scale[:, :, None] * scale[:, None, :]))
    variance = np.einsum("sij,sj->si", vectors**2, 1 / np.maximum(values, SINGULAR))
    return (rates * scale) ** 2 > CLEAR**2 * variance


def hidden(spread: np.ndarray, rates: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the number of equations that each rule of each set hides, ``(sets, size)``."""
    vector = _vector(rates)
    moved = (spread @ vector[:, None, :, None])[..., 0]
    own = np.einsum("sgi,si->sg", moved, vector)[..., None]
    across = own + rates[:, None] * moved[..., 1:]
    without = 2 * across - own + rates[:, None] ** 2 * np.einsum("sgii->sgi", spread)[..., 1:]
    alike = across**2 / np.maximum(own * without, 1e-300)
    return np.einsum("g,sgj->sj", sizes, np.clip(1 - alike, 0, 1))


def _start(forms: Forms, weights: np.ndarray) -> np.ndarray:
    """Return the rates of least squares of the mean residuals."""
    form = _summed(weights[None], forms.mean)
    matrix, side = form[:, 1:, 1:], form[:, 1:, 0]
    scale = np.sqrt(np.maximum(np.einsum("sii->si", matrix), 1e-100))
    values, vectors = np.linalg.eigh(matrix / (scale[:, :, None] * scale[:, None, :]))
    turned = np.einsum("sji,sj->si", vectors, side / scale)
    return np.einsum("sij,sj->si", vectors, turned / np.maximum(values, 1e-6)) / scale
