"""Which column of a table holds the times, and which the dates beside them."""

import re
from itertools import pairwise

import numpy as np

from ...errors import DataError
from .cells import Table
from .grid import is_gap, is_moment, is_number, quoted, text_of
from .header import Column
from .moments import is_moment_text
from .names import (
    is_counter_name,
    is_date_name,
    is_exact_time,
    is_saved_index,
    is_time_name,
    is_time_word,
    is_unnamed,
    is_weak_time_name,
)


class NoTimeError(DataError):
    """A table has no times: no table of a course."""


def time_column(table: Table, columns: list[Column], everything: list[Column]) -> Column:
    """Return the column of times: by its name, by its unit, by a unit as its name, or by its shape."""
    for found in (
        [c for c in columns if is_time_name(c.header) and not is_time_word(c.header)],
        [c for c in columns if c.unit is not None and c.unit.kind == "time"],
        [
            c
            for c in columns
            if is_time_word(c.header) and _increases(table, c) and (len(c.header) > 1 or c is everything[0])
        ],
        [c for c in columns if is_date_name(c.header)],
        [c for c in columns if is_weak_time_name(c.header) and _increases(table, c)],
    ):
        if found:
            return _only(table, found)
    return _by_shape(table, columns or everything)


def _only(table: Table, found: list[Column]) -> Column:
    """Return the one of several columns of times to use, or refuse to choose."""
    if len(found) == 1:
        return found[0]
    exact = [c for c in found if is_exact_time(c.header)]
    if len(exact) == 1:
        return exact[0]
    with_unit = [c for c in found if c.unit is not None and c.unit.kind == "time"]
    if len(with_unit) == len(found) and _proportional(table, found):
        table.remarks.append(f"{quoted(c.header for c in found)} are the same times: '{found[0].header}' is used")
        return found[0]
    plain = [c for c in found if all(is_number(x) or is_gap(x) for x in c.cells)]
    if len(plain) == 1 and all(is_date_name(c.header) for c in found if c is not plain[0]):
        return plain[0]
    words = [c for c in found if c.name.lower() in ("t", "time")]
    if len(words) == 1:
        return words[0]
    raise DataError(f"{table.source}: {quoted(c.header for c in found)} could each be the time; choose one (--time)")


def _proportional(table: Table, columns: list[Column]) -> bool:
    """Say whether columns hold the same times in their units."""
    if not all(table.is_numeric(c) for c in columns):
        return False
    seconds = [table.numbers(c)[0] * (c.unit.size if c.unit else 1.0) for c in columns]
    return all(np.allclose(s, seconds[0], rtol=0.02, atol=1e-9, equal_nan=True) for s in seconds)


def _by_shape(table: Table, columns: list[Column]) -> Column:
    """Return a first column that says nothing by its name, or is T, where it increases and is no counter of rows."""
    first = next((c for c in columns if table.is_numeric(c)), None)
    if first is not None and (is_unnamed(first.header) or first.name == "T") and _increases(table, first):
        if counts_rows(first) and is_unnamed(first.header) and not first.header.lower().startswith("x"):
            raise DataError(
                f"{table.source}: no time column among {quoted(c.header for c in table.columns)}; the first column may "
                "only count the rows: call it 'time' if it is the time (--time 1), or add a column of times"
            )
        named = f"'{first.header}'" if first.header else "without a name"
        table.remarks.append(f"the first column, {named}, increases: taken as the time")
        return first
    raise NoTimeError(
        f"{table.source}: no time column among {quoted(c.header for c in table.columns)}; call one 'time' or say "
        "which (--time COLUMN)"
    )


def counts_rows(column: Column) -> bool:
    """Say whether a column holds 0, 1, 2, ... or 1, 2, 3, ..., perhaps once for every run.

    One that calls itself an entry or a sample may go on from where the table before it ended.
    """
    texts = [text_of(c) for c in column.cells]
    if is_counter_name(column.header) and column.header.isalpha() and len(column.header) > 2:
        going_on = len(texts) > 2 and all(t.isdigit() for t in texts)
        if going_on and all(int(b) - int(a) == 1 for a, b in pairwise(texts)):
            return True
    if not texts or texts[0] not in ("0", "1") or not all(t.isdigit() for t in texts):
        return False
    first, numbers = int(texts[0]), [int(t) for t in texts]
    return all(b in (a + 1, first) for a, b in pairwise(numbers)) and numbers[1:2] == [first + 1]


def numbers_rows(column: Column) -> bool:
    """Say whether a column is the saved index of a frame: a name that says nothing, whole numbers, each once."""
    texts = [text_of(c) for c in column.cells]
    return is_saved_index(column.header) and all(t.isdecimal() for t in texts) and len(set(texts)) == len(texts)


def _increases(table: Table, column: Column) -> bool:
    """Say whether a column increases, run after run: it falls back to its start and hardly elsewhere."""
    if any(is_moment(c) or (isinstance(c, str) and is_moment_text(text_of(c))) for c in column.cells[:1]):
        return True
    if not all(is_number(c) or is_gap(c) for c in column.cells):
        return False
    steps = np.diff(table.numbers(column)[0])
    up, down = int((steps > 0).sum()), int((steps < 0).sum())
    return (up > 0 and 4 * down <= len(steps)) or (up == 0 and down > 0)


def date_column(time: Column, columns: list[Column]) -> Column | None:
    """Return the column of dates beside a column of times of day, if there is one."""
    dates = [c for c in columns if c.header != time.header and re.fullmatch(r"date|datum|day|fecha", c.name, re.I)]
    if len(dates) != 1 or not any(":" in str(cell) for cell in time.cells):
        return None
    dated = any(is_moment(c) or is_moment_text(text_of(c)) for c in dates[0].cells)
    return dates[0] if dated else None
