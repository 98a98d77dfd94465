"""Delimited text files as cells: delimiters, comments, byte-order marks, quotes."""

import csv
import re
from pathlib import Path

from ..errors import DataError
from .cells import Cells
from .csv_text import unmarked
from .sheet import tabulate
from .workbook import OTHERS, SUFFIXES, from_workbook

_DELIMITERS = (",", ";", "\t")
_ERROR_CELL = re.compile(r"#(n/a|div/0!|value!|ref!|name\?|num!|null!)", re.IGNORECASE)


def from_file(path: Path) -> Cells:
    """Read a delimited text file.

    Raises
    ------
    DataError
        The file cannot be read as a table, with the line where it goes wrong.
    """
    if path.suffix.lower() in (*SUFFIXES, *OTHERS):
        return from_workbook(path)
    source = str(path)
    lines = [
        (number, line)
        for number, line in enumerate(_decode(path).replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)
        if line.strip() and (not line.lstrip().startswith("#") or _ERROR_CELL.match(line.lstrip()))
    ]
    delimiter = None
    if lines and (declared := re.fullmatch(r'"?sep=(.)"?', lines[0][1].strip())):
        delimiter, lines = declared[1], lines[1:]  # the first line some spreadsheets write
    if not lines:
        raise DataError(f"{source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    delimiter = delimiter or max(_DELIMITERS, key=lines[0][1].count)
    records = [(number, _split(source, number, line, delimiter)) for number, line in lines]
    return tabulate(source, list(records), delimiter)


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
    return [unmarked(field.strip()) for field in record]
