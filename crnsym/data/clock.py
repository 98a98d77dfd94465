"""Times as people keep them: dates, times of day, and the serial dates of spreadsheets, as seconds since the start."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import DataError
from .cells import NUMBER, Cells, is_gap

DAY = 86400.0
_OF_DAY = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2})")
SERIAL = (36526.0, 73051.0)  # 2000 to 2100, as days since 1900
_DATED = re.compile(r"date|datum|timestamp", re.IGNORECASE)


def read_clock(
    cells: Cells, column: str, groups: Iterable[list[int]], date: str | None = None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the times of all rows, and remarks.

    Plain numbers stay as they are. Dates and times of day become seconds since the first row of each run; a time of
    day that is earlier than the one before is of the next day.

    Parameters
    ----------
    cells, column
        The table and its column of times.
    groups
        Rows of each run.
    date
        Column of dates that belong to the times of day.

    Raises
    ------
    DataError
        A time that cannot be read, day and month that cannot be told apart, or what is likely a date as a number.
    """
    texts = [cells.columns[column][row] for row in range(len(cells.lines))]
    if date is None and all(_is_number(t) or is_gap(t) for t in texts):
        return _numbers(cells, column, groups)
    if any(_is_number(t) for t in texts):
        odd = next(i for i, t in enumerate(texts) if not _is_number(t) and not is_gap(t))
        raise _unreadable(cells, column, odd, str(texts[odd]))
    month_first = _month_first(cells, date or column)
    clock = np.full(len(texts), np.nan)
    dated = False
    for row, cell in enumerate(texts):
        if is_gap(cell):
            continue
        day, seconds = _moment(cells, column, row, cell, month_first)
        if date is not None:
            day, _ = _moment(cells, date, row, cells.columns[date][row], month_first)
        dated = dated or day is not None
        clock[row] = seconds + (0.0 if day is None else day * DAY)
    nights = 0
    for rows in groups:
        shift, last = 0.0, -np.inf
        for row in rows:
            if not dated and clock[row] + shift < last - 0.5 * DAY:
                shift, nights = shift + DAY, nights + 1
            clock[row] += shift
            last = clock[row] if np.isfinite(clock[row]) else last
        first = next((clock[row] for row in rows if np.isfinite(clock[row])), 0.0)
        clock[rows] = np.round(clock[rows] - first, 6)
    kind = "dates" if dated else "times of day"
    remark = f"column '{column}' holds {kind}: read as seconds since the first row of each run"
    return clock, (remark + (f", past midnight {nights} times" if nights else ""),)


def _numbers(cells: Cells, column: str, groups: Iterable[list[int]]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Plain numbers as they are; days since 1900 only where the column says that it holds dates."""
    clock = np.array([cells.number(column, row) for row in range(len(cells.lines))])
    seen = clock[np.isfinite(clock)]
    serial = seen.size > 0 and bool(np.all((seen >= SERIAL[0]) & (seen < SERIAL[1])))
    if not serial or not np.any(seen % 1.0):
        return clock, ()
    if not _DATED.search(column):
        if np.ptp(seen) > 400:
            return clock, ()
        raise DataError(
            f"{cells.source}: the times {seen[0]:.12g} to {seen[-1]:.12g} look like dates of a spreadsheet, days since "
            f"1900; call the column 'date' if they are, or subtract the first time if they are not"
        )
    for rows in groups:
        clock[rows] = np.round((clock[rows] - clock[rows[0]]) * DAY, 3)
    return clock, (f"column '{column}' holds serial dates: read as seconds since the first row of each run",)


def _moment(cells: Cells, column: str, row: int, cell: Any, month_first: bool) -> tuple[float | None, float]:
    """Return day number (None without a date) and seconds of the day."""
    if hasattr(cell, "to_pydatetime"):
        cell = cell.to_pydatetime()
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, np.timedelta64):
        cell = cell.astype("timedelta64[us]").item()
    if isinstance(cell, dt.timedelta):
        return None, cell.total_seconds()
    if isinstance(cell, dt.datetime):
        of_day = cell - cell.replace(hour=0, minute=0, second=0, microsecond=0)
        return float(cell.toordinal()), of_day.total_seconds()
    if isinstance(cell, dt.date):
        return float(cell.toordinal()), 0.0
    if isinstance(cell, dt.time):
        return None, cell.hour * 3600.0 + cell.minute * 60.0 + cell.second + cell.microsecond * 1e-6
    text = str(cell).strip()
    parts = re.sub(r"(?<=\d)T(?=\d)", " ", text).removesuffix("Z").split(" ", 1)
    iso, date = _ISO.fullmatch(parts[0]), _DATE.fullmatch(parts[0])
    rest = parts[1].strip() if len(parts) > 1 else ""
    day: float | None = None
    try:
        if iso:
            day = float(dt.date(int(iso[1]), int(iso[2]), int(iso[3])).toordinal())
        elif date:
            first, second = int(date[1]), int(date[3])
            day_of_month, month = (second, first) if month_first else (first, second)
            year = int(date[4]) + (2000 if len(date[4]) == 2 else 0)
            day = float(dt.date(year, month, day_of_month).toordinal())
        else:
            rest = text
    except ValueError:
        raise _unreadable(cells, column, row, text) from None
    if day is not None and not rest:
        return day, 0.0
    of_day = _OF_DAY.fullmatch(rest)
    if of_day is None:
        raise _unreadable(cells, column, row, text)
    hours = int(of_day[1])
    if of_day[4]:
        hours = hours % 12 + (12 if of_day[4].lower().startswith("p") else 0)
    return day, hours * 3600.0 + int(of_day[2]) * 60.0 + float((of_day[3] or "0").replace(",", "."))


def _unreadable(cells: Cells, column: str, row: int, text: str) -> DataError:
    return DataError(
        f"{cells.where(row)}, column '{column}': '{text}' is not a number or a time; write numbers such as 12.5, "
        "times of day such as 14:05:30, or dates such as 2024-03-01 14:05, the same way in all rows"
    )


def _month_first(cells: Cells, column: str) -> bool:
    """Tell 3/1/2024 (month first) from 1.3.2024 by the separator, or by a number above 12."""
    found = [_DATE.match(c.strip()) for c in cells.columns[column] if isinstance(c, str)]
    dates = [m for m in found if m]
    if not dates or dates[0][2] == ".":
        return False
    if any(int(m[3]) > 12 for m in dates):
        return True
    if any(int(m[1]) > 12 for m in dates) or len({m[0] for m in dates}) == 1:
        return False
    raise DataError(
        f"{cells.source}: '{dates[0][0]}' in column '{column}' can be day/month or month/day; write 2024-03-01"
    )


def _is_number(cell: Any) -> bool:
    if isinstance(cell, str):
        return bool(NUMBER.fullmatch(cell.strip()))
    return isinstance(cell, int | float | np.number) and not isinstance(cell, np.timedelta64)
