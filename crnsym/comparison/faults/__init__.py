"""Faults of measurements, found and named: each kind is a function in a file of its own, and a line of `KINDS`."""

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from crnsym.comparison.faults.clipped import find_clipped
from crnsym.comparison.faults.derived import find_derived
from crnsym.comparison.faults.fault import Fault
from crnsym.comparison.faults.outliers import find_outliers
from crnsym.data.operation.courses import between_jumps, places_between_jumps
from crnsym.data.trajectories import Trajectories

KINDS: tuple[Callable[[Trajectories], list[Fault]], ...] = (find_derived, find_clipped, find_outliers)
LEAST_ROWS, LEAST_SPECIES = 3, 1  # values of a column, and columns, that must remain


def without_faults(data: Trajectories, named: Collection[str] = ()) -> Trajectories:
    """Look at measurements before a search: what cannot be trusted becomes a gap, and a remark says so, first of all.

    Parameters
    ----------
    data
        The measurements.
    named
        Species that somebody has named, in reactions or formulas: their columns stay.

    Returns
    -------
    Trajectories
        The same object where nothing was found.
    """
    remarks: list[str] = []
    for kind in KINDS:
        for fault in _found(kind, data):
            data, done = _set_right(data, fault, named)
            remarks.append(fault.sentence + (f"; {fault.remedy}" if done and fault.remedy else ""))
    return replace(data, remarks=(*remarks, *data.remarks)) if remarks else data


def _found(kind: Callable[[Trajectories], list[Fault]], data: Trajectories) -> list[Fault]:
    """Look between the additions to a run, where concentrations do not jump, and give rows their place in the run."""
    faults = kind(between_jumps(data))
    if data.operation is None:
        return faults
    places = places_between_jumps(data)
    return [
        replace(f, places=tuple((places[p][0], int(places[p][1][row]), column) for p, row, column in f.places))
        for f in faults
    ]


def _set_right(data: Trajectories, fault: Fault, named: Collection[str]) -> tuple[Trajectories, bool]:
    """Leave out what a fault spoils, if enough remains; whether that was done."""
    if fault.column is not None:
        if data.species[fault.column] in named or len(data.species) <= LEAST_SPECIES:
            return data, False
        return _without_column(data, fault.column), True
    values = [v.copy() for v in data.values]
    for run, row, column in fault.places:
        values[run][row, column] = np.nan
    remain = np.isfinite(np.concatenate(values)).sum(axis=0)
    touched = {column for _, _, column in fault.places}
    if not touched or any(remain[column] < LEAST_ROWS for column in touched):
        return data, False
    return replace(data, values=tuple(values)), True


def _without_column(data: Trajectories, column: int) -> Trajectories:
    keep = [i for i in range(len(data.species)) if i != column]
    return replace(
        data,
        species=tuple(data.species[i] for i in keep),
        values=tuple(v[:, keep] for v in data.values),
        errors=None if data.errors is None else tuple(e[:, keep] for e in data.errors),
        units=tuple(data.units[i] for i in keep) if data.units else (),
    )
