"""From θ at each time to dynamics of θ: the stages that moment matching and natural wake-sleep learning share.

θ is found time after time, each from the one before; a small network F gets the slopes of that curve and is fitted
through the solver onto it; then rounds judge F's own solution and tune F by what they find there.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..errors import DataError, FitError
from ..formats.json_kinds import Json
from ..training.checkpoint import load_checkpoint, read_header, save_checkpoint
from ..training.progress import as_progress
from .dynamics import DynamicBoltzmann
from .model import Layers
from .tuning import learn_slopes, tune_path

Advance = Callable[[np.ndarray, int], tuple[np.ndarray, str]]
Judge = Callable[[np.ndarray, int], tuple[float, str, Callable[[], tuple[np.ndarray, np.ndarray]]]]

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


@dataclass(frozen=True, eq=False)
class Continuation:
    """Where a machine is learned from time to time, and how.

    Attributes
    ----------
    layers, times
        The structure, and ``(times,)``.
    rounds
        Of tuning along the solution.
    iterations
        Of the training of the slopes; the curve gets a quarter of that, each round three twentieths.
    seed
        Of the training.
    progress
        Whom to tell.
    checkpoint, resume
        A file for θ at the times done, and whether to go on from it.
    """

    layers: Layers
    times: np.ndarray
    rounds: int = 2
    iterations: int = 4000
    seed: int = 0
    progress: Any = None
    checkpoint: str | os.PathLike[str] | None = None
    resume: bool = False

    def learned(self, start: np.ndarray, advance: Advance, judge: Judge, **header: Json) -> DynamicBoltzmann:
        """Return the machine: `curve`, `along` and `tuned` in order; see there."""
        thetas = self.curve(start, advance, **header)
        done = replace(self, times=self.times[: len(thetas)])
        return done.tuned(done.along(thetas), judge)

    def curve(self, start: np.ndarray, advance: Advance, **header: Json) -> np.ndarray:
        """Return θ at each time, ``(times, params)``; Ctrl-C ends it early, once there are times enough.

        Parameters
        ----------
        start
            From which θ the first is sought.
        advance
            Gives θ at a time from that of the time before, and what to tell about it.
        header
            By which, beside structure and seed, a checkpoint is known as one of the same problem.

        Raises
        ------
        FitError
            A checkpoint of another problem.
        """
        reporter, checkpoint = as_progress(self.progress), self.checkpoint
        header = {"layers": repr(self.layers), "seed": self.seed, **header}
        thetas, done, count = np.zeros((len(self.times), len(start))), 0, len(self.times)
        if self.resume and checkpoint is not None and Path(checkpoint).exists():
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

    def along(self, thetas: np.ndarray) -> DynamicBoltzmann:
        """Return a machine whose solution runs along θ(t), ``(times, params)``."""
        step, common = float(self.times[1] - self.times[0]), self._training
        model = learn_slopes(self.layers, self.times, thetas, step=step, iterations=self.iterations, **common)
        spread = np.maximum(thetas.std(axis=0), 0.1)
        onto = np.broadcast_to(np.diag(1 / spread), (len(thetas), len(spread), len(spread)))
        return tune_path(model, 1, onto, thetas / spread, rate=2e-3, iterations=self.iterations // 4, **common)

    def tuned(self, model: DynamicBoltzmann, judge: Judge) -> DynamicBoltzmann:
        """Return the best machine of some rounds that tune F along its own solution.

        ``judge`` gives, for θ along the solution and the number of the round, the error, what to tell, and a function
        that makes matrices and offsets for `tune_path`.
        """
        reporter, common = as_progress(self.progress), self._training
        best, least = model, np.inf
        for n in range(self.rounds + 1):
            error, text, rows = judge(model.at(self.times), n)
            reporter.report("rounds", n / max(self.rounds, 1), text)
            if error < least:
                best, least = model, error
            if n < self.rounds:
                model = tune_path(model, 1, *rows(), iterations=3 * self.iterations // 20, **common)
        return best

    @property
    def _training(self) -> dict[str, Any]:
        with jax.enable_x64(True):
            return {"key": jax.random.key(self.seed), "progress": self.progress}
