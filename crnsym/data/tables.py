"""Measurements from tables, and back: see `crnsym.data.reading` for how a table is read."""

import os
from collections.abc import Sequence

from ..errors import DataError
from ..files import write_text
from .csv_text import csv_text
from .reading.block import Options, Reading
from .reading.read import read_sources
from .reading.sources import Table
from .trajectories import Trajectories


def read_table(
    source: Table | Sequence[Table],
    *,
    time: str | None = None,
    experiment: str | None = None,
    temperature: str | None = None,
    species: Sequence[str] | None = None,
    sheet: str | Sequence[str] = (),
    decimal: str | None = None,
) -> Trajectories:
    """Read concentration-time measurements of one or more runs, as laboratories write them.

    A table has a column of times, a column a species and, when there are several runs, columns of labels, blocks,
    sheets or files. What each column is, is told from its name, its unit and its shape; whatever was assumed is a
    remark. `look` shows how a table is read.

    Parameters
    ----------
    source
        Path of a text or .xlsx file, a pandas or polars frame, a dict of columns; or a list of these, which are runs.
    time, experiment, temperature
        Names of these columns, or their number from 1; a unit may follow, ``"x [min]"``. Temperatures are one value a
        run, in kelvin unless the column says °C or °F.
    species
        Columns to read as species; all that can be by default.
    sheet
        Sheets of a workbook, by name or number; by default all that hold tables of the same species.
    decimal
        ``"."`` or ``","`` where numbers such as 1,234 leave it open.

    Returns
    -------
    Trajectories
        Runs in the order in which they appear, with units, errors and ``remarks`` on what was assumed and noticed.

    Raises
    ------
    DataError
        In one line that names the file, the line, what was found and what to do.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.read_table({"t / min": [0, 2, 4], "A / mM": [1.0, 0.4, 0.1], "B / mM": [0.0, 0.6, 0.9]})
    >>> data.species, data.units, data.time_unit
    (('A', 'B'), ('mM', 'mM'), 'min')
    """
    return _read(source, time, experiment, temperature, species, sheet, decimal)[0]


def look(
    source: Table | Sequence[Table],
    *,
    time: str | None = None,
    experiment: str | None = None,
    temperature: str | None = None,
    species: Sequence[str] | None = None,
    sheet: str | Sequence[str] = (),
    decimal: str | None = None,
) -> tuple[Trajectories, list[Reading]]:
    """Return what `read_table` reads, and what each column of each table was taken for.

    Examples
    --------
    >>> import crnsym as cs
    >>> data, readings = cs.look({"t / min": [0, 2, 4], "A / mM": [1.0, 0.4, 0.1], "B / mM": [0.0, 0.6, 0.9]})
    >>> for header, role, unit in readings[0].columns:
    ...     print(header, "|", role, "|", unit)
    t / min | time | min
    A / mM | species | mM
    B / mM | species | mM
    """
    return _read(source, time, experiment, temperature, species, sheet, decimal)


def _read(
    source: Table | Sequence[Table],
    time: str | None,
    experiment: str | None,
    temperature: str | None,
    species: Sequence[str] | None,
    sheet: str | Sequence[str],
    decimal: str | None,
) -> tuple[Trajectories, list[Reading]]:
    sheets = (sheet,) if isinstance(sheet, str | int) else tuple(sheet)
    chosen = None if species is None else tuple(species)
    if isinstance(species, str) or chosen == ():
        raise DataError(f"species={species!r}: give a list of the columns that are species, such as ['A', 'B']")
    return read_sources(source, [str(s) for s in sheets], Options(time, experiment, temperature, chosen, decimal))


def write_table(data: Trajectories, path: str | os.PathLike[str]) -> None:
    """Write measurements as CSV, whole or not at all; gaps become empty fields.

    ``read_table`` returns the same numbers, to the last bit.

    Raises
    ------
    ExportError
        The file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 4))
    >>> cs.write_table(data, "runs.csv")
    >>> cs.read_table("runs.csv").species
    ('A', 'B')
    """
    header = {"experiment": "experiment", "time": _with_unit("time", data.time_unit)}
    if data.temperatures:
        header["temperature"] = "temperature"
    header |= {s: _with_unit(s, u) for s, u in zip(data.species, data.units or [""] * len(data.species), strict=True)}
    rows = [{header[name]: _cell(row[name]) for name in header} for row in data.to_rows()]
    names = list(header.values())
    if data.errors is not None:
        _add_errors(data, names, rows)
    write_text(path, csv_text(names, rows))


def _with_unit(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name


def _add_errors(data: Trajectories, names: list[str], rows: list[dict[str, str]]) -> None:
    """Append a column of standard deviations for each species."""
    names += [f"{s} sd" for s in data.species]
    spreads = (spread for run in data.errors or () for spread in run)
    for row, spread in zip(rows, spreads, strict=True):
        row.update({f"{s} sd": _cell(e) for s, e in zip(data.species, spread, strict=True)})


def _cell(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return "" if value != value else repr(float(value))
