"""Operations from a small table: one row a step, as somebody writes it beside the measurements in a spreadsheet."""

from collections.abc import Callable

from ...errors import DataError
from ..reading.sources import Table, open_source
from .operation import Axis, Operation
from .scale import Wanted
from .sheet import Sheet, read_sheet
from .words import KINDS, kind_of


def read_operations(source: Table, wanted: Wanted) -> dict[str, Operation]:
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
    sheet = read_sheet(grid, wanted)
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
        kind = kind_of(word)
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
