"""Columns and rows of a table as runs: repeats side by side are runs of their own."""

import numpy as np

from ...errors import DataError
from ..trajectories import Trajectories
from .cells import Table
from .grid import quoted
from .header import Column
from .repeats import SCATTER, Groups, alike, are_runs, conditions_of, repeats_of
from .roles import Roles
from .runs import Runs, averaged
from .shapes import wells_of


def side_by_side(
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
    followed = [m for m in groups.values() if np.isfinite(values[:, list(m.values())]).all(axis=1).sum() > 2]
    telling = followed or list(groups.values())
    same = not are_runs(columns) and all(alike(values[:, list(m.values())], SCATTER) for m in telling)
    for members in telling if same else ():
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


def _of_repeat(groups: Groups, repeat: str, values: np.ndarray) -> np.ndarray:
    """Return ``(rows, species)`` of one repeat, NaN for species that it lacks."""
    if not groups:
        return values
    result = np.full((len(values), len(groups)), np.nan)
    for k, members in enumerate(groups.values()):
        if repeat in members:
            result[:, k] = values[:, members[repeat]]
    return result


def as_runs(
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
