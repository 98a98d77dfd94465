"""An SBML model over time as a table: what a network cannot hold, simulated from its file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...data.trajectories import Trajectories
from ...errors import NetworkError, SimulationError
from ...network.arguments import real
from ..stochastic.runs import StochasticRuns
from .integrate import integrate
from .load import load
from .system import System

RTOL, ATOL = 1e-12, 1e-12  # models of signalling are off by 1e-4 of a range with 1e-9; it costs a fifth more


def simulate_model(
    path: str | Path, times: np.ndarray, starts: Sequence[Mapping[str, Any] | None] = (None,), rtol: float = RTOL
) -> Trajectories:
    """Simulate an SBML (or Antimony) model with events, rate rules and whatever else the simulator takes.

    Parameters
    ----------
    times
        ``(times,)``; the model starts at the first.
    starts
        For each run, values at the start over those of the file; species as concentrations.

    Returns
    -------
    Trajectories
        Species as concentrations in the order of the file, then what else changes: parameters and compartments with
        rules, and those that events set.

    Raises
    ------
    UnsupportedError, FormatError, SimulationError
        As `crnsym.simulate_case`.
    NetworkError
        For a start of something that the model does not have.
    """
    system = System(load(path), str(path))
    names = columns(system)
    species = {name for name in names if system.tables.quantities[name].compartment}
    outputs = system.now.function(system.outputs(names, set(), species))
    tables, remarks = [], _remarks(system)
    unset = _unset(system)
    for start in starts:
        given = {**dict.fromkeys(unset, 0.0), **_start(system, start or {})}
        rows = integrate(system, times, outputs, min(rtol, RTOL), ATOL, float(times[0]), given)
        if np.isnan(rows).any():
            system.refuse_unset()
            lost = ", ".join(name for name, column in zip(names, rows.T, strict=True) if np.isnan(column).any())
            raise SimulationError(f"{path}: {lost} is not a number at some time; see its rules and start values")
        tables.append(rows)
    labels = tuple(str(run) for run in range(len(tables)))
    return Trajectories(tuple(names), labels, tuple(times.copy() for _ in labels), tuple(tables), None, tuple(remarks))


def count_model(
    path: str | Path, times: np.ndarray, runs: int, seed: int, start: Mapping[str, Any] | None = None
) -> StochasticRuns:
    """Simulate an SBML (or Antimony) model as a jump process of whole molecules, events included.

    Parameters
    ----------
    times
        ``(times,)`` of 0 or more; the model starts at 0.
    start
        Numbers of molecules at the start over those of the file.

    Raises
    ------
    UnsupportedError, FormatError, NetworkError, SimulationError
        As `crnsym.simulate_stochastic_case`; for times below 0.
    """
    from .counting import Counting  # numba: slow to import

    if times[0] < 0:
        raise NetworkError(f"times start at {times[0]:g}, and an SBML model with events starts at 0")
    system = System(load(path), str(path))
    species = [id_ for id_, q in system.tables.quantities.items() if q.compartment]
    given = {**dict.fromkeys(_unset(system), 0.0), **_start(system, start or {})}
    counting = Counting(system, system.outputs(species, set(species), set()), given)
    counts = np.rint(counting.runs(times, runs, seed)).astype(np.int64)
    return StochasticRuns(tuple(species), times, counts, counting.fired, "sbml", seed)


def columns(system: System) -> list[str]:
    """Return the identifiers of all species, and of all parameters and compartments that a rule or an event sets."""
    tables = system.tables
    moved = {*tables.assigned, *tables.rates, *(target for event in system.events for target in event.targets)}
    stoichiometries = {term.id for terms in tables.terms.values() for term in terms if term.id}
    species = [id_ for id_, q in tables.quantities.items() if q.compartment]
    return species + [
        id_ for id_, q in tables.quantities.items() if id_ in moved and not q.compartment and id_ not in stoichiometries
    ]


def _unset(system: System) -> list[str]:
    """Return the species that nothing gives a value: they start at 0, as those of a network do."""
    tables = system.tables
    free = [id_ for id_, q in tables.quantities.items() if q.compartment and not q.given]
    return [id_ for id_ in free if id_ not in tables.initial and id_ not in tables.assigned]


def _start(system: System, given: Mapping[str, Any]) -> dict[str, float]:
    """Return start values by what identifiers mean in formulas; species are given as concentrations."""
    found = {}
    for name, value in given.items():
        number, q = real(value), system.tables.quantities.get(name)
        if q is None or name not in system.now.stored:
            why = "is set by a rule" if q is not None else "is no species or parameter of the model"
            raise NetworkError(f"{system.tables.source}: initial: '{name}' {why}")
        if number is None or (q.compartment and number < 0):
            raise NetworkError(f"{system.tables.source}: initial: {name} = {value} is no value to start from")
        found[name] = number
        if q.compartment and not q.by_concentration:
            volume = system.start(0.0, {})[system.now.slots[system.now.stored[q.compartment]]]
            found[name] = number * volume
    return found


def _remarks(system: System) -> list[str]:
    amounts = [id_ for id_, q in system.tables.quantities.items() if q.compartment and not q.by_concentration]
    remarks = [f"amounts are concentrations in the table: {', '.join(amounts)}"] if amounts else []
    if unset := _unset(system):
        remarks.append(f"the file gives no start of {', '.join(unset)}: 0 is taken")
    return remarks
