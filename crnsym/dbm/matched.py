"""From snapshots to a deep Boltzmann machine that gives their moments after a stated number of sweeps.

Three stages: θ at each of some hundred times by `match_moments`; a small network F with these slopes, fitted through
the solver onto the curve; rounds that sample moments and Jacobians along F's own solution and tune F by them.  What
comes out is a generator with so many sweeps from random states, and no equilibrium: compare other numbers of sweeps.
"""

import os
from dataclasses import replace

import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..training.progress import Reporter
from .continuation import Continuation, thinned
from .dynamics import DynamicBoltzmann
from .matching import ShortRuns, match_moments, scales
from .model import Layers, independent_start
from .observables import Observables, neighbour_moments
from .tuning import linearised


def train_matched(
    runs: LatticeRuns | Snapshots,
    layers: Layers | None = None,
    observables: Observables | None = None,
    *,
    sweeps: int = 10,
    chains: int = 32,
    every: int | None = None,
    rounds: int = 2,
    weight: float = 2.0,
    trust: float = 3e-3,
    iterations: int = 4000,
    seed: int = 0,
    progress: Reporter = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> DynamicBoltzmann:
    """Return a machine whose moments after ``sweeps`` sweeps from random states follow those of the snapshots.

    Parameters
    ----------
    runs
        Snapshots at equally spaced times, periodic.
    layers
        The structure; default two hidden layers, of one species more than the lattice and of as many, with all
        couplings.
    observables
        The moments to fit; default counts, and all pairs one and two bonds apart.
    sweeps, chains
        Of the sampler.
    every
        Fit every so many snapshots; default about a hundred times in all.
    rounds
        Of tuning along the solution; the best of them is returned.
    weight
        Of errors of the counts against those of the pairs.
    trust
        Weight of the squared change of θ in a round against the squared errors of moments.
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
        A checkpoint of another problem.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> machine = cs.train_matched(runs, sweeps=10)  # doctest: +SKIP
    """
    data = thinned(runs, every)
    layers = layers or Layers(runs.species, runs.shape, (len(runs.species) + 1, len(runs.species)))
    observables = observables or neighbour_moments(runs.species, runs.shape)
    targets = observables.of_runs(data).mean(axis=0)
    units = scales(targets[1:])
    units[: len(runs.species)] /= weight
    sampler = ShortRuns(layers, observables, chains, sweeps, seed)

    def advance(before: np.ndarray, t: int) -> tuple[np.ndarray, str]:
        theta = match_moments(sampler, targets[t : t + 1], before, units=units, stream=t)[0]
        return theta, _off((sampler.moments(theta, t) - targets[t]) / units)[1]

    def judge(path: np.ndarray, n: int):
        fresh = replace(sampler, seed=(seed + 1 + n) % 2**32)
        moments = replace(fresh, chains=4 * chains).curve(path)[0]  # cheap beside the Jacobians

        def rows() -> tuple[np.ndarray, np.ndarray]:
            jacobians = _between([fresh.jacobian(path[t], t) for t in range(0, len(path), 2)], len(path))
            return linearised(path, moments, jacobians, targets[: len(path)], units, trust)

        return *_off((moments - targets[: len(path)]) / units), rows

    start = independent_start(layers, np.maximum(targets[0, : len(layers.species)], 0.5) / layers.units[0])
    learning = Continuation(layers, data.times, rounds, iterations, seed, progress, checkpoint, resume)
    return learning.learned(start, advance, judge, sweeps=sweeps, chains=chains)


def _off(errors: np.ndarray) -> tuple[float, str]:
    size = float(np.sqrt((errors**2).mean()))
    return size, f"moments off by {100 * size:.1f} %"


def _between(known: list[np.ndarray], count: int) -> np.ndarray:
    """Return every second of ``count`` as given, and means in between."""
    found = np.repeat(np.array(known), 2, axis=0)[:count]
    found[1:-1:2] = (found[1:-1:2] + found[2::2]) / 2
    return found
