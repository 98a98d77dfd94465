"""CSV that a spreadsheet opens as what it is: text that looks like a formula is marked as text."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what spreadsheets calculate, with the marks of earlier writing


def csv_text(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a table as CSV; fields that a spreadsheet would calculate are written ``'=...``.

    Parameters
    ----------
    header
        Names of the columns.
    rows
        {column: value}; columns that are not named are left empty.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([marked(name) for name in header])
    writer.writerows([marked(row.get(name, "")) for name in header] for row in rows)
    return stream.getvalue()


def marked(value: object) -> object:
    """Return a value as it is, or text that looks like a formula with ``'`` before it."""
    if isinstance(value, str) and _FORMULA.match(value) and not NUMBER.fullmatch(value.strip()):
        return f"'{value}"
    return value


def unmarked(field: str) -> str:
    """Return what `marked` was given, for its result."""
    return field[1:] if field.startswith("'") and _FORMULA.match(field) else field
