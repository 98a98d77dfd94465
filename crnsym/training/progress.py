"""Reporters of progress: one method, so that anything that takes a while can tell how it goes."""

from collections.abc import Callable
from typing import Protocol, TypeAlias, runtime_checkable

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

    def __init__(self, callback: Callable[[str, float | None, str], object]) -> None:
        self._callback = callback

    def report(self, stage: str, fraction: float | None, best: str) -> None:
        """Call the function."""
        self._callback(stage, fraction, best)


Reporter: TypeAlias = Progress | Callable[[str, float | None, str], object] | None
"""What verbs take as ``progress``: a reporter, a function ``(stage, fraction, best)``, or none."""


def as_progress(progress: Reporter) -> Progress:
    """Make a reporter of None (silent), of a function, or of a reporter."""
    if progress is None:
        return SilentProgress()
    if not (callable(progress) or isinstance(progress, Progress)):
        raise FitError(f"progress={progress!r}: give a function (stage, fraction, best), or an object with 'report'")
    return progress if isinstance(progress, Progress) else CallbackProgress(progress)
