"""Rows of a sheet as cells: which row is the header, which holds units, and what is blank around the table."""

import re
from typing import Any

from ..errors import DataError
from .cells import NUMBER, Cells, is_gap, refuse_duplicates

_GROUPED = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_MEMBER = re.compile(
    r"((rep\w*|replicate|repeat|run|trial|wdh\.?|messung|nr\.?|no\.?|#)\s*)?#?\d+|mean|avg|average|sd|std|sem|se|err(or)?",
    re.I,
)
_UNIT_TEXT = re.compile(r"[\[(]?\s*[^\d\s=<>|][^=<>|]{0,15}[\])]?")

Record = tuple[int, list[Any]]


def tabulate(source: str, records: list[Record], delimiter: str = ",", unit: str = "line") -> Cells:
    """Make cells of the rows of a sheet.

    Rows and columns that are blank all through are dropped. A second header row under merged cells, and a row of
    units, are joined to the names.

    Parameters
    ----------
    source
        Name of the file.
    records
        (line, fields) of each row.
    delimiter, unit
        See `Cells`.

    Raises
    ------
    DataError
        There is no header or nothing below it, or a row does not fit under it.
    """
    records = [(number, row) for number, row in records if any(not _blank(c) for c in row)]
    if not records:
        raise DataError(f"{source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    (header_line, header), *rows = records
    where = f"{source}, {unit} {header_line}"
    names = ["" if _blank(name) else str(name).strip() for name in header]
    if any(names) and all(_numeric(name) for name in names if name):
        raise DataError(f"{where}: numbers where column names are expected; add a header, 'experiment,time,A,B'")
    if sum(map(bool, names)) == 1 and rows and sum(not _blank(c) for c in rows[0][1]) > 2:
        raise DataError(f"{where}: '{next(filter(None, names))}' stands alone above the table; remove this title row")
    if not rows:
        raise DataError(f"{source}: the header stands alone, there are no rows of numbers")
    across = sum(_numeric(name) for name in names)
    if across > 1 and across >= len(names) - 2 and not any(_numeric(row[0]) for _, row in rows):
        raise DataError(f"{where}: the times run across; transpose the sheet, so that each row is a time")
    width = len(names)
    while width > 1 and not names[width - 1] and all(_blank(c) for _, row in rows for c in row[width - 1 : width]):
        width -= 1  # a delimiter ends every line
    remarks, body = [], []
    for number, row in rows:
        while len(row) > width and _blank(row[-1]):
            row = row[:-1]
        if len(row) > width:
            raise DataError(
                f"{source}, {unit} {number}: {len(row)} fields under a header of {width}; "
                "quote fields that hold the delimiter, or name every column"
            )
        body.append(row + [""] * (width - len(row)))
    names = names[:width]
    short = [number for number, row in rows if len(row) < width]
    if short:
        remarks.append(f"{unit} {_listed(short)}: fewer fields than the header, the missing ones are read as gaps")
    lines = [number for number, _ in rows]
    names, body, lines = _joined(names, body, lines, remarks)
    if not body:
        raise DataError(f"{source}: the header stands alone, there are no rows of numbers")
    columns = [list(column) for column in zip(*body, strict=True)]
    used = [bool(name) or not all(map(_blank, column)) for name, column in zip(names, columns, strict=True)]
    names = [n for n, flag in zip(names, used, strict=True) if flag]
    columns = [c for c, flag in zip(columns, used, strict=True) if flag]
    if len(names) > 1 and not names[0] and list(map(str, columns[0])) == [str(i) for i in range(len(body))]:
        names, columns = names[1:], columns[1:]  # the row numbers that data frames write
        remarks.append("the first column has no name and only counts the rows; it is left out")
    if "" in names:
        raise DataError(f"{where}: column {names.index('') + 1} has no name; give it one, or remove the column")
    refuse_duplicates(where, names)
    return Cells(source, dict(zip(names, columns, strict=True)), lines, unit, tuple(remarks), delimiter)


def _joined(
    names: list[str], body: list[list[Any]], lines: list[int], remarks: list[str]
) -> tuple[list[str], list[list[Any]], list[int]]:
    """Join what stands in a second header row, and in a row of units, to the names."""
    gaps = [i for i, name in enumerate(names) if not name and i and any(not _blank(row[i]) for row in body)]
    if gaps and gaps[0] > 1 and names[0]:  # merged cells: a name stands for the columns to its right too
        filled, last = [], ""
        for i, name in enumerate(names):
            last = name or (last if i in gaps else "")
            filled.append(last)
        members = {i for i in range(len(names)) if filled.count(filled[i]) > 1 and filled[i]}
        below = ["" if _blank(c) else _text(c) for c in body[0]]
        if all(_MEMBER.fullmatch(below[i]) for i in members) and not any(
            below[i] for i in set(range(len(names))) - members
        ):
            names = [
                f"{f} rep{below[i]}" if below[i].isdigit() else f"{f} {below[i]}".strip() for i, f in enumerate(filled)
            ]
            body, lines = body[1:], lines[1:]
            remarks.append(f"line {lines[0] - 1 if lines else 2} belongs to the header")
        else:
            seen: dict[str, int] = {}
            for i in range(len(names)):
                if i in members:
                    seen[filled[i]] = seen.get(filled[i], 0) + 1
                    filled[i] = f"{filled[i]} rep{seen[filled[i]]}"
            names = filled
            remarks.append("names that stand over several columns are merged cells: their columns are repeats")
    if len(body) > 2 and _is_units(body[0], body[1]):
        units = ["" if _blank(c) else str(c).strip().strip("[]()") for c in body[0]]
        names = [f"{name} [{u}]" if u and name else name for name, u in zip(names, units, strict=True)]
        remarks.append(f"line {lines[0]} holds units: {', '.join(u for u in units if u)}")
        body, lines = body[1:], lines[1:]
    return names, body, lines


def _is_units(row: list[Any], below: list[Any]) -> bool:
    """Say whether a row holds units: short texts over numbers."""
    texts = [(str(c).strip(), _like_data(b)) for c, b in zip(row, below, strict=True) if not is_gap(c)]
    if not texts or any(_like_data(t) or not _UNIT_TEXT.fullmatch(t) for t, _ in texts):
        return False
    return 2 * sum(over for _, over in texts) > len(texts)


def _like_data(cell: Any) -> bool:
    return _numeric(cell) or bool(re.match(r"[<>]?\s*[+-]?\d", str(cell).strip()))


def _numeric(cell: Any) -> bool:
    return bool(NUMBER.fullmatch(str(cell).strip()) or _GROUPED.fullmatch(str(cell).strip()))


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _blank(cell: Any) -> bool:
    return cell is None or str(cell).strip() == ""


def _listed(numbers: list[int], limit: int = 5) -> str:
    shown = ", ".join(map(str, numbers[:limit]))
    return shown if len(numbers) <= limit else f"{shown} and {len(numbers) - limit} more"
