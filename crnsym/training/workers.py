"""Processes of this machine as an executor that outlives the loss of one of them."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import ParamSpec, TypeVar

from ..arguments import checked

P = ParamSpec("P")
R = TypeVar("R")

# Small matrices gain nothing from threads, and threads of several processes stand in each other's way.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}
ENVIRONMENT = threading.Lock()


@checked
class Workers(Executor):
    """Spawned processes, one thread each; when one is lost, the next task finds fresh ones. They end with this process.

    Tasks that were running when a process was lost end in ``BrokenExecutor``; whoever handed them in hands them in
    again, as every verb of this package with an ``executor`` does.

    Parameters
    ----------
    count
        Number of processes.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> with cs.Workers(2) as workers:  # doctest: +SKIP
    ...     found = cs.discover(data, executor=workers)
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool: ProcessPoolExecutor | None = None
        self._opening = threading.Lock()  # jobs in several threads may share the processes

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run a function in one of the processes."""
        for _ in range(2):
            with self._opening:
                pool = self._pool = self._pool or self._open()
            try:
                return _started(lambda pool=pool: pool.submit(fn, *args, **kwargs))
            except (BrokenExecutor, RuntimeError) as error:
                with self._opening:
                    if self._pool is pool:
                        self._pool = None
                    elif not isinstance(error, BrokenExecutor):  # another job has ended these processes
                        continue
                if not isinstance(error, BrokenExecutor):
                    raise
                pool.shutdown(wait=False)
        raise BrokenExecutor("processes cannot be started, or end as soon as they are")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
            self._pool = None

    def stop(self) -> None:
        """End the processes at once, whatever they are doing; the next task finds fresh ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            processes = list((pool._processes or {}).values())  # there is no public way before Python 3.14
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()

    def _open(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.count, mp_context=get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the process that hands in the tasks, which keeps what is finished; end when that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])  # however it ended, also where it could tell nobody
        os._exit(1)


def _started(submit: Callable[[], Future[R]]) -> Future[R]:
    """Hand in a task; a process that it starts inherits one thread, this process keeps what it has."""
    with ENVIRONMENT:
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update({name: value for name, value in ONE_THREAD.items() if before[name] is None})
        try:
            return submit()
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
