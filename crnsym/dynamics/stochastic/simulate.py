"""Simulate counted molecules: many runs of a network on a grid of times."""

import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from ...errors import NetworkError, SimulationError, UnsupportedError
from ...network.arguments import by_name, check_network, real, time_grid, whole_number
from ...network.inputs import Amounts, Times
from ...network.network import Network
from ...processors import processors
from .direct import FINISHED, IMPOSSIBLE, run_direct
from .propensities import Propensities, compile_propensities, initial_counts
from .runs import StochasticRuns

Method = Literal["exact", "tau", "langevin"]
Engine = Literal["sequential", "batched"]
_METHODS, _ENGINES = get_args(Method), get_args(Engine)
_LARGEST_IN_BATCH = 1 << 24
_ONE_BLOCK = 32  # up to this many reactions a linear search is fastest


def simulate_stochastic(
    network: Network | str | os.PathLike[str],
    times: Times = (0.0, 10.0, 101),
    runs: int = 1,
    seed: int = 0,
    initial: Mapping[str, Any] | None = None,
    *,
    method: Method = "exact",
    engine: Engine = "sequential",
    max_events: int = 10**9,
    epsilon: float = 0.03,
) -> StochasticRuns:
    """Simulate the numbers of molecules of a network.

    The propensity of mass action is k times the falling factorial of the reactants, k x (x - 1) for ``2 A``; any
    other law is taken as it stands, as long as the reactants are there. Constants are per molecule numbers, that
    is, in a volume of one.

    Parameters
    ----------
    network
        All its parameters need values; coefficients are whole. Or the path of a model file; SBML or Antimony that no
        network can hold (events, several compartments) is simulated as `crnsym.simulate_stochastic_case` does it, in
        numbers of molecules, by the exact method.
    times
        A tuple ``(start, stop, points)``, or the times themselves; the initial counts hold at the first.
    runs
        Number of runs; run ``i`` of an engine is the same however many there are.
    seed
        0 to 2^32 - 1. The exact methods draw from Threefry-2x32-13 with key (seed, run), the others from
        Philox-4x64-10.
    initial
        {species: number of molecules} over those of the network.
    method
        ``"exact"`` (Gillespie 1977), ``"tau"`` (tau-leaping, Cao, Gillespie and Petzold 2006) or ``"langevin"``
        (the chemical Langevin equation, Gillespie 2000), which has real numbers.
    engine
        For the exact method: ``"sequential"`` (numba, dependency graph, runs in threads), or ``"batched"`` (jax, many
        runs at once), which is two to six times faster for hundreds of runs of a few mass-action reactions once it is
        compiled. It chooses reactions in single precision, right to 1e-7 of the sum of all propensities, and its
        runs are others.
    max_events
        A run with more reactions than that ends in an error.
    epsilon
        Largest relative change of a propensity within a step of ``"tau"`` and ``"langevin"``.

    Returns
    -------
    StochasticRuns

    Raises
    ------
    NetworkError
        Counts that are negative or not whole, no propensities, or an argument out of its range.
    UnsupportedError
        A rate that depends on time.
    SimulationError
        A propensity became negative, or a run has more than ``max_events`` reactions.

    Examples
    --------
    >>> from crnsym import network
    >>> found = simulate_stochastic(network("A -> B @ 1; init A = 100"), times=(0, 50, 3), runs=2)
    >>> found.counts[:, -1].tolist()
    [[0, 100], [0, 100]]
    """
    for name, value, choices in (("method", method, _METHODS), ("engine", engine, _ENGINES)):
        if value not in choices:
            raise NetworkError(f"{name}={value!r} is unknown; choose one of {', '.join(choices)}")
    if isinstance(network, (str, os.PathLike)):
        found = _network_or_runs(network, times, runs, seed, initial, method)
        if isinstance(found, StochasticRuns):
            return found
        network = found
    check_network(network)
    runs, seed = whole_number("runs", runs, 1), whole_number("seed", seed, 0, 2**32 - 1)
    max_events = whole_number("max_events", max_events, 1, 2**63 - 1)
    if not 0 < (real(epsilon) or 0) < 1:
        raise NetworkError(f"epsilon={epsilon!r}: give a number between 0 and 1")
    clock, start = time_grid(times), initial_counts(network, initial)
    propensities = compile_propensities(network)
    if method != "exact":
        counts, events = _leap(network, propensities, start, clock, (runs, seed), method, epsilon, max_events)
        return StochasticRuns(network.species_names, clock, counts, events, method, seed)
    if engine == "batched":
        counts, events = _batched(propensities, start, clock, runs, seed, max_events)
    else:
        counts, events = _sequential(network, propensities, start, clock, runs, seed, max_events)
    return StochasticRuns(network.species_names, clock, counts, events, engine, seed)


