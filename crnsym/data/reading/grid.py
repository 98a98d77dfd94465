"""A grid of cells as it stands in a file, a sheet or a frame."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .numerals import is_number_text, plain_text

GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "<na>", "nat", "."})


@dataclass(frozen=True)
class Grid:
    """Rows of cells, ragged, without meaning so far.

    Attributes
    ----------
    source
        File name, or what the data came from; opens every message.
    rows, lines
        The cells of each row, and where the row stands: its line in the file, or its row in the sheet.
    unit
        ``"line"`` or ``"row"``.
    delimiter
        Between the fields of the file; ``""`` where cells are cells, ``" "`` for blanks.
    remarks
        What was noticed.
    comments
        (line, cells) of lines behind ``#`` or ``%``; the last one before the numbers may be the header.
    """

    source: str
    rows: list[list[Any]]
    lines: list[int]
    unit: str = "line"
    delimiter: str = ""
    remarks: tuple[str, ...] = ()
    comments: tuple[tuple[int, list[Any]], ...] = ()


def is_blank(cell: object) -> bool:
    """Say whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not plain_text(cell))


def is_gap(cell: object) -> bool:
    """Say whether a cell means that nothing was measured."""
    return cell is None or (len(text := str(cell)) < 12 and plain_text(text).lower() in GAPS)


def is_number(cell: object) -> bool:
    """Say whether a cell holds a number, typed or as text."""
    if isinstance(cell, str):
        return is_number_text(cell)
    return isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_ | np.timedelta64)


def is_moment(cell: object) -> bool:
    """Say whether a typed cell holds a date, a time of day or a span of time."""
    return isinstance(cell, dt.date | dt.time | dt.timedelta | np.datetime64 | np.timedelta64) or hasattr(
        cell, "to_pydatetime"
    )


def text_of(cell: object) -> str:
    """Return a cell as a person sees it: whole numbers of a sheet without a point."""
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    return "" if cell is None else plain_text(str(cell))


def listed(numbers: list[int], limit: int = 5) -> str:
    """Return the first few line numbers, and how many more there are."""
    shown = ", ".join(map(str, numbers[:limit]))
    return shown if len(numbers) <= limit else f"{shown} and {len(numbers) - limit} more"


def quoted(names: Iterable[object], limit: int = 30) -> str:
    """Return names in quotes, not too many."""
    names = list(names)
    shown = ", ".join(f"'{name}'" for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"
