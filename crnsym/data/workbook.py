"""Workbooks of spreadsheet programs (.xlsx), through openpyxl."""

import warnings
from pathlib import Path

from ..errors import DataError, MissingExtraError
from .cells import Cells
from .sheet import tabulate

SUFFIXES = (".xlsx", ".xlsm")
OTHERS = (".xls", ".xlsb", ".ods", ".numbers")


def from_workbook(path: Path) -> Cells:
    """Read the first sheet of a workbook that holds anything; values as they were last computed.

    Raises
    ------
    DataError
        The file is no workbook, or has no table.
    MissingExtraError
        openpyxl is not installed.
    """
    if path.suffix.lower() in OTHERS:
        raise DataError(f"{path}: {path.suffix} files are not read; save the sheet as .xlsx or as CSV (UTF-8)")
    if not path.exists():
        raise DataError(f"{path}: no such file")
    try:
        import openpyxl  # type: ignore[import-not-found]  # (an extra)
    except ImportError:
        raise MissingExtraError(
            f'{path}: .xlsx files need openpyxl: python -m pip install "crnsym[excel]"; or save it as CSV (UTF-8)'
        ) from None
    try:
        with warnings.catch_warnings(action="ignore"):  # about styles and extensions, which do not matter here
            book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:  # whatever zip, XML or openpyxl itself say of a damaged file
        raise DataError(f"{path}: is no workbook that can be read ({error}); save the sheet as CSV (UTF-8)") from None
    sheets = [s for s in book.worksheets if any(c is not None for row in s.iter_rows(values_only=True) for c in row)]
    if not sheets:
        raise DataError(f"{path}: the workbook is empty")
    sheet = sheets[0]
    records = [(i, list(row)) for i, row in enumerate(sheet.iter_rows(values_only=True), 1)]
    records = [(i, row) for i, row in records if not (isinstance(row[0], str) and row[0].lstrip().startswith("# "))]
    cells = tabulate(f"{path}, sheet '{sheet.title}'", records, unit="row")
    if len(sheets) == 1:
        return cells
    others = ", ".join(f"'{s.title}'" for s in sheets[1:])
    remark = f"only the first sheet, '{sheet.title}', is read; save {others} as files of their own to read them"
    return Cells(cells.source, cells.columns, cells.lines, cells.unit, (*cells.remarks, remark))