def _network_or_runs(
    path: str | os.PathLike[str], times: Times, runs: int, seed: int, initial: Amounts | None, method: str
) -> Network | StochasticRuns:
    """Read a network, or simulate the file of a model that is none."""
    from ..files import network_or_none
    from ..sbml.courses import count_model

    network = network_or_none(path)
    if network is not None:
        return network
    if method != "exact":
        raise UnsupportedError(f"{path}: no network can hold this model, and method={method!r} needs one; take 'exact'")
    runs, seed = whole_number("runs", runs, 1), whole_number("seed", seed, 0, 2**32 - 1)
    return count_model(Path(path), time_grid(times), runs, seed, by_name("initial", initial, "{'A': 10}"))


def _batched(
    p: Propensities, start: np.ndarray, clock: np.ndarray, runs: int, seed: int, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    from .batched import run_batched

    if p.laws is not None or start.max(initial=0) >= _LARGEST_IN_BATCH:
        raise UnsupportedError("engine='batched' simulates mass action with at most 16 million molecules of a species")
    counts, events, ending = run_batched(p, start, clock, runs, seed, limit)
    if ending != FINISHED:
        raise SimulationError(
            f"a run has more than {limit} events, or more than a million from one "
            "output time to the next; ask for more times, raise max_events or take engine='sequential'"
        )
    return counts, events


def _sequential(
    network: Network, p: Propensities, start: np.ndarray, clock: np.ndarray, runs: int, seed: int, limit: int
) -> tuple[np.ndarray, np.ndarray]:
    counts = np.empty((runs, len(clock), len(start)), dtype=np.int64)
    events = np.empty(runs, dtype=np.int64)
    shift = 30 if p.reactions <= _ONE_BLOCK else round(math.log2(p.reactions) / 2)

    def one(run: int) -> tuple[int, int]:
        ending, events[run], reaction = run_direct(tuple(p), start, clock, seed, run, shift, limit, counts[run])
        return ending, reaction

    with ThreadPoolExecutor(min(processors(), runs)) as pool:  # (the compiled loop lets go of the interpreter)
        for run, (ending, reaction) in enumerate(pool.map(one, range(runs))):
            _check(network, ending, reaction, run, limit)
    return counts, events


def _leap(
    network: Network,
    p: Propensities,
    start: np.ndarray,
    clock: np.ndarray,
    draws: tuple[int, int],
    method: str,
    epsilon: float,
    limit: int,
) -> tuple[np.ndarray, np.ndarray]:
    from .leaping import run_langevin, run_tau, what_rates_read

    runs, seed = draws
    counts = np.empty((runs, len(clock), len(start)), dtype=np.int64 if method == "tau" else float)
    events = np.empty(runs, dtype=np.int64)
    reads, advance = what_rates_read(network, p.reactants, p.laws), run_tau if method == "tau" else run_langevin
    for run in range(runs):
        rng = np.random.Generator(np.random.Philox(key=[seed, run]))
        ending, events[run], reaction = advance(tuple(p), start, clock, reads, epsilon, rng, limit, counts[run])
        _check(network, ending, reaction, run, limit)
    return counts, events


def _check(network: Network, ending: int, reaction: int, run: int, limit: int) -> None:
    if ending == FINISHED:
        return
    if ending == IMPOSSIBLE:
        raise SimulationError(f"the propensity of '{network.reactions[reaction]}' is negative or not a finite number")
    raise SimulationError(f"run {run} has more than {limit} reactions; shorten the times or raise max_events")
