"""Text files as grids: encodings, comments, and what stands between the fields."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

from ...errors import DataError
from ..csv_text import unmarked
from .grid import Grid
from .markup import without_markup
from .numerals import read_numeral

_ERROR_CELL = re.compile(r"#(n/a|div/0!|value!|ref!|name\?|num!|null!)", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(#+|%+|//+|!+|\*+(?=\s))(?!\s*$)\s*(?P<text>.*)|\s*([#%!*]+|//+)\s*$")
_BEHIND = re.compile(r"(?<=\d)\s+#\s[^\"]*$")  # behind the numbers of a row
_OPEN_FIELD = re.compile(r"(?:^|[,;\t|])\s*\"[^\"]*$")
MOST_LINES = 4  # lines that one field in quotes may have
_FIELDS = ("\t", ";", "|", ",")
_WIDE, _BLANK = "  ", " "
_OF_WINDOWS = frozenset("°µ±²³·×–—’‘“”äöüßÄÖÜéèêàâçîïôûáíóúñÅåøØæõãº½¼¾€‰")
BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\x1f\x8b", b"\x93NUMPY", b"\x89HDF")


def read_delimited(path: Path) -> Grid:
    """Read a text file as a grid of cells.

    Raises
    ------
    DataError
        The file cannot be read as text, or a line cannot be cut into fields.
    """
    source = str(path)
    text, remarks = _decode(path)
    lines = _whole(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines = [(n, line) for n, line in lines if line.strip()]
    lines = without_markup(lines)
    comments = [(n, line) for n, line in lines if _is_comment(line)]
    lines = [(n, _BEHIND.sub("", line)) for n, line in lines if not _is_comment(line)]
    declared = re.fullmatch(r'"?sep=(.)"?', lines[0][1].strip()) if lines else None
    if declared:
        lines = lines[1:]  # the first line some spreadsheets write
    if not lines:
        raise DataError(f"{source}: the file is empty; a table needs a header such as 'experiment,time,A,B'")
    delimiter = declared[1] if declared else _delimiter([line for _, line in lines])
    rows = [_split(source, n, line, delimiter) for n, line in lines]
    behind = [(n, _loose(_stripped(line), delimiter)) for n, line in comments]
    return Grid(source, rows, [n for n, _ in lines], "line", delimiter.strip(" ") or " ", remarks, tuple(behind))


def _whole(texts: list[str]) -> list[tuple[int, str]]:
    """Return the lines with their numbers; a field in quotes that goes on in the next line is one."""
    lines: list[tuple[int, str]] = []
    going_on = False
    for number, text in enumerate(texts, 1):
        if going_on:
            lines[-1] = (lines[-1][0], f"{lines[-1][1].rstrip()} {text.lstrip()}")
        else:
            lines.append((number, text))
        going_on = bool(_OPEN_FIELD.search(lines[-1][1])) and lines[-1][1].count('"') % 2 == 1 and number < len(texts)
        if going_on and number - lines[-1][0] >= MOST_LINES:
            going_on = False
    return lines


def _is_comment(line: str) -> bool:
    return bool(_COMMENT.fullmatch(line)) and not _ERROR_CELL.match(line.lstrip())


def _stripped(line: str) -> str:
    found = _COMMENT.fullmatch(line)
    return (found["text"] or "") if found else ""


def _decode(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file, whatever its byte-order mark, and what was assumed."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder; give the table in it") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None
    if raw.startswith(BINARY):
        raise DataError(f"{path}: is a binary file, not text; save the table as CSV (UTF-8)")
    remarks: tuple[str, ...] = ()
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", errors="replace")
        if not {c for c in text if ord(c) > 127} <= _OF_WINDOWS:
            line = raw[: error.start].count(b"\n") + 1
            raise DataError(f"{path}, line {line}: is not UTF-8 text; save the table as CSV (UTF-8)") from None
        remarks = ("the file is not UTF-8: read as Windows text (cp1252)",)
    if "\0" in text:
        raise DataError(f"{path}: is a binary file, not text; save the table as CSV (UTF-8)")
    return text, remarks


def _delimiter(lines: list[str]) -> str:
    """Return what cuts most lines into the same number of fields; blanks only where nothing else does."""
    lines = lines[:2000]
    data = [line for line in lines if re.match(r"\s*[\"']?[-+.]?\d", line)]
    data = data if 2 * len(data) > len(lines) else [line for line in lines if sum(c.isdigit() for c in line) > 2]
    for delimiter in _FIELDS[:-1]:  # blanks and commas also stand in texts and numbers
        most = 5 * _score(data, delimiter)[0] >= 3 * len(data) > 0
        if most and (_score(lines, ",") <= _score(lines, delimiter) or _clear(data, delimiter) > _clear(data, ",")):
            return delimiter
    scores = {d: _score(lines, d) for d in (*_FIELDS, _WIDE, _BLANK)}
    best = max(scores.values())
    if not best[0]:
        return ","
    if scores[","] == best:
        return ","
    return max(scores, key=lambda d: (scores[d][0], d in _FIELDS, scores[d][1], d == _WIDE))


def _clear(lines: list[str], delimiter: str) -> float:
    """Return the share of fields that are numbers: a decimal comma cuts ``0,5;0,1`` into fields that are none."""
    cells = [cell for line in lines for cell in _loose(line, delimiter) if cell]
    return sum(read_numeral(cell) is not None for cell in cells) / max(1, len(cells))


def _score(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many lines have the commonest number of fields, and that number."""
    counts = Counter(len(_loose(line, delimiter)) for line in lines)
    several = {n: k for n, k in counts.items() if n > 1}
    if not several:
        return 0, 0
    fields, found = max(several.items(), key=lambda item: (item[1], item[0]))
    numbers = sum(
        1 for line in lines if len(c := _loose(line, delimiter)) == fields and any(read_numeral(cell) for cell in c)
    )
    return (found, fields) if numbers else (0, 0)


def _loose(line: str, delimiter: str) -> list[Any]:
    if delimiter == _BLANK:
        return re.findall(r'"[^"]*"|\S+', line)
    if delimiter == _WIDE:
        return re.split(r"\s{2,}|\t", line.strip())
    try:
        (record,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    except (csv.Error, ValueError):
        return [line]
    return [unmarked(field.strip()) for field in record]


def _split(source: str, number: int, line: str, delimiter: str) -> list[Any]:
    if delimiter in (_BLANK, _WIDE):
        return [cell.strip('"') for cell in _loose(line, delimiter)]
    try:
        (record,) = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    except csv.Error as error:
        raise DataError(f"{source}, line {number}: cannot be split into fields ({error})") from None
    return [unmarked(field.strip()) for field in record]
