"""Where tables come from: paths, frames, dicts of columns."""

import os
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from ...errors import DataError
from .delimited import read_delimited
from .enzymeml import SUFFIXES as ENZYMEML
from .enzymeml import read_enzymeml
from .grid import Grid
from .workbook import OTHERS, SUFFIXES, read_workbook

if TYPE_CHECKING:
    import pandas  # type: ignore[import-not-found]  # (only if installed)
    import pandas as pd
    import polars  # type: ignore[import-not-found]  # (only if installed)

Table: TypeAlias = Union[
    str, os.PathLike[str], Mapping[str, Any], "pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame"
]
"""The path of a table, a frame, or a dict of columns."""


def open_source(source: Table, sheets: tuple[str, ...] = ()) -> list[Grid]:
    """Return the grids of a source: one of a text file or a frame, one a sheet of a workbook.

    Raises
    ------
    DataError
        The source is no table, or cannot be read.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.suffix.lower() in (*SUFFIXES, *OTHERS):
            return read_workbook(path, sheets)
        if path.suffix.lower() in ENZYMEML:
            return [read_enzymeml(path)]
        if sheets:
            raise DataError(f"{path}: only workbooks have sheets; leave --sheet out")
        return [read_delimited(path)]
    return [_frame(source)]


def _frame(source: Any) -> Grid:
    if isinstance(source, Mapping):
        return _columns("table", list(source), [_column(name, column) for name, column in source.items()])
    if hasattr(source, "collect"):  # a lazy polars frame
        source = source.collect()
    index = getattr(source, "index", None)
    if index is not None and hasattr(source, "columns"):
        named = any(name is not None for name in getattr(index, "names", ()))
        if named or list(index) != list(range(len(source))):  # a pandas frame that keeps time or experiment there
            kept = [n for n in index.names if n is None or not _is_column(source, n)]
            source = source.reset_index([n for n in index.names if n not in kept], drop=True) if kept else source
            source = source.rename_axis(_free_names(source)).reset_index() if kept else source
    if not hasattr(source, "columns"):
        kind = type(source).__name__
        raise DataError(f"source is a {kind}; give a path, a pandas or polars frame, or a dict of columns")
    names = list(source.columns)
    cells = [list(source.iloc[:, i] if hasattr(source, "iloc") else source[name]) for i, name in enumerate(names)]
    return _columns("frame", names, cells)


def _is_column(frame: "pd.DataFrame", name: Hashable) -> bool:
    """Say whether a level of the index is a column, too, as ``set_index(..., drop=False)`` leaves it."""
    level = list(frame.index.get_level_values(name))
    return any(str(c) == str(name) and list(frame.iloc[:, i]) == level for i, c in enumerate(frame.columns))


def _free_names(frame: "pd.DataFrame") -> list[Any]:
    """Return names for the levels of an index that no column has: their own, or those of unnamed columns."""
    taken, found = {str(name) for name in frame.columns}, []
    for level, name in enumerate(frame.index.names):
        first = ("index", "Unnamed: 0") if name is None else (str(name),)
        if name is None and frame.index.get_level_values(level).dtype.kind in "mM":
            first = ("time", *first)
        tries = (*first, *(f"{first[0]} {n}" for n in range(2, len(taken) + 3)))
        found.append(next(t for t in tries if t not in taken))
        taken.add(found[-1])
    return found


def _column(name: object, column: Iterable[Any]) -> list:
    try:
        if isinstance(column, str | bytes):
            raise TypeError
        return list(column)
    except TypeError:
        raise DataError(f"table, column '{name}': expected a list of values, got {str(column)[:60]!r}") from None


def _columns(source: str, names: list, columns: list[list]) -> Grid:
    names = [str(name).strip() for name in names]
    lengths = {name: len(column) for name, column in zip(names, columns, strict=True)}
    if len(set(lengths.values())) > 1:
        raise DataError(f"{source}: columns differ in length: {lengths}")
    rows = next(iter(lengths.values()), 0)
    if not rows:
        raise DataError(f"{source}: no rows; give a time column and one column per species")
    body = [list(row) for row in zip(*columns, strict=True)]
    return Grid(source, [list(names), *body], list(range(rows + 1)), "row")
