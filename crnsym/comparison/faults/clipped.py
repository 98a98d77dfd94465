"""Columns that end at a ceiling or a floor: the detector, not the mixture, stands still."""

from dataclasses import dataclass

import numpy as np

from crnsym.comparison.faults.fault import Fault
from crnsym.comparison.faults.roughness import is_noise, prediction_errors, resolution
from crnsym.data.trajectories import Trajectories

LEAST, ENOUGH = 3, 5  # equal values in a row that count, and equal values in a row that suffice in one run
CHANCE = -20.0  # log probability of as many equal values by chance, below which they are no chance
QUARTILE = 0.32  # of the absolute errors of unit noise
ENTERED = 0.05  # of the column's range: the step into and out of a plateau that no smooth curve has


@dataclass(frozen=True, slots=True)
class Plateau:
    """Equal extreme values in a row: rows ``first`` to ``last`` of a run, with the steps into them and out of them."""

    run: int
    first: int
    last: int
    steps: tuple[float, float]

    @property
    def length(self) -> int:
        """Number of values."""
        return self.last - self.first + 1


def find_clipped(data: Trajectories) -> list[Fault]:
    """Find columns whose largest or smallest value recurs in rows, where noise or a bend should have moved it.

    A species that has been used up or is complete stands still too, as far as it was written down: in one run alone, or
    without noise, only a plateau counts that is entered and left by steps. Zeros are no floor. On 840 columns of clean
    random data (`tests.benchmarks.faults`: 0.1 to 10 % noise of three forms, 6 to 40 samples, sharp transients, two
    decimals and more) nothing is found.
    """
    return [
        fault
        for column in range(len(data.species))
        for sign in (1.0, -1.0)
        if (fault := _limit(data, column, sign)) is not None
    ]


def _limit(data: Trajectories, column: int, sign: float) -> Fault | None:
    every = np.concatenate([v[:, column] for v in data.values])
    every = every[np.isfinite(every)]
    if not len(every) or np.ptp(every) == 0.0:
        return None
    limit = float(sign * (sign * every).max())
    if sign < 0 and limit <= 0.0:
        return None
    plateaus = _plateaus(data, column, limit)
    if not plateaus or (len(plateaus) == 1 and plateaus[0].length < ENOUGH):
        return None
    step = resolution(every)
    jumps = sum(min(p.steps) > max(ENTERED * np.ptp(every), 3.0 * step) for p in plateaus)
    ties = sum(p.length - 1 for p in plateaus)
    noise = _least_noise(data, column, limit)
    chance = ties * np.log(min(1.0, step / (2.5 * noise))) if noise > 0 else 0.0
    if not jumps and (chance > CHANCE or len(plateaus) == 1):
        return None
    return _named(data, column, limit, sign, plateaus)


def _plateaus(data: Trajectories, column: int, limit: float) -> list[Plateau]:
    found = []
    for run, values in enumerate(data.values):
        v = values[:, column]
        present = np.flatnonzero(np.isfinite(v))
        at = v[present] == limit
        if at.all():
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], at, [False]]).astype(int)))
        for a, b in edges.reshape(-1, 2):
            if b - a >= LEAST:
                into = abs(v[present[a - 1]] - limit) if a else 0.0
                out = abs(v[present[b]] - limit) if b < len(present) else 0.0
                found.append(Plateau(run, int(present[a]), int(present[b - 1]), (float(into), float(out))))
    return found


def _least_noise(data: Trajectories, column: int, limit: float) -> float:
    """Noise where it is least, by the prediction errors of values that are not at the limit; 0 where there is none."""
    errors = []
    for values in data.values:
        v = values[:, column]
        errors.append(np.where((v != limit) & (v != 0.0), prediction_errors(v)[0], np.nan))
    every = np.abs(np.concatenate(errors))
    every = every[np.isfinite(every)]
    return float(np.quantile(every, 0.25)) / QUARTILE if len(every) >= LEAST and is_noise(errors) else 0.0


def _named(data: Trajectories, column: int, limit: float, sign: float, plateaus: list[Plateau]) -> Fault:
    places = tuple((p.run, row, column) for p in plateaus for row in range(p.first, p.last + 1))
    places = tuple(p for p in places if np.isfinite(data.values[p[0]][p[1], column]))
    where = "; ".join(
        f"{data.experiments[p.run]} from time {data.times[p.run][p.first]:g} to {data.times[p.run][p.last]:g}"
        for p in plateaus[:4]
    )
    more = f" and {len(plateaus) - 4} more" if len(plateaus) > 4 else ""
    kind, verb = ("ceiling", "exceeds") if sign > 0 else ("floor", "falls below")
    return Fault(
        f"{data.species[column]} is clipped at a {kind}: it is {limit:g} in several rows running ({where}{more}) and "
        f"never {verb} that",
        remedy="these values are left out",
        places=places,
    )
