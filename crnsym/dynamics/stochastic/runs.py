"""Runs of counted molecules."""

from dataclasses import dataclass

import numpy as np

from ...data.trajectories import Trajectories


@dataclass(frozen=True, eq=False)
class StochasticRuns:
    """Runs of a stochastic simulation.

    Attributes
    ----------
    species
        Names, in the order of the last axis of ``counts``.
    times
        ``(times,)``, shared by all runs.
    counts
        ``(runs, times, species)``, numbers of molecules: int64, or float64 from the Langevin equation.
    events
        ``(runs,)``, reactions fired (for ``"langevin"``, steps taken).
    engine
        What made them: ``"sequential"``, ``"batched"``, ``"tau"`` or ``"langevin"``.
    seed
        As given.

    Examples
    --------
    >>> import crnsym as cs
    >>> runs = cs.simulate_stochastic(cs.network("A -> 0 @ 1; init A = 50"), (0, 2, 3), runs=10, seed=1)
    >>> runs.counts.shape, runs.mean().shape
    ((10, 3, 1), (3, 1))
    """

    species: tuple[str, ...]
    times: np.ndarray
    counts: np.ndarray
    events: np.ndarray
    engine: str
    seed: int

    def __len__(self) -> int:
        return len(self.counts)

    def mean(self) -> np.ndarray:
        """Return the mean over runs, ``(times, species)``."""
        return self.counts.mean(axis=0)

    def sd(self) -> np.ndarray:
        """Return the standard deviation over runs (that of one run, not of the mean), ``(times, species)``."""
        return self.counts.std(axis=0, ddof=1 if len(self) > 1 else 0)

    def trajectories(self) -> Trajectories:
        """Return the runs as `Trajectories`, for tables and fits."""
        labels = tuple(str(i) for i in range(len(self)))
        values = tuple(run.astype(float) for run in self.counts)
        return Trajectories(self.species, labels, tuple(self.times.copy() for _ in labels), values)
