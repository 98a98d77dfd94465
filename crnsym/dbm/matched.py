"""From snapshots to a deep Boltzmann machine that gives their moments after a stated number of sweeps.

Three stages: θ at each of some hundred times by `match_moments`; a small network F with these slopes, fitted through
the solver onto the curve; rounds that sample moments and Jacobians along F's own solution and tune F by them.  What
comes out is a generator with so many sweeps from random states, and no equilibrium: compare other numbers of sweeps.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np

from ..dynamics.lattice.runs import LatticeRuns
from ..errors import DataError, FitError
from ..training.checkpoint import load_checkpoint, read_header, save_checkpoint
from ..training.progress import as_progress
from .dynamics import DynamicBoltzmann
from .matching import ShortRuns, match_moments, scales
from .model import Layers, independent_start
from .observables import Observables, neighbour_moments
from .tuning import learn_slopes, linearised, tune_path


def train_matched(
    runs: LatticeRuns,
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
    progress: Any = None,
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
    """
    if not runs.periodic:
        raise DataError("the lattice has walls; the blocks of a machine go around the edges, so it must be periodic")
    layers = layers or Layers(runs.species, runs.shape, (len(runs.species) + 1, len(runs.species)))
    observables = observables or neighbour_moments(runs.species, runs.shape)
    every = every or max(1, round((len(runs.times) - 1) / 100))
    times = runs.times[::every]
    if len(times) < 8 or not np.allclose(np.diff(times), times[1] - times[0]):
        raise DataError(f"{len(times)} times every {every} snapshots: give at least 8, equally spaced")
    targets = observables.of_runs(_thinned(runs, every)).mean(axis=0)
    units, reporter = scales(targets[1:]), as_progress(progress)
    sampler = ShortRuns(layers, observables, chains, sweeps, seed)
    units[: len(runs.species)] /= weight
    thetas = _continued(sampler, targets, units, reporter, checkpoint, resume)
    targets, times = targets[: len(thetas)], times[: len(thetas)]

    with jax.enable_x64(True):
        key = jax.random.key(seed)
    common = {"key": key, "progress": progress}
    model = learn_slopes(layers, times, thetas, step=float(times[1] - times[0]), iterations=iterations, **common)
    spread = np.maximum(thetas.std(axis=0), 0.1)
    onto = np.broadcast_to(np.diag(1 / spread), (len(thetas), len(spread), len(spread)))
    model = tune_path(model, 1, onto, thetas / spread, rate=2e-3, iterations=iterations // 4, **common)
    best, least = model, np.inf
    for n in range(rounds + 1):
        sampler = ShortRuns(layers, observables, chains, sweeps, (seed + 1 + n) % 2**32)
        path = model.at(times)
        moments = replace(sampler, chains=4 * chains).curve(path)[0]  # cheap beside the Jacobians
        error = float(np.sqrt((((moments - targets) / units) ** 2).mean()))
        reporter.report("rounds", n / max(rounds, 1), f"moments off by {100 * error:.1f} %")
        if error < least:
            best, least = model, error
        if n < rounds:
            jacobians = _between([sampler.jacobian(path[t], t) for t in range(0, len(path), 2)], len(path))
            rows = linearised(path, moments, jacobians, targets, units, trust)
            model = tune_path(model, 1, *rows, iterations=3 * iterations // 20, **common)
    return best


def _between(known: list[np.ndarray], count: int) -> np.ndarray:
    """Return every second of ``count`` as given, and means in between."""
    found = np.repeat(np.array(known), 2, axis=0)[:count]
    found[1:-1:2] = (found[1:-1:2] + found[2::2]) / 2
    return found


def _thinned(runs: LatticeRuns, every: int) -> LatticeRuns:
    return replace(runs, times=runs.times[::every], sites=runs.sites[:, ::every])


def _continued(sampler, targets, units, reporter, checkpoint, resume) -> np.ndarray:
    """Return θ at each time, going on from a checkpoint; Ctrl-C ends it early."""
    layers = sampler.layers
    header = {"layers": repr(layers), "seed": sampler.seed, "sweeps": sampler.sweeps, "chains": sampler.chains}
    thetas, done = np.zeros((len(targets), len(layers.names))), 0
    start = independent_start(layers, np.maximum(targets[0, : len(layers.species)], 0.5) / layers.units[0])
    if resume and checkpoint is not None and Path(checkpoint).exists():
        stored = read_header(checkpoint)
        if any(stored.get(name) != value for name, value in header.items()):
            raise FitError(f"checkpoint {checkpoint} belongs to another problem; delete it or name another")
        thetas, stored = load_checkpoint(checkpoint, thetas)
        thetas, done = np.array(thetas), stored["done"]
    try:
        while done < len(targets):
            thetas[done] = match_moments(
                sampler, targets[done : done + 1], thetas[done - 1] if done else start, units=units, stream=done
            )[0]
            done += 1
            error = np.sqrt((((sampler.moments(thetas[done - 1], done - 1) - targets[done - 1]) / units) ** 2).mean())
            reporter.report("moments", done / len(targets), f"moments off by {100 * error:.1f} %")
            if checkpoint is not None and (done % 10 == 0 or done == len(targets)):
                save_checkpoint(checkpoint, thetas, {**header, "done": done})
    except KeyboardInterrupt:
        if done < 8:
            raise
    return thetas[:done]
