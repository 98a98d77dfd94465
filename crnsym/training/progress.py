"""Reporters of progress: one method, so that anything that takes a while can tell how it goes."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from ..errors import FitError


@runtime_checkable
class Progress(Protocol):
    """What a long-running verb needs to say.

    ``stage`` names what is being done, ``fraction`` is the part done in [0, 1] or None when nobody knows, and
    ``best`` is the best answer so far in a few words.
    """

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Tell where the work stands; must return quickly and never raise."""
        ...


class SilentProgress:
    """Say nothing."""

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Do nothing."""


class CallbackProgress:
    """Hand every report to a function ``callback(stage, fraction, best)``."""

    def __init__(self, callback: Callable[[str, float | None, str], Any]) -> None:
        self._callback = callback

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Call the function."""
        self._callback(stage, fraction, best)


class RichProgress:
    """A live line in the terminal: stage, bar, time, best answer so far.

    A context manager; outside of ``with`` it starts at the first report and ends with :meth:`close`.
    ``interval`` is the least time in seconds between two redraws.
    """

    def __init__(self, interval: float = 0.1) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[best]}")
        )
        self._interval, self._last, self._task, self._stage = interval, 0.0, None, ""

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Redraw the line, at most every ``interval`` seconds within one stage."""
        now = time.monotonic()
        if stage == self._stage and now - self._last < self._interval and fraction != 1.0:
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(stage, total=1.0, best=best)
        self._last, self._stage = now, stage
        total = None if fraction is None else 1.0
        self._bar.update(self._task, description=stage, total=total, completed=fraction or 0.0, best=best)

    def close(self) -> None:
        """Leave the last line on the screen and give the terminal back."""
        self._bar.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def as_progress(progress: "Progress | Callable[[str, float | None, str], Any] | None") -> Progress:
    """Make a reporter of None (silent), of a function, or of a reporter."""
    if progress is None:
        return SilentProgress()
    if not (callable(progress) or isinstance(progress, Progress)):
        raise FitError(f"progress={progress!r}: give a function (stage, fraction, best), or an object with 'report'")
    return progress if isinstance(progress, Progress) else CallbackProgress(progress)
