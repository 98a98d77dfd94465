"""The columns of an operation table: what each is, its numbers in the units of the data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import DataError
from ..reading.cells import Table, style_of_grid
from ..reading.grid import Grid, is_blank, is_gap, quoted, text_of
from ..reading.header import Column, is_temperature_name, read_header
from ..reading.temperatures import LEAST_KELVIN, in_kelvin
from ..reading.units import Unit, read_unit
from .scale import Scale, Wanted
from .words import ROLES, role_of


@dataclass
class Sheet:
    """The columns of an operation table by what they are, as numbers in the units of the data.

    Attributes
    ----------
    table
        Cells with their places, which open messages.
    numbers
        {role: values a row}, NaN where a cell is empty.
    texts
        {``"experiment"`` or ``"operation"``: texts a row}.
    contents
        {species: values a row}.
    amounts
        Species whose column holds amounts.
    """

    table: Table
    numbers: dict[str, np.ndarray] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    contents: dict[str, np.ndarray] = field(default_factory=dict)
    amounts: set[str] = field(default_factory=set)

    def number(self, role: str, row: int) -> float | None:
        """Return what stands in a row, None for nothing."""
        value = self.numbers[role][row] if role in self.numbers else np.nan
        return None if np.isnan(value) else float(value)

    def inside(self, row: int, amounts: bool) -> dict[str, float]:
        """Return the contents of a row that are amounts, or those that are concentrations."""
        there = {name: values[row] for name, values in self.contents.items() if not np.isnan(values[row])}
        return {name: float(value) for name, value in there.items() if (name in self.amounts) == amounts}


def read_sheet(grid: Grid, wanted: Wanted) -> Sheet:
    """Read the columns of a grid, in the units of the data.

    Raises
    ------
    DataError
        In one line that names the file, the column, what was found and what to do.
    """
    rows = [i for i, row in enumerate(grid.rows) if not all(map(is_blank, row))]
    if not rows:
        raise DataError(f"{grid.source}: the table is empty; write a header and one step of the operation a row")
    head, body = grid.rows[rows[0]], [grid.rows[i] for i in rows[1:]]
    lines = [grid.lines[i] for i in rows[1:]]
    columns = [
        Column(text_of(name), *_header(text_of(name)), [row[k] if k < len(row) else None for row in body])
        for k, name in enumerate(head)
        if not is_blank(name)
    ]
    style, _ = style_of_grid(grid, [[(column.cells, lines) for column in columns]], None)
    sheet = Sheet(Table(grid.source, grid.unit, lines, "", columns, style, header_line=grid.lines[rows[0]]))
    scale = Scale(sheet.table, wanted)
    for column in columns:
        _place(sheet, column, scale, wanted.species)
    return sheet


_BEHIND = re.compile(r"(?P<name>.*?)\s*(?:[\[(](?P<inside>[^\])]*)[\])]|(?:/|,|\bin\b)\s*(?P<rest>.+))")


def _header(text: str) -> tuple[str, Unit | None]:
    """Return name and unit of a header; of a known column, whatever stands behind its name is the unit."""
    found = _BEHIND.fullmatch(text.strip())
    if found and role_of(found["name"]) is not None:
        unit = (found["inside"] or found["rest"] or "").strip()
        return found["name"], (read_unit(unit) or Unit(unit, "unknown")) if unit else None
    return read_header(text)


def _place(sheet: Sheet, column: Column, scale: Scale, species: Sequence[str]) -> None:
    """Take a column for what it is."""
    name = next((n for n in (column.header, column.name) if n in species), None)
    role = None if name else role_of(column.name)
    warm = name is None and role is None and is_temperature_name(column.name)
    key = name or ("kelvin" if warm else role) or column.name
    if key in sheet.numbers or key in sheet.texts or key in sheet.contents:
        raise DataError(f"{sheet.table.source}: two columns are '{key}'; leave one")
    if role in ("experiment", "operation"):
        sheet.texts[role] = ["" if is_gap(cell) else text_of(cell) for cell in column.cells]
    elif warm:
        sheet.numbers["kelvin"] = _kelvin(sheet, column)
    elif role is not None:
        sheet.numbers[role] = sheet.table.numbers(column)[0] * scale.of_role(role, column)
    elif name is None and species:
        known = f"columns are {', '.join(ROLES)}, temperature and the species {quoted(species)}"
        raise DataError(f"{sheet.table.source}: column '{column.header}' is neither a species nor known; {known}")
    elif not all(map(is_gap, column.cells)):
        factor, is_amount = scale.of_species(key, column)
        sheet.contents[key] = sheet.table.numbers(column)[0] * factor
        if is_amount:
            sheet.amounts.add(key)


def _kelvin(sheet: Sheet, column: Column) -> np.ndarray:
    values = sheet.table.numbers(column)[0]
    unit = sheet.table.unit_of(column)
    scale = unit.text if unit is not None and unit.kind == "temperature" else None
    if scale is None and np.nanmin(values, initial=np.inf) < LEAST_KELVIN:
        raise DataError(
            f"{sheet.table.source}: is column '{column.header}' in °C, °F or kelvin? Call it 'temperature [°C]'"
        )
    return in_kelvin(values, scale or "K")
