"""Columns that were computed from others: logarithms, reciprocals, rates."""

import re

import numpy as np

from .cells import Table
from .header import Column, concentration_of, read_header

NEAR = 0.02  # of the range: how far a computed column may lie from what it is said to be, for rounded values
_FUNCTION = re.compile(r"(?P<f>ln|log(?:10|_10|e)?|lg|1\s*/|1\s*over|sqrt|√)\s*(?P<of>[\[({].+[\])}]|c_?\w+|\w+)", re.I)
_RATE = re.compile(r"(initial |reaction )?(rates?|velocity)|v0?|r|-?\s?d\s?[\[(]?.+[\])]?\s?/\s?dt", re.I)
_PER_TIME = re.compile(r"(/|per )\s*(s|sec|min|h|hr)\b|\b(s|min|h)\s?(\^?-1|⁻¹)", re.I)
_FUNCTIONS = {"l": np.log, "1": np.reciprocal, "s": np.sqrt, "√": np.sqrt}


def computed_of(table: Table, column: Column, others: list[Column]) -> str:
    """Say from what a column was computed; ``""`` for a column that was measured.

    ``ln[A]``, ``1/[A]`` and ``ln([A]/[A]0)`` beside ``[A]`` are, where their numbers say so too; a rate is in a unit
    per time.
    """
    header = column.header
    if _PER_TIME.search(header) and _RATE.fullmatch(re.sub(r"\s*[\[(/][^\[(]*$", "", header).strip()):
        return "is a rate, not a concentration"
    found = _FUNCTION.match(header)
    if found is None or not table.is_numeric(column):
        return ""
    for other in others:
        if other is not column and _names(found["of"], other) and table.is_numeric(other):
            function = _FUNCTIONS[found["f"][0].lower()]
            if _follows(table.numbers(column)[0], function, table.numbers(other)[0]):
                return f"is computed from '{other.header}'"
    return ""


def _names(text: str, column: Column) -> bool:
    """Say whether a text inside a function names a column: ``[A]``, ``([A]/[A]0)``, ``A``."""
    name = concentration_of(column.name) or read_header(column.header)[0]
    return bool(re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_0₀])", text))


def _follows(values: np.ndarray, function: np.ufunc, other: np.ndarray) -> bool:
    """Say whether values are a straight line in a function of others: ln(A/A0) differs from ln(A) by a number."""
    there = np.isfinite(values) & np.isfinite(other) & (other > 0)
    if there.sum() < 3:
        return False
    x, y = function(other[there]), values[there]
    left = y - np.polyval(np.polyfit(x, y, 1), x)
    return bool(np.ptp(y) > 0 and np.abs(left).max() <= NEAR * np.ptp(y))
