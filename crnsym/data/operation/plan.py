"""An operation as the numbers that integration needs: stretches of time between which the vessel is disturbed.

Between additions concentrations follow dc/dt = r(c) + u(t) - D(t) c, with D the inflow over the volume and u the feeds
over the volume; at an addition they become a c + b. The volume is known beforehand, so that none of this depends on
what reacts.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from ...errors import DataError
from .operation import Operation

BEGIN, VOLUME, SWELL, INFLOW, KEEP, KELVIN, HEATING, FIRST = range(8)
"""Columns of a plan: the beginning of a stretch, the volume there and its rate of change, the flow of all that comes
in, the factor on concentrations when the stretch begins, temperature and its rate of change; from ``FIRST`` on, for
every species, what the feeds bring in a unit of time, and then the rise when the stretch begins."""

LONG_AGO, NEVER = -1e300, 1e300
KEPT = 512  # arrays that are kept: fits ask for the same ones again and again
RESTS = 25.0  # residence times after which a tank is at rest: what is left of its start is exp(-25)
FULL = 1e-9  # of the volume at the start: a vessel with less counts as empty


def plan(operation: Operation, species: Sequence[str]) -> np.ndarray:
    """Arrange an operation, ``(stretches, 7 + 2 species)``; the first stretch has no beginning.

    Raises
    ------
    DataError
        No volume where something has one, a vessel that runs empty, or steps that exclude each other.
    """
    if operation.axis != "time" and operation.steps:
        raise DataError(
            f"{operation.axis} at a steady state excludes '{operation.steps[0].kind}': its times are no times"
        )
    needing = next((s for s in operation.steps if s.needs_volume), None)
    if operation.volume is None and needing is not None:
        raise DataError(f"'{needing.kind}' at {needing.time:g} has a volume, but the vessel has none; give it one")
    first = np.zeros(FIRST + 2 * len(species))
    first[[BEGIN, VOLUME, KEEP]] = LONG_AGO, operation.volume or 1.0, 1.0
    rows = [first]
    times = sorted({t for s in operation.steps for t in (s.time, s.until) if abs(t) < math.inf})
    for time, after in pairwise([LONG_AGO, *times, math.inf]):
        row = first.copy() if time == LONG_AGO else _disturbed(operation, rows[-1], time, species)
        _flowing(operation, row, time, species)
        row[KELVIN], row[HEATING] = _heat(operation.program, time)
        left = row[VOLUME] + (row[SWELL] * (after - time) if row[SWELL] and after < math.inf else 0.0)
        if min(left, row[VOLUME]) <= FULL * (operation.volume or 1.0):
            raise DataError(
                f"the vessel is empty at {after if left < row[VOLUME] else time:g}: more leaves than is there"
            )
        rows.append(row)
    return np.array(rows[1:])


@lru_cache(KEPT)
def plans(operations: tuple[Operation, ...] | None, species: tuple[str, ...]) -> np.ndarray:
    """Arrange the operations of several runs, ``(runs, stretches, 7 + 2 species)``, padded; none are no stretches.

    Species that the operations name and that are not there are left out; others are neither fed nor added.
    """
    width = FIRST + 2 * len(species)
    tables = [plan(o, species) if o.flows or o.program else np.zeros((0, width)) for o in operations or ()]
    longest = max((len(t) for t in tables), default=0)
    found = np.zeros((len(tables), longest, width))
    found[:, :, BEGIN], found[:, :, VOLUME], found[:, :, KEEP] = NEVER, 1.0, 1.0
    for own, table in zip(found, tables, strict=True):
        own[: len(table)] = table
        if longest and not len(table):
            own[0, BEGIN] = LONG_AGO
    found.setflags(write=False)
    return found


def clocks(
    operations: tuple[Operation, ...] | None, species: tuple[str, ...], times: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the times to integrate through and `plans`, for runs whose times may be residence times.

    A sample of a tank at its steady state is what the tank comes to in many residence times, from the state of the
    sample before; so that a run of such samples is an ordinary run on a longer clock.

    Parameters
    ----------
    operations, species
        As for `plans`.
    times, lengths
        ``(runs, times)`` padded, and the number of valid ones in each run.
    """
    if operations is None:
        return times, np.zeros((len(times), 0, 0))
    found = plans(operations, species)
    if not any(operation.steady for operation in operations):
        return times, found
    longer = max(found.shape[1], int(lengths.max()))
    tables = np.zeros((len(operations), longer, found.shape[2]))
    tables[:, :, BEGIN], tables[:, :, VOLUME], tables[:, :, KEEP] = NEVER, 1.0, 1.0
    tables[:, : found.shape[1]] = found
    clock = times.copy()
    for run, operation in enumerate(operations):
        if operation.steady:
            count = int(lengths[run])
            clock[run, 1:count], tables[run, : count - 1] = _steady(operation, species, times[run, 1:count])
            clock[run, 0] = 0.0
    return clock, tables


