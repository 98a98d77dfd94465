"""Single values far from the curve of their neighbours: slips of the pen, bubbles, spikes."""

import numpy as np

from crnsym.comparison.faults.fault import Fault
from crnsym.comparison.faults.roughness import prediction_errors
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.trajectories import Trajectories

FAR = 15.0  # standard deviations of the noise
SMOOTH = 6.0  # standard deviations within which the neighbours lie once the value is left out
BEYOND = 2.0  # times the span of the neighbours, by which a value leaves it
SIDE = 2  # neighbours that must be there on either side
MOST = 2  # a column of a run: more are no slips but the shape of the curve


def find_outliers(data: Trajectories) -> list[Fault]:
    """Find gross outliers: values far outside the noise and the span of their neighbours, which are smooth without.

    Not judged are values where another column jumps too, since a short event would show in both. On 840 columns of
    clean random data (`tests.benchmarks.faults`: 0.1 to 10 % noise of three forms, 6 to 40 samples, sharp transients,
    two decimals and more) nothing is found.
    """
    noise, found = estimate_noise(data), []
    for run, values in enumerate(data.values):
        strange = [_far_values(values[:, i], i, noise) for i in range(len(data.species))]
        for column, rows in enumerate(strange):
            others = {row for i, own in enumerate(strange) if i != column for row in own}
            if 0 < len(rows) <= MOST:
                found += [_named(data, run, row, column, level) for row, level in rows.items() if row not in others]
    return found


def _far_values(v: np.ndarray, column: int, noise: NoiseModel) -> dict[int, float]:
    """{row: value that the neighbours predict} of the values that are beyond doubt, the farthest first."""
    v, found = v.copy(), {}
    while len(found) <= MOST:
        errors, levels = prediction_errors(v)
        present = np.flatnonzero(np.isfinite(v))
        inner = present[SIDE:-SIDE]
        sizes = np.abs(errors[inner]) / _sigma(noise, levels[inner], column)
        if not len(inner) or np.isnan(sizes).all():
            break
        row = int(inner[np.nanargmax(sizes)])
        if np.nanmax(sizes) < FAR or not _alone(v, row, column, noise):
            break
        found[row] = float(levels[row])
        v[row] = np.nan
    return found


def _alone(v: np.ndarray, row: int, column: int, noise: NoiseModel) -> bool:
    """Whether the neighbours of a value are smooth without it, and it is far outside their span."""
    rest = v.copy()
    rest[row] = np.nan
    present = np.flatnonzero(np.isfinite(rest))
    place = int(np.searchsorted(present, row))
    near = present[max(0, place - 3) : place + 3]
    span = max(float(np.ptp(rest[near])), float(_sigma(noise, rest[near], column).max()))
    if not rest[near].min() - BEYOND * span < v[row] < rest[near].max() + BEYOND * span:
        errors, levels = prediction_errors(rest)
        sizes = np.abs(errors[near]) / _sigma(noise, levels[near], column)
        return not np.any(sizes > SMOOTH)
    return False


def _sigma(noise: NoiseModel, levels: np.ndarray, column: int) -> np.ndarray:
    return np.sqrt(noise.absolute[column] ** 2 + (noise.relative[column] * np.nan_to_num(levels)) ** 2)


def _named(data: Trajectories, run: int, row: int, column: int, level: float) -> Fault:
    value = data.values[run][row, column]
    slip = next((f for f in (10, 100, 1000) for q in (value / f, value * f) if abs(q - level) < 0.2 * abs(level)), None)
    hint = f" (a factor of {slip}: a slip of the decimal point?)" if slip else ""
    return Fault(
        f"{data.experiments[run]}, {data.species[column]} at time {data.times[run][row]:g}: {value:.6g} is an outlier, "
        f"its neighbours say {level:.3g}{hint}",
        remedy="it is left out",
        places=((run, row, column),),
    )
