"""Wake-sleep learning by natural gradients, continued from time to time.

At each time θ takes Newton steps of the sleep phase, θ <- θ - C^-1 Δ with Δ = <m>_sleep - <m>_wake and the covariance C
of the statistics in the sleep phase, which is the Fisher information of the whole machine (S. Amari, Neural Comput.
10:251, 1998); with exact means each step would be one of expectation-maximisation. Plain gradients of a machine with
hidden layers crawl where statistics are strongly correlated, and a window in time moves on before they have arrived.
Rounds then tune F where its solution leads, by the divergence to second order, δ·Δ + δ·Cδ/2.
"""

import os
from dataclasses import dataclass

import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import FitError
from ..training.progress import Reporter
from .continuation import Continuation, thinned
from .dynamics import DynamicBoltzmann
from .model import Layers, independent_start
from .sampling import Chains

_SPREAD = 0.5  # of the couplings at the start: without any, nothing tells hidden species apart
_LONGEST = 0.3  # step of a parameter
_RIDGE = 0.01  # of the covariance, in its mean


def train_natural(
    runs: LatticeRuns | Snapshots,
    layers: Layers | None = None,
    *,
    sweeps: int = 10,
    chains: int = 128,
    every: int | None = None,
    updates: int = 10,
    rounds: int = 2,
    trust: float = 3e-3,
    iterations: int = 4000,
    seed: int = 0,
    progress: Reporter = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> DynamicBoltzmann:
    """Return a machine learned by wake and sleep, both of ``sweeps`` sweeps, the sleep from random states.

    Parameters
    ----------
    runs
        Snapshots at equally spaced times, periodic; all of them make the wake phase.
    layers
        The structure; default one hidden layer of one species more than the lattice, with all couplings and blocks of
        side 3, which see pairs two bonds apart.
    sweeps, chains
        Of either phase, and of the sleep phase.
    every
        Learn every so many snapshots; default about a hundred times in all.
    updates
        Newton steps at each time; five times as many at the first.
    rounds
        Of tuning along the solution; the best of them is returned.
    trust
        Weight of the squared change of θ in a round, against the mean of the covariance.
    iterations
        Of the training of the slopes; the curve gets a quarter of that, each round three twentieths.
    seed
        0 to 2^32 - 1.
    progress
        Whom to tell; Ctrl-C keeps the times that are done.
    checkpoint, resume
        A file for θ at the times done, and whether to go on from it.

    Raises
    ------
    DataError
        Walls, unequal spacing, or fewer than eight times to fit.
    FitError
        No hidden layer, or a checkpoint of another problem.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> machine = cs.train_natural(runs, sweeps=10)  # doctest: +SKIP
    """
    data = thinned(runs, every)
    layers = layers or Layers(runs.species, runs.shape, (len(runs.species) + 1,), block=3)
    if not layers.hidden:
        raise FitError("wake-sleep learning needs a hidden layer; without one the wake phase knows nothing to learn")
    phases = _Phases(layers, data.sites, sweeps, chains)

    def advance(theta: np.ndarray, t: int) -> tuple[np.ndarray, str]:
        size = np.inf
        for n in range(updates * (1 if t else 5)):
            difference, covariance = phases.compare(theta, t, seed, 2 * n)
            step = np.linalg.solve(covariance, difference)
            theta = theta - step * min(1.0, _LONGEST / np.abs(step).max(initial=1e-300))
            size = np.sqrt(difference @ step)
        return theta, f"statistics of a lattice off by {size:.2g} standard deviations"

    def judge(path: np.ndarray, n: int):
        found = [phases.compare(theta, t, (seed + 1 + n) % 2**32, 0) for t, theta in enumerate(path)]
        steps = np.array([np.linalg.solve(c, d) for d, c in found])
        error = float(np.sqrt(np.mean([d @ s for (d, _), s in zip(found, steps, strict=True)])))

        def rows() -> tuple[np.ndarray, np.ndarray]:
            unit = np.mean([np.trace(c) for _, c in found]) / path.shape[1]
            roots = np.array([np.linalg.cholesky(c / unit + trust * np.eye(len(c))).T for _, c in found])
            return roots, np.einsum("tkp,tp->tk", roots, path - steps)

        return error, f"statistics of a lattice off by {error:.2g} standard deviations", rows

    here = data.sites[:, 0, ..., None] == np.arange(1, len(layers.species) + 1)
    density = here.mean(axis=tuple(range(here.ndim - 1)))
    start = independent_start(layers, np.maximum(density, 0.5 / layers.units[0]))
    couplings = start[sum(layers.sizes) :]
    couplings += _SPREAD * np.random.default_rng(seed).normal(size=len(couplings))
    learning = Continuation(layers, data.times, rounds, iterations, seed, progress, checkpoint, resume)
    return learning.learned(start, advance, judge, sweeps=sweeps, chains=chains, updates=updates)


@dataclass(frozen=True, eq=False)
class _Phases:
    """The two phases at each time."""

    layers: Layers
    sites: np.ndarray
    sweeps: int
    chains: int

    def compare(self, theta: np.ndarray, t: int, seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Return Δ, and the covariance of the sleep phase with its ridge."""
        stream = (t * 2**16 + n) % 2**32
        wake = Chains(self.layers, self.sites[:, t], seed, stream).run(theta, self.sweeps, clamped=True)
        sleep = Chains(self.layers, self.chains, seed, stream + 1).run(theta, self.sweeps).statistics()
        covariance = np.cov(sleep.T)
        ridge = _RIDGE * np.trace(covariance) / len(theta)
        return sleep.mean(axis=0) - wake.statistics().mean(axis=0), covariance + ridge * np.eye(len(theta))
