"""Times of all rows: numbers as they are, dates and times of day as seconds since the start of each run."""

import re
from collections.abc import Sequence

import numpy as np

from ...errors import DataError
from .cells import Table
from .grid import is_gap
from .header import Column
from .moments import DAY, Moment, compact_moment, days_of, read_moment
from .names import is_date_name

SERIAL = (36526.0, 73051.0)  # 2000 to 2100, as days since 1900
EPOCH = (9.4e8, 4.2e9)  # 2000 to 2100, as seconds since 1970
_MINUTES_FIRST = re.compile(r"m{1,2}\s*:\s*s|min\w*\s*:\s*s", re.I)
_HOURS_FIRST = re.compile(r"h{1,2}\s*:\s*m|hours?\s*:\s*m|uhrzeit|clock|of day|date|datum", re.I)


def read_clock(
    table: Table, column: Column, groups: Sequence[list[int]], date: Column | None = None
) -> tuple[np.ndarray, bool, list[str]]:
    """Return the times of all rows, whether they are seconds since the start, and remarks.

    Parameters
    ----------
    table, column
        The table and its column of times.
    groups
        Rows of each run. A time of day that is earlier than the one before is of the next day.
    date
        Column of dates that belong to the times of day.

    Raises
    ------
    DataError
        A time that cannot be read, day and month that cannot be told apart, or what is likely a date as a number.
    """
    there = [row for row, cell in enumerate(column.cells) if not is_gap(cell)]
    moments = {row: read_moment(column.cells[row]) for row in there}
    if date is None and not any(moments.values()):
        return _numbers(table, column, groups)
    for row in there:
        if moments[row] is None:
            raise _unreadable(table, column, row)
    found = {row: m for row, m in moments.items() if m is not None}
    days, how = _days(table, column, found, date)
    factor = _minutes_or_hours(table, column, found)
    clock = np.full(len(column.cells), np.nan)
    for row, moment in found.items():
        clock[row] = moment.seconds() * factor + DAY * days.get(row, 0)
    nights = 0
    for rows in groups:
        nights += _since_start(clock, rows, wrap=not days)
    kind = "dates" if days else "times of day"
    remark = f"column '{column.header}' holds {kind}{how}: read as seconds since the first row of each run"
    return clock, True, [remark + (f", past midnight {nights} times" if nights else "")]


def _since_start(clock: np.ndarray, rows: list[int], *, wrap: bool) -> int:
    """Subtract the first time of a run from its rows; return how often midnight passed."""
    shift, last, nights = 0.0, -np.inf, 0
    for row in rows:
        if wrap and clock[row] + shift < last:
            shift, nights = shift + DAY, nights + 1
        clock[row] += shift
        last = clock[row] if np.isfinite(clock[row]) else last
    first = next((clock[row] for row in rows if np.isfinite(clock[row])), 0.0)
    clock[rows] = np.round(clock[rows] - first, 6)
    return nights


def _days(table: Table, column: Column, moments: dict[int, Moment], date: Column | None) -> tuple[dict[int, int], str]:
    """Return the day number of each row, and how dates were read; {} without dates."""
    if date is not None:
        column, found = date, {}
        for row in moments:
            moment = read_moment(date.cells[row])
            if moment is None or moment.date is None:
                raise _unreadable(table, date, row)
            found[row] = moment
        moments = found
    with_date = {row: m for row, m in moments.items() if m.date is not None}
    if not with_date:
        return {}, ""
    if len(with_date) < len(moments):
        raise _unreadable(table, column, next(row for row in moments if row not in with_date))
    days, how = days_of(list(with_date.values()))
    if days is None:
        raise DataError(
            f"{table.source}: '{how}' in column '{column.header}' can be day/month or month/day; write 2024-03-01"
            if _plausible(how)
            else f"{table.source}: '{how}' in column '{column.header}' is no date; write 2024-03-01"
        )
    return dict(zip(with_date, days, strict=True)), f" ({how})" if how else ""


