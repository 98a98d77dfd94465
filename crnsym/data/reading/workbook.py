"""Workbooks of spreadsheet programs (.xlsx) as grids, a sheet each, through openpyxl."""

import warnings
from pathlib import Path
from typing import Any

from ...errors import DataError, MissingExtraError
from .grid import Grid

SUFFIXES = (".xlsx", ".xlsm")
OTHERS = (".xls", ".xlsb", ".ods", ".numbers")
MOST_CELLS = 4_000_000  # of a sheet: about ten seconds of reading


def read_workbook(path: Path, sheets: tuple[str, ...] = ()) -> list[Grid]:
    """Read the sheets of a workbook that hold anything; values as they were last computed.

    Parameters
    ----------
    path
        The workbook.
    sheets
        Names, or numbers from 1, of the sheets to read; all that are visible by default.

    Raises
    ------
    DataError
        The file is no workbook, has no such sheet, or a formula has no stored value.
    MissingExtraError
        openpyxl is not installed.
    """
    if path.suffix.lower() in OTHERS:
        raise DataError(f"{path}: {path.suffix} files are not read; save the sheet as .xlsx or as CSV (UTF-8)")
    if not path.exists():
        raise DataError(f"{path}: no such file")
    book = _open(path, data_only=True)
    try:
        visible = [s for s in book.worksheets if s.sheet_state == "visible"]
        chosen = [_sheet(path, book.worksheets, name) for name in sheets] or visible
        grids = [_grid(path, sheet) for sheet in chosen]
    except DataError:
        raise
    except Exception as error:
        raise _unreadable(path, error) from None
    finally:
        book.close()
    found = [g for g in grids if g.rows]
    if not found:
        raise DataError(f"{path}: the workbook is empty")
    _refuse_bare_formulas(path, found)
    return found


def _open(path: Path, *, data_only: bool) -> Any:
    try:
        import openpyxl  # type: ignore[import-not-found]  # (an extra)
    except ImportError:
        raise MissingExtraError(
            f'{path}: .xlsx files need openpyxl: python -m pip install "crnsym[excel]"; or save it as CSV (UTF-8)'
        ) from None
    try:
        with warnings.catch_warnings(action="ignore"):  # about styles and extensions, which do not matter here
            # one row at a time: a formatted cell far away costs nothing
            return openpyxl.load_workbook(path, data_only=data_only, read_only=True)
    except Exception as error:  # whatever zip, XML or openpyxl itself say of a damaged file
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = " ".join(str(error).split())
    return DataError(f"{path}: is no workbook that can be read ({reason}); save the sheet as CSV (UTF-8)")


def _sheet(path: Path, worksheets: list[Any], name: str) -> Any:
    for sheet in worksheets:
        if sheet.title == name:
            return sheet
    if name.isdigit() and 1 <= int(name) <= len(worksheets):
        return worksheets[int(name) - 1]
    titles = ", ".join(f"'{s.title}'" for s in worksheets)
    raise DataError(f"{path}: no sheet '{name}'; there are {titles}")


def _grid(path: Path, sheet: Any) -> Grid:
    source = f"{path}, sheet '{sheet.title}'"
    sheet.reset_dimensions()
    rows, lines, cells = [], [], 0
    with warnings.catch_warnings(action="ignore"):
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            cells += len(row)
            if cells > MOST_CELLS:
                raise DataError(f"{source}: more than {MOST_CELLS} cells; save the table alone as CSV (UTF-8)")
            values = list(row)
            while values and (values[-1] is None or values[-1] == ""):
                values.pop()
            if values and not (isinstance(values[0], str) and values[0].lstrip().startswith("# ")):
                rows.append(values)
                lines.append(number)
    return Grid(source, rows, lines, "row")


def _refuse_bare_formulas(path: Path, grids: list[Grid]) -> None:
    """Refuse formulas that were never computed, as programs write them: they look like gaps."""
    book = _open(path, data_only=False)
    try:
        for grid in grids:
            sheet = next(s for s in book.worksheets if grid.source.endswith(f", sheet '{s.title}'"))
            sheet.reset_dimensions()
            values = dict(zip(grid.lines, grid.rows, strict=True))
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("=") and _missing(values.get(number, []), place):
                        raise DataError(
                            f"{grid.source}, row {number}: the formula '{cell[:40]}' has no stored value; open the "
                            "workbook in a spreadsheet program and save it"
                        )
    finally:
        book.close()


def _missing(values: list[Any], place: int) -> bool:
    return place >= len(values) or values[place] is None
