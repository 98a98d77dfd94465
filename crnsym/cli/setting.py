"""What ``crnsym compare`` is told beside the networks and the data, as values."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .values import noise as noise_of


def setting(
    observables: Sequence[str],
    initial: Sequence[str],
    fixed: Sequence[str],
    bounds: Sequence[str],
    conditions: Path | None,
    noise: str,
) -> dict[str, Any]:
    """Return the keywords of `crnsym.compare` for texts such as ``"pY = scale*(A + 2*AA)"``."""
    return {
        "observables": observables_of(observables),
        "initial": dict(_pair(text, "--initial", "species = value or parameter") for text in initial),
        "fixed": _fixed(fixed),
        "bounds": dict(_bounds(text) for text in bounds),
        "conditions": {} if conditions is None else read_conditions(conditions),
        "noise": noise_of(noise),
    }


def observables_of(texts: Sequence[str]) -> dict[str, str]:
    """Return {column: expression} of texts such as ``"pY = scale*(A + 2*AA)"``."""
    return dict(_pair(text, "--observable", "name = expression") for text in texts)


def read_conditions(path: Path) -> dict[str, dict[str, float]]:
    """Read a table of values that differ between runs: a column ``experiment``, then species and parameters.

    Empty cells leave a value as it is elsewhere.

    Raises
    ------
    DataError
        No such table, with line.
    """
    from ..errors import DataError
    from ..formats.files import read_text

    rows = list(csv.DictReader(read_text(path).splitlines()))
    if not rows or "experiment" not in rows[0] or len(rows[0]) < 2:
        raise DataError(f"{path}: expected columns 'experiment' and at least one species or parameter")
    table: dict[str, dict[str, float]] = {}
    for number, row in enumerate(rows, 2):
        label = str(row.pop("experiment") or "").strip()
        if label in table:
            raise DataError(f"{path}, line {number}: experiment '{label}' stands there twice")
        try:
            table[label] = {name.strip(): float(text) for name, text in row.items() if text and text.strip()}
        except (ValueError, AttributeError):
            raise DataError(f"{path}, line {number}: expected numbers, as many as there are columns") from None
    return table


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    from ..errors import DataError

    name, found, value = (part.strip() for part in text.partition("="))
    if not (name and found and value):
        raise DataError(f"{option} '{text}': expected '{form}'")
    return name, value


def _fixed(texts: Sequence[str]) -> dict[str, float | None]:
    from ..errors import DataError

    values: dict[str, float | None] = {}
    for item in (part.strip() for text in texts for part in text.split(",")):
        name, found, value = (part.strip() for part in item.partition("="))
        try:
            values[name] = float(value) if found else None
        except ValueError:
            raise DataError(f"--fixed '{item}': expected 'name' or 'name = value'") from None
    return values


def _bounds(text: str) -> tuple[str, tuple[float, float]]:
    from ..errors import DataError

    name, value = _pair(text, "--bounds", "name = lowest:highest")
    try:
        low, high = map(float, value.split(":"))
    except ValueError:
        raise DataError(f"--bounds '{text}': expected 'name = lowest:highest', such as 'k1 = 1e-3:10'") from None
    return name, (low, high)
