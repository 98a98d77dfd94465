"""A model in stages: from a start, or a steady state, through changes that somebody makes at given times."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...errors import FormatError, SimulationError
from .events import Moment
from .integrate import SLACK, Run, finest, first_moment
from .smooth import integrate_smooth, is_smooth
from .system import System

_CHECKED = tuple(10.0**k for k in range(1, 13))
"""Times at which the state is compared with the one before to see whether it rests."""

_ENOUGH = 1e6
"""A state is taken for a steady one after this time at the earliest: slow changes look like none at first."""

_STILL = 1e-7
"""Largest relative change of a state between two checks that counts as rest."""

_LEAST = 1e-20
"""No absolute tolerance is finer."""


class Stages:
    """The course of one model; values are read as formulas read them.

    Parameters
    ----------
    names
        Identifiers whose values are given out.
    rtol, atol
        Tolerances of the integration.
    """

    def __init__(self, system: System, names: Sequence[str], rtol: float = 1e-9, atol: float = 1e-12) -> None:
        self.system, self.names = system, list(names)
        self.outputs = system.now.function(system.outputs(self.names, set(), set()))
        self.rtol, self.atol, self.small = rtol, atol, atol
        self.t, self.moment = 0.0, Moment([], [])
        self._smooth = is_smooth(system)

    def begin(self, t: float, given: Mapping[str, float]) -> None:
        """Start at a time, with values over those of the file and of its initial assignments."""
        self.t, self.moment = t, first_moment(self.system, t, given)
        self.small = finest(self.system, self.moment, self.atol, _LEAST)

    def values(self) -> np.ndarray:
        """Return the values at this moment, ``(names,)``."""
        state = self.system.dynamic(self.moment.slots)
        return np.array(self.outputs(self.t, state, self.moment.slots), dtype=float)

    def change(self, t: float, given: Mapping[str, float]) -> None:
        """Set values at a time, all at once.

        Where a compartment changes, concentrations in it stay (those of species that mean concentrations).
        """
        tables = self.system.tables
        for name in given:
            if name not in self.system.now.stored:
                raise FormatError(f"{tables.source}: '{name}' has no value that could be set")
        vessels = {id_: v for id_, v in given.items() if id_ in self._vessels()}
        others = {id_: v for id_, v in given.items() if id_ not in vessels}
        if vessels:
            kept = [
                id_
                for id_, q in tables.quantities.items()
                if q.compartment in vessels and q.by_concentration and id_ in self.system.now.stored
            ]
            now = self.system.now.function(self.system.outputs(kept, set(), set()))
            found = now(self.t, self.system.dynamic(self.moment.slots), self.moment.slots)
            others = {**dict(zip(kept, map(float, found), strict=True)), **others}
        slots = self.system.assign(t, self.moment.slots, vessels) if vessels else self.moment.slots
        self.t, self.moment = t, replace(self.moment, slots=self.system.assign(t, slots, others))

    def run(self, times: Sequence[float]) -> np.ndarray:
        """Go on to the last of the times, which increase; return the values at them, ``(times, names)``."""
        if not len(times):
            return np.empty((0, len(self.names)))
        quick = integrate_smooth(self.system, self.moment, self.t, times, self._tolerances) if self._smooth else None
        if quick is not None:
            self.t, (states, self.moment) = float(times[-1]), quick
            slots = self.moment.slots
            rows = [self.outputs(t, y, slots) for t, y in zip(times, states.tolist(), strict=True)]
            return np.array(rows, dtype=float).reshape(len(times), -1)
        run = Run(self.system, np.array(times), self.outputs, self._tolerances, self.t, self.moment)
        rows = run.rows()
        self.t, self.moment = float(times[-1]), run.moment
        return rows

    def reach(self, t: float) -> None:
        """Go on to a time at which something is changed, so that events of that time happen after the change."""
        before = t - 4 * SLACK * max(1.0, abs(t))
        if before > self.t:
            self.run([before])
        self.t = t

    def settle(self) -> None:
        """Go on until nothing changes any more.

        Raises
        ------
        SimulationError
            Where something goes on changing, by name.
        """
        start, before = self.t, self._state()
        for elapsed in _CHECKED:
            self.run([start + elapsed])
            after = self._state()
            scale = _STILL * np.maximum(np.abs(after), np.abs(before)) + self.small
            moving = ~(np.abs(after - before) <= scale)
            if not moving.any() and elapsed >= _ENOUGH:
                return
            before = after
        names = [id_ for id_, moves in zip(self.system.now.dynamic, moving, strict=True) if moves]
        raise SimulationError(f"{self.system.tables.source}: no steady state; {', '.join(names[:5])} goes on changing")

    def _state(self) -> np.ndarray:
        return np.array(self.system.dynamic(self.moment.slots), dtype=float)

    @property
    def _tolerances(self) -> tuple[float, float]:
        return self.rtol, self.small

    def _vessels(self) -> set[str]:
        return {q.compartment for q in self.system.tables.quantities.values() if q.compartment}
