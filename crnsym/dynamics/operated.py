"""Rate equations of a vessel that is fed, emptied, flowed through or heated: stretches with jumps between them.

Volume, flows, feeds and temperature are further species of one network, which is compiled once: the volume changes by
the flows, the others are constant until a stretch ends and they jump to their next values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..data.operation import plan as columns
from ..data.operation.attach import as_operations, check_species
from ..data.operation.operation import Operation
from ..data.operation.plan import FIRST, clocks, plan
from ..data.operation.scale import Wanted
from ..errors import NetworkError
from ..network.complexes import Complex
from ..network.network import Network
from ..network.rate_laws import Custom
from ..network.reaction import Reaction
from ..network.species import Species
from ..network.symbols import symbol
from .integration.solve import Solved, solve
from .integration.system import System, compile_system

TEMPERATURE = "T"
"""Parameter that a temperature program moves."""


@dataclass(frozen=True)
class Vessel:
    """A network with what is done to its vessel as further species.

    Attributes
    ----------
    system
        The compiled network: its species, and then volume, its rate of change, inflow, the feeds of `fed`, and, where
        a program moves it, temperature and its rate of change.
    species
        Names of the species of the given network.
    fed
        Positions of the species that are fed.
    changing
        Positions of the species that dilution and additions change: not those that are held.
    heated
        Whether there is a temperature.
    """

    system: System
    species: tuple[str, ...]
    fed: tuple[int, ...]
    changing: tuple[int, ...]
    heated: bool

    def state(self, state: np.ndarray, row: np.ndarray, time: float) -> np.ndarray:
        """Return the state of all species at a time in a stretch of a plan."""
        since = time - row[columns.BEGIN]
        volume = row[columns.VOLUME] + row[columns.SWELL] * since
        feeds = row[FIRST : FIRST + len(self.species)][list(self.fed)]
        warm = [row[columns.KELVIN] + row[columns.HEATING] * since, row[columns.HEATING]] if self.heated else []
        return np.concatenate([state, [volume, row[columns.SWELL], row[columns.INFLOW]], feeds, warm])

    def jumped(self, state: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return concentrations after the disturbance with which a stretch begins."""
        place = list(self.changing)
        after = state.copy()
        after[place] = row[columns.KEEP] * state[place] + row[FIRST + len(state) :][place]
        return after


def vessel(network: Network, operations: Sequence[Operation]) -> Vessel:
    """Make the network of a vessel from that of its reactions.

    Raises
    ------
    NetworkError
        A temperature program where no rate depends on the temperature ``T``, or only in some runs.
    """
    names = network.species_names
    heated = any(operation.program for operation in operations)
    if heated and (TEMPERATURE not in network.parameters or not all(o.program for o in operations)):
        raise NetworkError(
            f"operation: a temperature program needs rates with the parameter {TEMPERATURE}, such as "
            "'A -> B @ arrhenius(A0, Ea)', and a program for every run"
        )
    fed = tuple(i for i, name in enumerate(names) if any(_feeds(o, name) for o in operations))
    volume, swell, inflow = (_free(name, network) for name in ("volume", "swell", "inflow"))
    feeds = {i: _free(f"feed_{k}", network) for k, i in enumerate(fed)}
    changing = tuple(i for i, name in enumerate(names) if name not in network.fixed_species)
    reactions = [Reaction(Complex(), Complex({volume: 1}), Custom(symbol(swell)))]
    for i in changing:
        lost = symbol(inflow) / symbol(volume) * symbol(names[i])
        reactions.append(Reaction(Complex({names[i]: 1}), Complex(), Custom(lost)))
        if i in feeds:
            reactions.append(Reaction(Complex(), Complex({names[i]: 1}), Custom(symbol(feeds[i]) / symbol(volume))))
    species = [Species(name) for name in (volume, swell, inflow, *feeds.values())]
    parameters = dict(network.parameters)
    if heated:
        heating = _free("heating", network)
        species += [Species(TEMPERATURE), Species(heating)]
        parameters.pop(TEMPERATURE)
        reactions.append(Reaction(Complex(), Complex({TEMPERATURE: 1}), Custom(symbol(heating))))
    own = [_written_out(r) if heated else r for r in network.reactions]
    whole = replace(
        network,
        reactions=(*own, *reactions),
        species=(*network.species, *species),
        parameters=parameters,
    )
    return Vessel(compile_system(whole), names, fed, changing, heated)


def _written_out(reaction: Reaction) -> Reaction:
    """Return a reaction with its whole rate as an expression where it depends on temperature, now a species."""
    if symbol(TEMPERATURE) not in reaction.rate_expression.free_symbols:
        return reaction
    return replace(reaction, rate=Custom(reaction.rate_expression))


