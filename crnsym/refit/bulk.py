"""Rates of thousands of integer mechanisms through one compiled program."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Literal

import numpy as np

from ..data.mechanism import Mechanism
from ..data.trajectories import Trajectories
from ..errors import FitError
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .bulk_data import pad_mechanisms, prepare_data
from .bulk_passes import BulkResult, fit_batch, start_rates
from .bulk_start import monomials

BATCH = 1000  # mechanisms a task
ARRAYS = ("cost", "converged", "flagged", "blown_up", "iterations")


def screen(
    mechanisms: Sequence[Mechanism], data: Trajectories, *, scale: object = None
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Score mechanisms without integrating them, by regression on the integral form.

    Returns
    -------
    score, log_rates
        ``(mechanisms,)`` sum of squares the regression leaves (rank by it; it is not a cost of a trajectory), and
        starting log rates of each mechanism.
    """
    prepared = prepare_data(data, scale=scale)
    padded = pad_mechanisms(mechanisms, prepared.species)
    if not len(padded):
        return np.zeros(0), ()
    score, start = start_rates(prepared, padded, monomials(prepared, padded))
    return score, tuple(row[:n] for row, n in zip(start, padded.counts, strict=True))


def refit_many(
    mechanisms: Sequence[Mechanism],
    data: Trajectories,
    *,
    scale: object = None,
    initial: np.ndarray | None = None,
    backend: str = "auto",
    start: Literal["regression", "given", "best"] = "best",
    max_iterations: int = 15,
    tolerance: float = 1e-4,
    substeps: int = 1,
    second_pass: bool = True,
    threads: int | None = None,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> BulkResult:
    """Fit the rate constants of many mechanisms to the same measurements.

    In batches of a thousand: a cheap pass over all of them, then a finer one for those that look doubtful and for the
    best twentieth.
    Initial states are held at their measured values; give the finalists to the full fit for uncertainties.

    Parameters
    ----------
    mechanisms
        Any numbers of reactions, of at most three reactant molecules each; species as in the data.
    data
        The measurements; ragged runs and gaps are fine.
    scale
        None (standard deviation of each species), an array ``(species,)``, or a noise model.
    initial
        ``(runs, species)`` states to start from instead of the first measured values.
    backend
        ``"numba"``, ``"jax"``, or ``"auto"`` for the first, which is faster.
    start
        ``"regression"`` on the integral form, ``"given"`` log rates, or the ``"best"`` of the two.
    max_iterations
        Levenberg-Marquardt iterations of the first pass.
    tolerance
        The first pass ends a fit after two steps that each lower its cost by less than this share.
    substeps
        Least number of integration steps a sampling interval; more are taken where the data call for them.
    second_pass
        Whether to refine.
    threads
        How many to use; by default one a processor, or one for each worker of an executor.
    executor
        Fits batches in parallel, or `Tasks`, which also keep what is finished; the result does not depend on it.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    BulkResult
        In the order given.

    Raises
    ------
    FitError, UnsupportedError
        When an argument cannot be used; a mechanism that cannot be integrated is not an error.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> ideas = ["A -> B @ 1", "2 A -> 2 B @ 1", "A <-> B @ 1, 1"]
    >>> fits = cs.refit_many([cs.mass_action_arrays(cs.network(text)) for text in ideas], data)
    >>> int(fits.order()[-1])
    1
    """
    if start not in ("regression", "given", "best"):
        raise FitError(f"start must be 'regression', 'given' or 'best', got {start!r}")
    if substeps < 1:
        raise FitError(f"substeps must be at least 1, got {substeps}")
    options = {
        "scale": scale,
        "initial": initial,
        "backend": backend,
        "start": start,
        "max_iterations": max_iterations,
        "tolerance": tolerance,
        "substeps": substeps,
        "second_pass": second_pass,
        "threads": threads,
    }
    batches = [list(mechanisms[i : i + BATCH]) for i in range(0, max(len(mechanisms), 1), BATCH)]
    parts = as_tasks(executor).run(fit_batch, (data, options), batches, "many fits", as_progress(progress))
    return BulkResult(
        log_rates=tuple(row for part in parts for row in part.log_rates),
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS},
    )
