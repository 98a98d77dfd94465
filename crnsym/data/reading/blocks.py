"""Blocks of a grid: titles, a header, the rows under it, and the next header."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ...errors import DataError
from .grid import Grid, is_blank, is_gap, is_moment, is_number, listed, quoted, text_of
from .moments import is_moment_text
from .names import is_species_column, is_time_name
from .numerals import is_undetected, read_numeral, to_float
from .units import read_unit

_SUMMARY = re.compile(
    r"(mean|average|avg|sum|total|min(imum)?|max(imum)?|median|s\.?d\.?|std\w*|count|n|mittelwert)\.?", re.I
)
_MEMBER = re.compile(
    r"((rep\w*|replicate|repeat|run|trial|wdh\.?|messung|nr\.?|no\.?|#)\s*)?#?\d+|mean|avg|average|sd|std|sem|se|err(or)?",
    re.I,
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
    grid = _titles_first(_turned(_with_commented_header(_trimmed(grid))))
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
    return alone and _is_data(grid.rows[place]) and not _SUMMARY.fullmatch(text_of(first))


def _trimmed(grid: Grid) -> Grid:
    """Leave out rows and leading columns that are blank all through."""
    kept = [i for i, row in enumerate(grid.rows) if not all(map(is_blank, row))]
    rows = [grid.rows[i] for i in kept]
    if not rows:
        raise DataError(f"{grid.source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    first = min(next(k for k, c in enumerate(row) if not is_blank(c)) for row in rows)
    return _with(grid, [row[first:] for row in rows], [grid.lines[i] for i in kept])


def _with(grid: Grid, rows: list[list[Any]], lines: list[int], *remarks: str) -> Grid:
    return Grid(grid.source, rows, lines, grid.unit, grid.delimiter, (*grid.remarks, *remarks), grid.comments)


def _with_commented_header(grid: Grid) -> Grid:
    """Put the last comment before the numbers on top, where they have no other header: ``# time A B``."""
    if not grid.comments or not _is_data(grid.rows[0]) or any(map(_is_text, grid.rows[0])):
        return grid
    above = [(n, cells) for n, cells in grid.comments if n < grid.lines[0] and len(cells) == len(grid.rows[0])]
    if not above or not any(map(_is_text, above[-1][1])):
        return grid
    number, cells = above[-1]
    remark = f"the header is the comment in {grid.unit} {number}"
    return _with(grid, [list(cells), *grid.rows], [number, *grid.lines], remark)


def _turned(grid: Grid) -> Grid:
    """Turn a table whose times run across: ``time,0,5,10`` over rows that begin with names."""
    first, others = grid.rows[0], grid.rows[1:]
    corner, across = text_of(first[0]), first[1:]
    if not (is_time_name(corner) or is_species_column(corner) or is_blank(first[0])):
        return grid
    if len(across) < 2 or not others or not all(map(_is_value, across)) or not _rising(across):
        return grid
    if not all(_is_text(row[0]) for row in others) or any(_is_text(c) for row in others for c in row[1:]):
        return grid
    head = [first[0] if is_time_name(corner) else "time", *across]
    filled = [[*row, *[""] * (len(head) - len(row))][: len(head)] for row in [head, *others]]
    rows = [list(column) for column in zip(*filled, strict=True)]
    return _with(grid, rows, [grid.lines[0]] * len(rows), "the times run across: the table was turned")


def _rising(cells: list[Any]) -> bool:
    """Say whether cells of one row rise as times do; those with units are taken to."""
    numbers = [to_float(text_of(c)) for c in cells]
    return all(a is None or b is None or b > a for a, b in pairwise(numbers))


def _titles_first(grid: Grid) -> Grid:
    """Put a title that stands between the first header and its rows above the header."""
    for place in range(min(len(grid.rows) - 2, 40)):
        header, title, below = grid.rows[place : place + 3]
        alone = [c for c in title if not is_blank(c)]
        texts = [a for a, b in zip(header, below, strict=False) if _is_text(a) and _is_value(b)]
        if len(alone) == 1 and _is_text(alone[0]) and len(texts) >= 2 and _is_data(below):
            rows, lines = list(grid.rows), list(grid.lines)
            rows[place : place + 2], lines[place : place + 2] = [title, header], lines[place : place + 2][::-1]
            return _with(grid, rows, lines)
    return grid


