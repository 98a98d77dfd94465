"""Weights of single values: how the standard deviations that came with them differ from the law behind them all."""

from collections.abc import Sequence

import numpy as np

from .given_noise import law_of_errors
from .noise import NoiseModel
from .trajectories import Trajectories

STATED = 0.05  # median change of ln(sd) from one time to the next: below, errors are stated and not found from repeats
CHANCE = 1e-3  # of any standard deviation of three repeats being taken for one of its own, in a whole table
SURE = 3.0  # standard errors by which a run must be noisier or quieter than the others


def weights_of_errors(data: Trajectories, noise: NoiseModel) -> list[np.ndarray] | None:
    """Return by what the standard deviation of each value is smaller than that of the noise model.

    Standard deviations that a laboratory states (they go smoothly along the runs) are taken as they are: the value of
    a bad sample, or a run on another instrument, counts less. Those of a few repeats scatter by half of their size,
    which weighs nothing: there a run has one factor, where it surely differs, and a value its own deviation only where
    that of three repeats would hardly ever be as large (their variances are exponentially distributed).

    Parameters
    ----------
    data
        With ``errors``.
    noise
        The law of these errors; another one was given by the user, who then knows better.

    Returns
    -------
    list of arrays or None
        ``(times, species)`` a run, 1 where there is no standard deviation; None where all are 1.
    """
    if data.errors is None:
        return None
    relative, absolute = law_of_errors(data)
    if not (np.allclose(relative, noise.relative) and np.allclose(absolute, noise.absolute)):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [np.log(e / noise.sigma(v)) for v, e in zip(data.values, data.errors, strict=True)]
    ratios = [np.where(np.isfinite(r), r, np.nan) for r in ratios]
    count = int(sum(np.isfinite(r).sum() for r in ratios))
    stated = np.array([_is_stated(data, data.errors, j) for j in range(len(data.species))])
    found = [np.where(stated, np.nan_to_num(r), _of_repeats(np.where(stated, np.nan, r), count)) for r in ratios]
    return None if not any(f.any() for f in found) else [np.exp(-f) for f in found]


def _is_stated(data: Trajectories, errors: Sequence[np.ndarray], species: int) -> bool:
    """Say whether standard deviations, or their shares of the values, go smoothly along the runs."""
    steps = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for values, own in zip(data.values, errors, strict=True):
            levels = np.stack([np.ones(len(own)), np.abs(values[:, species])])
            courses = np.log(own[:, species] / levels)
            steps.append(np.diff(courses[:, np.isfinite(courses).all(axis=0)]))
    together = np.abs(np.concatenate(steps, axis=1))
    return together.size > 0 and bool(np.median(together, axis=1).min() < STATED)


def _of_repeats(ratios: np.ndarray, count: int) -> np.ndarray:
    """Return the sure part of ln(sd/law) of one run ``(times, species)``, NaN where there is none."""
    variances, seen = np.exp(2 * ratios), np.isfinite(ratios)
    if not seen.any():
        return np.zeros_like(ratios)
    usual = np.median(variances[seen]) / np.log(2.0)
    own = seen & (variances > usual * np.log(count / CHANCE))
    shift = 0.5 * np.log(variances[seen & ~own].mean())
    sure = abs(shift) > SURE * 0.5 / np.sqrt((seen & ~own).sum())
    return np.where(own, ratios, np.where(seen & sure, shift, 0.0))
