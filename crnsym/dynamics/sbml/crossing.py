"""The first moment of a step at which a condition changes, so that no step crosses a jump.

Conditions are asked over stretches of time: where one could be something else somewhere in a stretch (see `interval`),
the stretch is halved, the earlier half first, down to moments; so a condition that holds for a moment only is found
however long the step is. Where it has changed, the first moment at which it has is found by bisection to the last bit.
Kinks, such as those of ``max``, are moments as well: a multistep method that steps over one loses more digits than it
notices.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

from .interval import Interval, Open
from .system import System

_NODES = np.cos(np.pi * (np.arange(9) + 0.5) / 9)  # of Chebyshev
_SLOPES = chebyshev.chebder(np.linalg.inv(chebyshev.chebvander(_NODES, 8)))
"""From values at the nodes to the coefficients of the slope."""
_MARGIN = 1.1
_PARTS = 5
"""Of a step, looked at one after the other."""
_TOUCHES = 40
"""Moments of a step at which a condition could change and did not: then the state rests where it does."""
_KINKS = 100
"""Kinks after which a run steps over them: a state may well rest on one."""


class Signs(NamedTuple):
    """What holds: conditions, signs of differences that may be compared for equality, and sides of kinks."""

    switches: list
    equalities: list
    kinks: list


class Crossing:
    """Watches the conditions of a model during integration.

    Parameters
    ----------
    slack
        Moments closer than this count as one.
    """

    def __init__(self, system: System, slack: float) -> None:
        self.system, self.slack, self._kinks_left = system, slack, _KINKS if system.has_kinks else 0
        self.needed = system.has_switches or system.has_kinks
        self._patience = _TOUCHES

    def signs(self, t: float, y: list[float], slots: list[float]) -> Signs:
        """Return what holds at a time."""
        kinks = self.system.kinks(t, y, slots) if self._kinks_left else []
        return Signs(self.system.switches(t, y, slots), self.system.equalities(t, y, slots), kinks)

    def first(self, old: float, new: float, state: Callable, slots: list[float], start: Signs) -> float | None:
        """Return the first moment of a step at which a condition is not what it was when integration began.

        ``time > 1`` holds from just after 1 on; that is put so far after 1 that delays added to it do not round it off.

        Parameters
        ----------
        state
            Gives the dynamic slots at a time of the step.
        """
        if not self.needed:
            return None
        steepest = _steepest(old, new, state) if new - old > self.slack else []  # a step may be as short as 1e-323
        edges = np.linspace(old, new, _PARTS + 1).tolist()
        stretches, touches = list(zip(edges[-2::-1], [new, *edges[-2:0:-1]], strict=True)), 0
        while stretches:
            low, high = stretches.pop()
            if touches < self._patience and high - low > self.slack:
                reach = 0.5 * (high - low)
                y = [_around(x, reach * s) for x, s in zip(state(low + reach), steepest, strict=True)]
                if not self._may_change(Interval(low, high), y, slots, start):
                    continue
                stretches += [(low + reach, high), (low, low + reach)]
                continue
            if self._changed(self.signs(high, state(high), slots), start):
                return self._bisect(low, high, state, slots, start)
            touches += 1
        self._patience = max(self._patience // 2, 1) if touches >= self._patience else min(2 * self._patience, _TOUCHES)
        return None

    def _may_change(self, t: Interval, y: list, slots: list[float], start: Signs) -> bool:
        """Whether a condition may be another somewhere in a stretch."""
        try:
            return self._changed(self._over(t, y, slots), start)
        except (Open, OverflowError):
            return True

    def _over(self, t: Interval, y: list, slots: list[float]) -> Signs:
        switches, equalities, kinks = self.system.over
        return Signs(switches(t, y, slots), equalities(t, y, slots), kinks(t, y, slots) if self._kinks_left else [])

    def _changed(self, there: Signs, start: Signs) -> bool:
        passed = any(a * b < 0 for a, b in zip(start.equalities, there.equalities, strict=True))
        return passed or there.switches != start.switches or (bool(self._kinks_left) and there.kinks != start.kinks)

    def _bisect(self, low: float, high: float, state: Callable, slots: list[float], start: Signs) -> float:
        while low < (middle := 0.5 * (low + high)) < high:
            if self._changed(self.signs(middle, state(middle), slots), start):
                high = middle
            else:
                low = middle
        there = self.signs(high, state(high), slots)
        if there.switches == start.switches:
            if any(a * b < 0 for a, b in zip(start.equalities, there.equalities, strict=True)):
                self.system.refuse_equality()  # ``time == 1`` does hold at 1; ``x == 1`` may lie between two numbers
            self._kinks_left -= 1
        return high + 1e-3 * self.slack if _round(low) and not _round(high) else high


def _steepest(old: float, new: float, state: Callable) -> list[float]:
    """Return the largest slope that each state has within a step, from its Chebyshev series there."""
    middle, half = 0.5 * (old + new), 0.5 * (new - old)
    values = np.array([state(middle + half * node) for node in _NODES])
    with np.errstate(invalid="ignore"):
        return (_MARGIN / half * np.abs(_SLOPES @ values).sum(axis=0)).tolist() if values.size else []


def _around(x: float, reach: float) -> "Interval | float":
    return Interval(x - reach, x + reach) if reach > 0.0 and x - reach == x - reach else x


def _round(t: float) -> bool:
    """Return whether a time has few decimals, as one that someone wrote."""
    return float(f"{t:.12g}") == t
