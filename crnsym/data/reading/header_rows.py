"""Rows of a header as one: names, units below them, and names that stand over several columns."""

import re
from typing import Any

from .grid import Grid, is_blank, is_number, text_of
from .header import read_header
from .kinds import has_unit, is_text
from .names import is_time_name
from .units import read_unit

_MEMBER = re.compile(
    r"((rep\w*|replicate|repeat|run|trial|wdh\.?|messung|nr\.?|no\.?|#)\s*)?#?\d+|mean|avg|average|sd|std|sem|se|err(or)?",
    re.I,
)


def belongs_to_header(header: list[Any], row: list[Any]) -> bool:
    """Say whether a row under a header holds its units, or the names of repeats under merged cells."""
    there = [text_of(c) for c in row if not is_blank(c)]
    if not there:
        return False
    if all(re.fullmatch(r"<\w{2,9}>", text) for text in there):
        return True  # what kind each column is, as a printed data frame says
    if _are_units(there):
        return True
    filled = _filled([text_of(c) for c in header], len(row))
    under = [k for k, c in enumerate(row) if not is_blank(c)]
    named = [k for k in under if not filled[k]]  # names of their own, under nothing
    if not all(is_time_name(text_of(row[k])) for k in named):
        return False
    members = [k for k in under if k not in named]
    merged = all(filled.count(filled[k]) > 1 for k in members)
    return merged and len(members) > 1 and all(_MEMBER.fullmatch(text_of(row[k])) for k in members)


def are_comments(row: list[Any]) -> bool:
    """Say whether a row below names and units holds a third line of the header, as plotting programs write it."""
    there = [c for c in row if not is_blank(c)]
    return bool(there) and all(map(is_text, there))


def are_units_of(names: list[str], row: list[Any]) -> bool:
    """Say whether a row above names holds a unit for every one of them."""
    there = [text_of(c) for c in row if not is_blank(c)]
    return len(there) == len([n for n in names if n]) > 1 and _are_units(there)


def units_in(row: list[Any], width: int) -> list[str]:
    """Return the units in a row, one a column."""
    return [*(text_of(c).strip().strip("[]()") for c in row), *[""] * width][:width]


def with_row_names(
    grid: Grid, names: list[str], units: list[str], rows: list[list[Any]]
) -> tuple[list[str], list[str]]:
    """Put a blank name first where every row has one cell more than the header and begins with its number."""
    wider = bool(rows) and all(len(row) == len(names) + 1 for row in rows)
    if not wider or grid.delimiter == ",":  # there a comma may be decimal
        return names, units
    first = [text_of(row[0]) for row in rows]
    start = int(first[0]) if first[0] in ("0", "1") else None
    if start is None or first != [str(start + k) for k in range(len(first))]:
        return names, units
    return ["", *names], ["", *units]


def with_cut_units(grid: Grid, names: list[str], rows: list[list[Any]]) -> list[str]:
    """Put units behind commas back to their names, ``Time, min,A, mM``, where a header has more fields than its rows.

    Only if it then has as many as every row.
    """
    width = max((sum(1 for _ in _without_end(row)) for row in rows), default=0)
    if grid.delimiter != "," or width >= len(names):
        return names
    whole: list[str] = []
    for name in names:
        unit = read_unit(name) if name else None
        if unit is not None and whole and whole[-1] and read_header(whole[-1])[1] is None:
            whole[-1] = f"{whole[-1]}, {name}"
        else:
            whole.append(name)
    return whole if len(whole) == width else names


def _without_end(row: list[Any]) -> list[Any]:
    end = len(row)
    while end and is_blank(row[end - 1]):
        end -= 1
    return row[:end]


def _are_units(texts: list[str]) -> bool:
    """Say whether texts are units: at least one that is known, and none that is a number or a long word."""
    plain = [t.strip("[]() ") for t in texts]
    if any(is_time_name(t) and read_unit(p) is None for t, p in zip(texts, plain, strict=True)):
        return False
    if any(is_number(t) or has_unit(t) or len(t) > 16 or re.search(r"[=<>|]", t) for t in plain):
        return False
    known = sum(read_unit(t) is not None for t in plain)
    return 2 * known >= len(plain) and known > 0


def joined(grid: Grid, start: int, end: int, remarks: list[str]) -> tuple[list[str], list[str], list[Any] | None]:
    """Join the rows of a header: names, units, and a row that turned out to be none of it."""
    names = [text_of(c) for c in grid.rows[start]]
    if grid.unit == "row":  # a sheet does not say how far merged cells reach
        names += [""] * (max(map(len, grid.rows[start : end + 1])) - len(names))
    units = [""] * len(names)
    for place in range(start + 1, end):
        row = [text_of(c) for c in grid.rows[place]]
        if all(t.startswith("<") for t in row if t):
            continue
        if _are_units([t for t in row if t]):
            units = units_in(row, len(row))
            remarks.append(f"{grid.unit} {grid.lines[place]} holds units: {', '.join(t for t in units if t)}")
        elif not belongs_to_header(grid.rows[start], grid.rows[place]):
            names, said = _with_comments(names, row)
            remarks.append(f"{grid.unit} {grid.lines[place]} {said}")
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


def _with_comments(names: list[str], comments: list[str]) -> tuple[list[str], str]:
    """Take the names from a third line of the header where the first has some twice: all are ``Concentration``."""
    named = [n for n in names if n]
    if len(set(named)) == len(named):
        return names, "holds comments: left out"
    padded = [*comments, *[""] * (len(names) - len(comments))]
    return [c or n for n, c in zip(names, padded, strict=False)], "names the columns"


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


def without_ends(names: list[str], units: list[str], rows: list[list[Any]]) -> tuple[list[str], list[str]]:
    """Leave out columns at the right that have no name and nothing below: a delimiter ends every line."""
    width = len(names)
    while width > 1 and not names[width - 1] and all(is_blank(c) for row in rows for c in row[width - 1 : width]):
        width -= 1
    units = [*units, *[""] * (width - len(units))][:width]
    return names[:width], units
