"""Where the fits of a command run: in this process, in processes of their own, or on a Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager


@contextmanager
def open_executor(workers: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Open processes on this machine, a Dask cluster, or none."""
    from .errors import MissingExtraError

    if scheduler:
        try:
            from dask.distributed import Client  # type: ignore[import-not-found]  # (an extra)
        except ImportError:
            raise MissingExtraError('--scheduler needs Dask: python -m pip install "crnsym[cluster]"') from None
        with Client(scheduler) as client:
            yield client.get_executor(pure=False, retries=2)
    elif workers > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None
