"""What was put into every run: concentrations at the start, of species whether they were followed or not."""

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError
from crnsym.formats.files import read_text

LABELS = ("experiment", "run")  # headers of the column that names the runs

Charges = dict[str, tuple[float, ...]]
"""{species: concentration at the start of every run}."""


def charges(given: Any, data: Trajectories) -> Charges:
    """Read concentrations at the start of the runs.

    Parameters
    ----------
    given
        ``{"A": 1.0, "B": [0.5, 1.0]}`` (one number for all runs, or one a run), ``{"run 1": {"A": 1.0}, ...}``, or the
        path of a table of comma-separated values: a row a run, a column a species, and a column ``experiment`` where
        the rows are not in the order of the runs. One row holds for all runs.
    data
        Whose runs these are.

    Raises
    ------
    DataError
        A table that cannot be read, a run without a row, a concentration that is negative or missing.
    """
    if isinstance(given, str | os.PathLike):
        return _from_rows(*_rows(Path(given)), data)
    if not isinstance(given, Mapping) or not given:
        raise DataError(f"starts={given!r}: give {{species: concentration}}, 'fitted', 'measured' or a file")
    if all(isinstance(value, Mapping) for value in given.values()):
        rows = [(f"starts of {label}", {LABELS[0]: label, **values}) for label, values in given.items()]
        return _from_rows("starts", rows, data)
    return {str(name): _each(name, value, data) for name, value in given.items()}


def _each(name: str, value: Any, data: Trajectories) -> tuple[float, ...]:
    several = list(value) if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str) else None
    if several is not None and len(several) != len(data):
        raise DataError(f"starts of {name}: {len(several)} numbers for {len(data)} runs; give one, or one a run")
    return tuple(_number(v, f"starts of {name}") for v in (several or [value] * len(data)))


def _number(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.0 <= number < np.inf:
        raise DataError(f"{where}: {value!r} is no concentration; give a number that is 0 or more")
    return number


def _rows(path: Path) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Return the rows of a table with their places."""
    lines = [line for line in read_text(path).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    table = list(csv.DictReader(lines, skipinitialspace=True))
    if not table or not any(name and name.strip().lower() not in LABELS for name in table[0]):
        raise DataError(f"{path}: expected a header of species, and a row of concentrations for every run")
    rows = []
    for number, row in enumerate(table, 2):
        if None in row or None in row.values():
            raise DataError(f"{path}, row {number}: expected {len(lines[0].split(','))} values, as in the header")
        named = {(name or "").strip(): str(value).strip() for name, value in row.items()}
        rows.append((f"{path}, row {number}", named))
    return str(path), rows


def _from_rows(source: str, rows: list[tuple[str, dict[str, Any]]], data: Trajectories) -> Charges:
    label = next((name for name in rows[0][1] if name.lower() in LABELS), None)
    species = [name for name in rows[0][1] if name != label]
    if label is None:
        if len(rows) not in (1, len(data)):
            raise DataError(
                f"{source}: {len(rows)} rows for {len(data)} runs; give one row for all, one a run, or a column "
                "'experiment' with the names of the runs"
            )
        chosen = rows * len(data) if len(rows) == 1 else rows
    else:
        by_label = {str(row[label]): (where, row) for where, row in rows}
        if unknown := [name for name in by_label if name not in data.experiments]:
            raise DataError(f"{source}: there is no run '{unknown[0]}'; there are {', '.join(data.experiments)}")
        if missing := [name for name in data.experiments if name not in by_label]:
            raise DataError(f"{source}: no row for run '{missing[0]}'")
        chosen = [by_label[name] for name in data.experiments]
    return {s: tuple(_number(row.get(s, 0.0), f"{where}, {s}") for where, row in chosen) for s in species}
