"""Tables as cells: named columns of raw fields that know where they stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import DataError

_GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "<na>", "nat"})
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Cells:
    """Columns of raw cells.

    Attributes
    ----------
    source
        File name, or what the data came from; opens every message.
    columns
        One list of cells a column name, in the order of the table.
    lines
        Where each row stands: its line in the file, or its row (from 1) in the frame.
    unit
        ``"line"`` or ``"row"``.
    remarks
        What was noticed and handled.
    delimiter
        Between the fields of the file.
    """

    source: str
    columns: dict[str, list[Any]]
    lines: list[int]
    unit: str = "line"
    remarks: tuple[str, ...] = ()
    delimiter: str = ","

    def where(self, row: int) -> str:
        """Return the place of a row, to open a message."""
        return f"{self.source}, {self.unit} {self.lines[row]}"

    def number(self, name: str, row: int) -> float:
        """Return one cell as a number, NaN for a gap.

        Raises
        ------
        DataError
            Text, or an infinite number.
        """
        cell = self.columns[name][row]
        if is_gap(cell):
            return float("nan")
        text = str(cell).strip()
        try:
            if isinstance(cell, str) and not NUMBER.fullmatch(text):
                raise ValueError
            value = float(cell)
        except (TypeError, ValueError):
            raise DataError(
                f"{self.where(row)}, column '{name}': {text!r} is not a number; "
                "leave the field empty or write NA where nothing was measured"
            ) from None
        if abs(value) == float("inf"):
            raise DataError(f"{self.where(row)}, column '{name}': {text!r} is infinite; leave the field empty")
        return value


def is_gap(cell: Any) -> bool:
    """Say whether a cell means that nothing was measured."""
    return cell is None or str(cell).strip().lower() in _GAPS


def from_frame(source: Any) -> Cells:
    """Read a pandas or polars frame, or a mapping of columns.

    Raises
    ------
    DataError
        The source is none of these, or its columns do not fit together.
    """
    if isinstance(source, Mapping):
        return _from_columns("table", list(source), [list(column) for column in source.values()])
    if hasattr(source, "collect"):  # a lazy polars frame
        source = source.collect()
    if any(name is not None for name in getattr(getattr(source, "index", None), "names", ())):
        source = source.reset_index()  # a pandas frame that keeps time or experiment in its index
    if not hasattr(source, "columns"):
        kind = type(source).__name__
        raise DataError(f"source is a {kind}; give a path, a pandas or polars frame, or a dict of columns")
    names = list(source.columns)
    refuse_duplicates("frame", [str(name) for name in names])
    return _from_columns("frame", names, [list(source[name]) for name in names])


def _from_columns(source: str, names: list, columns: list[list]) -> Cells:
    names = [str(name).strip() for name in names]
    refuse_duplicates(source, names)
    lengths = {name: len(column) for name, column in zip(names, columns, strict=True)}
    if len(set(lengths.values())) > 1:
        raise DataError(f"{source}: columns differ in length: {lengths}")
    rows = next(iter(lengths.values()), 0)
    if not rows:
        raise DataError(f"{source}: no rows; give a time column and one column per species")
    return Cells(source, dict(zip(names, columns, strict=True)), list(range(1, rows + 1)), "row")


def refuse_duplicates(where: str, names: list[str]) -> None:
    """Refuse two columns of the same name."""
    for i, name in enumerate(names):
        if name in names[:i]:
            raise DataError(
                f"{where}: two columns are called '{name}'; rename or remove one of them (repeated measurements: "
                f"'{name} rep1', '{name} rep2')"
            )
