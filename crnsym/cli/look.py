"""How a table is read, on the command line."""

from typing import TYPE_CHECKING

from .options import Columns, Tables

if TYPE_CHECKING:
    from rich.table import Table

    from ..data.reading.block import Reading
    from ..data.trajectories import Trajectories

ROWS, COLUMNS, WIDE = 6, 24, 10  # what is shown: rows of a run, rows and columns of other tables


def look(data: Tables, columns: Columns) -> None:
    """Show how a table is read: what each column is, the runs, the units, and what was assumed."""
    from rich.console import Console

    from ..data.tables import look as look_at

    table, readings = look_at(list(data), **columns.keywords())
    console = Console()
    alike: dict[tuple, list[Reading]] = {}
    for reading in readings:
        alike.setdefault(reading.columns, []).append(reading)
    for same in alike.values():
        for reading in same:
            console.print(": ".join(filter(None, (reading.source, reading.title))), markup=False, soft_wrap=True)
        console.print(_columns(same[0]))
    console.print(_runs(table))
    console.print(f"The first rows of run {table.experiments[0]}:", markup=False)
    console.print(_rows(table))
    for remark in table.remarks:
        console.print(f"Note: {remark}", markup=False, soft_wrap=True)


def _grid(heads: list[str], rows: list[list[str]], most: int) -> "Table":
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


def _columns(reading: "Reading") -> "Table":
    rows = [[header or "(no name)", role, unit] for header, role, unit in reading.columns]
    return _grid(["column", "read as", "unit"], rows, COLUMNS)


def _runs(data: "Trajectories") -> "Table":
    warm = data.temperatures is not None
    unit = f" [{data.time_unit}]" if data.time_unit else ""
    rows = []
    for place, (label, times, _) in enumerate(data):
        kelvin = [f"{(data.temperatures or ())[place]:g}"] if warm else []
        rows.append([label, str(len(times)), f"{times[0]:g}", f"{times[-1]:g}", *kelvin])
    return _grid(["run", "times", f"from{unit}", "to", *(["kelvin"] if warm else [])], rows, COLUMNS)


def _rows(data: "Trajectories") -> "Table":
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
