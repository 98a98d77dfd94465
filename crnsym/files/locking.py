"""A folder that one process at a time works in; the lock goes with the process, however it ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ..errors import ExportError

LOCK = ".crnsym-lock"
BUSY = "{}: another crnsym is writing here; wait for its end, or choose another folder"

P = ParamSpec("P")
R = TypeVar("R")


def lock(descriptor: int, path: Path) -> None:
    """Lock an open file.

    Raises
    ------
    ExportError
        Another process has it, or another part of this one.
    """
    try:
        import fcntl
    except ImportError:  # a system without them
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ExportError(BUSY.format(path)) from None
    except OSError:  # a file system without locks
        return


@contextmanager
def only_writer(folder: str | os.PathLike[str] | None) -> Iterator[None]:
    """Have a folder for oneself, made if needed; nothing where there is none. One that stays empty is taken away.

    Raises
    ------
    ExportError
        Another process works in it, or it cannot be written.
    """
    if folder is None:
        yield
        return
    path = Path(folder)
    new = [place for place in (path, *path.parents) if not place.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        stream = (path / LOCK).open("ab")
    except OSError as error:
        raise ExportError(f"{folder}: cannot be written ({error.strerror or error})") from None
    with stream:
        lock(stream.fileno(), path)
        if not _is_open_as(path / LOCK, stream.fileno()):  # unlocked and locked again in between
            raise ExportError(BUSY.format(path))
        try:
            yield
        finally:
            with suppress(OSError):  # somebody else may have taken the folder away
                (path / LOCK).unlink()
                for place in new:
                    place.rmdir()  # refused where something is in it


def _is_open_as(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def alone(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function hold the folder that its keyword ``checkpoint`` names for as long as it runs."""

    @wraps(function)
    def held(*arguments: P.args, **options: P.kwargs) -> R:
        folder: Any = options.get("checkpoint")
        with only_writer(folder):
            return function(*arguments, **options)

    return held
