"""Grids brought into the usual order: a header above the rows, times down."""

from itertools import pairwise
from typing import Any

from .grid import Grid, is_blank, text_of
from .header_rows import belongs_to_header
from .kinds import is_data, is_text, is_value
from .names import is_counter_name, is_label_name, is_repeat_name, is_species_column, is_time_name, is_wave_name
from .numerals import read_numeral, to_float
from .units import time_unit

_HEADER_ROWS = frozenset({"long name", "name", "units", "comments", "sampling interval", "f(x)"})


def in_order(grid: Grid) -> Grid:
    """Return a grid whose header stands above its rows, and whose times run down."""
    return _titles_first(_names_down(_turned(_melted(_with_commented_header(_without_row_names(grid))))))


def _without_row_names(grid: Grid) -> Grid:
    """Leave out a first column that says what the rows of the header hold, ``Long Name``, ``Units``, ``Comments``."""
    firsts = [text_of(row[0]).strip(":").lower() if row else "" for row in grid.rows]
    if firsts[0] not in ("long name", "name") or "units" not in firsts[1:3]:
        return grid
    rest = [f for f in firsts if f not in _HEADER_ROWS]
    if any(rest) and rest != [str(k + 1) for k in range(len(rest))]:
        return grid
    kept = [k for k, row in enumerate(grid.rows) if not all(map(is_blank, row[1:]))]
    remark = f"the first column names the rows of the header ({firsts[0]}, ...): left out"
    return with_rows(grid, [grid.rows[k][1:] for k in kept], [grid.lines[k] for k in kept], remark)


def with_rows(grid: Grid, rows: list[list[Any]], lines: list[int], *remarks: str) -> Grid:
    """Return a grid with other rows, and further remarks."""
    return Grid(grid.source, rows, lines, grid.unit, grid.delimiter, (*grid.remarks, *remarks), grid.comments)


def _with_commented_header(grid: Grid) -> Grid:
    """Put the last comment before the numbers on top, where they have no other header: ``# time A B``."""
    if not grid.comments or not is_data(grid.rows[0]) or any(map(is_text, grid.rows[0])):
        return grid
    above = [(n, cells) for n, cells in grid.comments if n < grid.lines[0] and len(cells) == len(grid.rows[0])]
    if not above or not any(map(is_text, above[-1][1])):
        return grid
    number, cells = above[-1]
    remark = f"the header is the comment in {grid.unit} {number}"
    return with_rows(grid, [list(cells), *grid.rows], [number, *grid.lines], remark)


def _turned(grid: Grid) -> Grid:
    """Turn a table whose times run across: ``time,0,5,10`` over rows that begin with names."""
    grid = _times_first(_one_name_a_row(grid))
    first, others = grid.rows[0], grid.rows[1:]
    corner, across = text_of(first[0]), first[1:]
    known = is_time_name(corner) or is_species_column(corner) or is_blank(first[0]) or is_wave_name(corner)
    if not known and not all(map(_is_time, across)):
        return grid
    if len(across) < 2 or not others or not all(map(is_value, across)) or not _rising(across):
        return grid
    waves = is_wave_name(corner) and all(is_value(row[0]) for row in others)
    if not (waves or all(is_text(row[0]) for row in others)) or any(is_text(c) for row in others for c in row[1:]):
        return grid
    head = [first[0] if is_time_name(corner) else "time", *across]
    filled = [[*row, *[""] * (len(head) - len(row))][: len(head)] for row in [head, *others]]
    rows = [list(column) for column in zip(*filled, strict=True)]
    return with_rows(grid, rows, [grid.lines[0]] * len(rows), "the times run across: the table was turned")


def _times_first(grid: Grid) -> Grid:
    """Put the times on top where they run across below a count of the cycles."""
    names = [row[0] if row else None for row in grid.rows]
    if len(names) < 3 or not all(is_text(n) for n in names) or any(is_text(c) for row in grid.rows for c in row[1:]):
        return grid
    places = [k for k, n in enumerate(names[:3]) if is_time_name(text_of(n))]
    if len(places) != 1 or not places[0] or not is_counter_name(text_of(names[0])):
        return grid
    order = [places[0], *(k for k in range(len(names)) if k != places[0])]
    return with_rows(grid, [grid.rows[k] for k in order], [grid.lines[k] for k in order])


