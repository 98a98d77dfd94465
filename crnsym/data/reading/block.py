"""One block as trajectories: its columns, their roles, numbers, and runs."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...errors import DataError
from ..trajectories import Trajectories
from .blocks import Block
from .cells import Table
from .clock import read_clock
from .deviations import without_error_words
from .grid import Grid, is_gap, text_of
from .header import Column, read_header
from .repeats import Groups, alike
from .roles import Roles, roles_of
from .runs import Runs, check_lengths, in_time_order, labelled
from .series import as_runs, side_by_side
from .shapes import wavelengths_of
from .species import check_species, species_names, to_one_unit
from .styles import Style
from .temperatures import kelvin_of, kelvin_of_labels
from .units import Unit, read_unit, time_unit

_TOLD = re.compile(
    r"\b(?:conc(?:entration|entrations|\.)?|values|data|all)\s+(?:are\s+)?(?:given\s+)?in\s+(?P<unit>[^\s(),;]+)", re.I
)


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
    """Return the unit in a heading over all species, ``Concentration (mM)``, or in a title that tells it."""
    units = [read_header(text)[1] for _, text in block.above]
    told = _TOLD.search(block.title)
    units += [read_unit(told["unit"])] if told else []
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
    roles.species = [
        c.renamed(without_error_words(c.name)) if np.isfinite(e).any() else c
        for c, e in zip(columns, errors.T, strict=True)
    ]
    _add_deviations(table, roles, values, errors)
    columns, values, errors, groups = side_by_side(table, roles, values, errors, named=options.species is not None)
    runs = _runs(table, roles)
    clock, seconds, told = read_clock(table, roles.time, list(runs.values()), roles.date)
    time = Unit("s", "time") if seconds else table.unit_of(roles.time) or read_unit(roles.time.name)
    if time is not None and time.text.startswith("10^"):  # thousands of seconds
        plain = read_unit(time.text.split()[-1]) or time
        clock, time = clock * (time.size / plain.size), plain
    table.remarks += told or _said_of_time(table, roles.time)
    runs = in_time_order(table, runs, clock, [text_of(c) for c in roles.time.cells])
    check_lengths(table, runs)
    check_species(table, columns, values)
    temperatures = None if roles.temperature is None else kelvin_of(table, roles.temperature, runs)
    names = tuple(groups) if groups else species_names(table, columns)
    if waves:
        names = _wave_names(table, columns, names, waves)
    units = _units(table, columns, names, groups, values, errors)
    data = as_runs(table, runs, names, groups, clock, values, errors, temperatures)
    if groups and temperatures is None and len(runs) == 1:
        data = replace(data, temperatures=kelvin_of_labels(data.experiments))
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
    counts = Counter(c.header for c in table.columns)
    for header, count in counts.items():
        if not header or count == 1 or read_header(header)[0] in ("±", "sd", "SD", "+/-", "err", "error"):
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
