"""Simulate reaction and diffusion on a lattice."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ...data.snapshots import Shots
from ...errors import NetworkError, SimulationError
from ...network.arguments import check_network, lattice_sides, real, time_grid, whole_number
from ...network.inputs import Amounts, Times
from ...network.network import Network
from ...processors import processors
from ..stochastic.propensities import initial_counts
from .exact import FINISHED, run_exact
from .rules import Rules, lattice_rules
from .runs import LatticeRuns
from .sites import check_room, neighbours
from .start import first_lattices
from .stepper import run_steps

_CHOICES = {
    "method": ("exact", "stepper"),
    "selection": ("uniform", "row_biased"),
    "offspring": ("neighbour", "anywhere"),
    "lattice": ("square", "hexagonal"),
}
_TRIES = 100  # runs made for each one that is asked for, before survivors are given up


def simulate_lattice(
    network: Network,
    shape: int | Sequence[int] = (40, 40),
    times: Times = (0.0, 100.0, 101),
    runs: int = 1,
    seed: int = 0,
    initial: Amounts | np.ndarray | Shots | None = None,
    *,
    hops: float | Mapping[str, float] = 1.0,
    rules: Mapping[str, float] | None = None,
    periodic: bool = True,
    lattice: str = "square",
    method: str = "exact",
    selection: str = "uniform",
    offspring: str = "neighbour",
    step: float = 1.0,
    survivors: str | Sequence[str] = (),
    max_events: int = 10**9,
    threads: int | None = None,
) -> LatticeRuns:
    """Simulate molecules that hop and react on a lattice with at most one molecule a site.

    A reaction of one molecule has its rate per molecule, of two its rate per pair of nearest neighbours, an inflow
    its rate per empty site, and one of two products its rate per pair of empty neighbours. A second product goes to
    one neighbour chosen at random, and nothing happens where that is taken. The time-stepper takes the rate of a pair
    as its probability when one of them hops onto the other.

    Parameters
    ----------
    network
        Mass action of at most two reactants and two products.
    shape
        Sides of the lattice, 1 to 3 of them.
    times
        A tuple ``(start, stop, points)``, or the times themselves.
    runs
        Number of runs to return.
    seed
        0 to 2^32 - 1; run ``i`` is the same however many there are.
    initial
        {species: number of molecules} over those of the network, put on random sites; or what the sites hold: an array
        of ``shape``, 0 where empty and n for the n-th species, or several, ``(lattices, *shape)``, taken in turn; or
        runs or snapshots, of which the first ones are taken.
    hops
        For all species or {species: value}: the rate of a hop to each empty neighbour; for the time-stepper
        the probability that a molecule attempts a hop in a step.
    rules
        {``"(A, 0) -> (B, 0)"``: rate}: what else two neighbours that hold just this turn into: exchange, conversion
        beside an empty site, and the like.
    periodic
        Whether opposite faces are neighbours; else there are walls.
    lattice
        ``"square"`` (cubic, or a chain), or ``"hexagonal"`` of two sides, on which (1, -1) and (-1, 1) are neighbours
        besides the four of a square lattice.
    method
        ``"exact"``, the process in continuous time, or ``"stepper"``, the published time-stepper.
    selection
        Of molecules by the time-stepper: ``"uniform"``, or ``"row_biased"`` as published (biased, for reproduction).
    offspring
        Where a second product goes: ``"neighbour"``, or ``"anywhere"`` on an empty site.
    step
        Length of a step; the times are multiples of it.
    survivors
        Species without which a run is discarded, if none are left at the last time; another run takes its place.
    max_events
        A run with more events than that ends in an error.
    threads
        Number of runs at a time, by default that of the cores; the runs are the same for any.

    Returns
    -------
    LatticeRuns

    Raises
    ------
    NetworkError
        A lattice smaller than its kernel, more molecules than sites, counts that are negative or not whole, or
        an argument out of its range.
    UnsupportedError
        A reaction that has no meaning on a lattice.
    SimulationError
        Too many events, or hardly a run in which the survivors survive.

    Examples
    --------
    >>> from crnsym import network
    >>> found = simulate_lattice(network("2 A -> 0 @ 1; init A = 50"), 100, times=(0, 1000, 2))
    >>> found.counts()[0].tolist()
    [[50], [0]]
    """
    for name, value in (
        ("method", method),
        ("selection", selection),
        ("offspring", offspring),
        ("lattice", lattice),
    ):
        if value not in _CHOICES[name]:
            raise NetworkError(f"{name}={value!r} is unknown; choose one of {', '.join(_CHOICES[name])}")
    if selection == "row_biased" and method != "stepper":
        raise NetworkError("selection='row_biased' is a property of the time-stepper; it needs method='stepper'")
    if step != 1.0 and method != "stepper":
        raise NetworkError(f"step={step} is that of the time-stepper; it needs method='stepper'")
    if not isinstance(periodic, (bool, np.bool_)):
        raise NetworkError(f"periodic={periodic!r}: give True, or False for walls")
    check_network(network)
    runs, seed = whole_number("runs", runs, 1), whole_number("seed", seed, 0, 2**32 - 1)
    max_events = whole_number("max_events", max_events, 1, 2**63 - 1)
    threads = None if threads is None else whole_number("threads", threads, 1, 1024)
    sides, clock = lattice_sides(shape), time_grid(times)
    if lattice == "hexagonal" and len(sides) != 2:
        raise NetworkError(f"a hexagonal lattice has two sides; {'x'.join(map(str, sides))} has {len(sides)}")
    first = first_lattices(network, initial, sides)
    counts = np.zeros(len(network.species), dtype=np.int64)
    if initial is None or isinstance(initial, Mapping):
        counts = initial_counts(network, initial)
    moves, table = lattice_rules(network, hops, rules), neighbours(sides, periodic, lattice)
    check_room(counts, sides)
    if not isinstance(survivors, (str, Sequence)):
        raise NetworkError(f"survivors={survivors!r}: give the name of a species, or several in a list")
    needed = [_position(network, name) for name in ([survivors] if isinstance(survivors, str) else survivors)]
    common = tuple(moves), table, counts, first
    steps, width = np.zeros(0, dtype=np.int64), 0  # of the stepper
    if method == "stepper":
        _check_probabilities(network, moves)
        steps, width = _steps(clock, step), sides[-1] if selection == "row_biased" else table.shape[0]

    def simulated(run: int) -> tuple[np.ndarray, int]:
        sites = np.empty((len(clock), table.shape[0]), dtype=np.int8)
        draw = (offspring == "anywhere", seed, run, max_events, sites)
        if method == "exact":
            ending, tried = run_exact(*common, clock, *draw)
        else:
            ending, tried = run_steps(*common, steps, *draw, float(step), width)
        if ending != FINISHED:
            raise SimulationError(f"run {run} has more than {max_events} events; shorten the times or raise max_events")
        return sites.reshape(len(clock), *sides), tried

    kept, numbers, discarded, attempts, run = [], [], [], 0, 0
    with ThreadPoolExecutor(threads or processors()) as pool:  # the kernels let go of the interpreter
        while len(kept) < runs:
            if run >= _TRIES * runs:
                raise SimulationError(f"only {len(kept)} of {run} runs kept {survivors}; change the rates or survivors")
            missing = range(run, run + runs - len(kept))  # as many as one after the other would make
            for run, (sites, tried) in zip(missing, pool.map(simulated, missing), strict=True):
                attempts += tried
                alive = all((sites[-1] == s + 1).any() for s in needed)
                (numbers if alive else discarded).append(run)
                if alive:
                    kept.append(sites)
            run += 1
    found = np.stack(kept)
    told = tuple(numbers), tuple(discarded), attempts, seed, lattice, method
    return LatticeRuns(network.species_names, clock, found, periodic, *told)


def _position(network: Network, name: str) -> int:
    if name not in network.species_index:
        raise NetworkError(f"survivors: {name} is no species; there are {', '.join(network.species_names)}")
    return network.species_index[name]


def _check_probabilities(network: Network, rules: Rules) -> None:
    for start, stop in rules.pair_starts.reshape(-1, 2):
        total = rules.pairs[start:stop, 0].sum()
        if total > 1:
            a, b = (network.species_names[int(i) - 1] for i in rules.pairs[start, 1:3])
            raise NetworkError(
                f"the reactions of {a} with {b} add up to {total:g}; the time-stepper takes them as probabilities, "
                "at most 1 together"
            )
    if (rules.hops > 1).any():
        raise NetworkError(
            f"hops: {rules.hops.max():g} is no probability; the time-stepper takes them as those of an attempt in a "
            "step, at most 1"
        )


def _steps(clock: np.ndarray, step: float) -> np.ndarray:
    if (real(step) or 0) <= 0:
        raise NetworkError(f"step={step!r}: give a positive time")
    steps = np.rint(clock / step)
    if not np.allclose(steps * step, clock, atol=1e-6 * step, rtol=1e-9):
        odd = clock[np.argmax(np.abs(steps * step - clock))]
        raise NetworkError(
            f"times: {odd:g} is no multiple of the step {step:g} of the time-stepper; times must be multiples"
        )
    return steps.astype(np.int64)