def _melted(grid: Grid) -> Grid:
    """Write one value a row where times run across behind a label of the run and the name of a species."""
    first, others = grid.rows[0], grid.rows[1:]
    head = next((k for k, c in enumerate(first) if not is_text(c)), len(first))
    names, across = [text_of(c) for c in first[:head]], first[head:]
    species = [k for k, n in enumerate(names) if is_species_column(n)]
    labels = [k for k, n in enumerate(names) if is_label_name(n) or is_repeat_name(n)]
    if len(species) != 1 or not labels or len(labels) + 1 != head or len(across) < 2:
        return grid
    if not all(map(is_value, across)) or not _rising(across) or any(is_blank(c) for row in others for c in row[:head]):
        return grid
    rows, lines = [[*(names[k] for k in labels), names[species[0]], "time", "value"]], [grid.lines[0]]
    for row, line in zip(others, grid.lines[1:], strict=True):
        for time, value in zip(across, row[head:], strict=False):
            rows.append([*(row[k] for k in labels), row[species[0]], time, value])
            lines.append(line)
    return with_rows(grid, rows, lines, "the times run across: the table was turned")


def _one_name_a_row(grid: Grid) -> Grid:
    """Keep of two columns of names before times that run across the second: wells, and what is in them."""
    first, others = grid.rows[0], grid.rows[1:]
    if len(first) < 4 or not all(map(is_text, first[:2])) or not all(map(_is_time, first[2:])):
        return grid
    names = [text_of(row[1]) for row in others if len(row) > 1]
    if len(names) < len(others) or len(set(names)) < len(names) or not all(is_text(row[1]) for row in others):
        return grid
    remark = f"the column '{text_of(first[0])}' is left out; '{text_of(first[1])}' names the rows"
    return with_rows(grid, [row[1:] for row in grid.rows], grid.lines, remark)


def _is_time(cell: object) -> bool:
    """Say whether a cell is a number with a unit of time, ``30 s``."""
    found = read_numeral(text_of(cell))
    return found is not None and bool(found.unit) and time_unit(found.unit) is not None


def _rising(cells: list[Any]) -> bool:
    """Say whether cells of one row rise as times do; those with units are taken to."""
    numbers = [to_float(text_of(c)) for c in cells]
    return all(a is None or b is None or b > a for a, b in pairwise(numbers))


def _names_down(grid: Grid) -> Grid:
    """Put names that stand a row above the others down to them: ``time, run 1, , run 2`` over ``, A, B, A, B``."""
    if len(grid.rows) < 3:
        return grid
    upper, lower, below = grid.rows[:3]
    if not is_data(below) or belongs_to_header(upper, lower) or not is_blank(lower[0] if lower else None):
        return grid
    there = [k for k, c in enumerate(lower) if not is_blank(c)]
    alone = [k for k, c in enumerate(upper) if not is_blank(c) and (k >= len(lower) or is_blank(lower[k]))]
    if len(there) < 2 or not all(is_text(lower[k]) for k in there) or 0 not in alone or len(alone) > len(there):
        return grid
    names = [
        upper[k] if k in alone else (lower[k] if k < len(lower) else "") for k in range(max(len(upper), len(lower)))
    ]
    rest = ["" if k in alone else c for k, c in enumerate(upper)]
    if all(map(is_blank, rest)):
        return grid
    return with_rows(grid, [rest, names, *grid.rows[2:]], grid.lines)


def _titles_first(grid: Grid) -> Grid:
    """Put a title that stands between the first header and its rows above the header."""
    for place in range(min(len(grid.rows) - 2, 40)):
        header, title, below = grid.rows[place : place + 3]
        alone = [c for c in title if not is_blank(c)]
        texts = [a for a, b in zip(header, below, strict=False) if is_text(a) and is_value(b)]
        if len(alone) == 1 and is_text(alone[0]) and len(texts) >= 2 and is_data(below):
            rows, lines = list(grid.rows), list(grid.lines)
            rows[place : place + 2], lines[place : place + 2] = [title, header], lines[place : place + 2][::-1]
            return with_rows(grid, rows, lines)
    return grid
