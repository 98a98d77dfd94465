"""Where the fits of a command run: in this process, in processes of their own, or on a Dask cluster."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .options import Machine

if TYPE_CHECKING:
    from ..training.tasks import Tasks

WAIT = 30.0  # seconds for a scheduler to answer, and for its first worker


@contextmanager
def open_tasks(machine: Machine, folder: Path) -> "Iterator[Tasks]":
    """Open processes on this machine, a Dask cluster, or none; finished batches are kept in ``folder``, alone."""
    from ..errors import FitError
    from ..files import only_writer
    from ..processors import processors
    from ..training.tasks import Tasks
    from ..training.workers import Workers as Processes

    workers, scheduler, resume = machine.workers, machine.scheduler, machine.resume
    if resume and not folder.parent.exists():
        print(f"Note: nothing to resume in {folder.parent.parent}; the work begins anew")
    if scheduler and workers is not None and workers > 1:
        raise FitError("--workers and --scheduler exclude each other: a Dask cluster brings its own workers")
    with ExitStack() as held:
        held.enter_context(only_writer(folder))
        executor = None
        if scheduler:
            executor = held.enter_context(_client(scheduler)).get_executor(pure=False)
        elif workers != 1:
            executor = held.enter_context(Processes(workers or processors()))
        yield Tasks(executor, folder, resume)


@contextmanager
def _client(scheduler: str):
    """Connect to a Dask cluster that has a worker."""
    import warnings

    from ..errors import FitError, MissingExtraError

    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError('--scheduler needs Dask: python -m pip install "crnsym[cluster]"') from None
    warnings.filterwarnings("ignore", "Sending large graph")  # a batch carries its measurements along
    try:
        client = Client(scheduler, timeout=f"{WAIT:g}s")
    except (OSError, ValueError, TypeError) as error:
        raise FitError(
            f"--scheduler {scheduler}: no Dask scheduler answers there ({str(error).splitlines()[0]}); start one with "
            "'dask scheduler' and give the address that it prints"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT)
        except TimeoutError:
            raise FitError(
                f"--scheduler {scheduler}: no worker has joined; start some with "
                f"'dask worker {scheduler} --nworkers 2 --nthreads 1'"
            ) from None
        yield client
