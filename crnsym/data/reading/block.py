"""One block as trajectories: its columns, their roles, numbers, and runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import DataError
from ..trajectories import Trajectories
from .blocks import Block
from .cells import Table
from .clock import read_clock
from .grid import Grid, is_gap, quoted, text_of
from .header import Column, read_header
from .repeats import SCATTER, Groups, alike, are_runs, conditions_of, repeats_of
from .roles import Roles, roles_of
from .runs import Runs, averaged, check_lengths, in_time_order, labelled
from .shapes import wavelengths_of, wells_of
from .species import check_species, species_names, to_one_unit
from .styles import Style
from .temperatures import kelvin_of, kelvin_of_labels
from .units import Unit, read_unit, time_unit


@dataclass(frozen=True)
class Options:
    """Columns that the user names; None for what the table says."""

    time: str | None = None
    experiment: str | None = None
    temperature: str | None = None
    species: tuple[str, ...] | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class Reading:
    """How a block was read.

    Attributes
    ----------
    source, title
        Where it stands.
    columns
        (header, what it is, unit or remark) of each column.
    data
        What was read.
    """

    source: str
    title: str
    columns: tuple[tuple[str, str, str], ...]
    data: Trajectories


def table_of(grid: Grid, block: Block, style: Style) -> Table:
    """Return the columns of a block with names and units."""
    columns = []
    default = _unit_above(block)
    for k, header in enumerate(block.names):
        name, unit = read_header(header)
        if block.units[k]:
            unit = unit or read_unit(block.units[k]) or Unit(block.units[k], "unknown")
        cells = [row[k] for row in block.rows]
        if unit is None and default is not None and k and not all(map(is_gap, cells)):
            unit = default
        shown = f"{header} [{block.units[k]}]" if block.units[k] and header else header
        columns.append(Column(shown, name, unit, cells))
    source = grid.source
    return Table(source, grid.unit, block.lines, block.title, columns, style, list(block.remarks), block.header_line)


def _unit_above(block: Block) -> Unit | None:
    """Return the unit in a heading over all species, ``Concentration (mM)``."""
    units = [read_header(text)[1] for _, text in block.above]
    known = [u for u in units if u is not None and u.kind in ("molar", "mass/volume")]
    return known[0] if len(known) == 1 and not any(read_header(n)[1] for n in block.names[1:]) else None


def read_block(grid: Grid, block: Block, style: Style, options: Options) -> Reading:
    """Read a block.

    Raises
    ------
    DataError
        In one line that names the place, what was found and what to do.
    """
    table = table_of(grid, block, style)
    waves = wavelengths_of([c.header for c in table.columns[1:]])
    _refuse_duplicates(table, block)
    roles = roles_of(table, options.time, options.experiment, options.temperature, options.species)
    columns = roles.species
    pairs = [table.numbers(c) for c in columns]
    values, errors = (np.stack([p[i] for p in pairs], axis=1) for i in (0, 1))
    _add_deviations(table, roles, values, errors)
    columns, values, errors, groups = _repeated(table, roles, values, errors, named=options.species is not None)
    runs = _runs(table, roles)
    clock, seconds, told = read_clock(table, roles.time, list(runs.values()), roles.date)
    table.remarks += told or _said_of_time(table, roles.time)
    runs = in_time_order(table, runs, clock, [text_of(c) for c in roles.time.cells])
    check_lengths(table, runs)
    check_species(table, columns, values)
    temperatures = None if roles.temperature is None else kelvin_of(table, roles.temperature, runs)
    names = tuple(groups) if groups else species_names(table, columns)
    if waves:
        names = _wave_names(table, columns, names, waves)
    units = _units(table, columns, names, groups, values, errors)
    data = _trajectories(table, runs, names, groups, clock, values, errors, temperatures)
    if groups and temperatures is None and len(runs) == 1:
        data = replace(data, temperatures=kelvin_of_labels(data.experiments))
    named = table.unit_of(roles.time) or read_unit(roles.time.name)
    time = Unit("s", "time") if seconds else named
    time_unit = time.text if time is not None and time.kind == "time" else ""
    remarks = tuple(dict.fromkeys([*table.remarks, *table.remarks_on_cells()]))
    wavelengths = tuple(waves.get(c.header, float("nan")) for c in columns) if waves else ()
    data = replace(data, units=units, time_unit=time_unit, remarks=remarks, wavelengths=wavelengths)
    return Reading(grid.source, block.title, _described(table, roles, data), data)


def _said_of_time(table: Table, column: Column) -> list[str]:
    """Return what was taken as the time, where it is not called so."""
    if column.header.lower() in ("time", "t") or any("taken as the time" in r for r in table.remarks):
        return []
    unit = column.unit or time_unit(column.name)
    return [f"column '{column.header}' is the time" + (f", in {unit.text}" if unit else "")]


def _refuse_duplicates(table: Table, block: Block) -> None:
    """Refuse two columns of one name, unless their values say that they repeat the same."""
    headers = [c.header for c in table.columns]
    for k, header in enumerate(headers):
        if (
            not header
            or header not in headers[:k]
            or read_header(header)[0] in ("±", "sd", "SD", "+/-", "err", "error")
        ):
            continue
        same = [c for c in table.columns if c.header == header]
        if all(table.is_numeric(c) for c in same) and alike(np.stack([table.numbers(c)[0] for c in same], axis=1)):
            numbered = {id(c): n for n, c in enumerate(same, 1)}
            table.columns = [
                Column(f"{c.header} rep{numbered[id(c)]}", f"{c.name} rep{numbered[id(c)]}", c.unit, c.cells)
                if id(c) in numbered
                else c
                for c in table.columns
            ]
            headers = [c.header for c in table.columns]
            continue
        raise DataError(
            f"{table.source}, {table.unit} {block.header_line}: two columns are called '{header}'; rename or remove "
            f"one of them (repeated measurements: '{header} rep1', '{header} rep2')"
        )


def _add_deviations(table: Table, roles: Roles, values: np.ndarray, errors: np.ndarray) -> None:
    """Fill in the errors of columns that have theirs in another column, in the unit of the value."""
    for place, column in enumerate(roles.species):
        deviation = roles.deviations.get(column.header)
        if deviation is None:
            continue
        given = table.numbers(deviation.column)[0]
        if deviation.relative:
            given = given / 100.0 * np.abs(values[:, place])
        elif deviation.column.unit is not None and column.unit is not None:
            given = given * deviation.column.unit.size / column.unit.size
        errors[:, place] = np.where(np.isfinite(given), given, errors[:, place])


def _repeated(
    table: Table, roles: Roles, values: np.ndarray, errors: np.ndarray, *, named: bool
) -> tuple[list[Column], np.ndarray, np.ndarray, Groups]:
    """Find repeats side by side; every species has then a column a repeat, and the others one in the first."""
    columns = roles.species
    wells = {} if named else wells_of([c.header for c in columns])
    if wells:
        table.remarks.append(f"{len(wells)} columns are wells of a plate: each is a run of its own, of one signal")
        order = [k for k, c in enumerate(columns) if c.header in wells]
        chosen = [columns[k] for k in order]
        groups: Groups = {"signal": {wells[c.header]: k for k, c in enumerate(chosen)}}
        return chosen, values[:, order], errors[:, order], groups
    groups = {} if named else conditions_of(columns)
    if groups:
        shown = quoted([columns[k].header for k in next(iter(groups.values())).values()], 4)
        table.remarks.append(f"columns such as {shown} are the same at other conditions: each is a run of its own")
        return columns, values, errors, groups
    groups, said = ({}, "") if named else repeats_of(columns, values)
    if not groups:
        return columns, values, errors, {}
    shown = ", ".join(f"'{columns[k].header}'" for k in next(iter(groups.values())).values())
    same = not are_runs(columns) and all(alike(values[:, list(m.values())], SCATTER) for m in groups.values())
    for members in groups.values() if same else ():
        _add_scatter(values, errors, list(members.values()))
    scatter = ", and their scatter is the error" if same else ""
    table.remarks.append(
        f"columns such as {shown} are repeated measurements ({said}); each is a run of its own{scatter}"
    )
    first = sorted({n for members in groups.values() for n in members}, key=_by_number)[0]
    used = {k for members in groups.values() for k in members.values()}
    single = {c.name: {first: k} for k, c in enumerate(columns) if k not in used}
    return columns, values, errors, {**groups, **single}


def _add_scatter(values: np.ndarray, errors: np.ndarray, places: list[int]) -> None:
    """Let the scatter of repeats side by side be the error of each, where none is given."""
    seen = np.isfinite(values[:, places])
    count = seen.sum(axis=1)
    centre = np.where(count > 0, np.nansum(values[:, places], axis=1) / np.maximum(count, 1), np.nan)
    squares = np.nansum((values[:, places] - centre[:, None]) ** 2, axis=1)
    scatter = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)[:, None]
    errors[:, places] = np.where(np.isfinite(errors[:, places]), errors[:, places], np.where(seen, scatter, np.nan))


def _by_number(label: str) -> tuple[int, str]:
    return (int(label), "") if label.isdigit() else (10**9, label)


def _runs(table: Table, roles: Roles) -> Runs:
    """Return the rows by label; by temperature where nothing else labels them and there are several."""
    if roles.labels or roles.temperature is None:
        return labelled(table, roles.labels)
    texts = {text_of(c) for c in roles.temperature.cells if not is_gap(c)}
    runs = labelled(table, [roles.temperature]) if 1 < len(texts) <= len(table.lines) // 2 else {}
    return runs if runs and all(len(rows) > 1 for rows in runs.values()) else labelled(table, [])


def _wave_names(
    table: Table, columns: Sequence[Column], names: Sequence[str], waves: dict[str, float]
) -> tuple[str, ...]:
    numbers = [waves[c.header] for c in columns if c.header in waves]
    nanometres = all(n <= 1100 for n in numbers)
    unit = " nm" if nanometres else ""
    first, last = f"{numbers[0]:g}", f"{numbers[-1]:g}"
    table.remarks.append(
        f"columns {first} to {last} are wavelengths{' (nm)' if nanometres else ''}: signals, not concentrations of "
        "species"
    )
    return tuple(f"{waves[c.header]:g}{unit}" if c.header in waves else n for c, n in zip(columns, names, strict=True))


def _units(
    table: Table,
    columns: Sequence[Column],
    names: tuple[str, ...],
    groups: Groups,
    values: np.ndarray,
    errors: np.ndarray,
) -> tuple[str, ...]:
    """Bring all columns to one unit, and return the unit of each species."""
    given = [table.unit_of(c) for c in columns]
    given = [u if u is None or u.kind not in ("time", "temperature") else None for u in given]
    labels = [c.name for c in columns] if groups else list(names)
    of_columns = to_one_unit(table, labels, given, values, errors)
    if not groups or not of_columns:
        return of_columns
    return tuple(of_columns[next(iter(members.values()))] for members in groups.values())


def _trajectories(
    table: Table,
    runs: Runs,
    names: tuple[str, ...],
    groups: Groups,
    clock: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray,
    temperatures: tuple[float, ...] | None,
) -> Trajectories:
    """Put the runs together, a repeat after the other."""
    repeats = sorted({n for members in groups.values() for n in members}, key=_by_number) if groups else [""]
    found: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    kelvin: list[float] = []
    for repeat in repeats:
        here, deviations = _of_repeat(groups, repeat, values), _of_repeat(groups, repeat, errors)
        for place, (label, rows) in enumerate(runs.items()):
            seen = [r for r in rows if not repeat or np.isfinite(here[r]).any()]
            if repeat and len(seen) < 2:
                continue
            if np.isnan(here[seen]).all():
                where = table.where(rows[0])
                raise DataError(f"{where}: experiment '{label or 0}' has no measured value; remove its rows")
            name = (f"{label} rep {repeat}" if label else repeat) if repeat else label or "0"
            found[name] = averaged(table, label, seen, clock, here, deviations)
            if temperatures is not None:
                kelvin.append(temperatures[place])
    if not found:
        raise DataError(f"{table.source}: no repeat has two measured values")
    times, series, spreads = zip(*found.values(), strict=True)
    some = any(np.isfinite(s).any() for s in spreads)
    return Trajectories(
        names, tuple(found), times, series, tuple(kelvin) or None, errors=tuple(spreads) if some else None
    )


def _of_repeat(groups: Groups, repeat: str, values: np.ndarray) -> np.ndarray:
    """Return ``(rows, species)`` of one repeat, NaN for species that it lacks."""
    if not groups:
        return values
    result = np.full((len(values), len(groups)), np.nan)
    for k, members in enumerate(groups.values()):
        if repeat in members:
            result[:, k] = values[:, members[repeat]]
    return result


def _described(table: Table, roles: Roles, data: Trajectories) -> tuple[tuple[str, str, str], ...]:
    """Return what each column is taken for."""
    what: dict[int, tuple[str, str]] = {id(roles.time.cells): ("time", data.time_unit)}
    for column, role in (
        (roles.date, "date"),
        (roles.temperature, "temperature"),
        *((c, "label") for c in roles.labels),
    ):
        if column is not None:
            what[id(column.cells)] = (role, "to K" if role == "temperature" else "")
    for column in roles.species:
        unit = table.unit_of(column)
        what[id(column.cells)] = ("signal" if data.wavelengths else "species", unit.text if unit else "")
    for deviation in roles.deviations.values():
        what[id(deviation.column.cells)] = ("errors", "")
    return tuple((c.header, *what.get(id(c.cells), ("left out", ""))) for c in table.columns)
