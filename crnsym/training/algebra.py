"""The number of threads of linear algebra: it belongs to the process, and several jobs may run in one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

_counting = Lock()
_holders = 0
_limit: AbstractContextManager | None = None


@contextmanager
def one_thread_of_algebra() -> Iterator[None]:
    """Let linear algebra run on one thread until the last of all jobs that ask for it has ended."""
    global _holders, _limit
    from threadpoolctl import threadpool_limits

    with _counting:
        if _holders == 0:
            _limit = threadpool_limits(1, "blas")
            _limit.__enter__()
        _holders += 1
    try:
        yield
    finally:
        with _counting:
            _holders -= 1
            if _holders == 0 and _limit is not None:
                _limit.__exit__(None, None, None)
                _limit = None
