"""The one way to write a file: whole or not at all, whatever ends the program or fills the disk."""

import errno
import hashlib
import os
import platform
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import ExportError

PREFIX = ".crnsym-"  # of temporary names; the name that is meant follows, so that its suffix stays
LONGEST = 120  # characters of a name that are kept in a temporary one: names may not exceed 255 bytes
CANNOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)  # file systems on which a flush must do


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    ExportError
        The file cannot be written; what stood there before is unharmed.
    """
    with written(path) as stream:
        stream.write(content)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a UTF-8 text file whole or not at all; see `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def written(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file to write that takes its place when the block ends without an error.

    It is written under a temporary name in the same folder, flushed to the disk and renamed. A link is followed; what
    is no file (``/dev/stdout``, a pipe) is written as it is.

    Raises
    ------
    ExportError
        The file cannot be written; what stood there before is unharmed.
    """
    with _explained(path):
        target = Path(os.path.realpath(path))
        if _special(target):
            with target.open("wb") as stream:
                yield stream
            return
        part = _beside(target)
        try:
            with part.open("xb") as stream:
                yield stream
                stream.flush()
                sync(stream.fileno())
            _take_place(part, target)
        finally:
            part.unlink(missing_ok=True)


def write_by(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let ``write(temporary path)`` of a library make a file, whole or not at all; the suffix is that of ``path``.

    Raises
    ------
    ExportError
        The file cannot be written; what stood there before is unharmed.
    """
    with _explained(path):
        target = Path(os.path.realpath(path))
        part = _beside(target)
        try:
            write(part)
            with part.open("rb+") as stream:
                sync(stream.fileno())
            _take_place(part, target)
        finally:
            part.unlink(missing_ok=True)


def temporary_name(name: str) -> str:
    """Return a name that nobody else uses, which tells whose it is and what it is for."""
    return f"{PREFIX}{_machine()}-{os.getpid()}-{secrets.token_hex(3)}-{name[-LONGEST:]}"


def remove_leftovers(target: Path, remove: Callable[[Path], object] = os.unlink) -> None:
    """Remove what processes of this machine that are no more left beside ``target`` under temporary names."""
    with suppress(OSError):
        for other in target.parent.glob(f"{PREFIX}{_machine()}-*"):
            process, _, rest = other.name.removeprefix(f"{PREFIX}{_machine()}-").partition("-")
            if process.isdigit() and rest.partition("-")[2] == target.name[-LONGEST:] and not _alive(int(process)):
                with suppress(OSError):
                    remove(other)


def sync(descriptor: int) -> None:
    """Have the disk take what was written, where the file system can be asked to."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in CANNOT_SYNC:
            raise


def sync_folder(folder: Path) -> None:
    """Have the disk take the names in a folder, where the system can be asked to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            sync(descriptor)
        finally:
            os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Have the disk take every file in a folder."""
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            with suppress(PermissionError), file.open("rb") as stream:
                sync(stream.fileno())


def remove_tree(path: Path) -> None:
    """Remove a file or a folder as far as it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def free_name(path: Path) -> Path:
    """Return the name with as many ``~`` as it takes to be free."""
    while os.path.lexists(path):
        path = path.with_name(path.name + "~")
    return path


@contextmanager
def _explained(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except ExportError:
        raise
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror or error})") from None
    except ValueError as error:  # a name with a zero byte in it
        if "null" not in str(error):
            raise
        raise ExportError(f"{os.fspath(path)!r}: cannot be written (no name of a file has a zero byte)") from None


def _special(target: Path) -> bool:
    try:
        mode = target.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _beside(target: Path) -> Path:
    if target.exists():
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "the file that is there is write-protected")
    remove_leftovers(target)
    return target.with_name(temporary_name(target.name))


def _take_place(part: Path, target: Path) -> None:
    with suppress(OSError):
        os.chmod(part, stat.S_IMODE(target.stat().st_mode))
    os.replace(part, target)
    sync_folder(target.parent)


def _machine() -> str:
    """Few letters for this machine: numbers of processes mean nothing on another that shares the folder."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _alive(process: int) -> bool:
    if os.name != "posix":  # there is no harmless way to ask
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
