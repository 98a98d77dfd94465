"""Measurements of EnzymeML documents, archives of version 1 (.omex) and JSON of version 2, as one table.

Pleiss et al., Nature Methods 20 (2023) 400. Only the measurements are read: times, concentrations, what was put in.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import DataError
from .enzymeml_files import Document, of_archive, of_json
from .grid import Grid

SUFFIXES = (".omex", ".json")
_PLAIN = re.compile(r"[^\W\d]\w{0,29}")


def read_enzymeml(path: Path) -> Grid:
    """Read the measurements as a grid: a column a species (and repeat), a row a time of a run.

    Raises
    ------
    DataError
        The file cannot be read, or holds no measurements.
    """
    try:
        document = of_archive(path) if path.suffix.lower() == ".omex" else of_json(path)
        document.measured = [m for m in document.measured if m.series]
        if not document.measured:
            raise DataError(f"{path}: the EnzymeML document holds no measured time courses")
        return _grid(str(path), document)
    except DataError:
        raise
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, StopIteration) as error:
        raise DataError(f"{path}: no EnzymeML document that can be read ({type(error).__name__}: {error})") from None


def _grid(source: str, document: Document) -> Grid:
    """Arrange the measurements; repeats of a species are columns, what was put in stands in the first row."""
    repeats = {
        x: max(len(m.series.get(x, ())) for m in document.measured)
        for x in dict.fromkeys(x for m in document.measured for x in m.series)
    }
    charged, remarks = _charged(document, repeats)
    short = {x: _short(x, document) for x in (*repeats, *charged)}
    remarks += [f"{short[x]} is {document.names[x]}" for x in short if document.names.get(x, short[x]) != short[x]]
    columns = [(x, r) for x, count in repeats.items() for r in range(count)]
    head = ["experiment", f"time [{document.time_unit}]" if document.time_unit else "time"]
    head += [_header(short[x], document.units.get(x, ""), r if repeats[x] > 1 else None) for x, r in columns]
    copies = range(max(repeats.values()))
    head += [
        _header(short[x], document.units.get(x, ""), r if len(copies) > 1 else None) for x in charged for r in copies
    ]
    rows: list[list[Any]] = [head]
    for m in document.measured:
        cells = [dict(zip(*m.series[x][r], strict=True)) if r < len(m.series.get(x, ())) else {} for x, r in columns]
        for number, time in enumerate(sorted({t for column in cells for t in column})):
            first = [m.starts.get(x, "") if number == 0 else "" for x in charged for _ in copies]
            rows.append([m.label, time, *(column.get(time, "") for column in cells), *first])
    return Grid(source, rows, list(range(1, len(rows) + 1)), "row", remarks=tuple(remarks))


def _charged(document: Document, repeats: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Return what was put in and not followed; an enzyme only where its amount differs, else in a remark."""
    chosen, remarks = [], []
    for x in dict.fromkeys(x for m in document.measured for x in m.starts):
        values = {m.starts.get(x, 0.0) for m in document.measured}
        if x in repeats or values == {0.0}:
            continue
        if x in document.enzymes and len(values) == 1:
            unit = document.units.get(x, "")
            told = f"{document.names.get(x, x)}: {values.pop():g} {unit}".rstrip()
            remarks.append(f"{told} in all runs, not followed: left out")
        else:
            chosen.append(x)
    return chosen, remarks


def _short(identifier: str, document: Document) -> str:
    name = document.names.get(identifier, identifier)
    unique = list(document.names.values()).count(name) < 2
    return name if _PLAIN.fullmatch(name) and unique else identifier


def _header(name: str, unit: str, repeat: int | None) -> str:
    return (f"{name} rep{repeat + 1}" if repeat is not None else name) + (f" [{unit}]" if unit else "")
