"""Measured courses of a vessel that was operated: cut where they jump, and freed of what was not reaction."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from ..trajectories import Trajectories
from .plan import BEGIN, dilution, inflow, jumps, plan

NODES, WEIGHTS = np.polynomial.legendre.leggauss(3)


def rows_between_jumps(data: Trajectories) -> list[list[np.ndarray]]:
    """Return the rows of every run between the times at which concentrations jump, a list of indices a run."""
    if data.operation is None:
        return [[np.arange(len(times))] for times in data.times]
    found = []
    for operation, times in zip(data.operation, data.times, strict=True):
        edges = np.searchsorted(times, jumps(plan(operation, data.species)), side="right")
        found.append([part for part in np.split(np.arange(len(times)), np.unique(edges)) if len(part)])
    return found


def between_jumps(data: Trajectories) -> Trajectories:
    """Return the pieces of the runs between jumps as runs of their own, for what looks at smooth courses only."""
    if data.operation is None:
        return data
    places = [(run, part) for run, parts in enumerate(rows_between_jumps(data)) for part in parts]
    return replace(
        data,
        experiments=tuple(data.experiments[run] for run, _ in places),
        times=tuple(data.times[run][part] for run, part in places),
        values=tuple(data.values[run][part] for run, part in places),
        temperatures=None if data.temperatures is None else tuple(data.temperatures[run] for run, _ in places),
        errors=None if data.errors is None else tuple(data.errors[run][part] for run, part in places),
        operation=None,
    )


def reaction_alone(data: Trajectories, smooth: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return what every species gained by reaction alone since the last jump, ``(times, species)`` a run.

    Inflow is subtracted and washed out or diluted matter added, integrated along the smoothed courses; additions are
    left out, so that a new course begins at each (see `rows_between_jumps`). Of these courses every conservation law
    of the reactions holds, and the weak form of the rate equations.
    """
    if data.operation is None:
        return list(data.values)
    found = []
    pieces = rows_between_jumps(data)
    for operation, times, values, course, parts in zip(
        data.operation, data.times, data.values, smooth, pieces, strict=True
    ):
        table, own = plan(operation, data.species), values.copy()
        for part in parts:
            own[part] += _came_and_went(table, times[part], course[part])
        found.append(own)
    return found


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
