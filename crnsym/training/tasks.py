"""Many independent fits as tasks: here, in processes of their own or on a cluster, with a memory of what is done.

A task is a batch of fits. Its result crosses processes as text (see `plain`), is written to a file of its own as soon
as it is there, and is read back from that text everywhere, so that it does not depend on where it was computed.
Losing a worker costs the batches it was working on; they are handed in again.
"""

import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from pathlib import Path
from threading import Lock
from typing import Any

from crnsym.arguments import checked
from crnsym.errors import ExportError, FitError, RecordWarning

from .algebra import one_thread_of_algebra
from .plain import decode, encode, fingerprint
from .progress import Progress, SilentProgress
from .records import load_entry, save_entry
from .stopping import patience, stop_if_asked
from .workers import Workers

PATIENCE = 5  # losses of a worker in a row, without a batch finished in between, after which the run gives up
SUFFIX = ".task"
ONE_AT_A_TIME = Lock()
LOST = ("KilledWorker", "FutureCancelledError", "FuturesCancelledError")  # how Dask calls a lost worker

Work = Callable[[Any, Any], Any]


@checked
class Tasks:
    """Where tasks run, and where their results are kept.

    Can stand wherever an ``executor`` is asked for.

    Parameters
    ----------
    executor
        Any ``concurrent.futures.Executor``, such as `Workers` or Dask's ``Client.get_executor(pure=False)``; by default
        tasks run one after the other in this process.
    folder
        Folder for one file a finished batch; made when the first is. By default nothing is kept.
    resume
        Use the files that are there; otherwise they are removed.

    Attributes
    ----------
    computed, reused
        Numbers of batches computed, and read from files.
    alone
        Whether tasks run in this process all the same, as where there is too little to do to start others.

    Raises
    ------
    ExportError
        The folder cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> again = cs.Tasks(folder="finished", resume=True)
    >>> found = cs.compare([cs.network("A -> B")], data, executor=again)
    >>> found[0].reactions
    ['A -> B']
    """

    def __init__(
        self,
        executor: Executor | None = None,
        folder: str | os.PathLike[str] | None = None,
        resume: bool = False,
    ) -> None:
        self.executor = executor
        self.folder = None if folder is None else Path(folder)
        self.computed = self.reused = 0
        self.alone = False
        if self.folder is None or resume:
            return
        try:
            for old in self.folder.glob(f"*{SUFFIX}*"):
                old.unlink()
        except OSError as error:
            raise ExportError(f"{self.folder}: cannot be written ({error.strerror or error})") from None

    def run(
        self, work: Work, shared: object, batches: Sequence[Any], stage: str = "fits", progress: Progress | None = None
    ) -> list[Any]:
        """Return ``work(shared, batch)`` of every batch, in order; see `each`."""
        results = dict(self.each(work, shared, batches, stage, progress))
        return [results[i] for i in range(len(batches))]

    def each(
        self,
        work: Work,
        shared: object,
        batches: Sequence[Any],
        stage: str = "fits",
        progress: Progress | None = None,
        best: Callable[[], str] = str,
        until: float = float("inf"),
    ) -> Iterator[tuple[int, Any]]:
        """Yield ``(index, work(shared, batch))`` as batches are finished.

        Parameters
        ----------
        work
            A function of a module; must return what `crnsym.training.plain.encode` takes.
        shared, batches
            What every batch needs, and what each is about.
        stage, progress, best
            Name of the files and of what is reported, to whom, and the best answer so far.
        until
            Time of ``time.monotonic()`` at which batches that others are still computing are given up.

        Raises
        ------
        FitError
            Workers were lost too often; finished batches stay in the folder.
        TimeoutError
            ``until`` is reached.
        """
        reporter = progress or SilentProgress()
        keys = [fingerprint(f"{work.__module__}:{work.__qualname__}", shared, batch) for batch in batches]
        open_ones: list[int] = []
        done = 0
        reporter.report(stage, 0.0, best())
        for i, key in enumerate(keys):
            result = self._kept(stage, key, (shared, batches[i]))
            if result is None:
                open_ones.append(i)
                continue
            self.reused, done = self.reused + 1, done + 1
            yield i, result[0]
        for i, text in self._computed(work, shared, batches, open_ones, until):
            self._write(stage, keys[i], text)
            self.computed, done = self.computed + 1, done + 1
            yield i, decode(text, (shared, batches[i]))
            reporter.report(stage, done / len(batches), best())

    def _computed(
        self, work: Work, shared: object, batches: Sequence[Any], todo: list[int], until: float
    ) -> Iterator[tuple[int, str]]:
        if self.executor is None or self.alone:
            for i in todo:
                stop_if_asked()
                yield i, carry_out(work, shared, batches[i])
            return
        running: dict[Future[str], int] = {}
        losses, failed = 0, list(todo)
        try:
            while failed or running:
                try:
                    while failed:
                        running[self.executor.submit(carry_out, work, shared, batches[failed[0]], True)] = failed[0]
                        del failed[0]
                except BrokenExecutor:
                    losses = self._lost(losses, len(todo))
                left = None if until == float("inf") else max(until - time.monotonic(), 0.0)
                finished = wait(running, patience(left), FIRST_COMPLETED).done if running else set()
                stop_if_asked()
                if running and not finished:
                    if time.monotonic() >= until:
                        raise TimeoutError
                    continue
                for future in finished:
                    i = running.pop(future)
                    try:
                        text = future.result()
                    except Exception as error:
                        if not is_loss(error):
                            raise
                        failed.append(i)
                        continue
                    losses = 0
                    yield i, text
                if failed and not running:
                    losses = self._lost(losses, len(todo))
        finally:
            if running and isinstance(self.executor, Workers):
                self.executor.stop()  # a future that is cancelled before its process ends breaks the pool's own thread
            else:
                for future in running:
                    future.cancel()

    def _lost(self, losses: int, count: int) -> int:
        if losses + 1 >= PATIENCE:
            kept = "" if self.folder is None else f"; finished batches are kept in {self.folder}"
            raise FitError(
                f"workers were lost {PATIENCE} times in a row without finishing one of {count} batches (out of memory, "
                f"or killed?){kept}; use fewer workers, or a crnsym.Workers instead of a pool that cannot recover"
            )
        return losses + 1

    def _path(self, stage: str, key: str) -> Path | None:
        return None if self.folder is None else self.folder / f"{stage.replace(' ', '-')}-{key[:24]}{SUFFIX}"

    def _kept(self, stage: str, key: str, shared: object) -> tuple[Any] | None:
        """Return the result on record, in a tuple of one; None where there is none that can be used."""
        path = self._path(stage, key)
        try:
            return None if path is None else (decode(load_entry(path, {"task": key}), shared),)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            warnings.warn(f"{path}: damaged; what it held is computed again", RecordWarning, stacklevel=4)
            return None

    def _write(self, stage: str, key: str, text: str) -> None:
        path = self._path(stage, key)
        if path is not None:
            save_entry(path, {"task": key}, text)


def as_tasks(executor: "Executor | Tasks | None") -> Tasks:
    """Make tasks of an executor, or of none."""
    return executor if isinstance(executor, Tasks) else Tasks(executor)


def carry_out(work: Work, shared: object, batch: object, away: bool = False) -> str:
    """Do one batch in this process, on one thread if it is one of several workers."""
    if not away:
        with one_thread_of_algebra():
            return encode(work(shared, batch), (shared, batch))
    import numba

    # a worker may have threads, but compiled loops are not safe to enter from two of them
    with ONE_AT_A_TIME, one_thread_of_algebra():
        numba.set_num_threads(1)
        return encode(work(shared, batch), (shared, batch))


def is_loss(error: Exception) -> bool:
    """Whether a task ended because its worker did."""
    return isinstance(error, BrokenExecutor | CancelledError) or type(error).__name__ in LOST
