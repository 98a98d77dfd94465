"""Ending work from another thread: it looks at every fit and every batch whether somebody wants it to end.

What Ctrl-C is to a command, a `Stopping` is to work that runs in a thread: where one was asked to stop, the next check
raises ``KeyboardInterrupt`` once, and whoever holds something keeps it. Asked a second time, every check raises.
"""

from contextvars import ContextVar
from threading import Event

CHECKED = 0.1  # seconds between two looks while others work


class Stopping:
    """A wish to stop, which may come from any thread.

    Attributes
    ----------
    abandoned
        Whether nothing that was found is wanted any more.
    """

    def __init__(self) -> None:
        self._wanted, self.abandoned = Event(), False

    def request(self, keep: bool = True) -> None:
        """Ask the work to end, with what it has or, with ``keep=False``, with nothing."""
        self.abandoned = self.abandoned or not keep
        self._wanted.set()

    def check(self) -> None:
        """Raise ``KeyboardInterrupt`` where somebody asked."""
        if self._wanted.is_set():
            if not self.abandoned:
                self._wanted.clear()
            raise KeyboardInterrupt


STOPPING: ContextVar[Stopping | None] = ContextVar("stopping", default=None)  # of the work in this thread


def stop_if_asked() -> None:
    """Raise ``KeyboardInterrupt`` where the work in this thread is to end."""
    stopping = STOPPING.get()
    if stopping is not None:
        stopping.check()


def patience(left: float | None) -> float | None:
    """Return how many of the seconds that are left to wait before looking again whether to stop; None: no limit."""
    if STOPPING.get() is None:
        return left
    return CHECKED if left is None else min(left, CHECKED)
