"""From the reports of a discovery to events, not more often than anybody can follow."""

import time
from collections.abc import Callable

from ..search.pool import Pool
from .events import DiscoveryEvent, Leader

BETWEEN = 0.25  # seconds between two events of one stage that tell of nothing better


class Telling:
    """A reporter that makes events.

    Parameters
    ----------
    tell
        Called with every event, in the thread of the work.
    """

    def __init__(self, tell: Callable[[DiscoveryEvent], None]) -> None:
        self._tell, self._began = tell, time.monotonic()
        self._last, self._leader, self._fits, self._at = "", None, 0, float("-inf")

    def report(self, stage: str, fraction: float | None, best: str) -> None:  # noqa: ARG002  the leader says more
        """Tell of a stage, and of the part of it that is done."""
        if self._due(stage) or fraction == 1.0:
            self._say(stage, fraction, False)

    def searching(self, stage: str, pool: Pool | None, fits: int) -> None:
        """Tell where the search stands."""
        self._fits = max(self._fits, fits)
        fit = None if pool is None else pool.best_fit
        better = fit is not None and (self._leader is None or self._leader._fit is not fit)
        if pool is not None and (better or self._due(stage)):
            self._leader = Leader.of(pool)
        if better or self._due(stage):
            self._say(stage, None, better)

    def _due(self, stage: str) -> bool:
        return stage != self._last or time.monotonic() - self._at >= BETWEEN

    def _say(self, stage: str, fraction: float | None, improved: bool) -> None:
        now = time.monotonic()
        self._last, self._at = stage, now
        self._tell(DiscoveryEvent(stage, now - self._began, self._fits, fraction, self._leader, improved))
