"""From θ at each time to dynamics of θ: the stages that moment matching and natural wake-sleep learning share.

θ is found time after time, each from the one before; a small network F gets the slopes of that curve and is fitted
through the solver onto it; then rounds judge F's own solution and tune F by what they find there.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..errors import DataError, FitError
from ..training.checkpoint import load_checkpoint, read_header, save_checkpoint
from ..training.progress import Progress, as_progress
from .dynamics import DynamicBoltzmann
from .model import Layers
from .tuning import learn_slopes, tune_path

FEWEST = 8  # times that a curve needs


def thinned(runs: LatticeRuns | Snapshots, every: int | None) -> LatticeRuns:
    """Return every so many snapshots, by default about a hundred in all.

    Raises
    ------
    DataError
        Walls, unequal spacing, fewer than eight times, or snapshots that are not of runs on a lattice.
    """
    runs = as_lattice_runs(runs)
    if not runs.periodic:
        raise DataError("the lattice has walls; the blocks of a machine go around the edges, so it must be periodic")
    every = every or max(1, round((len(runs.times) - 1) / 100))
    times = runs.times[::every]
    if len(times) < FEWEST or not np.allclose(np.diff(times), times[1] - times[0]):
        raise DataError(f"{len(times)} times every {every} snapshots: give at least {FEWEST}, equally spaced")
    return replace(runs, times=times, sites=runs.sites[:, ::every])


def continued(
    count: int,
    start: np.ndarray,
    advance: Callable[[np.ndarray, int], tuple[np.ndarray, str]],
    header: dict[str, Any],
    *,
    progress: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> np.ndarray:
    """Return θ at each time, ``(times, params)``; Ctrl-C ends it early, once there are times enough.

    Parameters
    ----------
    count, start
        How many times, and from which θ the first is sought.
    advance
        Gives θ at a time from that of the time before, and what to tell about it.
    header
        By which a checkpoint is known as one of the same problem.
    progress, checkpoint, resume
        Whom to tell, a file for θ at the times done, and whether to go on from it.

    Raises
    ------
    FitError
        A checkpoint of another problem.
    """
    reporter: Progress = as_progress(progress)
    thetas, done = np.zeros((count, len(start))), 0
    if resume and checkpoint is not None and Path(checkpoint).exists():
        stored = read_header(checkpoint)
        if any(stored.get(name) != value for name, value in header.items()):
            raise FitError(f"checkpoint {checkpoint} belongs to another problem; delete it or name another")
        thetas, stored = load_checkpoint(checkpoint, thetas)
        thetas, done = np.array(thetas), stored["done"]
    try:
        while done < count:
            thetas[done], text = advance(thetas[done - 1] if done else start, done)
            done += 1
            reporter.report("moments", done / count, text)
            if checkpoint is not None and (done % 10 == 0 or done == count):
                save_checkpoint(checkpoint, thetas, {**header, "done": done})
    except KeyboardInterrupt:
        if done < FEWEST:
            raise
    return thetas[:done]


def along(
    layers: Layers, times: np.ndarray, thetas: np.ndarray, *, iterations: int, seed: int, progress: Any = None
) -> DynamicBoltzmann:
    """Return a machine whose solution runs along θ(t).

    Parameters
    ----------
    layers, times, thetas
        The structure, and ``(times,)``, ``(times, params)``.
    iterations
        Of the training of the slopes; the curve gets a quarter of that.
    seed, progress
        Of the training.
    """
    with jax.enable_x64(True):
        key = jax.random.key(seed)
    common = {"key": key, "progress": progress}
    model = learn_slopes(layers, times, thetas, step=float(times[1] - times[0]), iterations=iterations, **common)
    spread = np.maximum(thetas.std(axis=0), 0.1)
    onto = np.broadcast_to(np.diag(1 / spread), (len(thetas), len(spread), len(spread)))
    return tune_path(model, 1, onto, thetas / spread, rate=2e-3, iterations=iterations // 4, **common)


def tuned(
    model: DynamicBoltzmann,
    times: np.ndarray,
    judge: Callable[[np.ndarray, int], tuple[float, str, Callable[[], tuple[np.ndarray, np.ndarray]]]],
    *,
    rounds: int,
    iterations: int,
    seed: int,
    progress: Any = None,
) -> DynamicBoltzmann:
    """Return the best machine of some rounds that tune F along its own solution.

    Parameters
    ----------
    model, times
        The machine before, and where it is judged.
    judge
        Gives, for θ along the solution and the number of the round, the error, what to tell, and a function that
        makes matrices and offsets for `tune_path`.
    rounds, iterations, seed, progress
        Of the tuning.
    """
    reporter: Progress = as_progress(progress)
    with jax.enable_x64(True):
        key = jax.random.key(seed)
    best, least = model, np.inf
    for n in range(rounds + 1):
        error, text, rows = judge(model.at(times), n)
        reporter.report("rounds", n / max(rounds, 1), text)
        if error < least:
            best, least = model, error
        if n < rounds:
            model = tune_path(model, 1, *rows(), key=key, iterations=iterations, progress=progress)
    return best
