"""Which column of a table is what: time, label, temperature, species."""

import difflib
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import DataError
from .cells import Cells

UNIT = re.compile(r"\s*\[[^\]]*\]$|\s+\([^)]*\)$")
_OTHER_TIMES = frozenset(
    {"datetime", "date", "date time", "date/time", "timestamp", "clock", "zeit", "uhrzeit", "datum", "elapsed time"}
)
_NAMES = frozenset({"species", "compound", "analyte", "substance", "variable", "observable", "component", "metabolite"})
_LABELS = frozenset({"experiment", "experiment_id", "run", "run_id", "batch", "versuch", "versuch_nr", "lauf"})


def time_column(cells: Cells, given: str | None) -> str:
    """Return the column of times: ``time`` in any case, or ``t``, with or without a unit; else one of dates."""
    found = _find(cells, "time", given, lambda name: name == "t" or name.lower() == "time")
    if found is None:
        found = _find(cells, "time", None, lambda name: name.lower() in _OTHER_TIMES)
    if found is None:
        raise DataError(
            f"{cells.source}: no time column among {_quoted(cells.columns)}; call one 'time' or say which (time=...)"
        )
    return found


def date_column(cells: Cells, time: str) -> str | None:
    """Return the column of dates beside a column of times of day, if there is one."""
    dates = [name for name in cells.columns if name != time and UNIT.sub("", name).lower() in ("date", "datum", "day")]
    if len(dates) != 1 or not any(":" in str(cell) for cell in cells.columns[time]):
        return None
    dated = any(re.search(r"\d[-./]\d", str(cell)) for cell in cells.columns[dates[0]])
    return dates[0] if dated else None


def label_column(cells: Cells, given: str | None) -> str | None:
    """Return the column that labels the runs, or None where there is one run."""
    return _find(cells, "experiment", given, lambda name: name.lower() in _LABELS)


def temperature_column(cells: Cells, given: str | None) -> str | None:
    """Return the column of temperatures, if there is one."""
    return _find(cells, "temperature", given, lambda name: name.lower() == "temperature")


def _find(cells: Cells, role: str, given: str | None, matches: Callable[[str], bool]) -> str | None:
    """Return the column of this role: the one that was named, or the only one that looks like it."""
    if given is not None:
        if given not in cells.columns:
            near = difflib.get_close_matches(given, cells.columns, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {_quoted(cells.columns)}"
            raise DataError(f"{cells.source}: no column '{given}' ({role}=); {hint}")
        return given
    found = [name for name in cells.columns if matches(UNIT.sub("", name))]
    if len(found) > 1:
        exact = [name for name in found if UNIT.sub("", name).lower() == role]
        if len(exact) == 1 and role == "time":
            return exact[0]  # 't' beside 'time' may well be a species
        raise DataError(f"{cells.source}: {_quoted(found)} could each be the {role}; choose one ({role}=...)")
    return found[0] if found else None


def species_columns(cells: Cells, species: Sequence[str] | None, taken: set[str | None]) -> list[str]:
    """Return the columns of the species: those that were named, or all that are not taken."""
    if species is None:
        columns = [name for name in cells.columns if name not in taken]
    else:
        columns = [name for name in dict.fromkeys(species) if _find(cells, "species", name, bool)]
        if overlap := sorted(set(columns) & {name for name in taken if name}):
            raise DataError(f"{cells.source}: {_quoted(overlap)} cannot be a species and time, label or temperature")
    if not columns:
        raise DataError(
            f"{cells.source}: no species column among {_quoted(cells.columns)}; "
            "a table needs a column per species, separated by comma, semicolon or tab"
        )
    return columns


def refuse_long(cells: Cells, columns: Sequence[str]) -> None:
    """Refuse a table of one value a row, with the names of species in a column."""
    for name in columns:
        if name.lower() in _NAMES and any(str(c).strip()[:1].isalpha() for c in cells.columns[name][:1]):
            raise DataError(
                f"{cells.source}: column '{name}' holds names, one value a row; make one column a species (a pivot "
                f"table, or frame.pivot(index='time', columns='{name}', values=...))"
            )


def species_names(cells: Cells, columns: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the columns' names without units, and a remark for each that had one.

    Names need not be identifiers: networks quote those that are not, ``"Ca2+" -> 0``.
    """
    names, remarks = [], []
    for column in columns:
        name = UNIT.sub("", column) or column
        if name != column:
            remarks.append(f"column '{column}' is species {name}")
        if '"' in name or "\n" in name:
            raise DataError(f"{cells.source}: column {column!r} has a quote or a line break in its name; rename it")
        if name in names:
            other = columns[names.index(name)]
            raise DataError(f"{cells.source}: columns '{other}' and '{column}' are both {name}; rename one")
        names.append(name)
    return tuple(names), remarks


def _quoted(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)
