"""A discovery that runs in a thread of its own: its events, its end, its answer."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from contextvars import Context
from typing import Any

from ..arguments import checked
from ..comparison.result import Discovery
from ..training.stopping import STOPPING, Stopping
from .events import DiscoveryEvent
from .telling import Telling

LOG = logging.getLogger("crnsym.jobs")


@checked
class DiscoveryJob:
    """A running discovery, made by `start_discovery`.

    It can be asked, awaited, iterated and cancelled from any thread; iterating, with ``for`` or ``async for``, yields
    all events from the first to the last and ends with the job. It does not keep the process alive.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> job = cs.start_discovery(data, max_order=1, hidden=0)  # doctest: +SKIP
    >>> job.cancel()  # doctest: +SKIP
    >>> job.result().complete  # doctest: +SKIP
    """

    def __init__(self, work: Callable[[Any], Discovery], name: str = "") -> None:
        self.name = name
        self._stopping = Stopping()
        self._future: Future[Discovery] = Future()
        self._events: list[DiscoveryEvent] = []
        self._news = threading.Condition()
        self._cancelled = False
        self._future.set_running_or_notify_cancel()
        self._thread = threading.Thread(
            target=Context().run, args=(self._run, work), name=f"crnsym {name}", daemon=True
        )
        self._thread.start()

    @property
    def events(self) -> tuple[DiscoveryEvent, ...]:
        """Everything that was told so far."""
        with self._news:
            return tuple(self._events)

    @property
    def latest(self) -> DiscoveryEvent | None:
        """The last event; None before the first."""
        with self._news:
            return self._events[-1] if self._events else None

    def cancel(self, keep: bool = True) -> bool:
        """End the search, as Ctrl-C does; return at once.

        Parameters
        ----------
        keep
            `result` gives the best answer so far, with ``complete = False``, where there is one; otherwise, and after
            a second call, it raises ``CancelledError``.

        Returns
        -------
        bool
            Whether there was still something to end.
        """
        with self._news:
            if self._future.done():
                return False
            again, self._cancelled = self._cancelled, True
        self._stopping.request(keep=keep and not again)
        return True

    def done(self) -> bool:
        """Whether the job has ended, however that was."""
        return self._future.done()

    def cancelled(self) -> bool:
        """Whether `cancel` ended the job, with an answer or without."""
        return self._cancelled and self._future.done()

    def result(self, timeout: float | None = None) -> Discovery:
        """Wait for the answer.

        Raises
        ------
        CancelledError
            The job was cancelled before there was an answer.
        TimeoutError
            It takes longer than ``timeout`` seconds; the job goes on.
        CrnsymError
            As `discover`.
        """
        return self._future.result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the end, and return what the job failed with, or None."""
        return self._future.exception(timeout)

    def add_done_callback(self, told: Callable[["DiscoveryJob"], Any]) -> None:
        """Call a function with this job when it ends, in the thread of the job; at once if it has ended."""
        self._future.add_done_callback(lambda _: told(self))

    def __iter__(self) -> Iterator[DiscoveryEvent]:
        place = 0
        while True:
            with self._news:
                self._news.wait_for(lambda place=place: len(self._events) > place or self._future.done())
                fresh = self._events[place:]
                over = self._future.done()
            yield from fresh
            place += len(fresh)
            if over:
                return

    async def __aiter__(self) -> AsyncIterator[DiscoveryEvent]:
        place = 0
        while True:
            over = self._future.done()
            fresh = self.events[place:]
            for event in fresh:
                yield event
            place += len(fresh)
            if over and not fresh:
                return
            await asyncio.sleep(0.0 if fresh else 0.05)

    def __await__(self) -> Generator[Any, None, Discovery]:
        # shielded: that nobody waits any longer does not end the job
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def __repr__(self) -> str:
        latest = self.latest
        where = "waiting" if latest is None else str(latest)
        if self._future.done():
            error = self._future.exception()
            cancelled = "cancelled" + ("" if error is None else " without an answer")
            where = cancelled if self._cancelled else "finished" if error is None else f"failed: {error}"
        return f"DiscoveryJob {self.name}: {where}".replace(" :", ":")

    def _tell(self, event: DiscoveryEvent) -> None:
        LOG.debug("%s %s", self.name, event)
        with self._news:
            self._events.append(event)
            self._news.notify_all()

    def _run(self, work: Callable[[Any], Discovery]) -> None:
        STOPPING.set(self._stopping)
        LOG.info("%s begins", self.name)
        found, error = None, None
        try:
            found = work(Telling(self._tell))
            self._stopping.check()
        except KeyboardInterrupt:
            error = None if found is not None and not self._stopping.abandoned else CancelledError(self.name)
        except BaseException as fault:
            error = fault
        LOG.info("%s ends: %s", self.name, error or (found and found.verdict))
        if error is None and found is not None:
            self._future.set_result(found)
        else:
            self._future.set_exception(error or CancelledError(self.name))
        with self._news:
            self._news.notify_all()
