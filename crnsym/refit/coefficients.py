"""Unknown coefficients of observed mixtures after a fit: scales, offsets, pure spectra, and how well they are known."""

from functools import lru_cache

import numpy as np

from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit

RTOL = 1e-6
FITS = 64  # of which the coefficients are kept


@lru_cache(FITS)
def coefficients_of(fit: Fit) -> np.ndarray:
    """Return the best coefficients of a fit, ``(coefficients,)``; NaN where it cannot be integrated."""
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states, rtol=RTOL)
    return np.full(fit.problem.coefficients, np.nan) if here is None else here.coefficients


@lru_cache(FITS)
def coefficient_errors(fit: Fit) -> np.ndarray:
    """Return standard errors of the coefficients, ``(coefficients,)``: those of all fitted numbers together.

    Infinite where nothing that was observed depends on a coefficient, or where it is held at zero.
    """
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states, rtol=RTOL)
    count = fit.problem.coefficients
    if here is None or not count:
        return np.full(count, np.inf)
    runs, n, species = len(here.residuals), here.parameters, here.states.shape[-1]
    rows = here.residuals.size // runs
    slopes = here.jacobian.reshape(runs * rows, -1)
    starts = np.zeros((runs * rows, int(fit.problem.free.sum())))
    for column, (run, i) in enumerate(np.argwhere(fit.problem.free)):
        starts[run * rows : (run + 1) * rows, column] = slopes[run * rows : (run + 1) * rows, n + i]
    own = slopes[:, n + species :]
    whole = np.concatenate([slopes[:, :n] @ fit.directions, starts, own], axis=1)
    used = np.linalg.norm(own, axis=0) > 0
    scale = np.where(np.linalg.norm(whole, axis=0) > 0, np.linalg.norm(whole, axis=0), 1.0)
    inverse = np.linalg.pinv((whole / scale).T @ (whole / scale), hermitian=True) * fit.noise_scale
    errors = np.sqrt(np.maximum(np.diag(inverse), 0.0)) / scale
    return np.where(used, errors[len(errors) - count :], np.inf)


def columns_of(fit: Fit) -> dict[str, dict[str, float]]:
    """Return what each column of the first run is, {column: {species: factor}}; ``""`` stands for a constant."""
    seen, found = fit.problem.observation, coefficients_of(fit)
    if seen is None or not np.isfinite(found).all():
        return {}
    held = seen.held(found)
    columns: dict[str, dict[str, float]] = {}
    for c, name in enumerate(seen.columns):
        factors = {s: float(f) for s, f in zip(fit.mechanism.species, held.known[0, c], strict=False) if f}
        constant = float(held.constant[0, c])
        columns[name] = {**factors, **({"": constant} if constant else {})}
    return columns
