"""What was put into every run: concentrations at the start, of species whether they were followed or not."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from crnsym.data.reading.cells import style_of_grid
from crnsym.data.reading.grid import is_number, text_of
from crnsym.data.reading.header import concentration_of, read_header
from crnsym.data.reading.names import is_certain_label, is_label_name
from crnsym.data.reading.numerals import read_numeral, to_float
from crnsym.data.reading.sources import open_source
from crnsym.data.reading.styles import Style
from crnsym.data.reading.units import read_unit
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError
from crnsym.formats.files import read_text

LABELS = ("experiment", "run")  # headers of the column that names the runs
WANTED = "expected a header of species, and a row of concentrations for every run"

Charges = dict[str, tuple[float, ...]]
"""{species: concentration at the start of every run}."""

GivenCharges: TypeAlias = str | os.PathLike[str] | Mapping[str, float | Sequence[float] | Mapping[str, float]]
"""What `charges` reads."""


def charges(given: GivenCharges, data: Trajectories) -> Charges:
    """Read concentrations at the start of the runs.

    Parameters
    ----------
    given
        ``{"A": 1.0, "B": [0.5, 1.0]}`` (one number for all runs, or one a run), ``{"run 1": {"A": 1.0}, ...}``, or the
        path of a table, text or .xlsx, as the data themselves may be: a row a run, a column a species, with or without
        its unit, and a column that names the runs where the rows are not in their order. One row holds for all runs.
    data
        Whose runs these are.

    Raises
    ------
    DataError
        A table that cannot be read, a run without a row, a concentration that is negative or missing.
    """
    if isinstance(given, str | os.PathLike):
        return _from_rows(*_rows(Path(given), data), data)
    if not isinstance(given, Mapping) or not given:
        raise DataError(f"starts={given!r}: give {{species: concentration}}, 'fitted', 'measured' or a file")
    nested = {label: values for label, values in given.items() if isinstance(values, Mapping)}
    if len(nested) == len(given):
        rows = [(f"starts of {label}", {LABELS[0]: label, **values}) for label, values in nested.items()]
        return _from_rows("starts", rows, data)
    return {str(name): _each(name, value, data) for name, value in given.items()}


def _each(name: str, value: object, data: Trajectories) -> tuple[float, ...]:
    several = list(value) if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str) else None
    if several is not None and len(several) != len(data):
        raise DataError(f"starts of {name}: {len(several)} numbers for {len(data)} runs; give one, or one a run")
    return tuple(_number(v, f"starts of {name}") for v in (several or [value] * len(data)))


def _number(value: object, where: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number is refused
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.0 <= number < np.inf:
        raise DataError(f"{where}: {value!r} is no concentration; give a number that is 0 or more")
    return number


def _rows(path: Path, data: Trajectories) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Return the rows of a table with their places, numbers in the unit of the data where both have one."""
    if path.is_file() and path.suffix.lower() != ".xlsx" and not read_text(path).strip():
        raise DataError(f"{path}: {WANTED}")
    grid = open_source(str(path))[0]
    header, body = [text_of(c) for c in grid.rows[0]], list(zip(grid.rows[1:], grid.lines[1:], strict=True))
    label = _label_of([text_of(c) for c in grid.rows[0]], [row for row, _ in body], data)
    if not body or not any(name and name != label for name in header):
        raise DataError(f"{path}: {WANTED}")
    for row, line in body:
        if len(row) != len(header):
            where = f"{path}, {grid.unit} {line}"
            raise DataError(f"{where}: expected {len(header)} values, as in the header; there are {len(row)}")
    columns = [([row[k] for row, _ in body], [line for _, line in body]) for k in range(len(header))]
    style, _ = style_of_grid(grid, [columns], None)
    parsed = [(LABELS[0], 1.0) if name == label else _species(name, data) for name in header]
    rows = []
    for row, line in body:
        named: dict[str, Any] = {}
        for (name, factor), cell in zip(parsed, row, strict=True):
            number = None if name == LABELS[0] else _in_style(cell, style)
            named[name] = text_of(cell) if number is None else number * factor
        rows.append((f"{path}, {grid.unit} {line}", named))
    return str(path), rows


def _label_of(header: list[str], rows: list[list[Any]], data: Trajectories) -> str | None:
    """Return the header of the column that names the runs: by its name, or because it holds their names."""
    for k, name in enumerate(header):
        inside = {text_of(row[k]) for row in rows if k < len(row)}
        if name.lower() in LABELS or is_certain_label(name) or (is_label_name(name) and inside & set(data.experiments)):
            return name
    return None


def _species(header: str, data: Trajectories) -> tuple[str, float]:
    """Return the species in a header, and its unit in units of the data."""
    name, unit = read_header(header)
    others = [read_unit(u) for u in data.units if u]
    same = [u for u in others if u is not None and unit is not None and u.kind == unit.kind]
    return concentration_of(name) or name, unit.size / same[0].size if same and unit is not None else 1.0


def _in_style(cell: Any, style: Style) -> float | None:
    """Return the number in a cell; None for anything else."""
    if not isinstance(cell, str):
        return float(cell) if is_number(cell) else None
    found = read_numeral(cell)
    return to_float(found.value, style) if found is not None and not found.unit else None


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