def _plausible(text: str) -> bool:
    fields = [int(f) for f in re.findall(r"\d+", text)[:3]]
    return sum(1 <= f <= 12 for f in fields) >= 1 and all(f <= 31 or f > 99 for f in fields)


def _minutes_or_hours(table: Table, column: Column, moments: dict[int, Moment]) -> float:
    """Return what two fields of a time of day are to be multiplied with: 1 for hours, 1/60 for minutes and seconds."""
    short = [m for m in moments.values() if len(m.clock) == 2 and m.date is None and not m.half]
    if _MINUTES_FIRST.search(column.header):
        if len(short) < len(moments):
            return 1.0
        return 1.0 / 60.0
    if not short or len(short) < len(moments) or _HOURS_FIRST.search(column.header):
        return 1.0
    first = next(iter(moments.values()))
    if first.clock == (0.0, 0.0) or any(m.clock[0] > 24 for m in short):
        raise DataError(
            f"{table.source}: '{short[-1].text}' in column '{column.header}' can be hours and minutes, or minutes and "
            f"seconds; call the column '{column.name} (mm:ss)' or '{column.name} (hh:mm)'"
        )
    return 1.0


def _numbers(table: Table, column: Column, groups: Sequence[list[int]]) -> tuple[np.ndarray, bool, list[str]]:
    """Plain numbers as they are; dates written as numbers only where the column says that it holds dates."""
    clock, _ = table.numbers(column)
    seen = clock[np.isfinite(clock)]
    dated = is_date_name(column.header)
    kind, clock = _dates_in_numbers(clock, seen)
    if not kind:
        return clock, False, []
    if not dated:
        if kind == "serial" and np.ptp(seen) > 400:
            return clock, False, []
        if kind == "epoch":
            return clock, False, []
        what = "dates of a spreadsheet, days since 1900" if kind == "serial" else "dates, year month day"
        raise DataError(
            f"{table.source}: the times {seen[0]:.14g} to {seen[-1]:.14g} look like {what}; call the column 'date' if "
            "they are, or subtract the first time if they are not"
        )
    factor = {"serial": DAY, "compact": 1.0, "epoch": 1.0, "epoch ms": 1e-3}[kind]
    for rows in groups:
        clock[rows] = np.round((clock[rows] - clock[rows[0]]) * factor, 3)
    names = {"serial": "serial dates", "compact": "dates as one number"}
    what = names.get(kind, "seconds since 1970" if kind == "epoch" else "milliseconds since 1970")
    return clock, True, [f"column '{column.header}' holds {what}: read as seconds since the first row of each run"]


def _dates_in_numbers(clock: np.ndarray, seen: np.ndarray) -> tuple[str, np.ndarray]:
    """Return what kind of dates numbers can be, ``""`` for none, and the numbers with compact dates in seconds."""
    if not seen.size:
        return "", clock
    if np.all((seen >= SERIAL[0]) & (seen < SERIAL[1])) and np.any(seen % 1.0):
        return "serial", clock
    compact = [compact_moment(value) for value in seen]
    if all(c is not None for c in compact) and seen.size > 1:
        clock = clock.copy()
        clock[np.isfinite(clock)] = np.array(compact, float)
        return "compact", clock
    for kind, factor in (("epoch", 1.0), ("epoch ms", 1e-3)):
        if np.all((seen * factor >= EPOCH[0]) & (seen * factor < EPOCH[1])):
            return kind, clock
    return "", clock


def _unreadable(table: Table, column: Column, row: int) -> DataError:
    text = str(column.cells[row]).strip()
    return DataError(
        f"{table.where(row)}, column '{column.header}': '{text}' is not a number or a time; write numbers (12.5), "
        "times of day such as 14:05:30, or dates such as 2024-03-01 14:05, the same way in all rows"
    )