def _is_text(cell: Any) -> bool:
    """Say whether a cell holds words: neither number, date, gap nor a value below detection."""
    if not isinstance(cell, str) or is_number(cell) or is_gap(cell):
        return False
    text = text_of(cell)
    return not (is_number(text) or is_undetected(text) or is_moment_text(text) or _has_unit(text))


def _has_unit(text: str) -> bool:
    found = read_numeral(text)
    return found is not None and bool(found.unit) and read_unit(found.unit) is not None


def _is_value(cell: Any) -> bool:
    return (
        is_number(cell)
        or is_moment(cell)
        or (isinstance(cell, str) and (is_moment_text(text_of(cell)) or _has_unit(text_of(cell))))
    )


def _is_data(row: list[Any]) -> bool:
    """Say whether a row holds values: two numbers or more, or at least half of what is there."""
    there = [c for c in row if not is_blank(c)]
    values = sum(map(_is_value, there))
    return values >= 2 or (values == 1 and 2 * values >= len(there))


def _end_of_header(grid: Grid, start: int) -> int | None:
    """Return where the rows of a header that begins here end; None if none begins here."""
    row = grid.rows[start]
    if sum(not is_blank(c) for c in row) < 2:
        return None
    end = start + 1
    while end < len(grid.rows) and end < start + 3 and _belongs_to_header(row, grid.rows[end]):
        end += 1
    if end >= len(grid.rows):
        return None
    below = grid.rows[end]
    if not _is_data(below):
        return None
    pairs = list(zip(row, below, strict=False))
    if any(_is_text(a) and _is_value(b) for a, b in pairs):
        return end
    # a corner that is left blank over wavelengths or compounds called by numbers
    corner = is_blank(row[0]) and _is_value(below[0]) and all(is_number(c) for c in row[1:])
    return end if corner and len(row) > 1 else None


def _belongs_to_header(header: list[Any], row: list[Any]) -> bool:
    """Say whether a row under a header holds its units, or the names of repeats under merged cells."""
    there = [text_of(c) for c in row if not is_blank(c)]
    if not there:
        return False
    if _are_units(there):
        return True
    filled = _filled([text_of(c) for c in header], len(row))
    under = [k for k, c in enumerate(row) if not is_blank(c)]
    merged = all(filled[k] and filled.count(filled[k]) > 1 for k in under)
    return merged and len(under) > 1 and all(_MEMBER.fullmatch(t) for t in there)


def _are_units(texts: list[str]) -> bool:
    """Say whether texts are units: at least one that is known, and none that is a number or a long word."""
    plain = [t.strip("[]() ") for t in texts]
    if any(is_number(t) or len(t) > 16 or re.search(r"[=<>|]", t) for t in plain):
        return False
    known = sum(read_unit(t) is not None for t in plain)
    return 2 * known >= len(plain) and known > 0


def _end_of_body(grid: Grid, start: int, end: int) -> int:
    """Return where the rows under a header end: before a title, or before the next header."""
    header, first = [text_of(c).lower() for c in grid.rows[start]], grid.rows[end]
    numeric = [k for k, c in enumerate(first) if _is_value(c)]
    for place in range(end + 1, len(grid.rows)):
        row = grid.rows[place]
        there = [k for k, c in enumerate(row) if not is_blank(c)]
        if len(there) == 1 and _is_text(row[there[0]]) and len(header) > 1:
            return place
        texts = [k for k in numeric if k < len(row) and _is_text(row[k])]
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
    above = []
    if loose and loose[-1] == start - 1 and loose[-1] not in titles:
        above = [(k, text_of(c)) for k, c in enumerate(grid.rows[loose[-1]]) if not is_blank(c)]
    rows, lines = grid.rows[end:stop], grid.lines[end:stop]
    if before is not None:
        names, units, header_line = list(before.names), list(before.units), before.header_line
    else:
        names, units, below = _joined(grid, start, end, remarks)
        header_line = grid.lines[start]
        rows, lines = ([below] if below else []) + rows, ([grid.lines[end - 1]] if below else []) + lines
        names, units = _without_ends(names, units, rows)
    body = _fitted(grid, len(names), rows, lines, remarks)
    other = [grid.lines[i] for i in loose if not (title and i == titles[-1])]
    if other and not above:
        remarks.append(f"{grid.unit} {listed(other)} above the header: left out")
    return Block(title, header_line, names, units, body, lines, above, remarks)