def _steady(operation: Operation, species: Sequence[str], residence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the clock and plan of tanks that come to rest one after the other, behind a first sample."""
    clock = np.cumsum(RESTS * residence)
    table = np.zeros((len(residence), FIRST + 2 * len(species)))
    table[:, BEGIN] = np.concatenate([[LONG_AGO], clock[:-1]])[: len(residence)]
    table[:, VOLUME], table[:, KEEP], table[:, INFLOW] = 1.0, 1.0, 1.0 / residence
    for row in table:
        _put(row, FIRST, operation.charge, row[INFLOW], species)
    return clock, table


def _disturbed(operation: Operation, before: np.ndarray, time: float, species: Sequence[str]) -> np.ndarray:
    """Begin a stretch: withdrawals first, then additions."""
    row = np.zeros(len(before))
    row[BEGIN] = time
    steps = [s for s in operation.steps if s.at_once and s.time == time]
    volume = float(volume_at(before[None], np.array([time]))[0])
    volume -= sum(s.volume or 0.0 for s in steps if s.kind == "withdraw")
    if volume <= 0:
        raise DataError(f"the vessel is empty at {time:g}: more leaves than is there")
    adds = [s for s in steps if s.kind == "add"]
    row[VOLUME] = volume + sum(s.volume or 0.0 for s in adds)
    row[KEEP] = volume / row[VOLUME]
    for step in adds:
        share = 1.0 if step.volume is None else step.volume / row[VOLUME]
        _put(row, FIRST + len(species), step.contents, share, species)
        _put(row, FIRST + len(species), step.amounts, 1.0 / row[VOLUME], species)
    return row


def _flowing(operation: Operation, row: np.ndarray, time: float, species: Sequence[str]) -> None:
    """Write what flows during a stretch."""
    going = [s for s in operation.steps if not s.at_once and s.kind != "temperature" and s.time <= time < s.until]
    through = [s for s in going if s.kind == "stirred flow"]
    for step in going:
        flow = row[VOLUME] / step.residence if step.residence is not None else step.flow or 0.0
        if step.kind != "withdraw":
            row[INFLOW] += flow
            _put(row, FIRST, step.contents, flow, species)
        row[SWELL] += {"feed": flow, "withdraw": -flow}.get(step.kind, 0.0)
    if through and (len(through) < len(going) or len(through) > 1):
        raise DataError("a stirred flow excludes feeds, withdrawals and further flows at its time; give it as feeds")


def _put(
    row: np.ndarray, offset: int, contents: Sequence[tuple[str, float]], factor: float, species: Sequence[str]
) -> None:
    index = {name: i for i, name in enumerate(species)}
    for name, value in contents:
        if name in index:
            row[offset + index[name]] += factor * value


def _heat(program: Sequence[tuple[float, float]], time: float) -> tuple[float, float]:
    """Temperature at the beginning of a stretch, and its rate of change; NaN and 0 without a program."""
    if not program:
        return math.nan, 0.0
    times, kelvin = np.array(program).T
    here = int(np.searchsorted(times, time, side="right")) - 1
    if here < 0 or here == len(times) - 1:
        return float(kelvin[max(here, 0)]), 0.0
    slope = (kelvin[here + 1] - kelvin[here]) / (times[here + 1] - times[here])
    return float(kelvin[here] + slope * (time - times[here])), float(slope)


def stretch_of(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Index of the stretch that each time belongs to; the moment of a disturbance belongs to what was before."""
    return np.maximum(np.searchsorted(table[:, BEGIN], times, side="left") - 1, 0)


def volume_at(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Volume of the vessel, ``(times,)``."""
    rows = table[stretch_of(table, times)]
    return rows[:, VOLUME] + rows[:, SWELL] * (times - rows[:, BEGIN])


def dilution(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Rate D at which everything is washed out or diluted, ``(times,)``."""
    return table[stretch_of(table, times), INFLOW] / volume_at(table, times)


def inflow(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return what comes in, as concentration in a unit of time, ``(times, species)``."""
    count = (table.shape[1] - FIRST) // 2
    return table[stretch_of(table, times), FIRST : FIRST + count] / volume_at(table, times)[:, None]


def kelvin_at(table: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Temperature of a program, ``(times,)``; NaN without one."""
    rows = table[stretch_of(table, times)]
    return rows[:, KELVIN] + rows[:, HEATING] * (times - rows[:, BEGIN])


def jumps(table: np.ndarray) -> np.ndarray:
    """Return the times at which concentrations jump, increasing."""
    count = (table.shape[1] - FIRST) // 2
    jumping = (table[:, KEEP] != 1.0) | (table[:, FIRST + count :] != 0.0).any(axis=1)
    return table[jumping, BEGIN]
