"""Fit a dynamic Boltzmann distribution to lattice snapshots."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..errors import FitError
from ..network.arguments import whole_number
from ..training.progress import Progress, Reporter, as_progress
from .composition.couplings import pseudo_likelihood
from .composition.ensemble import Ensemble, Lattices, gather
from .composition.kernel import Kernel, make_kernel
from .composition.model import CompositionDBM, guess_inputs

MOST_INTERVALS = 125  # between snapshots that are used
GUESSES = 60  # points at which couplings are estimated
GUESS_RUNS = 60


def fit_dbm(
    snapshots: Lattices,
    times: ArrayLike | None = None,
    species: Sequence[str] | None = None,
    *,
    periodic: bool = True,
    shells: int = 2,
    steps: int = 700,
    seed: int = 0,
    progress: Reporter = None,
) -> CompositionDBM:
    """Learn a closed model of lattice snapshots: numbers of molecules, their spread over runs, and their neighbours.

    No reactions are needed. The model is conditioned on the composition: couplings of neighbours describe the structure
    of a lattice at given numbers of molecules, and numbers and couplings follow learned dynamics of their own, so it
    can be simulated from new initial compositions (`simulate_dbm`). It holds at any number of sampling sweeps, which
    `diagnose` checks.

    Parameters
    ----------
    snapshots
        `LatticeRuns` of `simulate_lattice`, `Snapshots` of a file, an array ``(runs, times, *shape)`` of whole numbers
        (0 for an empty site), or a sequence of any of these, one for each initial condition. Runs must be followed in
        time. For predictions from new compositions give several initial conditions.
    times, species, periodic
        For arrays; the others know them.
    shells
        Couplings between nearest neighbours (1), and next-nearest ones (2); on a chain up to this distance.
    steps
        Of the optimiser; Ctrl-C ends it early and keeps what there is.
    seed
        0 to 2^31; the same seed gives the same model.
    progress
        Function ``(stage, fraction, text)`` or reporter.

    Returns
    -------
    CompositionDBM

    Raises
    ------
    DataError
        Snapshots of differing shapes, times or species; states that are not whole or negative; a single run.
    NetworkError
        A lattice smaller than its kernel.
    FitError
        An argument out of its range.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 60")
    >>> runs = cs.simulate_lattice(net, 100, times=(0, 5, 11), runs=20)
    >>> model = cs.fit_dbm(runs)  # doctest: +SKIP
    >>> model.species, model.quantities  # doctest: +SKIP
    """
    steps, seed = whole_number("steps", steps, 0, error=FitError), whole_number("seed", seed, 0, 2**31 - 1, FitError)
    import jax

    from .composition.learn import learn_field

    reporter = as_progress(progress)
    data = gather(snapshots, times, species, periodic).thinned(MOST_INTERVALS)
    kernel = make_kernel(data.shape, data.periodic, len(data.species), shells)
    numbers, pairs = data.numbers(), data.pairs(kernel)
    guess = _guess(data, kernel, numbers, pairs, seed, reporter)
    with jax.enable_x64(True):
        options = {"steps": steps, "seed": int(seed), "report": reporter.report}
        field = learn_field(kernel, numbers, pairs, data.times, data.group, **options)
        field = jax.tree.map(np.asarray, field)  # which keep their precision when a model is stored
    groups = range(int(data.group.max()) + 1)
    starts = tuple((numbers[data.group == g, 0], pairs[data.group == g, 0]) for g in groups)
    model = CompositionDBM(data.species, kernel, field, data.times, starts, guess, {})
    every = np.concatenate([numbers, pairs], axis=-1)
    object.__setattr__(model, "scores", _scores(model, every, data.group, seed))
    return model


def _guess(
    data: Ensemble, kernel: Kernel, numbers: np.ndarray, pairs: np.ndarray, seed: int, reporter: Progress
) -> np.ndarray:
    """Regress couplings by pseudo-likelihood at some times on densities and ratios there."""
    groups = range(int(data.group.max()) + 1)
    points = [(g, t) for g in groups for t in range(len(data.times))]
    points = [points[i] for i in np.unique(np.rint(np.linspace(0, len(points) - 1, GUESSES)).astype(int))]
    x, y = [], []
    for i, (g, t) in enumerate(points):
        here = np.flatnonzero(data.group == g)[:GUESS_RUNS]
        y.append(pseudo_likelihood(kernel, np.ascontiguousarray(data.sites[here, t]), seed))
        n, p, e = numbers[here, t].mean(0), pairs[here, t].mean(0), kernel.expected(numbers[here, t]).mean(0)
        x.append(guess_inputs(n / kernel.sites, np.sqrt((p + 1) / (e + 1))))
        if i % 10 == 0:
            reporter.report("couplings", i / len(points), "")
    a, b = np.array(x), np.array(y)
    return np.linalg.solve(a.T @ a + 0.01 * len(a) * np.eye(a.shape[1]), a.T @ b)


def _scores(model: CompositionDBM, every: np.ndarray, group: np.ndarray, seed: int) -> dict[str, float]:
    """Return relative L2 distances of means over time, all groups together."""
    wanted, found = [], []
    for g in range(int(group.max()) + 1):
        wanted.append(every[group == g].mean(0)[1:])
        found.append(model.ensemble(model.times, g, seed).mean(0)[1:])
    one, other = np.concatenate(wanted), np.concatenate(found)
    off = np.linalg.norm(other - one, axis=0) / np.maximum(np.linalg.norm(one, axis=0), 1e-9)
    return dict(zip(model.quantities, map(float, off), strict=True))
