"""Dates and times of day in cells: their forms, and which field is the day."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .numerals import plain_text

DAY = 86400.0
_CLOCK = (
    r"(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d(?:[.,]\d+)?))?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?:\s*(?:Z|UTC|[+-]\d\d:?\d\d))?"
)
_MINUTES = re.compile(r"(?P<m>\d{1,3}):(?P<s>[0-5]\d[.,]\d+)")
_ISO = r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
_FIELDS = r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{2})"
_MONTHS = {
    name: i
    for i, names in enumerate(
        ("jan januar january", "feb februar february", "mar mär mrz märz march maerz", "apr april", "may mai",
         "jun juni june", "jul juli july", "aug august", "sep sept september", "oct okt october oktober",
         "nov november", "dec dez december dezember"), 1)
    for name in names.split()
}  # fmt: skip
_NAMED = r"(?P<nday>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?P<nmonth>[^\W\d_]{3,9})\.?[\s,-]+(?P<nyear>\d{4}|\d{2})"
_MONTH_FIRST = r"(?P<mmonth>[^\W\d_]{3,9})\.?\s+(?P<mday>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<myear>\d{4})"
_MOMENT = re.compile(
    rf"(?:(?:{_ISO}|{_FIELDS}|{_NAMED}|{_MONTH_FIRST})(?:(?:\s+|,\s*|T(?=\d))(?P<later>\S.*))?|(?P<only>\d{{1,3}}:.*))"
)
_SIMPLE = re.compile(r"\d+(?:\.\d*)?")
_TIME_OF_DAY = re.compile(_CLOCK, re.I)
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


@dataclass(frozen=True)
class Moment:
    """A date, a time of day, or both, with what is not decided yet.

    Attributes
    ----------
    date
        Year, month and day; or the three fields of a date in unknown order; None without a date.
    ordered
        Whether ``date`` is year, month, day.
    separator
        Between the fields of a date.
    clock
        Fields of the time of day as written, () without one: two fields can be hours and minutes, or minutes and
        seconds.
    half
        ``"a"`` or ``"p"`` of a clock of twelve hours.
    text
        As written.
    """

    date: tuple[int, int, int] | None
    ordered: bool
    separator: str
    clock: tuple[float, ...]
    half: str
    text: str

    def seconds(self) -> float:
        """Return the time of day in seconds."""
        if not self.clock:
            return 0.0
        hours, minutes, seconds = (*self.clock, 0.0)[:3] if len(self.clock) < 3 else self.clock
        if self.half:
            hours = hours % 12 + (12 if self.half == "p" else 0)
        return hours * 3600.0 + minutes * 60.0 + seconds


def is_moment_text(text: str) -> bool:
    """Say whether a text is a date or a time of day."""
    return read_moment(text) is not None


def read_moment(cell: object) -> Moment | None:
    """Return what a cell says of a moment, typed or as text; None if it is none."""
    if isinstance(cell, str | float | int):
        return _of_text(plain_text(cell)) if isinstance(cell, str) else None
    if (plain := getattr(cell, "to_pydatetime", None)) is not None:
        cell = plain()
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, np.timedelta64):
        cell = cell.astype("timedelta64[us]").item()
    if isinstance(cell, dt.timedelta):
        return Moment(None, True, "", (0.0, 0.0, cell.total_seconds()), "", str(cell))
    if isinstance(cell, dt.datetime):
        clock = (float(cell.hour), float(cell.minute), cell.second + cell.microsecond * 1e-6)
        return Moment((cell.year, cell.month, cell.day), True, "", clock, "", str(cell))
    if isinstance(cell, dt.date):
        return Moment((cell.year, cell.month, cell.day), True, "", (), "", str(cell))
    if isinstance(cell, dt.time):
        return Moment(None, True, "", (cell.hour, cell.minute, cell.second + cell.microsecond * 1e-6), "", str(cell))
    return None


@lru_cache(maxsize=65536)
def _of_text(text: str) -> Moment | None:
    found = _MOMENT.fullmatch(text) if text[:1].isalnum() and not _SIMPLE.fullmatch(text) else None
    if found is None:
        return None
    rest = found["later"] or found["only"] or ""
    clock, half = (), ""
    if rest:
        of_day, short = _TIME_OF_DAY.fullmatch(rest.strip()), _MINUTES.fullmatch(rest.strip())
        if of_day is not None:
            clock = tuple(float(of_day[k].replace(",", ".")) for k in "hms" if of_day[k])
            half = (of_day["half"] or "")[:1].lower()
        elif short is not None and found["only"]:  # only seconds have fractions
            clock = (0.0, float(short["m"]), float(short["s"].replace(",", ".")))
        else:
            return None
    if found["only"]:
        return Moment(None, True, "", clock, half, text)
    if found["year"]:
        return Moment((int(found["year"]), int(found["month"]), int(found["day"])), True, "-", clock, half, text)
    for month, day, year in (("nmonth", "nday", "nyear"), ("mmonth", "mday", "myear")):
        if found[month]:
            number = _MONTHS.get(found[month].lower())
            if number is None:
                return None
            return Moment((_century(int(found[year])), number, int(found[day])), True, " ", clock, half, text)
    return Moment((int(found["a"]), int(found["b"]), int(found["c"])), False, found["sep"], clock, half, text)


def _century(year: int) -> int:
    return year + 2000 if year < 100 else year


def days_of(moments: Sequence[Moment]) -> tuple[list[int] | None, str]:
    """Return the day number of each date, and how they were read; None and an example where nobody can say.

    Dates as 24/03/01 may be day, month, year; month, day, year; or year, month, day. Points mean the first; else the
    orders that give dates, the same for all, are compared: a table spans days rather than years.
    """
    if all(m.ordered for m in moments):
        days = [_day(m.date or (0, 0, 0)) for m in moments]
        return (None, moments[days.index(None)].text) if None in days else ([d for d in days if d], "")
    loose = [m for m in moments if not m.ordered]
    found: dict[str, list[int]] = {}
    for name, order in {
        "day, month, year": (2, 1, 0),
        "month, day, year": (2, 0, 1),
        "year, month, day": (0, 1, 2),
    }.items():
        if name.startswith("year") and any((m.date or (0, 0, 100))[2] > 31 for m in loose):
            continue
        days = [_day(m.date or (0, 0, 0), None if m.ordered else order) for m in moments]
        if None not in days:
            found[name] = [d for d in days if d]
    found = _by_separator(found, loose[0].separator)
    distinct = {tuple(d - days[0] for d in days): name for name, days in reversed(found.items())}
    if len(distinct) == 1:
        name = next(iter(distinct.values()))
        return found[name], name
    spans = sorted((max(days) - min(days), name) for name, days in found.items())
    two_digits = all((m.date or (0, 0, 0))[2] < 100 for m in loose)
    if two_digits and len(spans) > 1 and 20 * max(spans[0][0], 1) < spans[1][0]:
        return found[spans[0][1]], spans[0][1]
    return None, loose[0].text


def _by_separator(found: dict[str, list[int]], separator: str) -> dict[str, list[int]]:
    """Points stand in day.month.year: the American order has slashes."""
    if separator == "." and "day, month, year" in found and len(found) > 1:
        return {name: days for name, days in found.items() if not name.startswith("month")}
    return found


def _day(fields: tuple[int, int, int], order: tuple[int, int, int] | None = None) -> int | None:
    year, month, day = fields if order is None else (fields[k] for k in order)
    try:
        return dt.date(_century(year), month, day).toordinal()
    except ValueError:
        return None


def compact_moment(number: float) -> float | None:
    """Return a date written as one number, 20240130 or 202401301055, in seconds; None if it is none."""
    if not float(number).is_integer() or number < 0:
        return None
    text = str(int(number))
    form = _COMPACT.get(len(text))
    if form is None or not "19" <= text[:2] <= "20":
        return None
    try:
        moment = dt.datetime.strptime(text, form)
    except ValueError:
        return None
    return moment.toordinal() * DAY + moment.hour * 3600.0 + moment.minute * 60.0 + moment.second
