"""What a fitted mechanism predicts of runs that were not made, and how sure it is: means and their covariances."""

from dataclasses import dataclass, replace

import numpy as np

from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..search.widen import start_with_hidden

START = 1.0  # standard deviation of the log of a start value, which is fitted anew in the new run


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What one mechanism predicts of many designs on all allowed times, on the scale of unit noise.

    Attributes
    ----------
    means
        ``(designs, times, species)``.
    rates, starts
        ``(designs, times, species, numbers)``; their products with their transposes are the covariances that come from
        the rates, and from the start of the run.
    ok
        ``(designs,)``: which could be integrated.
    """

    means: np.ndarray
    rates: np.ndarray
    starts: np.ndarray
    ok: np.ndarray


def outcomes(fit: Fit, starts: np.ndarray, times: np.ndarray) -> Outcomes:
    """Predict many designs at once.

    Parameters
    ----------
    fit
        A mechanism with the covariance of its rates.
    starts
        ``(designs, measured species)``.
    times
        ``(times,)`` of all of them.
    """
    designs, known = starts.shape
    initial = start_with_hidden(fit, starts)
    runs = (designs, len(times))
    wide = replace(
        fit.problem,
        times=np.tile(times, (designs, 1)),
        lengths=np.full(designs, len(times)),
        values=np.zeros((*runs, initial.shape[1])),
        present=np.broadcast_to(np.arange(initial.shape[1]) < known, (*runs, initial.shape[1])).copy(),
        start=initial,
        free=initial > 0,
        guide=(),
        weights=None,
        operation=None,
        temperatures=None if fit.problem.temperatures is None else fit.problem.temperatures.central(designs),
    )
    n = len(fit.covariance)
    here = evaluate(wide, fit.mechanism, initial)
    if here is None:
        if designs == 1:
            shape = (1, len(times), known)
            none = np.zeros((*shape, n)), np.zeros((*shape, initial.shape[1]))
            return Outcomes(np.zeros(shape), *none, np.array([False]))
        parts = [outcomes(fit, part, times) for part in np.array_split(starts, 2)]
        return Outcomes(*(np.concatenate([getattr(p, k) for p in parts]) for k in ("means", "rates", "starts", "ok")))
    # a log rate whose error is large is one near zero: its course is linear in the rate itself, with that very slope
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    jacobian = here.jacobian[:, :, :known]
    means = wide.noise.stabilise(here.states)[..., :known]
    return Outcomes(means, jacobian[..., :n] @ root, START * jacobian[..., n:], np.ones(designs, bool))
