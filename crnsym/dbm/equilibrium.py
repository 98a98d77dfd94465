"""Whether a deep machine is an equilibrium distribution, or only a sampler with a certain number of sweeps."""

from collections.abc import Sequence

import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ..errors import DataError
from .diagnostics import SWEEPS, Diagnosis, compare_sweeps
from .dynamics import DynamicBoltzmann
from .observables import Observables, neighbour_moments
from .sampling import Chains


def diagnose_machine(
    model: DynamicBoltzmann,
    runs: LatticeRuns | Snapshots,
    times: Sequence[float] | np.ndarray | None = None,
    *,
    observables: Observables | None = None,
    sweeps: Sequence[int] = SWEEPS,
    chains: int = 32,
    tolerance: float = 0.10,
    seed: int = 0,
) -> Diagnosis:
    """Compare moments after 10, 100 and 1000 sweeps, from random states and from snapshots.

    Parameters
    ----------
    model
        From `train_wake_sleep` or `train_matched`.
    runs
        Snapshots for the second start.
    times
        Some of the times of the snapshots; default nine of them.
    observables
        The moments; default counts and pairs one and two bonds apart.
    sweeps, chains, tolerance, seed
        Of the sampler, and the relative change that is taken for none.

    Raises
    ------
    DataError
        A time without snapshots.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, (12, 12), times=(0, 5, 11), runs=20)
    >>> machine = cs.train_natural(runs)  # doctest: +SKIP
    >>> print(cs.diagnose_machine(machine, runs).statement)  # doctest: +SKIP
    """
    runs = as_lattice_runs(runs)
    wanted = runs.times[np.linspace(0, len(runs.times) - 1, 9).astype(int)] if times is None else np.asarray(times)
    places = [int(np.argmin(np.abs(runs.times - t))) for t in wanted]
    for t, place in zip(wanted, places, strict=True):
        if not np.isclose(runs.times[place], t):
            raise DataError(f"there are no snapshots at t = {t:g}; the nearest are at {runs.times[place]:g}")
    observables = observables or neighbour_moments(model.layers.species, model.layers.shape)
    thetas, visible = model.at(wanted), model.layers.units[0]

    def sample(start: str, sweeps: Sequence[int]) -> np.ndarray:
        found = np.empty((len(sweeps), chains, len(wanted), len(observables.names)))
        for k, (theta, place) in enumerate(zip(thetas, places, strict=True)):
            begin = chains if start == "random" else runs.sites[np.arange(chains) % len(runs), place]
            bank = Chains(model.layers, begin, seed, k)
            for n, total in enumerate(sweeps):
                bank.run(theta, total - bank.sweeps)
                found[n, :, k] = observables.of_state(bank.state[:visible])
        return found

    return compare_sweeps(sample, wanted, observables.names, sweeps=sweeps, tolerance=tolerance)
