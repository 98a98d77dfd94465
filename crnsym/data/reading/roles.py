"""What each column of a table is: time, dates, labels of runs, temperature, species, or none of these."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...errors import DataError
from .cells import Table
from .derived import computed_of
from .deviations import Deviation, deviations_of
from .grid import is_blank, is_gap, is_number, quoted, text_of
from .header import Column, concentration_of, degree, is_temperature_name, read_header
from .names import (
    is_balance,
    is_certain_label,
    is_counter_name,
    is_date_name,
    is_label_name,
    is_note_name,
    is_ph,
    is_repeat_name,
    is_sum_name,
    is_time_name,
)
from .runs import labelled
from .time_column import counts_rows, date_column, numbers_rows, time_column

SUMS = 0.005  # of the largest total: by what a column that calls itself a sum may miss it
STARTS = 0.1  # of the largest value: by what the first value may miss the amount that was weighed in
_START = re.compile(r"(?P<base>.+?)[\s_]*[0₀]|(?:initial|start(?:ing)?|charged)[\s_]+(?P<word>.+)", re.I)
LEFT_OUT = frozenset({"volume", "frequency", "flow", "length", "time"})  # kinds of units that are no concentrations


@dataclass
class Roles:
    """Columns by what they are.

    Attributes
    ----------
    time, date
        Times, and dates that belong to times of day.
    labels
        Columns that together label the runs.
    temperature
        One value a run.
    species
        The measured species, in order.
    deviations
        {header of a species: its column of errors}.
    """

    time: Column
    date: Column | None = None
    labels: list[Column] = field(default_factory=list)
    temperature: Column | None = None
    species: list[Column] = field(default_factory=list)
    deviations: dict[str, Deviation] = field(default_factory=dict)


def roles_of(
    table: Table,
    time: str | None = None,
    experiment: str | None = None,
    temperature: str | None = None,
    species: Sequence[str] | None = None,
) -> Roles:
    """Tell what each column is; what is named by the user comes first.

    Raises
    ------
    DataError
        No time, no species, or several columns that could each be it.
    """
    columns = [c for c in table.columns if c.header or not all(map(is_blank, c.cells))]
    given = [_named(table, name, role) for name, role in ((experiment, "experiment"), (temperature, "temperature"))]
    chosen = None if species is None else [_named(table, name, "species") for name in dict.fromkeys(species)]
    taken = {c.header for c in (*given, *(chosen or ())) if c is not None}
    columns = _without_counter(table, columns, time)
    clock = _named(table, time, "time") or time_column(table, [c for c in columns if c.header not in taken], columns)
    roles = Roles(clock, date_column(clock, columns))
    rest = [c for c in columns if c.header not in {roles.time.header, roles.date.header if roles.date else None}]
    _refuse_nameless(table, rest)
    roles.labels = [given[0]] if given[0] else _labels(table, [c for c in rest if c.header not in taken])
    used = {c.header for c in roles.labels}
    roles.temperature = given[1] or _temperature(table, [c for c in rest if c.header not in used | taken])
    if roles.temperature is not None:
        used.add(roles.temperature.header)
    _species(table, roles, [c for c in rest if c.header not in used], chosen)
    return roles


def _named(table: Table, given: str | None, role: str) -> Column | None:
    """Return the column that the user names: by its header, its name, or its number from 1."""
    if given is None:
        return None
    for matches in (
        lambda c: c.header == given,
        lambda c: c.name == given,
        lambda c: c.header.lower() == given.lower(),
        lambda c: c.name == read_header(given)[0],
    ):
        found = [c for c in table.columns if matches(c)]
        if len(found) == 1:
            unit = read_header(given)[1] if found[0].unit is None else None
            return Column(found[0].header, found[0].name, unit, found[0].cells) if unit else found[0]
    if given.isdigit() and 1 <= int(given) <= len(table.columns):
        return table.columns[int(given) - 1]
    headers = [c.header for c in table.columns]
    near = difflib.get_close_matches(given, headers, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {quoted(headers)}"
    raise DataError(f"{table.source}: no column '{given}' ({role}=); {hint}")


def _without_counter(table: Table, columns: list[Column], time: str | None) -> list[Column]:
    """Leave out a first column that only numbers the rows, as data frames write it, where another one is the time.

    A frame of which rows were taken or mixed keeps their old numbers, which are whole and each there once.
    """
    first, others = columns[0], columns[1:]
    counts = is_counter_name(first.header) and counts_rows(first)
    if time is not None:
        if counts or not numbers_rows(first) or _named(table, time, "time") is first:
            return columns
    elif not any(is_time_name(c.header) or is_date_name(c.header) for c in others):
        return columns
    if not counts and not numbers_rows(first):
        return columns
    named = f", '{first.header}'," if first.header else " has no name and"
    table.remarks.append(f"the first column{named} only {'counts' if counts else 'numbers'} the rows; it is left out")
    return others


def _refuse_nameless(table: Table, columns: list[Column]) -> None:
    for column in columns:
        if not column.header:
            place = [id(c.cells) for c in table.columns].index(id(column.cells)) + 1
            where = f"{table.source}, {table.unit} {table.header_line}"
            raise DataError(f"{where}: column {place} has no name; give it one, or remove the column")


def _labels(table: Table, columns: list[Column]) -> list[Column]:
    """Return the columns that label runs: by their names, or columns of text that stay the same over several rows."""
    certain = [c for c in columns if is_certain_label(c.header)]
    if certain:
        more = [c for c in columns if is_repeat_name(c.header) and c not in certain]
        found = [*certain, *more]
        if len(found) > 1:
            table.remarks.append(f"{quoted(c.header for c in found)} together label the runs")
        return found
    named = [c for c in columns if (is_label_name(c.header) or is_repeat_name(c.header)) and _repeats_rows(c)]
    words = [c for c in columns if not table.is_numeric(c) and _repeats_rows(c) and not is_note_name(c.header)]
    found = [c for c in columns if c in named or (c in words and _varies(c))]
    found = [c for c in found if _varies(c)] or found[:1]
    if found:
        table.remarks.append(f"{quoted(c.header for c in found)}: label{'s' * (len(found) == 1)} the runs")
    return found


def _repeats_rows(column: Column) -> bool:
    """Say whether a column has the same value in several rows, or only in the first row of each run."""
    texts = [text_of(c) for c in column.cells if not is_blank(c)]
    counts = {t: texts.count(t) for t in set(texts)}
    sparse = len(texts) * 2 <= len(column.cells) and not is_blank(column.cells[0]) and len(texts) > 0
    return bool(counts) and (min(counts.values()) >= 2 or sparse)


def _varies(column: Column) -> bool:
    return len({text_of(c) for c in column.cells if not is_blank(c)}) > 1


def _temperature(table: Table, columns: list[Column]) -> Column | None:
    """Return the column of temperatures: by its name; a bare T only where it hardly changes."""
    named = [c for c in columns if is_temperature_name(c.name) and table.is_numeric(c)]
    by_unit = [c for c in columns if degree(c) is not None and c.unit is not None and table.is_numeric(c)]
    found = [c for c in columns if c in named or c in by_unit]
    found = [c for c in found if c.name != "T" or degree(c) is not None or _hardly_changes(c)]
    exact = [c for c in found if c.name.lower().startswith("temp")]
    if len(found) > 1 and len(exact) == 1:
        return exact[0]
    if len(found) > 1:
        where = f"{table.source}: {quoted(c.header for c in found)}"
        raise DataError(f"{where} could each be the temperature; choose one (--temperature)")
    return found[0] if found else None


def _hardly_changes(column: Column) -> bool:
    texts = [text_of(c) for c in column.cells if not is_blank(c)]
    return bool(texts) and all(texts.count(t) >= 2 for t in set(texts))


def _species(table: Table, roles: Roles, columns: list[Column], chosen: list[Column | None] | None) -> None:
    """Sort what is left into species, their errors, and columns that are neither."""
    if chosen is not None:
        roles.species = [c for c in chosen if c is not None]
        used = {c.header for c in (roles.time, roles.date, roles.temperature, *roles.labels) if c is not None}
        overlap = sorted(c.header for c in roles.species if c.header in used)
        if overlap:
            raise DataError(f"{table.source}: {quoted(overlap)} cannot be a species and time, label or temperature")
        roles.deviations, _ = deviations_of(table, columns)
        roles.deviations = {k: d for k, d in roles.deviations.items() if any(c.header == k for c in roles.species)}
        return
    roles.deviations, columns = deviations_of(table, columns)
    for column in columns:
        reason = _no_species(table, column) or computed_of(table, column, columns)
        if reason:
            table.remarks.append(f"column '{column.header}' {reason}: left out")
        else:
            roles.species.append(column)
    if not roles.species:  # what was added up to then is what was followed, as in a titration
        roles.species = [c for c in columns if c.unit is not None and c.unit.kind == "volume" and table.is_numeric(c)]
    _leave_out_starts(table, roles)
    _leave_out_sums(table, roles)
    if not roles.species:
        raise DataError(
            f"{table.source}: no species column among {quoted(c.header for c in table.columns)}; "
            "a table needs a column per species, separated by comma, semicolon, tab or blanks"
        )


def _leave_out_starts(table: Table, roles: Roles) -> None:
    """Leave out ``A0`` beside ``A`` where it is the first value of A in every run."""
    runs = list(labelled(table, roles.labels).values())
    names = {concentration_of(c.name) or c.name: c for c in roles.species}
    kept = []
    for column in roles.species:
        found = _START.fullmatch(column.name)
        owner = names.get((found["base"] or found["word"]).strip("[] ")) if found else None
        if owner is not None and owner is not column:
            values, own = table.numbers(column)[0], table.numbers(owner)[0]
            if all(_is_start(values[rows], own[rows]) for rows in runs):
                table.remarks.append(f"column '{column.header}' is the first value of '{owner.header}': left out")
                continue
        kept.append(column)
    roles.species = kept


def _is_start(values: np.ndarray, own: np.ndarray) -> bool:
    there, seen = values[np.isfinite(values)], own[np.isfinite(own)]
    same = there.size > 0 and seen.size > 0 and bool(np.ptp(there) == 0)
    return same and abs(there[0] - seen[0]) <= STARTS * np.abs(seen).max()


def _leave_out_sums(table: Table, roles: Roles) -> None:
    """Leave out a column that calls itself a sum and is that of all others."""
    for column in [c for c in roles.species if is_sum_name(c.header)]:
        others = [c for c in roles.species if c is not column]
        if len(others) < 2:
            continue
        total = np.sum([table.numbers(c)[0] for c in others], axis=0)
        values = table.numbers(column)[0]
        there = np.isfinite(total) & np.isfinite(values)
        if there.any() and np.all(np.abs(values - total)[there] <= SUMS * np.abs(total[there]).max()):
            roles.species = others
            table.remarks.append(f"column '{column.header}' is the sum of the others: left out")


def _no_species(table: Table, column: Column) -> str:
    """Say why a column is no species; ``""`` for a species."""
    if is_ph(column.header):
        return "is a pH"
    if is_balance(column.header):
        return "is a balance of the others"
    if column.unit is not None and column.unit.kind in LEFT_OUT:
        return f"is a {column.unit.kind} ({column.unit.text})"
    if all(is_gap(c) for c in column.cells):
        return "has no measured value"
    if is_note_name(column.header) or (not table.is_numeric(column) and not _some_number(column)):
        return "holds no numbers"
    if is_counter_name(column.header) and counts_rows(column):
        return "only counts the rows"
    if is_repeat_name(column.header):
        return "only numbers repeats"
    if is_date_name(column.header) and not table.is_numeric(column):
        return "holds dates"
    return ""


def _some_number(column: Column) -> bool:
    return any(is_number(c) for c in column.cells)
