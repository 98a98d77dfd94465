"""Times as people write them in cells: ``t = 5 min``, ``5'``, ``initial``; rows at infinite time."""

import re
from dataclasses import replace
from typing import Any

from .blocks import Block
from .grid import is_blank, listed, quoted, text_of
from .header import read_header
from .names import is_time_name
from .numerals import is_infinite, read_numeral
from .units import time_unit

_EQUALS = re.compile(r"t\s*[=_]?\s*(?P<time>[\d.,]+\s*\w*\.?)", re.I)
_HOURS = re.compile(r"(?P<hours>\d+)\s*(?:h|hrs?|std)\.?\s*(?P<minutes>[0-5]?\d)\s*(?:m|min|mins)?\.?", re.I)
_WORD_FIRST = re.compile(r"(?P<unit>[^\W\d_]{3,})[\s_=#-]*(?P<number>\d+(?:[.,]\d+)?)")
_PRIMES = re.compile(r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<primes>['′’]{1,2}|[\"″”])")
_FIRST = re.compile(r"initial|start|begin(ning)?|anfang|t_?0|t\s*=\s*0|zero", re.I)
_LAST = re.compile(r"∞|t\s*=\s*∞|infinity|t_?inf(inity)?|infinite", re.I)


def plain_times(block: Block) -> Block:
    """Return a block whose times are numbers, with or without units, and what was done as remarks."""
    for k, name in enumerate(block.names):
        unit = read_header(name)[1]
        if is_time_name(name) or (unit is not None and unit.kind == "time"):
            return _without_words(block, k)
    for k in range(len(block.names)):
        cells = [_spelled(text_of(row[k])) for row in block.rows]
        if cells and all(cells):
            said = f"column '{block.names[k]}' holds times such as '{text_of(block.rows[-1][k])}'"
            names = [*block.names[:k], "time", *block.names[k + 1 :]]
            return replace(_with_cells(block, k, cells), names=names, remarks=[*block.remarks, said])
    return block


def _spelled(text: str) -> str:
    """Return a time that says that it is one, ``t = 5 min``, ``T5``, ``Day 5``, ``5 h``; ``""`` for another text."""
    equals = _EQUALS.fullmatch(text)
    if equals:
        return equals["time"]
    before = _WORD_FIRST.fullmatch(text)
    if before and time_unit(before["unit"]) is not None:
        return f"{before['number']} {before['unit']}"
    numeral = read_numeral(text)
    return text if numeral is not None and numeral.unit and time_unit(numeral.unit) is not None else ""


def _without_words(block: Block, k: int) -> Block:
    """Write words and primes in the column of times as numbers; leave out what is at infinite time."""
    endless = [
        i for i, row in enumerate(block.rows) if is_infinite(text_of(row[k])) or _LAST.fullmatch(text_of(row[k]))
    ]
    remarks = list(block.remarks)
    if endless and len(endless) < len(block.rows):
        shown = listed([block.lines[i] for i in endless])
        remarks.append(f"line {shown}: at infinite time, left out; a late time instead of it would count")
        kept = [i for i in range(len(block.rows)) if i not in endless]
        block = replace(block, rows=[block.rows[i] for i in kept], lines=[block.lines[i] for i in kept])
    cells = [_number(row[k]) for row in block.rows]
    changed = [text_of(row[k]) for row, cell in zip(block.rows, cells, strict=True) if cell != row[k]]
    if changed:
        remarks.append(f"{quoted(dict.fromkeys(changed), 3)} in column '{block.names[k]}' are read as times")
    return replace(_with_cells(block, k, cells), remarks=remarks)


def _number(cell: object) -> object:
    if is_blank(cell) or not isinstance(cell, str):
        return cell
    text = text_of(cell)
    if _FIRST.fullmatch(text):
        return "0"
    primes = _PRIMES.fullmatch(text)
    if primes:
        return f"{primes['number']} {'min' if primes['primes'] in ('′', chr(39), '’') else 's'}"
    long = _HOURS.fullmatch(text)
    if long:
        return f"{60 * int(long['hours']) + int(long['minutes'])} min"
    equals = _EQUALS.fullmatch(text)
    return equals["time"] if equals else cell


def _with_cells(block: Block, k: int, cells: list[Any]) -> Block:
    rows = [[*row[:k], cell, *row[k + 1 :]] for row, cell in zip(block.rows, cells, strict=True)]
    return replace(block, rows=rows)
