"""Tables on the command line: which columns and sheets to read, and how a table was read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_petab import is_petab

if TYPE_CHECKING:
    from .data.reading.block import Reading
    from .data.trajectories import Trajectories

ROWS, COLUMNS, WIDE = 6, 24, 10  # what `look` shows: rows of a run, rows and columns of other tables

Time = Annotated[str | None, typer.Option("--time", help="Column of times, by name or number; 'x [min]' adds a unit.")]
Temperature = Annotated[str | None, typer.Option(help="Column of temperatures: 'temp [°C]', 'T [K]'.")]
Runs = Annotated[str | None, typer.Option("--experiment", help="Column that labels the runs.")]
Species = Annotated[str | None, typer.Option(help="Columns to read as species: 'A,B,C'; by default all that can be.")]
Sheet = Annotated[list[str] | None, typer.Option(help="Sheet of a workbook, by name or number; repeatable.")]
Decimal = Annotated[str | None, typer.Option(help="'.' or ',' where numbers such as 1,234 leave it open.")]


def columns(
    time: str | None,
    temperature: str | None,
    experiment: str | None,
    species: str | None,
    sheet: list[str] | None,
    decimal: str | None,
) -> dict[str, Any]:
    """Return the keywords of `crnsym.read_table`."""
    chosen = None if species is None else [name.strip() for name in species.split(",") if name.strip()]
    return {
        "time": time,
        "temperature": temperature,
        "experiment": experiment,
        "species": chosen,
        "sheet": tuple(sheet or ()),
        "decimal": decimal,
    }


def read(paths: list[Path], how: dict[str, Any] | None = None) -> "Trajectories":
    """Read one table, several as runs, or the measurements of a PEtab problem, and say what was assumed."""
    from .data.tables import read_table

    if any(map(is_petab, paths)):
        return _of_petab(paths, how or {})
    table = read_table(list(paths), **(how or {}))
    for remark in table.remarks:
        print(f"Note: {remark}")
    return table


def _of_petab(paths: list[Path], how: dict[str, Any]) -> "Trajectories":
    from .errors import DataError
    from .refit.petab.problem import read_petab

    if len(paths) > 1:
        raise DataError(f"{paths[1]}: a PEtab problem is read by itself, without further tables")
    if given := [name for name, value in how.items() if value]:
        raise DataError(f"--{given[0]} is for tables; a PEtab problem says itself what is what")
    return read_petab(paths[0]).data()


def show(paths: list[Path], how: dict[str, Any]) -> None:
    """Print how tables were read: columns, runs, the first rows, what was assumed."""
    from rich.console import Console

    from .data.tables import look

    data, readings = look(list(paths), **how)
    console = Console()
    alike: dict[tuple, list[Reading]] = {}
    for reading in readings:
        alike.setdefault(reading.columns, []).append(reading)
    for same in alike.values():
        for reading in same:
            console.print(": ".join(filter(None, (reading.source, reading.title))), markup=False, soft_wrap=True)
        console.print(_columns(same[0]))
    console.print(_runs(data))
    console.print(f"The first rows of run {data.experiments[0]}:", markup=False)
    console.print(_rows(data))
    for remark in data.remarks:
        console.print(f"Note: {remark}", markup=False, soft_wrap=True)


def _grid(heads: list[str], rows: list[list[str]], most: int) -> Any:
    """Return a table for the console, with as many rows as that."""
    from rich.table import Table
    from rich.text import Text

    grid = Table()
    for head in heads:
        grid.add_column(Text(head))
    for row in rows[:most]:
        grid.add_row(*map(Text, row))
    if len(rows) > most:
        grid.add_row(f"... {len(rows) - most} more")
    return grid


def _columns(reading: "Reading") -> Any:
    rows = [[header or "(no name)", role, unit] for header, role, unit in reading.columns]
    return _grid(["column", "read as", "unit"], rows, COLUMNS)


def _runs(data: "Trajectories") -> Any:
    warm = data.temperatures is not None
    unit = f" [{data.time_unit}]" if data.time_unit else ""
    rows = []
    for place, (label, times, _) in enumerate(data):
        kelvin = [f"{(data.temperatures or ())[place]:g}"] if warm else []
        rows.append([label, str(len(times)), f"{times[0]:g}", f"{times[-1]:g}", *kelvin])
    return _grid(["run", "times", f"from{unit}", "to", *(["kelvin"] if warm else [])], rows, COLUMNS)


def _rows(data: "Trajectories") -> Any:
    units = data.units or ("",) * len(data.species)
    heads = [f"{name}\n{unit}".rstrip() for name, unit in zip(data.species, units, strict=True)]
    errors = [[float("nan")] * len(heads)] * len(data.times[0]) if data.errors is None else data.errors[0]
    rows = []
    for time, values, spread in zip(data.times[0], data.values[0], errors, strict=True):
        cells = [_cell(v, e) for v, e in zip(values[:WIDE], spread, strict=False)]
        rows.append([f"{time:g}", *cells, *(["..."] if len(heads) > WIDE else [])])
    more = [f"... {len(heads) - WIDE} more"] if len(heads) > WIDE else []
    return _grid([f"time\n{data.time_unit}".rstrip(), *heads[:WIDE], *more], rows, ROWS)


def _cell(value: float, error: float) -> str:
    if value != value:
        return ""
    return f"{value:.6g}" + (f" ± {error:.2g}" if error == error else "")
