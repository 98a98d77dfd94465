"""Delimited text files as cells: delimiters, comments, byte-order marks, quotes, decimal commas."""

import csv
import re
from pathlib import Path

from ..errors import DataError
from .cells import NUMBER, Cells, refuse_duplicates

_DELIMITERS = (",", ";", "\t")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")


def from_file(path: Path) -> Cells:
    """Read a delimited text file.

    Raises
    ------
    DataError
        The file cannot be read as a table, with the line where it goes wrong.
    """
    source = str(path)
    lines = [
        (number, line)
        for number, line in enumerate(_decode(path).replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    delimiter = None
    if lines and (declared := re.fullmatch(r'"?sep=(.)"?', lines[0][1].strip())):
        delimiter, lines = declared[1], lines[1:]  # the first line some spreadsheets write
    if not lines:
        raise DataError(f"{source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    delimiter = delimiter or max(_DELIMITERS, key=lines[0][1].count)
    records = [(number, _split(source, number, line, delimiter)) for number, line in lines]
    return _tabulate(source, delimiter, records)


def _decode(path: Path) -> str:
    """Return the text of a file, whatever its byte-order mark."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder; give the CSV file in it") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(f"{path}, line {line}: is not UTF-8 text; save the table as CSV (UTF-8)") from None
    if "\0" in text or raw.startswith(b"PK\x03\x04"):
        raise DataError(f"{path}: is a binary file, not text; save the table as CSV (UTF-8)")
    return text


def _split(source: str, number: int, line: str, delimiter: str) -> list[str]:
    try:
        (record,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    except csv.Error as error:
        raise DataError(f"{source}, line {number}: cannot be split into fields ({error})") from None
    return [field.strip() for field in record]


def _tabulate(source: str, delimiter: str, records: list[tuple[int, list[str]]]) -> Cells:
    (header_line, names), *rows = records
    where = f"{source}, line {header_line}"
    if any(names) and all(NUMBER.fullmatch(name) or _DECIMAL_COMMA.fullmatch(name) for name in names if name):
        raise DataError(f"{where}: numbers where column names are expected; add a header, 'experiment,time,A,B'")
    if not rows:
        raise DataError(f"{source}: the header stands alone, there are no rows of numbers")
    width = len(names)
    while width > 1 and not names[width - 1] and not any(any(row[width - 1 : width]) for _, row in rows):
        width -= 1  # a delimiter ends every line
    remarks, body = [], []
    for number, row in rows:
        while len(row) > width and not row[-1]:
            row = row[:-1]
        if len(row) > width:
            raise DataError(
                f"{source}, line {number}: {len(row)} fields under a header of {width}; "
                "quote fields that hold the delimiter"
            )
        body.append(row + [""] * (width - len(row)))
    short = [number for number, row in rows if len(row) < width]
    if short:
        remarks.append(f"line {_listed(short)}: fewer fields than the header, the missing ones are read as gaps")
    columns = [list(column) for column in zip(*body, strict=True)]
    names = names[:width]
    if not names[0] and width > 1 and columns[0] == [str(i) for i in range(len(body))]:
        names, columns = names[1:], columns[1:]  # the row numbers that data frames write
        remarks.append("the first column has no name and only counts the rows; it is left out")
    if "" in names:
        raise DataError(f"{where}: column {names.index('') + 1} has no name")
    refuse_duplicates(where, names)
    if delimiter != "," and _has_decimal_commas(columns):
        columns = [[cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in c] for c in columns]
        remarks.append("numbers are written with a decimal comma")
    return Cells(source, dict(zip(names, columns, strict=True)), [number for number, _ in rows], "line", tuple(remarks))


def _has_decimal_commas(columns: list[list[str]]) -> bool:
    cells = [cell for column in columns for cell in column]
    return any(_DECIMAL_COMMA.fullmatch(cell) for cell in cells) and not any(
        "." in cell and NUMBER.fullmatch(cell) for cell in cells
    )


def _listed(numbers: list[int], limit: int = 5) -> str:
    shown = ", ".join(map(str, numbers[:limit]))
    return shown if len(numbers) <= limit else f"{shown} and {len(numbers) - limit} more"
