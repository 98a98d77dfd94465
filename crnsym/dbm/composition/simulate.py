"""Moments in time from a fitted model: an ensemble of runs, and lattices sampled for each of them."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...dynamics.lattice.runs import LatticeRuns
from ...errors import NetworkError
from ...network.arguments import time_grid, whole_number
from ...network.inputs import Times
from ...training.progress import Reporter, as_progress
from .couplings import derived_seed, run_swaps
from .ensemble import Lattices, gather
from .lattices import adapted, scatter_counts
from .model import CHAINS, CompositionDBM, check_model, representative, whole_counts

MOST_TIMES = 26


@dataclass(frozen=True, eq=False, kw_only=True)
class SampledRuns(LatticeRuns):
    """Lattices sampled from a model; the same methods as those of a lattice simulation.

    The numbers of molecules of one run belong together in time; where its molecules stand is sampled afresh at each
    time. ``attempts`` are exchanges tried, ``numbers`` the runs' positions in the ensemble.

    Attributes
    ----------
    couplings
        ``(times, pairs)``.
    pairs_named
        Names of the couplings.
    sweeps, start
        How the lattices were sampled.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> shots = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(shots)  # doctest: +SKIP
    >>> lattices = cs.simulate_dbm(model, (0, 5, 6), runs=20)  # doctest: +SKIP
    >>> lattices.nearest("A", "A").mean(axis=0)  # doctest: +SKIP
    """

    couplings: np.ndarray
    pairs_named: tuple[str, ...]
    sweeps: int
    start: str


def simulate_dbm(
    model: CompositionDBM,
    times: Times | None = None,
    runs: int = 100,
    initial: int | Mapping[str, int] | LatticeRuns | None = None,
    *,
    sweeps: int = 100,
    start: str | LatticeRuns = "random",
    seed: int = 0,
    couplings: np.ndarray | None = None,
    progress: Reporter = None,
) -> SampledRuns:
    """Return lattices of a fitted model in time, from which all moments can be read.

    Parameters
    ----------
    model
        From `fit_dbm`.
    times
        A tuple ``(start, stop, points)`` or the times themselves; by default up to 26 of those of the training. The
        first is that of the initial condition.
    runs
        Number of runs to sample, chosen from an ensemble of 1000 so that they stand for it.
    initial
        The number of an initial condition of the training (by default the first), {species: molecules} put on random
        sites, or lattices, whose first snapshots are taken.
    sweeps
        Attempted exchanges for each site of a lattice before it is taken.
    start
        ``"random"``: molecules start on random sites; or lattices, say the simulated ones, whose snapshots at the
        nearest times are the starts, with molecules added or taken at random to have the numbers of the run.
    seed
        0 to 2^31.
    couplings
        ``(times, pairs)``, where they are known, as from an earlier call.
    progress
        Function ``(stage, fraction, text)`` or reporter.

    Warns
    -----
    UserWarning
        A new initial condition, though the model was fitted to a single one.

    Raises
    ------
    NetworkError
        Times that do not increase, an unknown species, more molecules than sites, or an argument out of its range.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> model = cs.fit_dbm(cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20))  # doctest: +SKIP
    >>> lattices = cs.simulate_dbm(model, initial={"A": 20})  # doctest: +SKIP
    >>> lattices.counts().mean(axis=0)  # doctest: +SKIP
    """
    check_model(model)
    runs, sweeps, seed = (
        whole_number("runs", runs, 1),
        whole_number("sweeps", sweeps),
        whole_number("seed", seed, 0, 2**31 - 1),
    )
    if len(model.starts) == 1 and isinstance(initial, Mapping):
        warnings.warn(
            "the model was fitted to a single initial condition: what it says of others is extrapolated; "
            "give fit_dbm snapshots from several",
            stacklevel=2,
        )
    reporter, clock = as_progress(progress), _clock(model, times)
    ensemble = model.ensemble(clock, initial, seed)
    shown = ensemble[representative(ensemble, runs)]
    if couplings is None:
        found = ensemble[representative(ensemble, CHAINS)]
        couplings = model.couplings(
            found, seed, lambda done, miss: reporter.report("couplings", done, f"pairs {100 * miss:.1f} % off")
        )
    counts = np.swapaxes(whole_counts(shown[..., : len(model.species)], model.kernel.sites), 0, 1)
    lattices = _started(model, clock, counts, start, seed)
    for done in range(0, sweeps, 10):
        run_swaps(model.kernel, lattices, couplings, min(10, sweeps - done), seed, 1000 + done)
        reporter.report("sampling lattices", done / sweeps, f"{done} of {sweeps} sweeps")
    sites = np.swapaxes(lattices, 0, 1).reshape(runs, len(clock), *model.kernel.shape)
    return SampledRuns(
        model.species, clock, sites, model.kernel.periodic, tuple(range(runs)), (), lattices.size * sweeps, seed,
        couplings=couplings, pairs_named=model.quantities[len(model.species) :], sweeps=sweeps,
        start=start if isinstance(start, str) else "data",
    )  # fmt: skip


def _clock(model: CompositionDBM, times: Times | None) -> np.ndarray:
    if times is None:
        kept = np.unique(np.rint(np.linspace(0, len(model.times) - 1, MOST_TIMES)).astype(int))
        return model.times[kept]
    return time_grid(times)


def _started(
    model: CompositionDBM, clock: np.ndarray, counts: np.ndarray, start: str | Lattices, seed: int
) -> np.ndarray:
    times, runs, species = counts.shape
    flat = np.ascontiguousarray(counts.reshape(-1, species))
    if isinstance(start, str):
        if start != "random":
            raise NetworkError(f"start={start!r} is unknown; give 'random', or lattices to start from")
        return scatter_counts(flat, model.kernel.sites, derived_seed(seed, 999)).reshape(times, runs, -1)
    data = gather(start, species=model.species, periodic=model.kernel.periodic)
    if data.shape != model.kernel.shape:
        raise NetworkError(f"start lies on another lattice ({data.shape}) than the model ({model.kernel.shape})")
    nearest = np.abs(data.times[:, None] - clock).argmin(axis=0)
    taken = np.resize(np.arange(len(data.sites)), runs)
    lattices = np.swapaxes(data.sites[taken][:, nearest], 0, 1).reshape(-1, model.kernel.sites)
    return adapted(np.ascontiguousarray(lattices), flat, derived_seed(seed, 999)).reshape(times, runs, -1)
