"""Rate equations of a vessel that is fed, emptied, flowed through or heated: stretches with jumps between them.

The network of the vessel, see `vessels`, is compiled once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..data.operation import plan as columns
from ..data.operation.attach import Operations, as_operations, check_species
from ..data.operation.operation import Operation
from ..data.operation.plan import clocks, plan
from ..data.operation.scale import Wanted
from ..errors import NetworkError
from ..network.inputs import Amounts
from ..network.network import Network
from .integration.solve import Solved, solve
from .integration.system import System, compile_system
from .vessels import Vessel, vessel


def operated_runs(
    network: Network, source: Operations, starts: list[Any]
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


def _charged(start: Amounts | None, operation: Operation) -> Amounts | None:
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
    system = compile_system(whole.network)
    runs = []
    for operation, state in zip(operations, states, strict=True):
        grid, tables = clocks((operation,), whole.species, clock[None], np.array([len(clock)]))
        least = 1e-6 * rtol * _largest(operation, state) if atol is None else atol
        table = tables[0] if len(tables[0]) else plan(operation, whole.species)  # a run to which nothing is done
        runs.append(_run(system, whole, table, state, grid[0], solver, rtol, least))
    return runs


def _largest(operation: Operation, state: np.ndarray) -> float:
    """Return a typical concentration: the largest at the start or in what comes in."""
    inside = [value for step in operation.steps for _, value in step.contents]
    return max(float(state.max(initial=0.0)), *inside, 0.0) or 1.0


def _run(
    system: System,
    whole: Vessel,
    table: np.ndarray,
    state: np.ndarray,
    clock: np.ndarray,
    solver: str,
    rtol: float,
    atol: float,
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
        result = solve(system, start, grid, solver=solver, rtol=rtol, atol=np.array([atol]))[0]
        steps, method = steps + result.steps, result.solver
        values[inside] = result.values[np.searchsorted(grid, clock[inside]), : len(state)]
        if result.problem:
            return Solved(values, result.problem, method, steps)
        time, state = end, result.values[-1, : len(state)]
    return Solved(values, "", method, steps)
