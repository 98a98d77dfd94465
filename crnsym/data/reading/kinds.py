"""What stands in a cell: words, or a value of some kind."""

from typing import Any

from .grid import is_blank, is_gap, is_moment, is_number, text_of
from .moments import is_moment_text
from .numerals import is_undetected, read_numeral
from .units import read_unit


def is_text(cell: object) -> bool:
    """Say whether a cell holds words: neither number, date, gap nor a value below detection."""
    if not isinstance(cell, str) or is_number(cell) or is_gap(cell):
        return False
    text = text_of(cell)
    return not (is_number(text) or is_undetected(text) or is_moment_text(text) or has_unit(text))


def has_unit(text: str) -> bool:
    """Say whether a text is a number with a unit that is known."""
    found = read_numeral(text)
    return found is not None and bool(found.unit) and read_unit(found.unit) is not None


def is_value(cell: object) -> bool:
    """Say whether a cell holds a number, with or without unit, a date or a time of day."""
    return (
        is_number(cell)
        or is_moment(cell)
        or (isinstance(cell, str) and (is_moment_text(text_of(cell)) or has_unit(text_of(cell))))
    )


def is_data(row: list[Any]) -> bool:
    """Say whether a row holds values: two numbers or more, or at least half of what is there."""
    there = [c for c in row if not is_blank(c)]
    values = sum(map(is_value, there))
    return values >= 2 or (values == 1 and 2 * values >= len(there))