def operated_runs(
    network: Network, source: Any, starts: list[Any]
) -> tuple[tuple[str, ...], list[Any], tuple[Operation, ...]]:
    """Return the labels, starts and operations of the runs of a simulation.

    Raises
    ------
    DataError
        An operation that cannot be, or of a species that is not there.
    NetworkError
        Not as many starts as runs.
    """
    given = as_operations(source, Wanted(network.species_names))
    if list(given) == [""]:
        labels, operations = tuple(str(run) for run in range(len(starts))), (given[""],) * len(starts)
    else:
        everywhere = given.pop("", None)
        if everywhere is not None:
            raise NetworkError("operation: some rows name an experiment and others none; name one in each row")
        labels, operations = tuple(given), tuple(given.values())
    if len(starts) == 1:
        starts = starts * len(labels)
    if len(starts) != len(labels):
        raise NetworkError(f"initial has {len(starts)} starts, but the operation {len(labels)} runs; give one a run")
    for label, operation in zip(labels, operations, strict=True):
        check_species(operation, network.species_names, label)
    return labels, [_charged(s, o) for s, o in zip(starts, operations, strict=True)], operations


def _charged(start: Any, operation: Operation) -> Any:
    """Return a start with the charge that the operation says over it."""
    if not operation.charge or not (start is None or isinstance(start, Mapping)):
        return start
    return {**(start or {}), **dict(operation.charge)}


def solve_operated(
    network: Network,
    operations: Sequence[Operation],
    states: np.ndarray,
    clock: np.ndarray,
    *,
    solver: str,
    rtol: float,
    atol: float | None,
) -> list[Solved]:
    """Solve one run an operation, as `crnsym.dynamics.integration.solve.solve` does without any.

    Parameters
    ----------
    network
        Of the reactions.
    operations, states
        Of each run; states ``(runs, species)`` at the first time.
    clock
        Increasing times.
    solver, rtol, atol
        As for `crnsym.simulate`.
    """
    whole = vessel(network, operations)
    runs = []
    for operation, state in zip(operations, states, strict=True):
        grid, tables = clocks((operation,), whole.species, clock[None], np.array([len(clock)]))
        least = 1e-6 * rtol * _largest(operation, state) if atol is None else atol
        table = tables[0] if len(tables[0]) else plan(operation, whole.species)  # a run to which nothing is done
        runs.append(_run(whole, table, state, grid[0], solver, rtol, least))
    return runs


def _largest(operation: Operation, state: np.ndarray) -> float:
    """Return a typical concentration: the largest at the start or in what comes in."""
    inside = [value for step in operation.steps for _, value in step.contents]
    return max(float(state.max(initial=0.0)), *inside, 0.0) or 1.0


def _run(
    whole: Vessel, table: np.ndarray, state: np.ndarray, clock: np.ndarray, solver: str, rtol: float, atol: float
) -> Solved:
    values, steps, method = np.full((len(clock), len(state)), np.nan), 0, ""
    values[0], time = state, float(clock[0])
    first = int(np.searchsorted(table[:, columns.BEGIN], time, side="left")) - 1
    for place in range(max(first, 0), len(table)):
        row = table[place]
        if row[columns.BEGIN] >= clock[-1]:
            break
        if row[columns.BEGIN] >= time:
            time, state = float(row[columns.BEGIN]), whole.jumped(state, row)
        end = float(min(table[place + 1, columns.BEGIN], clock[-1])) if place + 1 < len(table) else float(clock[-1])
        if end <= time:
            continue
        inside = np.flatnonzero((clock > time) & (clock <= end))
        grid = np.unique(np.concatenate([[time], clock[inside], [end]]))
        start = whole.state(state, row, time)[None]
        result = solve(whole.system, start, grid, solver=solver, rtol=rtol, atol=np.array([atol]))[0]
        steps, method = steps + result.steps, result.solver
        values[inside] = result.values[np.searchsorted(grid, clock[inside]), : len(state)]
        if result.problem:
            return Solved(values, result.problem, method, steps)
        time, state = end, result.values[-1, : len(state)]
    return Solved(values, "", method, steps)


def _feeds(operation: Operation, name: str) -> bool:
    inlet = operation.charge if operation.steady else ()
    return any(name == n for n, _ in inlet) or any(
        not step.at_once and any(name == n for n, _ in step.contents) for step in operation.steps
    )


def _free(name: str, network: Network) -> str:
    """Return a name that the network does not use."""
    taken = {*network.species_names, *network.parameters, *network.observables}
    while name in taken:
        name += "_"
    return name
