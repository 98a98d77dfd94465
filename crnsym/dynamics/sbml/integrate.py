"""Integration from moment to moment: events, jumps and kinks of the right-hand side, and the end."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from ...errors import SimulationError
from .crossing import Crossing
from .events import Moment, settle
from .steps import METHODS, SolverFailed, solver_steps, still_steps
from .system import System

_CALLS = 500_000
"""Evaluations of the derivatives after which a run is given up."""

SLACK = 1e-10
"""Moments closer than this, relative to the last time or absolute, count as one."""

FINE = 1e-9
"""Of the smallest state at the start: the absolute tolerance. By 1e-6 a model in moles misses 4e-6 of its range."""

_RESTARTS = 200
"""Restarts without progress after which a state that slides along a jump is given up."""

_TINY = 30
"""Tiny steps in a row after which the solver is started again, behind a jump if there is one."""


def integrate(
    system: System,
    times: np.ndarray,
    outputs: Callable[..., list],
    rtol: float,
    atol: float,
    start: float = 0.0,
    given: Mapping[str, float] | None = None,
) -> np.ndarray:
    """Return the outputs at the times, which increase; the model starts at time ``start``, see `System.start`.

    Raises
    ------
    SimulationError
        Where no solver gets on, or events follow each other without end.
    """
    moment = first_moment(system, start, given)
    return Run(system, times, outputs, (rtol, finest(system, moment, atol)), start, moment).rows()


def first_moment(system: System, start: float, given: Mapping[str, float] | None = None) -> Moment:
    """Return the state in which a model starts at time ``start``, see `System.start`."""
    return Moment(system.start(start, given), [e.starts_true for e in system.events])


def finest(system: System, moment: Moment, atol: float, least: float = 1e-300) -> float:
    """Return an absolute tolerance that no state at a moment is below: some models count moles in single cells."""
    sizes = [abs(x) for x in system.dynamic(moment.slots) if x and math.isfinite(x)]
    return max(least, min([atol, *(FINE * x for x in sizes)]))


class Run:
    """One stretch of time between which nothing from outside happens; afterwards ``moment`` is the state at its end."""

    def __init__(
        self,
        system: System,
        times: np.ndarray,
        outputs: Callable[..., list],
        tolerances: tuple[float, float],
        start: float,
        moment: Moment,
    ) -> None:
        self.system, self.times, self.outputs = system, [float(x) for x in times], outputs
        self.slack = SLACK * max(1.0, abs(self.times[-1]))
        self.crossing = Crossing(system, self.slack)
        self.t, self.end = start, self.times[-1] + 2 * self.slack  # past what is due just after the last row
        steps = np.diff(self.times)
        self.max_step = float(steps.max()) if len(steps) and self.crossing.needed else math.inf
        self.calls = 0
        self.found: list[list[float]] = []
        self.moment, self.tolerances = moment, tolerances

    def rows(self) -> np.ndarray:
        """Integrate to the last time; return the outputs at all."""
        self._settle()
        stuck = 0
        while self.t < self.end and len(self.found) < len(self.times):
            before = self.t
            due = [o.due for o in self.moment.queue]
            self._advance(min([self.end, *due]))
            self._settle()
            stuck = stuck + 1 if self.t - before <= self.slack else 0
            if stuck > _RESTARTS:
                raise SimulationError(f"{self.system.tables.source}: no progress beyond time {self.t:g}")
        return np.array(self.found, dtype=float).reshape(len(self.times), -1)

    # --- at a moment --------------------------------------------------------------------------------------

    def _settle(self) -> None:
        self.moment = settle(self.system, self.t, self.moment, self.slack)
        self._report(self.t, self.system.dynamic(self.moment.slots), inclusive=True)

    def _report(self, until: float, y: list[float] | Callable[[float], list[float]], inclusive: bool = False) -> None:
        """Write down the outputs at all times before ``until``; ``y`` is the state, or gives it at a time."""
        while len(self.found) < len(self.times):
            t = self.times[len(self.found)]
            if t > until or (t == until and not inclusive):
                return
            state = y(t) if callable(y) else y
            self.found.append([float(x) for x in self.outputs(t, state, self.moment.slots)])

    def _arrive(self, t: float, y: list[float]) -> None:
        self.t = t
        slots = list(self.moment.slots)
        for i, value in zip(self.system.places, y, strict=True):
            slots[i] = value
        self.moment = Moment(slots, self.moment.held, self.moment.queue)

    # --- between moments ----------------------------------------------------------------------------------

    def _advance(self, stop: float) -> None:
        """Integrate to ``stop``, or to the first jump before it."""
        system = self.system
        y = np.array(system.dynamic(self.moment.slots), dtype=float)
        kept = np.flatnonzero(~self._lost(y))
        if stop - self.t <= 1e-14 * max(1.0, abs(stop)):
            self.t = max(stop, self.t)
            return

        why = None
        for method in METHODS:
            rows = len(self.found)
            try:
                return self._go(method, stop, y, kept)
            except SolverFailed as error:  # from the start: its last steps may have gone astray already
                del self.found[rows:]
                why = error
        raise SimulationError(f"{system.tables.source}: {why}")

    def _go(self, method: type, stop: float, y: np.ndarray, kept: np.ndarray) -> None:
        system, slots = self.system, self.moment.slots

        def whole(part: np.ndarray) -> list[float]:
            if len(kept) == len(y):
                return part.tolist()
            full = y.copy()
            full[kept] = part
            return full.tolist()

        signs = self.crossing.signs(self.t, system.dynamic(slots), slots)
        at, there, tiny = self.t, y.tolist(), 0
        for old, new, dense in self._steps(method, y[kept], kept, whole, stop):

            def state(t: float, dense: Callable = dense) -> list[float]:
                return whole(dense(t))

            hit = self.crossing.first(old, new, state, slots, signs)
            self._report(new if hit is None else hit, state)
            if hit is not None:
                self._arrive(*self._together(hit, state))
                return
            at, there = new, state(new)
            tiny = tiny + 1 if new - old < 1e-3 * self.slack else 0
            if tiny > _TINY:  # a solver may come near a jump for ever
                if not self.crossing.needed:
                    raise SolverFailed(f"the integration does not get beyond time {at:g}")
                break
        slope = system.rhs(at, there, slots)
        self._arrive(*self._together(at, lambda t: [a + (t - at) * b for a, b in zip(there, slope, strict=True)]))

    def _steps(self, method: type, part: np.ndarray, kept: np.ndarray, whole: Callable, stop: float):
        system, slots, all_kept = self.system, self.moment.slots, len(kept) == len(self.system.places)
        if not len(kept):
            return still_steps(self.t, stop, self.max_step)

        def rhs(t: float, part: np.ndarray) -> list[float]:
            self.calls += 1
            if self.calls > _CALLS:
                raise SimulationError(
                    f"{system.tables.source}: no end in sight at time {t:g} after {_CALLS} evaluations"
                )
            d = system.rhs(t, whole(part), slots)
            return d if all_kept else [d[i] for i in kept]

        return solver_steps(method, rhs, self.t, part, stop, self.tolerances, self.max_step)

    def _together(self, t: float, state: Callable) -> tuple[float, list[float]]:
        """Return t and the state there, or a little later if conditions change that only rounding holds back."""
        later, slots = t + self.slack, self.moment.slots
        if self.crossing.needed:
            now, then = (self.crossing.signs(x, state(x), slots) for x in (t, later))
            met = any(a == 0 != b for a, b in zip(now.equalities, then.equalities, strict=True))  # holds at t only
            just = self.system.switches(math.nextafter(t, math.inf), state(t), slots)
            strict = now.switches != just and t > self.t  # by the time alone, as ``time > 1`` at 1, and met for once
            if now.switches != then.switches and not (met or strict):
                t = later
        return t, state(t)

    def _lost(self, y: np.ndarray) -> np.ndarray:
        """Return which states stay infinite or have no value, and mark (as not-a-number) all that follow from these."""
        lost = ~np.isfinite(y)
        while True:
            slope = np.array(self.system.rhs(self.t, y.tolist(), self.moment.slots), dtype=float)
            more = np.isnan(slope) & ~lost
            if not more.any():
                break
            y[more] = np.nan
            lost |= more
        if np.isinf(slope[~lost]).any():
            raise SimulationError(f"{self.system.tables.source}: an infinite rate of change at time {self.t:g}")
        for i, value in zip(self.system.places, y, strict=True):
            self.moment.slots[i] = float(value)
        return lost
