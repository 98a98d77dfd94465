"""Conditions to learn from: rate constants and compositions drawn from their ranges, and lattices simulated there."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import qmc

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..dynamics.lattice.simulate import simulate_lattice
from ..errors import DataError, NetworkError
from ..network.arguments import by_name, real
from ..network.inputs import Amounts, Formula, Number
from .counting import motif_probabilities
from .learn import Courses
from .processes import Processes

Ranges = dict[str, tuple[float, float]]


def rate_ranges(processes: Processes, rates: Mapping[str, Any] | None) -> Ranges:
    """Return the lowest and highest value of every parameter.

    Raises
    ------
    NetworkError
        A name that is no parameter, or what is no range of positive numbers.
    """
    found = {}
    for name, given in by_name("rates", rates or {}, "{'k': (0.1, 1)}").items():
        found[name] = _range("rates", name, given)
        if found[name][0] <= 0:
            raise NetworkError(f"rates: {name} = {given!r}; rates are drawn by their logarithms, so give positive ones")
    fixed = processes.values({name: high for name, (_, high) in found.items()})
    return {name: found.get(name, (value, value)) for name, value in fixed.items()}


def composition_ranges(processes: Processes, initial: Mapping[str, Any] | None) -> Ranges:
    """Return the smallest and largest number of molecules of every species at the start."""
    names, sites = processes.network.species_names, np.prod(processes.shape)
    given = {name: _range("initial", name, value) for name, value in (initial or {}).items()}
    unknown = [name for name in given if name not in names]
    if unknown:
        raise NetworkError(f"initial: {unknown[0]} is no species of the network; there are {', '.join(names)}")
    own = {name: float(value) for name, value in processes.network.initial.items() if value is not None}
    missing = [name for name in names if name not in given and name not in own]
    if missing:
        raise NetworkError(f"initial: {missing[0]} has no number of molecules; give a number or a range (low, high)")
    found = {name: given.get(name) or (own[name], own[name]) for name in names}
    for name, (low, high) in found.items():
        if low < 0 or high > sites:
            raise NetworkError(
                f"initial: {name} = {low:g} to {high:g}; the lattice has room for 0 to {sites} molecules"
            )
    if sum(low for low, _ in found.values()) > sites:
        raise NetworkError(f"initial: the least numbers of molecules do not fit on the {sites} sites of the lattice")
    return found


def _range(what: str, name: str, given: Number | Sequence[float] | np.ndarray) -> tuple[float, float]:
    both = given if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else (given, given)
    found = low_and_high(both)
    if found is None:
        raise NetworkError(f"{what}: {name} = {given!r}; give a number, or a range (low, high)")
    return found


def low_and_high(given: Sequence[object] | np.ndarray) -> tuple[float, float] | None:
    """Return the two real numbers of a sequence, the lower first; None if it is anything else."""
    numbers = [number for number in map(real, given) if number is not None]
    ordered = len(given) == len(numbers) == 2 and numbers[0] <= numbers[1]
    return (float(numbers[0]), float(numbers[1])) if ordered else None


def draw(rates: Ranges, starts: Ranges, sites: int, count: int, seed: int) -> list[tuple[dict, dict]]:
    """Return so many pairs of rates and numbers of molecules, spread evenly over their ranges."""
    uniform = qmc.Sobol(len(rates) + len(starts), rng=seed).random_base2(int(np.ceil(np.log2(max(count, 2)))))[:count]
    found = []
    for row in uniform:
        spans = zip(row[: len(rates)], rates.items(), strict=True)
        k = {name: low * (high / low) ** u if low != high else low for u, (name, (low, high)) in spans}
        rest = zip(row[len(rates) :], starts.items(), strict=True)
        numbers = {name: low + u * (high - low) for u, (name, (low, high)) in rest}
        spare = sum(numbers.values()) - sites
        loose = sum(numbers[name] - starts[name][0] for name in starts)
        for name in starts if spare > 0 else ():
            numbers[name] -= spare * (numbers[name] - starts[name][0]) / loose
        found.append((k, {name: int(value) for name, value in numbers.items()}))
    return found


def simulated(
    processes: Processes, rates: Mapping[str, float], initial: Amounts, times: np.ndarray, runs: int, seed: int
) -> LatticeRuns:
    """Simulate lattices of the processes at given values of the parameters."""
    values = processes.values(rates)
    network = processes.network.with_parameters({n: v for n, v in values.items() if n in processes.network.parameters})

    def number(rate: Formula) -> float:
        return float(processes.number(rate, values))

    hops = {name: number(rate) for name, rate in processes.hops.items()}
    rules = {text: number(rate) for text, rate in processes.rules.items()}
    return simulate_lattice(network, processes.shape, times, runs, seed, initial, hops=hops, rules=rules)


def measured(processes: Processes, source: LatticeRuns | Snapshots) -> tuple[np.ndarray, ...]:
    """Return times, moments, motifs, standard errors of the moments and the sites seen, of one condition.

    Snapshots may be destructive: only means over the runs at each time are taken.

    Raises
    ------
    DataError
        Neither runs nor snapshots of a square lattice, or other species than the network's.
    """
    runs = _as_runs(processes, source)
    count = len(processes.moments.motifs)
    every = motif_probabilities(runs, (*processes.moments.motifs, *processes.higher))
    means, error = every.mean(axis=0), every[..., :count].std(axis=0, ddof=1) / np.sqrt(len(runs))
    return runs.times - runs.times[0], means[:, :count], means[:, count:], error, np.array(runs.sites[:, 0].size)


def _as_runs(processes: Processes, source: LatticeRuns | Snapshots) -> LatticeRuns:
    if isinstance(source, Snapshots) and source.kind == "lattice":
        inside = source.periodic and not source.window
        numbers = tuple(range(len(source)))
        source = LatticeRuns(source.species, source.times, source.values, inside, numbers, (), 0, 0, source.lattice)
    if not isinstance(source, LatticeRuns):
        raise DataError(f"data: expected lattice runs or snapshots of a lattice, got {type(source).__name__}")
    names = processes.network.species_names
    if source.lattice != "square" or len(source.shape) != len(processes.shape):
        raise DataError(
            f"data: a {source.lattice} lattice of {len(source.shape)} dimensions; the closure is of a square one of "
            f"{len(processes.shape)}"
        )
    unknown = [name for name in source.species if name not in names]
    if unknown or len(source) < 2:
        raise DataError(
            f"data: {unknown[0]} is no species of the network; there are {', '.join(names)}"
            if unknown
            else "data: a single run says nothing of the scatter; give two or more"
        )
    if source.species == names:
        return source
    places = np.array([0, *(names.index(name) + 1 for name in source.species)], dtype=np.int8)
    return LatticeRuns(names, source.times, places[source.sites], source.periodic, source.numbers, (), 0, 0)


def courses_of(processes: Processes, rates: Sequence[Mapping[str, float]], parts: Sequence[tuple]) -> Courses:
    """Put conditions together; shorter ones are filled up with their last time."""
    longest = max(len(part[0]) for part in parts)
    columns: Any = [[_filled(x, longest) for x in column] for column in list(zip(*parts, strict=True))[:4]]
    values = [[processes.values(k)[name] for name in processes.parameters] for k in rates]
    constants = np.array([np.asarray(processes.evaluate(np.array(v))) for v in values])
    places = np.array([part[4] for part in parts], dtype=float)
    times, moments, motifs, error = (np.array(column) for column in columns)
    return Courses(constants, times, moments, motifs, error, places)


def _filled(values: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([values, np.repeat(values[-1:], length - len(values), axis=0)])
