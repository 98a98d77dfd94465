"""Operations from a small table: one row a step, as somebody writes it beside the measurements in a spreadsheet."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import DataError
from ..reading.cells import Table, style_of_grid
from ..reading.grid import Grid, is_blank, is_gap, quoted, text_of
from ..reading.header import Column, is_temperature_name, read_header
from ..reading.sources import open_source
from ..reading.temperatures import LEAST_KELVIN, in_kelvin
from ..reading.units import Unit, read_unit
from .operation import Axis, Operation
from .scale import Scale, Wanted

ROLES = {
    "experiment": "experiment run batch exp experiments runs",
    "time": "time begin from at t",
    "until": "until end to stop",
    "duration": "duration for",
    "operation": "operation action step what event kind type",
    "volume": "volume vol",
    "flow": "flow flowrate feedrate q pump",
    "residence": "residencetime residence tau τ",
}
KINDS = {
    "start": "start charge initial fill beginning",
    "add": "add addition dose dosing shot bolus inject injection dilute dilution spike",
    "feed": "feed fed feeding infusion pump",
    "withdraw": "withdraw withdrawal sample sampling remove removal drain outflow out",
    "stirred flow": "stirredflow cstr stirredtank stirred chemostat",
    "plug flow": "plugflow pfr tube flowtube tubular",
    "steady stirred flow": "steadystirredflow steadycstr steadystirredtank steady",
    "temperature": "temperature heat heating cool cooling ramp",
}
_ROLE_OF = {word: role for role, words in ROLES.items() for word in words.split()}
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}


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


def read_operations(source: Any, wanted: Wanted) -> dict[str, Operation]:
    """Read an operation table; ``""`` stands for all runs that have no rows of their own.

    A column ``operation`` says what is done: start (volume, concentrations), add (time, volume, what is in it), feed
    (time, until, flow or volume), withdraw, stirred flow (residence time or flow, what is in the inlet), plug flow or
    steady stirred flow (what is in the inlet; the times of the data are residence times), or temperature (points of a
    program). Where it is empty the other columns tell.

    Parameters
    ----------
    source
        Path of a text or .xlsx file, a frame, or a dict of columns.
    wanted
        Names and units of the data.

    Raises
    ------
    DataError
        In one line that names the file, the line, what was found and what to do.
    """
    grid = open_source(source)[0]
    sheet = _sheet(grid, wanted)
    found: dict[str, Operation] = {}
    count = len(sheet.table.lines)
    labels = sheet.texts.get("experiment", [""] * count)
    for row in _in_order(sheet, count):
        before = found.get(labels[row], Operation())
        try:
            found[labels[row]] = _ADDED[_kind(sheet, row)](before, sheet, row)
        except DataError as error:
            raise DataError(f"{sheet.table.where(row)}: {error}") from None
    if not found:
        raise DataError(f"{grid.source}: no rows; write one step of the operation a row, below the header")
    return found


def _in_order(sheet: Sheet, count: int) -> list[int]:
    """Put the rows of starts first, for the volume of the vessel."""
    return sorted(range(count), key=lambda row: _kind(sheet, row) != "start")


def _kind(sheet: Sheet, row: int) -> str:
    word = sheet.texts["operation"][row] if "operation" in sheet.texts else ""
    if word:
        kind = _KIND_OF.get(_plain(word))
        if kind is None:
            raise DataError(
                f"{sheet.table.where(row)}: operation '{word}' is not known; write one of {', '.join(KINDS)}"
            )
        return kind
    if sheet.number("residence", row) is not None:
        return "stirred flow"
    if sheet.number("flow", row) is not None or _end(sheet, row) is not None:
        return "feed"
    nothing = sheet.number("volume", row) is None and not (sheet.inside(row, True) or sheet.inside(row, False))
    if sheet.number("kelvin", row) is not None and nothing:
        return "temperature"
    return "start" if sheet.number("time", row) is None else "add"


def _end(sheet: Sheet, row: int) -> float | None:
    until, duration = sheet.number("until", row), sheet.number("duration", row)
    if duration is None:
        return until
    if until is not None:
        raise DataError("it has both an end and a duration; leave one empty")
    return _time(sheet, row) + duration


def _time(sheet: Sheet, row: int) -> float:
    time = sheet.number("time", row)
    if time is None:
        raise DataError("it has no time; say when it is done")
    return time


def _start(operation: Operation, sheet: Sheet, row: int) -> Operation:
    if operation.volume is not None or operation.charge:
        raise DataError("a run has two rows 'start'; leave one")
    volume, amounts = sheet.number("volume", row), sheet.inside(row, True)
    if amounts and volume is None:
        raise DataError("amounts at the start need the volume of the vessel; give it in a column 'volume'")
    charge = sheet.inside(row, False) | {name: n / (volume or 1.0) for name, n in amounts.items()}
    return Operation(volume, operation.steps, tuple(charge.items()), operation.axis)


def _add(operation: Operation, sheet: Sheet, row: int) -> Operation:
    _without(sheet, row, "add", "flow", "until", "duration", "residence")
    contents, amounts = sheet.inside(row, False), sheet.inside(row, True)
    return operation.add(_time(sheet, row), sheet.number("volume", row), contents, amounts)


def _feed(operation: Operation, sheet: Sheet, row: int) -> Operation:
    _without(sheet, row, "feed", "residence")
    if sheet.inside(row, True):
        raise DataError("a feed has concentrations, not amounts; give those of the solution that is fed")
    flow, volume, end = sheet.number("flow", row), sheet.number("volume", row), _end(sheet, row)
    if flow is not None and flow > 0 and volume is not None and end is None:
        end, volume = _time(sheet, row) + volume / flow, None
    until = float("inf") if end is None else end
    return operation.feed(_time(sheet, row), until, flow=flow, volume=volume, contents=sheet.inside(row, False))


def _withdraw(operation: Operation, sheet: Sheet, row: int) -> Operation:
    _without(sheet, row, "withdraw", "residence")
    if sheet.inside(row, True) or sheet.inside(row, False):
        raise DataError("what is withdrawn is the mixture as it is; leave the columns of species empty")
    volume, flow = sheet.number("volume", row), sheet.number("flow", row)
    return operation.withdraw(_time(sheet, row), _end(sheet, row), volume=volume, flow=flow)


def _stirred(operation: Operation, sheet: Sheet, row: int) -> Operation:
    if sheet.inside(row, True):
        raise DataError("an inlet has concentrations, not amounts")
    begin, end = sheet.number("time", row), _end(sheet, row)
    volume = sheet.number("volume", row)
    if volume is not None:
        if operation.volume not in (None, volume):
            raise DataError("the volume of the vessel is another at the start; leave one empty")
        operation = Operation(volume, operation.steps, operation.charge, operation.axis)
    return operation.stirred(
        sheet.number("residence", row),
        sheet.inside(row, False),
        flow=sheet.number("flow", row),
        time=-float("inf") if begin is None else begin,
        until=float("inf") if end is None else end,
    )


def _inlet(operation: Operation, sheet: Sheet, row: int) -> Operation:
    kind = _kind(sheet, row)
    _without(sheet, row, kind, "time", "until", "duration", "volume", "flow", "residence")
    inlet = sheet.inside(row, False)
    if not inlet:
        raise DataError(f"{kind} needs what is in the inlet: concentrations in columns of species")
    axis: Axis = "plug flow" if kind == "plug flow" else "stirred flow"
    return Operation(operation.volume, operation.steps, (*operation.charge, *inlet.items()), axis)


def _heat(operation: Operation, sheet: Sheet, row: int) -> Operation:
    kelvin = sheet.number("kelvin", row)
    if kelvin is None:
        raise DataError("it has no temperature; give it in a column 'temperature [°C]'")
    return operation.temperature(_time(sheet, row), kelvin)


_ADDED: dict[str, Callable[[Operation, Sheet, int], Operation]] = {
    "start": _start,
    "add": _add,
    "feed": _feed,
    "withdraw": _withdraw,
    "stirred flow": _stirred,
    "plug flow": _inlet,
    "steady stirred flow": _inlet,
    "temperature": _heat,
}


def _without(sheet: Sheet, row: int, kind: str, *roles: str) -> None:
    for role in roles:
        if sheet.number(role, row) is not None:
            name = "residence time" if role == "residence" else role
            raise DataError(f"'{kind}' has no {name}; leave that field empty, or say in 'operation' what it is")


def _sheet(grid: Grid, wanted: Wanted) -> Sheet:
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
    if found and _plain(found["name"]) in _ROLE_OF:
        unit = (found["inside"] or found["rest"] or "").strip()
        return found["name"], (read_unit(unit) or Unit(unit, "unknown")) if unit else None
    return read_header(text)


def _place(sheet: Sheet, column: Column, scale: Scale, species: Sequence[str]) -> None:
    """Take a column for what it is."""
    name = next((n for n in (column.header, column.name) if n in species), None)
    role = None if name else _ROLE_OF.get(_plain(column.name))
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


def _plain(text: str) -> str:
    return re.sub(r"[\s_.\-]+", "", text).lower()
