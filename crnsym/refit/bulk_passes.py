"""One batch of mechanisms, padded to one shape: a cheap pass over all, a finer one where it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import FitError
from .bulk_data import BulkData, BulkMechanisms, pad_mechanisms, prepare_data
from .bulk_lm import LMResult, NormalEquations, levenberg_marquardt
from .bulk_start import Monomials, monomials, natural_log_rates, regression_start, stiffness

_LOWEST, _HIGHEST = 20.0, 25.0  # natural logarithms around one turnover a run
_FLOOR = 4.0  # how far below that a rate starts which the regression puts at zero
_COARSE, _FINE = 1.0, 0.5  # |J| h of an integration step in the first and in the second pass
_STABLE = 2.0  # |J| h beyond which a Runge-Kutta step means nothing
_MOST_COARSE, _MOST_FINE = 8, 16  # integration steps an interval


@dataclass(frozen=True, slots=True)
class BulkResult:
    """Fits of many mechanisms, in the order they were given.

    Attributes
    ----------
    cost
        ``(mechanisms,)`` sums of squared scaled residuals; infinite (never NaN) where nothing could be integrated.
    log_rates
        One array ``(reactions,)`` of natural logarithms a mechanism.
    converged
        Whether the fit stopped by itself.
    flagged
        What to look at with an implicit solver: still stiff for the steps taken, or cost not reproduced by finer ones.
    blown_up
        Whether an integration overflowed on the way.
    iterations
        Evaluations of both passes.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> fits = cs.refit_many([cs.mass_action_arrays(cs.network("A -> B @ 1"))], data)
    >>> fits.cost.shape, len(fits.log_rates)
    ((1,), 1)
    """

    cost: np.ndarray
    log_rates: tuple[np.ndarray, ...]
    converged: np.ndarray
    flagged: np.ndarray
    blown_up: np.ndarray
    iterations: np.ndarray

    def __len__(self) -> int:
        return len(self.cost)

    def order(self) -> np.ndarray:
        """Return the indices of the mechanisms, lowest cost first."""
        return np.argsort(self.cost, kind="stable")


def fit_batch(shared: tuple[Trajectories, dict[str, Any]], mechanisms: Sequence[Mechanism]) -> BulkResult:
    """Fit one batch; ``shared`` are the measurements and the options of `crnsym.refit.bulk.refit_many`."""
    data, options = shared
    start, substeps, tolerance = options["start"], options["substeps"], options["tolerance"]
    max_iterations = options["max_iterations"]
    prepared = prepare_data(data, scale=options["scale"], initial=options["initial"])
    padded = pad_mechanisms(mechanisms, prepared.species)
    if not len(padded):
        empty = np.zeros(0)
        return BulkResult(empty, (), empty > 0, empty > 0, empty > 0, empty.astype(int))
    found = monomials(prepared, padded)
    evaluate = _backend(options["backend"], prepared, padded, options["threads"])
    natural = natural_log_rates(prepared, padded)
    bounds = (natural - _LOWEST, natural + _HIGHEST)
    everyone = np.arange(len(padded))

    def steps_at(log_rates: np.ndarray, reach: float, least: int, most: int) -> np.ndarray:
        return np.clip(np.ceil(stiffness(found, padded, log_rates) / reach), least, max(least, most)).astype(np.int64)

    first = padded.log_rates
    if start != "given":
        _, regressed = start_rates(prepared, padded, found)
        if start == "best":
            costs = [
                evaluate(everyone, x, steps_at(x, _COARSE, substeps, _MOST_COARSE), sensitivities=False)[0]
                for x in (regressed, np.clip(first, *bounds))
            ]
            regressed = np.where((costs[1] < costs[0])[:, None], np.clip(first, *bounds), regressed)
        first = regressed
    steps = steps_at(first, _COARSE, substeps, _MOST_COARSE)
    fit = levenberg_marquardt(
        evaluate, everyone, first, steps, bounds, max_iterations=max_iterations, tolerance=tolerance
    )
    if options["second_pass"]:
        doubtful = fit.blown_up | _inaccurate(evaluate, everyone, fit, steps)
        doubtful |= (stiffness(found, padded, fit.log_rates) > _STABLE * steps).any(axis=1)
        top = np.zeros(len(padded), dtype=bool)
        top[np.argsort(fit.cost)[: -(-len(padded) // 20)]] = True
        fine = steps_at(fit.log_rates, _FINE, 2 * substeps, _MOST_FINE)
        for chosen, most in ((top, 40), (doubtful & ~top, max_iterations)):
            again = np.flatnonzero(chosen)
            steps[again] = fine[again]
            _refine(evaluate, again, fit, steps[again], bounds, most)
    flagged = (stiffness(found, padded, fit.log_rates) > _STABLE * steps).any(axis=1) | ~np.isfinite(fit.cost)
    flagged[~flagged] = _inaccurate(evaluate, np.flatnonzero(~flagged), fit, steps)
    rows = tuple(row[:n].copy() for row, n in zip(fit.log_rates, padded.counts, strict=True))
    return BulkResult(fit.cost, rows, fit.converged, flagged, fit.blown_up, fit.iterations)


def _backend(name: str, data: BulkData, mechanisms: BulkMechanisms, threads: int | None) -> NormalEquations:
    """Return the evaluator of this name."""
    import numba

    threads = threads or numba.get_num_threads()
    if name in ("auto", "numba"):
        from .bulk_numba import NumbaNormalEquations

        return NumbaNormalEquations(data, mechanisms, threads=threads)
    if name == "jax":
        from .bulk_jax import JaxNormalEquations

        return JaxNormalEquations(data, mechanisms, threads=threads)
    raise FitError(f"backend must be 'auto', 'numba' or 'jax', got {name!r}")


def start_rates(data: BulkData, padded: BulkMechanisms, found: Monomials) -> tuple[np.ndarray, np.ndarray]:
    """Return regression scores and log rates; a rate the regression puts at zero starts small but felt."""
    rates, score = regression_start(found, padded)
    natural = natural_log_rates(data, padded)
    with np.errstate(divide="ignore"):
        return score, np.clip(np.log(rates), natural - _FLOOR, natural + _HIGHEST)


def _inaccurate(evaluate: NormalEquations, index: np.ndarray, fit: LMResult, steps: np.ndarray) -> np.ndarray:
    """Tell which costs change by more than 1 % when integration steps are halved (at fourth order: the error)."""
    finer = evaluate(index, fit.log_rates[index], 2 * steps[index], sensitivities=False)[0]
    with np.errstate(invalid="ignore"):
        return ~(np.abs(finer - fit.cost[index]) <= 0.01 * np.abs(finer))


def _refine(
    evaluate: NormalEquations,
    again: np.ndarray,
    fit: LMResult,
    steps: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    max_iterations: int,
) -> None:
    """Run the second pass on these mechanisms, in place."""
    box = (bounds[0][again], bounds[1][again])
    second = levenberg_marquardt(
        evaluate, again, fit.log_rates[again], steps, box, max_iterations=max_iterations, tolerance=1e-6
    )
    fit.cost[again], fit.log_rates[again] = second.cost, second.log_rates
    fit.converged[again], fit.blown_up[again] = second.converged, fit.blown_up[again] | second.blown_up
    fit.iterations[again] += second.iterations
