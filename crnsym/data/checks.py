"""What is refused in measurements, and what is only remarked on."""

import re
from itertools import pairwise

import numpy as np

from ..errors import DataError
from .cells import Cells
from .trajectories import Trajectories

CELSIUS = 273.15
_IN_CELSIUS = re.compile(r"[\[(]\s*(?:°\s*C|C|deg\s*C|degrees? C|celsius)\s*[\])]\s*$", re.IGNORECASE)


def check_times(cells: Cells, label: str, rows: list[int], clock: np.ndarray, *, labelled: bool) -> None:
    """Refuse a run with one row, and times that are missing, repeated or go backwards."""
    run = f"experiment '{label}'"
    if len(rows) == 1:
        raise DataError(f"{cells.where(rows[0])}: {run} has one row; a run needs at least two times")
    hint = (
        f"sort the rows, or give a second run its own label than '{label}'"
        if labelled
        else "when several runs follow one another, add a column 'experiment' that labels them"
    )
    for row in rows:
        if np.isnan(clock[row]):
            raise DataError(f"{cells.where(row)}: the time is missing; remove the row or fill it in")
    for before, row in pairwise(rows):
        if clock[row] < clock[before]:
            raise DataError(
                f"{cells.where(row)}: time goes backwards in {run}, from {clock[before]:g} to {clock[row]:g}; {hint}"
            )
        if clock[row] == clock[before]:
            raise DataError(
                f"{cells.where(row)}: time {clock[row]:g} is repeated in {run}; "
                "average the rows, or give each repeat its own label in a column 'experiment'"
            )


def check_run(cells: Cells, label: str, rows: list[int], values: np.ndarray) -> None:
    """Refuse a run in which nothing was measured."""
    if np.isnan(values[rows]).all():
        raise DataError(f"{cells.where(rows[0])}: experiment '{label}' has no measured value; remove its rows")


def check_species(cells: Cells, columns: list[str], values: np.ndarray) -> None:
    """Refuse species that were never measured, or are negative throughout."""
    for name, column in zip(columns, values.T, strict=True):
        finite = column[np.isfinite(column)]
        if not finite.size:
            raise DataError(f"{cells.source}: species '{name}' has no measured value; remove the column")
        if finite.max() <= 0 and 2 * (finite < 0).sum() > finite.size:
            first = int(np.flatnonzero(column < 0)[0])
            raise DataError(
                f"{cells.where(first)}: species '{name}' is negative throughout "
                f"(largest value {finite.max():g}); check the baseline or the sign"
            )


def run_temperatures(cells: Cells, column: str, groups: dict[str, list[int]]) -> tuple[float, ...] | None:
    """Return one temperature a run, in kelvin (degrees Celsius where the column's name says so); None if all are blank.

    Raises
    ------
    DataError
        A temperature that changes within a run or is not above absolute zero, and runs without one beside others.
    """
    zero = CELSIUS if _IN_CELSIUS.search(column) else 0.0
    found = {label: _run_temperature(cells, column, label, rows, zero) for label, rows in groups.items()}
    missing = [label for label, value in found.items() if np.isnan(value)]
    if len(missing) == len(found):
        return None
    if missing:
        raise DataError(
            f"{cells.where(groups[missing[0]][0])}: experiment '{missing[0]}' has no temperature, but others have one; "
            "give every run its temperature, or none"
        )
    return tuple(found.values())


def _run_temperature(cells: Cells, column: str, label: str, rows: list[int], zero: float) -> float:
    values = {row: cells.number(column, row) for row in rows}
    seen = [row for row in rows if not np.isnan(values[row])]
    for row in seen:
        if values[row] != values[seen[0]]:
            raise DataError(
                f"{cells.where(row)}: temperature changes within experiment '{label}', "
                f"from {values[seen[0]]:g} to {values[row]:g}; one value a run is supported"
            )
    kelvin = values[seen[0]] + zero if seen else float("nan")
    if kelvin <= 0:
        raise DataError(
            f"{cells.where(seen[0])}: the temperature of experiment '{label}' is {values[seen[0]]:g}; "
            "give a positive number in kelvin, or call the column 'temperature [°C]'"
        )
    return kelvin


def describe(data: Trajectories) -> tuple[str, ...]:
    """Return remarks on what is unusual but no error in the data: one short line each."""
    stacked = np.concatenate(data.values)
    remarks = []
    for j, name in enumerate(data.species):
        negative = int((stacked[:, j] < 0).sum())
        if negative:
            remarks.append(f"{name}: {negative} negative value{'s' * (negative > 1)}, kept as noise around zero")
    constant = [
        name for j, name in enumerate(data.species) if all(np.ptp(_measured(v[:, j])) == 0 for v in data.values)
    ]
    if constant:
        remarks.append(f"{', '.join(constant)}: never changes within a run")
    gaps = int(np.isnan(stacked).sum())
    if gaps:
        remarks.append(f"{gaps} of {stacked.size} values are missing")
    lengths = [len(times) for times in data.times]
    if min(lengths) != max(lengths):
        remarks.append(f"runs have between {min(lengths)} and {max(lengths)} times")
    return tuple(remarks)


def _measured(column: np.ndarray) -> np.ndarray:
    finite = column[np.isfinite(column)]
    return finite if finite.size else np.zeros(1)
