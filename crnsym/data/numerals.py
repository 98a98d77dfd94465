"""Numbers as people write them in spreadsheets: decimal commas, thousands, per cent, and values below detection."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..errors import DataError
from .cells import NUMBER, Cells

_DECIMAL_COMMA = re.compile(r"[+-]?(\d*),(\d+)([eE][+-]?\d+)?")
_GERMAN = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+,\d+|[+-]?[1-9]\d{0,2}(\.\d{3}){2,}")
_ENGLISH = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+\.\d+|[+-]?[1-9]\d{0,2}(,\d{3}){2,}")
_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[,.]\d{3}")  # either a fraction or a thousand
_POINT = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(\D|$))")
_PERCENT = re.compile(r"\s*%$")
_UNDETECTED = re.compile(
    r"[<>≤≥]\s*(lod|loq|dl|ld|lld|lloq|uloq|max|min|[\d.,]+([eE][+-]?\d+)?\s*%?)"
    r"|n\.?\s?[dbqm]\.?|not (detected|determined|measured)|b\.?d\.?l\.?|b\.?l\.?q\.?|(below )?(lod|loq|detection)|#n/a"
    r"|[-–—]+|ovrflw|over(flow|range)?|trace",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"#(div/0!|value!|ref!|name\?|num!|null!|wert!|zahl!|bezug!|####*)", re.IGNORECASE)


def plain_numbers(cells: Cells, skip: Iterable[str | None] = ()) -> Cells:
    """Rewrite text cells as plain numbers, or as gaps, with a remark on whatever was not plain.

    Decimal commas and separators of thousands are told from each other over the whole table. Cells such as ``<LOD``
    or ``n.d.`` are gaps.

    Parameters
    ----------
    cells
        As read.
    skip
        Columns that hold no numbers.

    Raises
    ------
    DataError
        Decimal commas and decimal points in one table, per cent in part of a column, errors of the spreadsheet.
    """
    left_out = set(skip)
    columns = {name: list(column) for name, column in cells.columns.items()}
    undetected: list[str] = []
    percent: list[str] = []
    spaced = False
    for name, column in columns.items():
        if name in left_out:
            continue
        signs = [bool(_PERCENT.search(c)) for c in column if isinstance(c, str) and _looks_like_number(c)]
        for row, cell in enumerate(column):
            if not isinstance(cell, str):
                continue
            text = cell.strip()
            if _BROKEN.fullmatch(text):
                raise DataError(
                    f"{cells.where(row)}, column '{name}': '{text}' is an error of the spreadsheet; "
                    "correct the formula, or leave the field empty"
                )
            if _UNDETECTED.fullmatch(text):
                undetected.append(text)
                text = ""
            joined = _SPACED.sub("", text)
            spaced, text = spaced or joined != text, joined
            if _PERCENT.search(text) and _looks_like_number(text):
                if not all(signs):
                    plain = next(i for i, c in enumerate(column) if _looks_like_number(c) and "%" not in str(c))
                    raise DataError(
                        f"{cells.where(row)}, column '{name}': '{cell}' is in per cent, but '{column[plain]}' in "
                        f"{cells.unit} {cells.lines[plain]} is not; write the whole column in one way"
                    )
                text = _PERCENT.sub("", text)
                percent.append(name)
            column[row] = text
    remarks = list(cells.remarks)
    if undetected:
        kinds = ", ".join(f"'{t}'" for t in dict.fromkeys(undetected))
        remarks.append(f"{len(undetected)} cells are {kinds}: not known, read as gaps")
    if percent:
        remarks.append(f"{', '.join(dict.fromkeys(percent))}: in per cent, the sign is left out")
    if spaced:
        remarks.append("numbers are written with gaps between thousands")
    comma, thousands = _style(cells, columns, left_out)
    if comma:
        remarks.append("numbers are written with a decimal comma")
    if thousands:
        remarks.append(f"numbers are written with '{thousands}' between thousands")
    if comma or thousands:
        for name in set(columns) - left_out:
            columns[name] = [_plain(c, comma, thousands) for c in columns[name]]
    return replace(cells, columns=columns, remarks=tuple(remarks))


def _style(cells: Cells, columns: dict[str, list[Any]], skip: set[str | None]) -> tuple[bool, str]:
    """Tell whether commas are decimal, and what stands between thousands ('' for nothing)."""
    found = [
        (c, f"{cells.unit} {cells.lines[row]}")
        for name, column in columns.items()
        if name not in skip
        for row, c in enumerate(column)
        if isinstance(c, str) and ("," in c or "." in c)
    ]
    german = next((f for f in found if _GERMAN.fullmatch(f[0])), None)
    english = next((f for f in found if _ENGLISH.fullmatch(f[0])), None)
    fraction = next((f for f in found if _DECIMAL_COMMA.fullmatch(f[0]) and not _GROUP.fullmatch(f[0])), german)
    point = next((f for f in found if _POINT.fullmatch(f[0]) and not _GROUP.fullmatch(f[0])), english)
    group = next((f for f in found if "," in f[0] and _GROUP.fullmatch(f[0])), None)
    if fraction and point:
        raise DataError(
            f"{cells.source}: '{fraction[0]}' ({fraction[1]}) has a decimal comma and '{point[0]}' ({point[1]}) a "
            "decimal point; write all numbers in one way"
        )
    if fraction or (group and not point and not english and cells.delimiter in (";", "\t")):
        thousands = german or next((f for f in found if "." in f[0] and _GROUP.fullmatch(f[0])), None)
        return True, "." if thousands else ""
    return False, "," if english or group else ""


def _plain(cell: Any, comma: bool, thousands: str) -> Any:
    if not isinstance(cell, str):
        return cell
    text = cell.replace(thousands, "") if thousands else cell
    text = text.replace(",", ".") if comma else text
    return text if NUMBER.fullmatch(text) else cell


def _looks_like_number(cell: Any) -> bool:
    text = _PERCENT.sub("", str(cell).strip())
    return bool(NUMBER.fullmatch(text) or re.fullmatch(r"[+-]?[\d.,]*\d", text))