def _joined(grid: Grid, start: int, end: int, remarks: list[str]) -> tuple[list[str], list[str], list[Any] | None]:
    """Join the rows of a header: names, units, and a row that turned out to be none of it."""
    names = [text_of(c) for c in grid.rows[start]]
    if grid.unit == "row":  # a sheet does not say how far merged cells reach
        names += [""] * (max(map(len, grid.rows[start : end + 1])) - len(names))
    units = [""] * len(names)
    for place in range(start + 1, end):
        row = [text_of(c) for c in grid.rows[place]]
        if _are_units([t for t in row if t]):
            units = [t.strip().strip("[]()") for t in row]
            remarks.append(f"{grid.unit} {grid.lines[place]} holds units: {', '.join(t for t in units if t)}")
        else:
            names = _under_merged(names, row)
            remarks.append(f"{grid.unit} {grid.lines[place]} belongs to the header")
    if end == start + 1:
        filled = _merged_alone(names, grid.rows[end])
        if filled is not None:
            names = filled
            remarks.append("names that stand over several columns are merged cells: their columns are repeats")
    return names, units, None


def _filled(names: list[str], width: int) -> list[str]:
    """Let every name stand for the blank columns to its right, too."""
    filled, last = [], ""
    for name in [*names, *[""] * (width - len(names))]:
        last = name or last
        filled.append(last)
    return filled


def _under_merged(names: list[str], members: list[str]) -> list[str]:
    filled = _filled(names, len(members))
    return [
        f"{f} rep{m}" if m.isdigit() else f"{f} {m}".strip()
        for f, m in zip(filled, [*members, *[""] * (len(filled) - len(members))], strict=True)
    ]


def _merged_alone(names: list[str], below: list[Any]) -> list[str] | None:
    """Return names of repeats where blank names follow a name, over numbers: merged cells without a second row."""
    blank = [k for k in range(min(len(names), len(below))) if not names[k] and not is_blank(below[k])]
    if not blank or blank[0] < 2 or not names[0]:
        return None
    filled = _filled(names, 0)
    seen: dict[str, int] = {}
    result = []
    for name in filled:
        if filled.count(name) > 1:
            seen[name] = seen.get(name, 0) + 1
            result.append(f"{name} rep{seen[name]}")
        else:
            result.append(name)
    return result


def _without_ends(names: list[str], units: list[str], rows: list[list[Any]]) -> tuple[list[str], list[str]]:
    """Leave out columns at the right that have no name and nothing below: a delimiter ends every line."""
    width = len(names)
    while width > 1 and not names[width - 1] and all(is_blank(c) for row in rows for c in row[width - 1 : width]):
        width -= 1
    units = [*units, *[""] * (width - len(units))][:width]
    return names[:width], units


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
    numbers = [i for i, row in enumerate(grid.rows) if _is_data(row)]
    if not numbers:
        if len(grid.rows) == 1 or not any(is_number(c) for row in grid.rows for c in row):
            return DataError(f"{grid.source}: the header stands alone, there are no rows of numbers")
        return DataError(f"{where}: no header with numbers below it; a table needs a row such as 'time,A,B'")
    return DataError(f"{where}: numbers where column names are expected; add a header, 'experiment,time,A,B'")
