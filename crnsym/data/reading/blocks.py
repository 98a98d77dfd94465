"""Blocks of a grid: titles, a header, the rows under it, and the next header."""

import re
from dataclasses import dataclass, field
from typing import Any

from ...errors import DataError
from .grid import Grid, is_blank, is_number, listed, quoted, text_of
from .header_rows import (
    are_comments,
    are_units_of,
    belongs_to_header,
    joined,
    units_in,
    with_cut_units,
    with_row_names,
    without_ends,
)
from .kinds import is_data, is_text, is_value
from .turned import in_order, with_rows

_SUMMARY = re.compile(
    r"(mean|average|avg|sum|total|min(imum)?|max(imum)?|median|s\.?d\.?|std\w*|count|n|mittelwert)\.?", re.I
)


@dataclass
class Block:
    """A header and its rows.

    Attributes
    ----------
    title
        The text that stands alone above the header, ``""`` for none.
    header_line, names
        The header, joined from its rows, in text.
    units
        Texts of a row of units, ``""`` where there is none.
    rows, lines
        Cells below, as many as there are names, and where they stand.
    above
        Titles over single columns: (column, text), of tables that stand side by side.
    """

    title: str
    header_line: int
    names: list[str]
    units: list[str]
    rows: list[list[Any]]
    lines: list[int]
    above: list[tuple[int, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def blocks_of(grid: Grid) -> list[Block]:
    """Cut a grid into its blocks.

    Raises
    ------
    DataError
        There is no header, nothing below it, or a row that does not fit under it.
    """
    grid = in_order(_trimmed(grid))
    blocks: list[Block] = []
    loose: list[int] = []
    start = 0
    while start < len(grid.rows):
        end = _end_of_header(grid, start)
        if end is None and blocks and loose and loose[-1] == start - 1 and _goes_on(grid, start):
            end = start  # a title alone, and the columns as before
        if end is None:
            loose.append(start)
            start += 1
            continue
        before = blocks[-1] if end == start else None
        stop = _end_of_body(grid, start, end)
        blocks.append(_block(grid, start, end, stop, loose, before))
        loose, start = [], stop
    if not blocks:
        raise _no_header(grid)
    if loose:
        shown = quoted([text_of(next(c for c in grid.rows[i] if not is_blank(c)))[:40] for i in loose], 3)
        blocks[-1].remarks.append(f"{grid.unit} {listed([grid.lines[i] for i in loose])}: {shown}: left out")
    return blocks


def _goes_on(grid: Grid, place: int) -> bool:
    """Say whether rows of the same columns begin here, under a title alone."""
    first = next(c for c in grid.rows[place] if not is_blank(c))
    alone = sum(not is_blank(c) for c in grid.rows[place - 1]) == 1
    return alone and is_data(grid.rows[place]) and not _SUMMARY.fullmatch(text_of(first))


def _trimmed(grid: Grid) -> Grid:
    """Leave out rows and leading columns that are blank all through."""
    kept = [i for i, row in enumerate(grid.rows) if not all(map(is_blank, row))]
    rows = [grid.rows[i] for i in kept]
    if not rows:
        raise DataError(f"{grid.source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    first = min(next(k for k, c in enumerate(row) if not is_blank(c)) for row in rows)
    return with_rows(grid, [row[first:] for row in rows], [grid.lines[i] for i in kept])


def _end_of_header(grid: Grid, start: int) -> int | None:
    """Return where the rows of a header that begins here end; None if none begins here."""
    row = grid.rows[start]
    named = sum(not is_blank(c) for c in row)
    if named < 2 and not (named and _is_saved_index(grid.rows[start : start + 2])):
        return None
    end = start + 1
    while end < len(grid.rows) and end < start + 3 and belongs_to_header(row, grid.rows[end]):
        end += 1
    if end == start + 2 and end + 1 < len(grid.rows) and are_comments(grid.rows[end]) and is_data(grid.rows[end + 1]):
        end += 1
    if end >= len(grid.rows):
        return None
    below = grid.rows[end]
    if not is_data(below):
        return None
    pairs = list(zip(row, below, strict=False))
    if any(is_text(a) and is_value(b) for a, b in pairs):
        return end
    # a corner that is left blank over wavelengths or compounds called by numbers
    corner = is_blank(row[0]) and is_value(below[0]) and all(is_number(c) for c in row[1:])
    return end if corner and len(row) > 1 else None


def _is_saved_index(rows: list[list[Any]]) -> bool:
    """Say whether these are a blank corner beside one name, and two values below: a frame of one column as saved."""
    if len(rows) < 2 or not all(is_blank(c) for row in rows for c in row[2:]):
        return False
    return is_blank(rows[0][0]) and is_text(rows[0][1]) and all(is_value(c) for c in rows[1][:2])


def _end_of_body(grid: Grid, start: int, end: int) -> int:
    """Return where the rows under a header end: before a title, or before the next header."""
    header, first = [text_of(c).lower() for c in grid.rows[start]], grid.rows[end]
    numeric = [k for k, c in enumerate(first) if is_value(c)]
    for place in range(end + 1, len(grid.rows)):
        row = grid.rows[place]
        there = [k for k, c in enumerate(row) if not is_blank(c)]
        if len(there) == 1 and is_text(row[there[0]]) and len(header) > 1:
            return place
        texts = [k for k in numeric if k < len(row) and is_text(row[k])]
        if not texts:
            continue
        same = [text_of(c).lower() for c in row if not is_blank(c)] == [t for t in header if t]
        over = place + 1 < len(grid.rows) and _end_of_header(grid, place) is not None
        if same or (over and len(texts) >= 2 and 2 * len(texts) >= len([k for k in numeric if k in there])):
            return place
        if len(texts) == 1 and numeric and texts[0] == numeric[0] and _SUMMARY.fullmatch(text_of(row[texts[0]])):
            return place
    return len(grid.rows)


def _block(grid: Grid, start: int, end: int, stop: int, loose: list[int], before: Block | None) -> Block:
    remarks: list[str] = []
    titles = [i for i in loose if sum(not is_blank(c) for c in grid.rows[i]) == 1 and not is_blank(grid.rows[i][0])]
    title = (
        text_of(next(c for c in grid.rows[titles[-1]] if not is_blank(c))) if titles and titles[-1] == start - 1 else ""
    )
    title = title.rstrip(": ")
    above = []
    if loose and loose[-1] == start - 1 and loose[-1] not in titles:
        above = [(k, text_of(c)) for k, c in enumerate(grid.rows[loose[-1]]) if not is_blank(c)]
    rows, lines = grid.rows[end:stop], grid.lines[end:stop]
    if before is not None:
        names, units, header_line = list(before.names), list(before.units), before.header_line
    else:
        names, units, below = joined(grid, start, end, remarks)
        header_line = grid.lines[start]
        rows, lines = ([below] if below else []) + rows, ([grid.lines[end - 1]] if below else []) + lines
        if loose and loose[-1] == start - 1 and not any(units) and are_units_of(names, grid.rows[start - 1]):
            units = units_in(grid.rows[start - 1], len(names))
            remarks.append(f"{grid.unit} {grid.lines[start - 1]} holds units: {', '.join(u for u in units if u)}")
            above, loose = [], loose[:-1]
        whole = names if any(units) else with_cut_units(grid, names, rows)
        if whole is not names:
            names, units = whole, [""] * len(whole)
            remarks.append("units behind commas in the header belong to the names before them")
        names, units = without_ends(names, units, rows)
        names, units = with_row_names(grid, names, units, rows)
    body = _fitted(grid, len(names), rows, lines, remarks)
    other = [grid.lines[i] for i in loose if not (title and i == titles[-1])]
    if other and not above:
        remarks.append(f"{grid.unit} {listed(other)} above the header: left out")
    return Block(title, header_line, names, units, body, lines, above, remarks)


def _fitted(grid: Grid, width: int, rows: list[list[Any]], lines: list[int], remarks: list[str]) -> list[list[Any]]:
    """Return the rows with as many cells as there are names.

    Raises
    ------
    DataError
        A row with more cells.
    """
    body, short = [], []
    for number, row in zip(lines, rows, strict=True):
        while len(row) > width and is_blank(row[-1]):
            row = row[:-1]
        if len(row) > width:
            raise DataError(f"{grid.source}, {grid.unit} {number}: {_too_many(grid, len(row), width, rows)}")
        if len(row) < width and grid.unit == "line" and grid.delimiter != " ":
            short.append(number)
        body.append([*row, *[""] * (width - len(row))])
    if short:
        remarks.append(f"{grid.unit} {listed(short)}: fewer fields than the header, the missing ones are read as gaps")
    return body


def _too_many(grid: Grid, found: int, width: int, rows: list[list[Any]]) -> str:
    if grid.delimiter == "," and all(width < len(row) <= 2 * width for row in rows):
        return (
            f"{found} fields under a header of {width}: the commas seem to be decimal as well as between the fields; "
            "save the table with semicolons or tabs"
        )
    return f"{found} fields under a header of {width}; quote fields that hold the delimiter, or name every column"


def _no_header(grid: Grid) -> DataError:
    where = f"{grid.source}, {grid.unit} {grid.lines[0]}"
    numbers = [i for i, row in enumerate(grid.rows) if is_data(row)]
    if not numbers:
        if len(grid.rows) == 1 or not any(is_number(c) for row in grid.rows for c in row):
            return DataError(f"{grid.source}: the header stands alone, there are no rows of numbers")
        return DataError(f"{where}: no header with numbers below it; a table needs a row such as 'time,A,B'")
    return DataError(f"{where}: numbers where column names are expected; add a header, 'experiment,time,A,B'")
