"""Operations joined to the runs of a data set."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from ...errors import DataError
from ..reading.grid import quoted
from ..reading.sources import Table
from ..trajectories import Trajectories
from .operation import Operation
from .plan import jumps, kelvin_at, plan
from .scale import Wanted
from .table import read_operations

Operations: TypeAlias = Operation | Mapping[str, Operation] | Table
"""An `Operation` for all runs, {experiment: Operation}, or the path, frame or dict of columns of a table."""


def as_operations(source: Operations, wanted: Wanted) -> dict[str, Operation]:
    """Return operations by experiment, ``""`` for all others, from any form in which they are given.

    Raises
    ------
    DataError
        Anything else, or a table that cannot be used.
    """
    if isinstance(source, Operation):
        return {"": source}
    if isinstance(source, Mapping) and source and all(isinstance(value, Operation) for value in source.values()):
        return {str(label): value for label, value in source.items()}
    return read_operations(source, wanted)


def with_operation(data: Trajectories, source: Operations | None, further: Iterable[str] | None = ()) -> Trajectories:
    """Return the data with the operation of every run; what is known of the starts fills gaps in the first rows.

    Parameters
    ----------
    data
        Without any, or with one that stays where none is given.
    source
        See `Operations`.
    further
        Species beside those of the data that it may mention; None for any.

    Raises
    ------
    DataError
        An experiment or species that the data do not have, or an operation that cannot be.
    """
    if source is None:
        return data
    wanted = Wanted.of(data)
    species = () if further is None else tuple(dict.fromkeys([*data.species, *further]))
    given = as_operations(source, replace(wanted, species=species))
    unknown = [label for label in given if label and label not in data.experiments]
    if unknown:
        raise DataError(
            f"operation: experiment '{unknown[0]}' is not in the data; there are {quoted(data.experiments)}"
        )
    everywhere = given.get("", Operation())
    operations = tuple(given.get(label, everywhere) for label in data.experiments)
    for label, operation in zip(data.experiments, operations, strict=True):
        check_species(operation, species or operation.species, label)
    data = heated(_charged(replace(data, operation=operations)))
    return replace(data, remarks=(*data.remarks, *_remarks(data)))


def check_species(operation: Operation, species: tuple[str, ...], label: str) -> None:
    """Refuse an operation with a species that is not there, and one that cannot be arranged."""
    for name in operation.species:
        if name not in species:
            raise DataError(f"operation of experiment '{label}': '{name}' is no species; there are {quoted(species)}")
    try:
        plan(operation, species)
    except DataError as error:
        raise DataError(f"operation of experiment '{label}': {error}") from None


def _charged(data: Trajectories) -> Trajectories:
    """Put the charge of every run into gaps of its first row, and an inlet as the row at 0 of residence times."""
    times, values, errors = list(data.times), list(data.values), list(data.errors or ())
    for run, operation in enumerate(data.operation or ()):
        known = np.array([dict(operation.charge).get(name, np.nan) for name in data.species])
        if operation.axis != "time" and times[run][0] > 0:
            inlet = np.where(np.isnan(known), 0.0, known)
            times[run] = np.concatenate([[0.0], times[run]])
            values[run] = np.vstack([inlet, values[run]])
            if errors:
                errors[run] = np.vstack([np.full(len(known), np.nan), errors[run]])
        elif operation.charge:
            first = np.where(np.isfinite(values[run][0]), values[run][0], known)
            values[run] = np.vstack([first, values[run][1:]])
    return replace(data, times=tuple(times), values=tuple(values), errors=tuple(errors) or None)


def heated(data: Trajectories) -> Trajectories:
    """Give runs that follow a temperature program the harmonic mean at their samples as their temperature."""
    operations = data.operation or ()
    if not any(operation.program for operation in operations):
        return data
    known = data.temperatures or (float("nan"),) * len(data)
    kelvin = [
        float(1.0 / np.mean(1.0 / kelvin_at(plan(operation, ()), times))) if operation.program else own
        for operation, times, own in zip(operations, data.times, known, strict=True)
    ]
    return replace(data, temperatures=tuple(kelvin))


def _remarks(data: Trajectories) -> tuple[str, ...]:
    """Say what was assumed: samples at the time of an addition, and steps outside the times of a run."""
    said = []
    for label, times, operation in zip(data.experiments, data.times, data.operation or (), strict=True):
        at = np.intersect1d(jumps(plan(operation, data.species)), times)
        if len(at):
            said.append(f"{label}: the sample at {at[0]:g} is taken as from just before what is done then")
        outside = [s for s in operation.steps if s.at_once and not times[0] <= s.time < times[-1]]
        if outside:
            said.append(f"{label}: '{outside[0].kind}' at {outside[0].time:g} lies outside the times of the run")
    return tuple(said)
