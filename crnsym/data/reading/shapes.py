"""Shapes of tables: one value a row, tables side by side, wavelengths, wells of a plate."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from .blocks import Block
from .deviations import _ALONE, COUNT
from .grid import Grid, is_blank, is_number, quoted, text_of
from .header import read_header
from .names import (
    is_date_name,
    is_note_name,
    is_retention_name,
    is_species_column,
    is_time_name,
    is_value_column,
    is_wave_name,
)
from .numerals import to_float

SHORTEST_WAVE = 150.0  # nm or 1/cm; compounds have smaller numbers
_WAVE = re.compile(
    r"(?:(?:A|Abs\.?|abs|OD|absorbance|Absorbance)[\s_]*(?:at|@)?[\s_]*\(?)?(?P<number>\d{3,5}(?:\.\d+)?)\s*\)?\s*(?P<unit>nm|cm-1|1/cm)?",
    re.I,
)
_WELL = re.compile(r"(?P<row>[A-P])0?(?P<column>[1-9]\d?)")
_OWN_TIME = re.compile(r"(?:time|t|zeit)[\s_]+(?P<name>.+)|(?P<other>.+?)[\s_]+(?:time|x|t)", re.I)
_UNIT_COLUMN = re.compile(r"units?|einheit(en)?", re.I)
WELLS = 12  # fewer may be compounds A1, A2, B1, B2


def headerless(grid: Grid) -> list[Block]:
    """Return a table without header whose shape says what it is: time, name, value; or time, wavelength, value."""
    rows = grid.rows
    if len(rows) < 4 or any(len(row) != 3 for row in rows):
        return []
    if not all(is_number(row[0]) and is_number(row[2]) for row in rows):
        return []
    if all(re.match(r"[^\W\d_]", text_of(row[1])) for row in rows):
        names, what = ["time", "species", "value"], "time, species, value"
    elif _grid_of_waves(rows):
        names, what = ["time", "wavelength", "value"], "time, wavelength, value"
    else:
        return []
    remark = f"the table has no header: read as {what}"
    return [Block("", grid.lines[0], names, [""] * 3, list(rows), list(grid.lines), remarks=[remark])]


def _grid_of_waves(rows: Sequence[list[Any]]) -> bool:
    """Say whether the second of three columns runs over the same wavelengths at each of a few times."""
    if not all(is_number(row[1]) for row in rows):
        return False
    waves = {text_of(row[1]) for row in rows}
    times = {text_of(row[0]) for row in rows}
    numbers = [to_float(w) or 0.0 for w in waves]
    return len(waves) >= 5 and min(numbers) >= SHORTEST_WAVE and 0.9 * len(waves) * (len(times) - 1) <= len(rows)


def shaped(block: Block) -> list[Block]:
    """Return a block in the usual shape, a column a species; several where tables stand side by side."""
    return [_pivoted(part) for part in _side_by_side(block)]


def _side_by_side(block: Block) -> list[Block]:
    """Cut a block at its columns of times, where there are several and each has its own species."""
    names = block.names
    clocks = [k for k, n in enumerate(names) if n and _is_clock(names, k)]
    if len(clocks) < 2:
        return [block]
    ends = [*clocks[1:], len(names)]
    members = [[k for k in range(a, b) if names[k]] for a, b in zip(clocks, ends, strict=True)]
    if any(len(m) < 2 for m in members):
        return [block]
    shared = [k for k in range(clocks[0]) if names[k]]
    parts = []
    for number, chosen in enumerate(members, 1):
        kept = [*shared, *chosen]
        rows = [i for i, row in enumerate(block.rows) if any(not is_blank(row[k]) for k in chosen)]
        titles = [text for k, text in block.above if chosen[0] <= k <= chosen[-1]]
        parts.append(
            Block(
                titles[0] if titles else f"{block.title} {number}".strip(),
                block.header_line,
                [_own_time(names[k]) if k == chosen[0] else names[k] for k in kept],
                [block.units[k] for k in kept],
                [[block.rows[i][k] for k in kept] for i in rows],
                [block.lines[i] for i in rows],
                remarks=list(block.remarks) if number == 1 else [],
            )
        )
    parts[0].remarks.append(f"{len(parts)} tables stand side by side")
    return parts


def _is_clock(names: list[str], k: int) -> bool:
    if is_time_name(names[k]) and not is_date_name(names[k]):
        return True
    own = _OWN_TIME.fullmatch(read_header(names[k])[0])
    following = read_header(names[k + 1])[0] if k + 1 < len(names) else ""
    return bool(own) and following in (own["name"], own["other"], f"{own['other']} y", f"{own['other']}_y")


def _own_time(name: str) -> str:
    """Return ``time`` with its unit for the time of one species, ``time_A [min]``."""
    if is_time_name(name):
        return name
    unit = read_header(name)[1]
    return f"time [{unit.text}]" if unit else "time"


def _pivoted(block: Block) -> Block:
    """Turn a table of one value a row into one of a column a species."""
    key = _name_column(block)
    if key is None:
        return block
    value = _value_column(block, key)
    if value is None:
        return block
    unit_column = next((k for k, n in enumerate(block.names) if _UNIT_COLUMN.fullmatch(n)), None)
    errors = [k for k, n in enumerate(block.names) if k > value and _ALONE.fullmatch(read_header(n)[0])]
    taken = {key, value, unit_column, *errors}
    aside = [k for k, n in enumerate(block.names) if _says_nothing(block, k)]
    others = [k for k in range(len(block.names)) if k not in taken and k not in aside]
    unit = read_header(block.names[value])[1]
    species: dict[str, str] = {}
    table: dict[tuple, dict[str, Any]] = {}
    lines: dict[tuple, int] = {}
    for row, line in zip(block.rows, block.lines, strict=True):
        name = text_of(row[key])
        said = text_of(row[unit_column]) if unit_column is not None else (unit.text if unit else "")
        species.setdefault(name, f"{name} [{said}]" if said else name)
        base, again = tuple(text_of(row[k]) for k in others), 0
        while name in table.get((*base, again), {}):
            again += 1
        place = table.setdefault((*base, again), {"": [row[k] for k in others]})
        place[name] = row[value]
        place.update({f"{name} sd": row[errors[0]]} if errors else {})
        lines.setdefault((*base, again), line)
    columns = [n for s in species for n in ((s, f"{s} sd") if errors else (s,))]
    names = [*(block.names[k] for k in others), *(species.get(c, f"{c}") for c in columns)]
    rows = [[*cells[""], *(cells.get(c, "") for c in columns)] for cells in table.values()]
    remark = f"one value a row: column '{block.names[key]}' names {_count(species)}"
    units = [*(block.units[k] for k in others), *[""] * len(columns)]
    return replace(
        block, names=names, units=units, rows=rows, lines=list(lines.values()), remarks=[*block.remarks, remark]
    )


def _says_nothing(block: Block, k: int) -> bool:
    """Say whether a column beside values of one a row is a note, a count of repeats, or of the peak."""
    name = block.names[k]
    return is_note_name(name) or bool(COUNT.fullmatch(name)) or (is_retention_name(name) and _has_clock(block, k))


def _has_clock(block: Block, besides: int) -> bool:
    return any(is_time_name(n) for k, n in enumerate(block.names) if k != besides)


def _count(species: dict[str, str]) -> str:
    return quoted(species) if len(species) <= 8 else f"{len(species)} columns"


def _name_column(block: Block) -> int | None:
    """Return the column of names of species, or of wavelengths, of a table of one value a row."""
    for k, name in enumerate(block.names):
        cells = [text_of(row[k]) for row in block.rows if not is_blank(row[k])]
        wave = is_wave_name(name)
        named = is_species_column(name) and any(c[:1].isalpha() for c in cells)
        if (wave or named) and len(set(cells)) < len(cells):
            return k
    return None


def _value_column(block: Block, key: int) -> int | None:
    """Return the only column of values beside times, labels and errors: by its name, or the last of numbers."""
    named = [k for k, n in enumerate(block.names) if k != key and is_value_column(n)]
    if len(named) == 1:
        return named[0]
    numeric = [
        k
        for k, n in enumerate(block.names)
        if k != key
        and not is_time_name(n)
        and not _ALONE.fullmatch(read_header(n)[0])
        and any(is_number(row[k]) for row in block.rows)
    ]
    return numeric[-1] if len(numeric) == 1 else None


def wavelengths_of(names: Sequence[str]) -> dict[str, float]:
    """Return {header: wavelength} where columns are called by wavelengths, {} otherwise.

    At least three numbers of 150 and more that rise or fall; compounds that are called by numbers have smaller ones.
    """
    found: dict[str, float] = {}
    for name in names:
        match = _WAVE.fullmatch(name.strip())
        if match:
            found[name] = float(match["number"])
    numbers = list(found.values())
    steps = [b - a for a, b in pairwise(numbers)]
    monotone = all(s > 0 for s in steps) or all(s < 0 for s in steps)
    if len(found) < 3 or 2 * len(found) < len(names) or not monotone or min(numbers) < SHORTEST_WAVE:
        return {}
    return found


def wells_of(names: Sequence[str]) -> dict[str, str]:
    """Return {header: well} where columns are the wells of a plate, {} otherwise: rows by columns, all there."""
    found = {n: m for n in names if (m := _WELL.fullmatch(read_header(n)[0]))}
    rows, columns = {m["row"] for m in found.values()}, {m["column"] for m in found.values()}
    if len(found) < WELLS or len(rows) < 2 or len(columns) < 2 or len(found) != len(rows) * len(columns):
        return {}
    return {n: m["row"] + m["column"] for n, m in found.items()}
