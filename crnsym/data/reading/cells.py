"""Tables of columns: cells read as numbers, and what is noticed on the way."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import DataError
from .grid import Grid, is_gap, is_moment, quoted, text_of
from .header import Column
from .moments import is_moment_text
from .numerals import (
    Numeral,
    can_be_number,
    is_broken,
    is_infinite,
    is_simple,
    is_undetected,
    last_digit,
    read_numeral,
    to_float,
)
from .styles import COMMA, PLAIN, Style, Token, style_of
from .units import Unit, read_unit

Numbers = tuple[np.ndarray, np.ndarray]
"""Values and their standard deviations, ``(rows,)`` each, NaN for none."""


@dataclass
class Table:
    """Columns of one block.

    Attributes
    ----------
    source, unit, lines
        What opens messages: the file, ``"line"`` or ``"row"``, and where each row stands.
    title
        Of the block.
    columns
        In order.
    style
        How numbers are written, the same in all blocks of a grid.
    remarks
        What was assumed.
    header_line
        Where the header stands.
    noticed
        {kind of cell: texts that were seen}, for remarks.
    found_units
        {header: unit that stands in the cells}.
    """

    source: str
    unit: str
    lines: list[int]
    title: str
    columns: list[Column]
    style: Style = PLAIN
    remarks: list[str] = field(default_factory=list)
    header_line: int = 1
    noticed: dict[str, Counter] = field(default_factory=dict)
    found_units: dict[str, Unit] = field(default_factory=dict)

    def where(self, row: int) -> str:
        """Return the place of a row, to open a message."""
        return f"{self.source}, {self.unit} {self.lines[row]}"

    def unit_of(self, column: Column) -> Unit | None:
        """Return the unit of a column: of its header, else of its cells."""
        return column.unit or self.found_units.get(column.header)

    def is_numeric(self, column: Column) -> bool:
        """Say whether a column holds numbers: most of what is no gap."""
        numbers = sum(_is_numeral(c) for c in column.cells)
        if 2 * numbers >= len(column.cells):
            return numbers > 0
        there = [c for c in column.cells if not is_gap(c) and not (isinstance(c, str) and is_undetected(c))]
        return numbers > 0 and 2 * numbers >= len(there)

    def numbers(self, column: Column) -> Numbers:
        """Return the numbers of a column and their errors, NaN where there are none.

        Raises
        ------
        DataError
            Text, an infinite number, an error of the spreadsheet, per cent or a unit in some cells only.
        """
        values, errors = np.full((2, len(column.cells)), np.nan)
        units: dict[int, str] = {}
        plain = self.style.decimal == "."
        for row, cell in enumerate(column.cells):
            if plain and isinstance(cell, str) and is_simple(cell):
                values[row] = float(cell)
                units[row] = ""
                continue
            if isinstance(cell, bool | np.bool_):
                raise self._refused(row, column, f"'{cell}' is no number; write what was measured, or leave it empty")
            if not isinstance(cell, str):
                values[row] = float("nan") if is_gap(cell) else self._typed(row, column, cell)
                continue
            found = self._numeral(row, column, cell)
            if found is None:
                continue
            values[row], errors[row] = self._read(row, column, cell, found)
            units[row] = "%" if found.percent else found.unit
        if any(units.values()):
            self._to_one_unit(column, units, values, errors)
        return values, errors

    def _typed(self, row: int, column: Column, cell: object) -> float:
        try:
            if is_moment(cell):
                raise ValueError
            value = float(cell)  # type: ignore[arg-type]  # what is no number is refused
        except (TypeError, ValueError):
            raise self._refused(row, column, f"'{cell}' is not a number") from None
        if abs(value) == float("inf"):
            raise self._refused(row, column, f"'{cell}' is infinite; leave the field empty")
        return value

    def _numeral(self, row: int, column: Column, cell: str) -> Numeral | None:
        """Return what a cell says; None for a gap."""
        if is_gap(cell):
            return None
        if is_broken(cell):
            hint = "is an error of the spreadsheet; correct the formula, or leave the field empty"
            raise self._refused(row, column, f"'{text_of(cell)}' {hint}")
        if is_undetected(cell):
            self.notice("undetected", text_of(cell))
            return None
        if is_infinite(cell):
            raise self._refused(row, column, f"'{text_of(cell)}' is infinite; leave the field empty")
        found = read_numeral(cell)
        if found is None or (found.unit and read_unit(found.unit) is None):
            hint = "is not a number; leave the field empty or write NA where nothing was measured"
            raise self._refused(row, column, f"{text_of(cell)!r} {hint}")
        return found

    def _read(self, row: int, column: Column, cell: str, found: Numeral) -> tuple[float, float]:
        value = to_float(found.value, self.style)
        error = to_float(found.error, self.style) if found.error else float("nan")
        if value is None or error is None or not np.isfinite(value):
            hint = "is not a number; leave the field empty or write NA where nothing was measured"
            raise self._refused(row, column, f"{text_of(cell)!r} {hint}")
        if found.digits:
            error *= last_digit(found.value, self.style)
        for kind, text in (("spaced", found.spaced and cell), ("marked", found.mark), ("errors", found.error and cell)):
            if text:
                self.notice(kind, text_of(text))
        return value, error

    def _to_one_unit(self, column: Column, units: dict[int, str], values: np.ndarray, errors: np.ndarray) -> None:
        """Bring values with units in their cells to one unit, in place."""
        with_unit = next(row for row, text in units.items() if text)
        without = next((row for row, text in units.items() if not text), None)
        if "%" in units.values() and (without is not None or set(units.values()) != {"%"}):
            other = without if without is not None else next(row for row, text in units.items() if text != "%")
            per_cent = next(row for row, text in units.items() if text == "%")
            raise self._refused(
                per_cent,
                column,
                f"'{text_of(column.cells[per_cent])}' is in per cent, but '{text_of(column.cells[other])}' in "
                f"{self.unit} {self.lines[other]} is not; write the whole column in one way",
            )
        if "%" in units.values():
            self.notice("percent", column.name)
            self.found_units[column.header] = Unit("%", "signal")
            return
        first = column.unit or read_unit(units[with_unit])
        known = {text: read_unit(text) for text in set(units.values()) if text}
        if without is not None and any(
            u is not None and first is not None and u.size != first.size for u in known.values()
        ):
            raise self._refused(without, column, f"'{text_of(column.cells[without])}' has no unit, but others have one")
        for row, text in units.items():
            unit = known.get(text)
            if unit is None or first is None:
                continue
            if unit.kind != first.kind:
                raise self._refused(row, column, f"'{text_of(column.cells[row])}' is not in {first.text} as others are")
            values[row] *= unit.size / first.size
            errors[row] *= unit.size / first.size
        if first is not None:
            self.found_units.setdefault(column.header, first)
            self.notice("units", f"{column.name} in {first.text}")

    def _refused(self, row: int, column: Column, message: str) -> DataError:
        return DataError(f"{self.where(row)}, column '{column.header}': {message}")

    def notice(self, kind: str, text: str) -> None:
        """Count a cell of some kind."""
        self.noticed.setdefault(kind, Counter())[text] += 1

    def remarks_on_cells(self) -> list[str]:
        """Return a remark a kind of cell that was noticed."""
        said = {
            "undetected": lambda c: f"{c.total()} cells are {quoted(c, 5)}: not known, read as gaps",
            "percent": lambda c: f"{', '.join(c)}: in per cent, the sign is left out",
            "spaced": lambda _: "numbers are written with gaps between thousands",
            "marked": lambda c: f"{c.total()} numbers are marked with {quoted(c, 5)}: read without the mark",
            "errors": lambda c: f"{c.total()} cells such as '{next(iter(c))}' hold an error too: standard deviations",
            "units": lambda c: f"units stand in the cells: {', '.join(c)}",
        }
        return [said[kind](counter) for kind, counter in self.noticed.items()]


def _is_numeral(cell: object) -> bool:
    if isinstance(cell, str):
        if is_simple(cell):
            return True
        found = read_numeral(cell)
        return found is not None and can_be_number(found.value) and not is_moment_text(text_of(cell))
    return not isinstance(cell, bool | np.bool_) and isinstance(cell, int | float | np.number) and not is_moment(cell)


def style_of_grid(
    grid: Grid, blocks: list[list[tuple[list[Any], list[int]]]], decimal: str | None
) -> tuple[Style, list[str]]:
    """Tell how the numbers of a grid are written, and return them as texts.

    Parameters
    ----------
    grid
        Opens messages.
    blocks
        For each block its columns: cells, and where they stand.
    decimal
        What is decimal, where the user says so.
    """
    if decimal is None and _surely_plain(blocks):
        return PLAIN, []
    tokens: list[list[Token]] = []
    for cells, lines in (column for columns in blocks for column in columns):
        tokens.append([])
        for cell, line in zip(cells, lines, strict=True):
            if not isinstance(cell, str) or is_moment_text(text_of(cell)):
                continue
            found = read_numeral(cell)
            if found is None or not can_be_number(found.value):
                continue
            texts = (found.value,) if found.digits or not found.error else (found.value, found.error)
            tokens[-1] += [Token.of(text, f"{grid.unit} {line}") for text in texts]
    style = style_of(grid.source, tokens, grid.delimiter, decimal)
    return style, [t.digits for column in tokens for t in column]


def _surely_plain(blocks: list[list[tuple[list[Any], list[int]]]]) -> bool:
    """Say at once, of a long table, that its numbers have decimal points and no cell has a comma."""
    point = False
    for cells, _ in (column for columns in blocks for column in columns):
        for cell in cells:
            if isinstance(cell, str):
                if "," in cell:
                    return False
                point = point or ("." in cell and is_simple(cell) and not COMMA.fits(cell.lstrip("-")))
    return point
