"""Measurements from tables: which column is what, one run a label, and what to refuse in one clear line."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError
from ..files import write_text
from .cells import Cells, from_frame, is_gap
from .checks import check_run, check_species, check_times, describe, run_temperatures
from .clock import read_clock
from .columns import (
    date_column,
    label_column,
    refuse_long,
    species_columns,
    species_names,
    temperature_column,
    time_column,
)
from .csv_text import csv_text
from .delimited import from_file
from .numerals import plain_numbers
from .repeats import fold_repeats
from .trajectories import Trajectories
from .units import to_one_unit


def read_table(
    source: Any,
    *,
    time: str | None = None,
    experiment: str | None = None,
    temperature: str | None = None,
    species: Sequence[str] | None = None,
) -> Trajectories:
    """Read concentration-time measurements of one or more runs.

    A table has a time column, a column per species and, when there are several runs, a column of labels;
    rows of several runs may interleave. Empty fields, ``NA``, ``n.d.`` and ``<LOD`` are gaps. Files may be separated
    by commas, semicolons or tabs, and hold comment lines (``#``), a byte-order mark, quotes, decimal commas, separators
    of thousands and a row of units. Times may be numbers, dates or times of day, which become seconds. Repeated
    measurements side by side (``A rep1``, ``A rep2``) become runs.

    Parameters
    ----------
    source
        Path of a CSV or .xlsx file, a pandas or polars frame, or a dict of columns.
    time, experiment, temperature
        Names of these columns. By default ``time`` (or ``t``), ``experiment`` (or ``run``, ``experiment_id``)
        and ``temperature`` (one value a run; kelvin, or ``temperature [°C]``).
    species
        Columns to read as species; all the others by default.

    Returns
    -------
    Trajectories
        Runs in the order in which they appear, with ``remarks`` on what was noticed (single negative values,
        species that never change, gaps, runs of different length).

    Raises
    ------
    DataError
        In one line that names the file, the line, what was found and what to do.
    """
    cells = from_file(Path(source)) if isinstance(source, str | os.PathLike) else from_frame(source)
    experiment = label_column(cells, experiment)
    time = time_column(cells, time)
    temperature = temperature_column(cells, temperature)
    date = date_column(cells, time)
    cells = plain_numbers(cells, {experiment, date})
    if species is None:
        cells, experiment = fold_repeats(cells, experiment, {time, experiment, temperature, date})
    columns = species_columns(cells, species, {time, experiment, temperature, date})
    refuse_long(cells, columns)
    names, renamed = species_names(cells, columns)
    groups = _group(cells, experiment)
    clock, told = read_clock(cells, time, groups.values(), date)
    values = np.array([[cells.number(name, row) for name in columns] for row in range(len(cells.lines))])
    values, converted = to_one_unit(columns, values)
    for label, rows in groups.items():
        check_times(cells, label, rows, clock, labelled=experiment is not None)
    check_species(cells, columns, values)
    for label, rows in groups.items():
        check_run(cells, label, rows, values)
    temperatures = None
    if temperature is not None:
        temperatures = run_temperatures(cells, temperature, groups)
    data = Trajectories(
        names,
        tuple(groups),
        tuple(clock[rows] for rows in groups.values()),
        tuple(values[rows] for rows in groups.values()),
        temperatures,
    )
    remarks = (*cells.remarks, *told, *renamed, *converted, *describe(data))
    return Trajectories(data.species, data.experiments, data.times, data.values, temperatures, remarks)


def _group(cells: Cells, experiment: str | None) -> dict[str, list[int]]:
    """Return the rows of each run, runs in order of first appearance."""
    if experiment is None:
        return {"0": list(range(len(cells.lines)))}
    groups: dict[str, list[int]] = {}
    for row, cell in enumerate(cells.columns[experiment]):
        if is_gap(cell):
            raise DataError(f"{cells.where(row)}: the label in column '{experiment}' is missing")
        if isinstance(cell, float | np.floating) and float(cell).is_integer():
            cell = int(cell)
        groups.setdefault(str(cell), []).append(row)
    return groups


def write_table(data: Trajectories, path: str | os.PathLike) -> None:
    """Write measurements as CSV, whole or not at all; gaps become empty fields.

    ``read_table`` returns the same numbers, to the last bit.

    Raises
    ------
    ExportError
        The file cannot be written.
    """
    header = ["experiment", "time", *(["temperature"] if data.temperatures else []), *data.species]
    rows = ({name: _cell(row[name]) for name in header} for row in data.to_rows())
    write_text(path, csv_text(header, rows))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value != value else repr(float(value))
