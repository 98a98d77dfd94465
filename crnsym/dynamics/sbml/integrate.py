"""Integration from jump to jump, so that no step crosses an event or the edge of a piecewise formula.

The state is sampled within every step of the integrator; where a condition has changed, the first moment at
which it has is found by bisection to the last bit, and integration starts again from there.
"""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.integrate import LSODA, Radau

from ...errors import SimulationError
from .events import Moment, settle
from .system import System

_PROBES = (0.2, 0.4, 0.6, 0.8, 1.0)
_CALLS = 2_000_000
"""Evaluations of the derivatives after which a run is given up."""

_RESTARTS = 200
"""Restarts without progress after which a state that slides along a jump is given up."""


def integrate(system: System, times: np.ndarray, outputs: Callable[..., list], rtol: float, atol: float) -> np.ndarray:
    """Return the outputs at the times, which increase; the model starts at time 0.

    Raises
    ------
    SimulationError
        Where no solver gets on, or events follow each other without end.
    """
    return _Run(system, times, outputs, rtol, atol).rows()


class _Run:
    def __init__(self, system: System, times: np.ndarray, outputs: Callable[..., list], rtol: float, atol: float):
        self.system, self.times, self.outputs = system, [float(x) for x in times], outputs
        self.rtol, self.atol = rtol, atol
        self.slack = 1e-10 * max(1.0, abs(self.times[-1]))
        self.t, self.end = 0.0, self.times[-1] + 2 * self.slack  # past what is due just after the last row
        steps = np.diff(self.times)
        self.max_step = float(steps.max()) if len(steps) and system.has_switches else math.inf
        self.calls = 0
        self.found: list[list[float]] = []
        slots = [float(x) for x in system.start(0.0, [], [])]
        self.moment = Moment(slots, [e.starts_true for e in system.events])

    def rows(self) -> np.ndarray:
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

    def _report(self, until: float, y: Any, inclusive: bool = False) -> None:
        """Write down the outputs at all times before ``until``; ``y`` is the state, or gives it at a time."""
        while len(self.found) < len(self.times):
            t = self.times[len(self.found)]
            if t > until or (t == until and not inclusive):
                return
            state = y(t) if callable(y) else y
            self.found.append([float(x) for x in self.outputs(t, state, self.moment.slots)])

    # --- between moments ----------------------------------------------------------------------------------

    def _advance(self, stop: float) -> None:
        """Integrate to ``stop``, or to the first jump before it."""
        system, slots = self.system, self.moment.slots
        y = np.array(system.dynamic(slots), dtype=float)
        lost = self._lost(y)
        kept = np.flatnonzero(~lost)
        if stop - self.t <= 1e-14 * max(1.0, abs(stop)):
            self.t = max(stop, self.t)
            return

        def full(part: Any) -> list[float]:
            whole = y.copy()
            whole[kept] = part
            return whole.tolist()

        whole = (lambda part: part.tolist()) if len(kept) == len(y) else full

        def rhs(t: float, part: np.ndarray) -> list[float]:
            self.calls += 1
            if self.calls > _CALLS:
                raise SimulationError(
                    f"{system.tables.source}: no end in sight at time {t:g} after {_CALLS} evaluations"
                )
            d = system.rhs(t, whole(part), slots)
            return d if len(kept) == len(y) else [d[i] for i in kept]

        steps = self._steps(rhs, y[kept], stop) if len(kept) else self._still(stop)
        signs = self._signs(self.t, system.dynamic(slots))
        at, there = self.t, y.tolist()
        for old, new, dense in steps:
            state = lambda t, dense=dense: whole(dense(t))  # noqa: E731
            hit = self._jump(old, new, state, signs)
            if hit is not None:
                self._report(hit, state)
                self._arrive(*self._together(hit, state))
                return
            self._report(new, state)
            at, there = new, state(new)
        slope = system.rhs(at, there, slots)
        self._arrive(*self._together(at, lambda t: [a + (t - at) * b for a, b in zip(there, slope, strict=True)]))

    def _together(self, t: float, state: Callable) -> tuple[float, list[float]]:
        """Return t and the state there, or a little later if conditions change that only rounding holds back."""
        later = t + self.slack
        if self.system.events and self._signs(t, state(t))[0] != self._signs(later, state(later))[0]:
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

    def _arrive(self, t: float, y: list[float]) -> None:
        self.t = t
        slots = list(self.moment.slots)
        for i, value in zip(self.system.places, y, strict=True):
            slots[i] = value
        self.moment = Moment(slots, self.moment.held, self.moment.queue)

    def _still(self, stop: float):
        """Give the steps of a model in which nothing is integrated."""
        t, empty = self.t, np.empty(0)
        width = min(self.max_step, stop - t)
        for k in range(1, max(1, math.ceil((stop - self.t) / width - 1e-9)) + 1):
            new = min(stop, self.t + k * width)
            yield t, new, lambda _: empty
            t = new

    def _steps(self, rhs: Callable, y: np.ndarray, stop: float):
        """Give the steps of LSODA, and of Radau from where that fails: (from, to, dense output)."""
        t = self.t
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for method in (LSODA, Radau):
                span = stop - t
                solver = method(rhs, t, y, stop, rtol=self.rtol, atol=self.atol, max_step=min(self.max_step, span))
                while solver.status == "running":
                    old = t
                    solver.step()
                    if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                        break
                    t, y = solver.t, solver.y.copy()
                    yield old, solver.t, solver.dense_output()
                else:
                    return
        raise SimulationError(f"{self.system.tables.source}: the integration does not get beyond time {t:g}")

    def _signs(self, t: float, y: list[float]) -> tuple[list, list]:
        slots = self.moment.slots
        return self.system.switches(t, y, slots), self.system.equalities(t, y, slots)

    def _jump(self, old: float, new: float, state: Callable, start: tuple[list, list]) -> float | None:
        """Return the first moment of a step at which a condition is not what it was when integration began.

        ``time > 1`` holds from just after 1 on; that is put so far after 1 that delays added to it do not round it off.
        """
        if not self.system.has_switches:
            return None
        low = old
        for part in _PROBES:
            high = new if part == 1.0 else old + part * (new - old)
            there = self._signs(high, state(high))
            if any(a * b < 0 for a, b in zip(start[1], there[1], strict=True)):
                self.system.refuse_equality()
            if there[0] != start[0]:
                break
            low = high
        else:
            return None
        while True:
            middle = 0.5 * (low + high)
            if not low < middle < high:
                return high + 1e-3 * self.slack if _round(low) and not _round(high) else high
            if self.system.switches(middle, state(middle), self.moment.slots) != start[0]:
                high = middle
            else:
                low = middle


def _round(t: float) -> bool:
    """Return whether a time has few decimals, as one that someone wrote."""
    return float(f"{t:.12g}") == t
