"""Temperatures of runs, in kelvin, whatever scale a table has them in."""

import re
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from ...errors import DataError
from .cells import Table
from .header import Column, degree

T = TypeVar("T", float, np.ndarray)
CELSIUS = 273.15
LEAST_KELVIN = 200.0  # a temperature without its scale is one in kelvin from here on; below nobody can say
_ALONE = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)\s?°?\s?(?P<scale>[CFK])")
_WITHIN = re.compile(r"(?<![\w.])(?P<number>-?\d+(?:\.\d+)?)\s?(?P<scale>[°º]\s?[CF]|K)(?!\w)")
DRIFT = 2.0  # kelvin: what a thermostat may do within a run


def kelvin_of(table: Table, column: Column, runs: dict[str, list[int]]) -> tuple[float, ...] | None:
    """Return one temperature a run; None if all are blank.

    Raises
    ------
    DataError
        The scale is not said and cannot be told, a temperature changes within a run or is not above absolute zero, or
        a run has none beside others.
    """
    values, _ = table.numbers(column)
    seen = np.flatnonzero(np.isfinite(values))
    if not seen.size:
        return None
    kelvin = _to_kelvin(table, column, values, int(seen[0]))
    for row in seen:
        if kelvin[row] <= 0:
            raise DataError(
                f"{table.where(int(row))}: a temperature of {values[row]:g} in column '{column.header}' is below "
                "absolute zero; give kelvin, or call the column 'temperature [°C]'"
            )
    found = {label: _of_run(table, label, rows, kelvin, values) for label, rows in runs.items()}
    missing = [label for label, value in found.items() if np.isnan(value)]
    if missing:
        raise DataError(
            f"{table.where(runs[missing[0]][0])}: experiment '{missing[0]}' has no temperature, but others have one; "
            "give every run its temperature, or none"
        )
    return tuple(found.values())


def _to_kelvin(table: Table, column: Column, values: np.ndarray, first: int) -> np.ndarray:
    scale = degree(column)
    if scale is None:
        if np.nanmin(values) < LEAST_KELVIN:
            raise DataError(
                f"{table.where(first)}: is {values[first]:g} in column '{column.header}' in °C, °F or kelvin? Call the "
                f"column '{column.name} [°C]', '{column.name} [°F]' or '{column.name} [K]' "
                f'(or --temperature "{column.name} [°C]")'
            )
        table.remarks.append(f"column '{column.header}' has no unit: taken for kelvin")
        scale = "K"
    return in_kelvin(values, scale)


def _of_run(table: Table, label: str, rows: list[int], kelvin: np.ndarray, values: np.ndarray) -> float:
    seen = [row for row in rows if np.isfinite(kelvin[row])]
    if not seen:
        return float("nan")
    span = np.ptp(kelvin[seen])
    if span > DRIFT:
        row = next(row for row in seen if values[row] != values[seen[0]])
        raise DataError(
            f"{table.where(row)}: temperature changes within experiment '{label or 0}', "
            f"from {values[seen[0]]:g} to {values[row]:g}; a table has one value a run; a program is "
            "'temperature' steps of --operation"
        )
    if span > 0:
        table.remarks.append(f"the temperature of experiment '{label or 0}' drifts by {span:.2g} K: its mean is used")
        return float(kelvin[seen].mean())
    return float(kelvin[seen[0]])


def kelvin_of_labels(labels: Sequence[str]) -> tuple[float, ...] | None:
    """Return the temperatures that labels such as ``25 °C``, ``298K`` or ``run 2, 308 K`` say, in kelvin.

    None where one says none, or two.
    """
    found = [_ALONE.fullmatch(label) or _only(label) for label in labels]
    if not labels or not all(found):
        return None
    return tuple(in_kelvin(float(m["number"]), m["scale"][-1]) for m in found if m)


def _only(label: str) -> re.Match | None:
    """Return the temperature in a text; None where there are none or several."""
    found = list(_WITHIN.finditer(label))
    return found[0] if len(found) == 1 else None


def in_kelvin(value: T, scale: str) -> T:
    """Return temperatures of a scale, ``C``, ``F`` or ``K``, in kelvin."""
    if scale == "C":
        return value + CELSIUS
    return (value - 32.0) * 5.0 / 9.0 + CELSIUS if scale == "F" else value
