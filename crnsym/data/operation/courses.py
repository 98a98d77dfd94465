"""Measured courses of a vessel that was operated: cut where they jump, and freed of what was not reaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..trajectories import Trajectories
from .plan import BEGIN, FIRST, INFLOW, KEEP, SWELL, VOLUME, dilution, inflow, jumps, plan, stretch_of

NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)


def rows_between_jumps(data: Trajectories) -> list[list[np.ndarray]]:
    """Return the rows of every run between the times at which concentrations jump, a list of indices a run."""
    if data.operation is None:
        return [[np.arange(len(times))] for times in data.times]
    found = []
    for operation, times in zip(data.operation, data.times, strict=True):
        edges = np.searchsorted(times, jumps(plan(operation, operation.species)), side="right")
        found.append([part for part in np.split(np.arange(len(times)), np.unique(edges)) if len(part)])
    return found


def places_between_jumps(data: Trajectories) -> list[tuple[int, np.ndarray]]:
    """Return run and rows of every piece between jumps."""
    return [(run, part) for run, parts in enumerate(rows_between_jumps(data)) for part in parts]


def between_jumps(data: Trajectories) -> Trajectories:
    """Return the pieces of the runs between jumps as runs of their own, for what looks at smooth courses only."""
    if data.operation is None:
        return data
    places = places_between_jumps(data)
    return replace(
        data,
        experiments=tuple(data.experiments[run] for run, _ in places),
        times=tuple(data.times[run][part] for run, part in places),
        values=tuple(data.values[run][part] for run, part in places),
        temperatures=None if data.temperatures is None else tuple(data.temperatures[run] for run, _ in places),
        errors=None if data.errors is None else tuple(data.errors[run][part] for run, part in places),
        operation=None,
    )


class Piece(NamedTuple):
    """A part of a run between jumps.

    Attributes
    ----------
    run
        Index of the run.
    times
        ``(times,)``.
    gained
        ``(times, species)`` measured courses, gaps filled from the smoothed ones, with what flowed in subtracted and
        what was washed out or diluted added: from the first row on they change by reaction alone.
    smooth
        ``(times, species)`` smoothed courses as they are.
    """

    run: int
    times: np.ndarray
    gained: np.ndarray
    smooth: np.ndarray


def pieces(data: Trajectories, smooth: Sequence[np.ndarray]) -> list[Piece]:
    """Cut the runs at jumps and free them of what is not reaction.

    Steady states of a stirred tank stay as they are: they differ by reaction alone.

    Of these courses the conservation laws of the reactions hold, and the weak form of the rate equations. Inflow and
    dilution are integrated along the smoothed courses, so that their error is that of an integral of noise.
    """
    found = []
    for run, parts in enumerate(rows_between_jumps(data)):
        values, course = data.values[run], smooth[run]
        filled = np.where(np.isfinite(values), values, course)
        table = None if data.operation is None else plan(data.operation[run], data.species)
        for part in parts:
            times, gained = data.times[run][part], filled[part]
            if table is not None and data.operation is not None and not data.operation[run].steady:
                gained = gained + _came_and_went(table, times, course[part])
            found.append(Piece(run, times, gained, course[part]))
    return found


def without_reaction(data: Trajectories, run: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what operation alone does: the share of the start that is left, and what came in and is still there.

    Of a sum w.c that reactions keep, w.c(t) = share(t) w.c(0) + w.came(t), whatever reacts; exact.

    Returns
    -------
    Shares ``(times,)`` and concentrations ``(times, species)``.
    """
    times = data.times[run]
    share, came = np.ones(len(times)), np.zeros((len(times), len(data.species)))
    if data.operation is None:
        return share, came
    if data.operation[run].steady:
        inlet = dict(data.operation[run].charge)
        share[1:], came[1:] = 0.0, [inlet.get(name, 0.0) for name in data.species]
        return share, came
    table, count = plan(data.operation[run], data.species), len(data.species)
    left, inside, now = 1.0, np.zeros(count), float(times[0])
    place = int(stretch_of(table, times[:1])[0])
    for row, time in enumerate(times):
        while True:
            if place + 1 < len(table) and table[place + 1, BEGIN] < time:
                until = float(table[place + 1, BEGIN])
            else:
                until = float(time)
            kept = _kept(table[place], now, until)
            feed, flow = table[place, FIRST : FIRST + count], table[place, INFLOW]
            left, inside = left * kept, inside * kept + (feed / flow * (1.0 - kept) if flow else 0.0)
            now = until
            if until == time:
                break
            place += 1
            keep = table[place, KEEP]
            left, inside = left * keep, inside * keep + table[place, FIRST + count :]
        share[row], came[row] = left, inside
    return share, came


def _kept(row: np.ndarray, begin: float, end: float) -> float:
    """Share of what does not react that is left after a time within one stretch."""
    volume = row[VOLUME] + row[SWELL] * (begin - row[BEGIN])
    if row[SWELL] == 0.0:
        return float(np.exp(-row[INFLOW] / volume * (end - begin)))
    return float((volume / (volume + row[SWELL] * (end - begin))) ** (row[INFLOW] / row[SWELL]))


def _came_and_went(table: np.ndarray, times: np.ndarray, course: np.ndarray) -> np.ndarray:
    """Integrate dilution less inflow along a smooth course between jumps, ``(times, species)``, from its first row."""
    if len(times) < 2:
        return np.zeros_like(course)
    inside = (table[:, BEGIN] > times[0]) & (table[:, BEGIN] < times[-1])
    grid = np.unique(np.concatenate([times, table[inside, BEGIN]]))
    half = 0.5 * np.diff(grid)
    points = (0.5 * (grid[1:] + grid[:-1])[:, None] + half[:, None] * NODES).ravel()
    between = np.maximum(PchipInterpolator(times, course, axis=0)(points), 0.0)
    slope = dilution(table, points)[:, None] * between - inflow(table, points)
    steps = (slope.reshape(len(half), len(NODES), -1) * WEIGHTS[:, None] * half[:, None, None]).sum(axis=1)
    total = np.concatenate([np.zeros((1, course.shape[1])), np.cumsum(steps, axis=0)])
    return total[np.searchsorted(grid, times)]
