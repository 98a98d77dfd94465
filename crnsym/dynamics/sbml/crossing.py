"""The first moment of a step at which a condition changes, so that no step crosses a jump.

The state is sampled within every step of the integrator; where a condition has changed, the first moment at
which it has is found by bisection to the last bit. Kinks, such as those of ``max``, are moments as well: a multistep
method that steps over one loses more digits than it notices.
"""

from collections.abc import Callable
from typing import NamedTuple

from .system import System

_PROBES = (0.2, 0.4, 0.6, 0.8, 1.0)
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

    def signs(self, t: float, y: list[float], slots: list[float]) -> Signs:
        """Return what holds at a time."""
        kinks = self.system.kinks(t, y, slots) if self._kinks_left else []
        return Signs(self.system.switches(t, y, slots), self.system.equalities(t, y, slots), kinks)

    def first(self, old: float, new: float, state: Callable, slots: list[float], start: Signs) -> float | None:
        """Return the first moment of a step at which a condition is not what it was when integration began.

        ``time > 1`` holds from just after 1 on; that is put so far after 1 that delays added to it do not round it off.
        """
        if not self.needed:
            return None
        low = old
        for part in _PROBES:
            high = new if part == 1.0 else old + part * (new - old)
            if self._changed(self.signs(high, state(high), slots), start):
                return self._bisect(low, high, state, slots, start)
            low = high
        return None

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


def _round(t: float) -> bool:
    """Return whether a time has few decimals, as one that someone wrote."""
    return float(f"{t:.12g}") == t
