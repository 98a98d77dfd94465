"""The one way to fill a folder with results: afterwards it is the new one or the old one, and never a mixture.

The new folder is made whole beside the old one, what others keep in the old one is taken along, and the two change
places in one step. A folder that cannot change places (one somebody stands in, a mounted disk) is filled by a plan on
disk: whoever writes into it next carries out what is left of the plan.
"""

import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import ExportError
from .plan import PLAN, carry_out, move_in
from .single import free_name, remove_leftovers, remove_tree, sync_folder, sync_tree, temporary_name

MOST = 2000  # files of others that are taken along
NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.EBUSY)

Owned = Callable[[Path], Collection[str]]


def fill_folder(folder: str | os.PathLike[str], fill: Callable[[Path], None], owned: Owned = lambda _: ()) -> list[str]:
    """Make a folder hold what ``fill(path)`` writes, as a whole or not at all.

    Parameters
    ----------
    folder
        Made if needed.
    fill
        Writes into an empty folder.
    owned
        Relative names, with ``/``, of what may be dropped of the old folder; all else stays.

    Returns
    -------
    list of str
        Names under which files of others are kept that stood where a new one belongs (``report.html~``).

    Raises
    ------
    ExportError
        Something cannot be written; the folder is as it was.
    """
    path = Path(os.path.realpath(folder))
    try:
        finish_folder(path)
        if any(p.exists() and not p.is_dir() for p in path.parents):
            raise NotADirectoryError(errno.ENOTDIR, "a folder above it is a file")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, and not a folder")
        return (_swap if _can_change_places(path) else move_in)(path, fill, owned)
    except ExportError:
        raise
    except (OSError, shutil.Error) as error:
        raise ExportError(f"{folder}: cannot be written ({getattr(error, 'strerror', None) or error})") from None


def finish_folder(path: str | os.PathLike[str]) -> None:
    """Carry out what a process that was killed left to do in a folder, and remove what it left beside it."""
    path = Path(os.path.realpath(path))
    with suppress(OSError):
        if not path.exists():
            for old in path.parent.glob(f".crnsym-*-was-{path.name}"):
                os.rename(old, path)
                break
        if (path / PLAN).exists():
            carry_out(path)
        remove_leftovers(path / "new", remove_tree)
        remove_leftovers(path, remove_tree)


def _swap(path: Path, fill: Callable[[Path], None], owned: Owned) -> list[str]:
    part = path.with_name(temporary_name(path.name))
    try:
        part.mkdir()
        fill(part)
        aside: list[str] = []
        if path.exists():
            _take_along(path, part, frozenset(owned(path)), aside)
            os.chmod(part, stat.S_IMODE(path.stat().st_mode))
        sync_tree(part)
        if path.exists():
            _change_places(part, path)
        else:
            os.rename(part, path)
        sync_folder(path.parent)
        return aside
    finally:
        remove_tree(part)


def _can_change_places(path: Path) -> bool:
    if not path.exists():
        return True
    here = Path.cwd()
    if path == here or path in here.parents or os.path.ismount(path) or not os.access(path.parent, os.W_OK):
        return False
    if hasattr(os, "geteuid") and path.stat().st_uid != os.geteuid():
        return False
    for count, entry in enumerate(_entries(path)):
        if count == MOST or not (entry.is_file() or entry.is_dir() or entry.is_symlink()):
            return False
    return True


def _entries(path: Path) -> Iterator[os.DirEntry]:
    with os.scandir(path) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path))


def _take_along(old: Path, new: Path, dropped: frozenset[str], aside: list[str], within: str = "") -> None:
    """Link what others keep in the old folder into the new one; both have it until the old one is gone."""
    with os.scandir(old) as entries:
        for entry in entries:
            name = within + entry.name
            if name in dropped:
                continue
            target, folder = new / entry.name, entry.is_dir(follow_symlinks=False)
            if os.path.lexists(target) and not (folder and target.is_dir()):
                target = free_name(target)
                aside.append(within + target.name)
            if not folder:
                _link(Path(entry.path), target)
                continue
            made = not target.exists()
            target.mkdir(exist_ok=True)
            _take_along(Path(entry.path), target, dropped, aside, f"{name}/")
            if made and not any(target.iterdir()) and any(Path(entry.path).iterdir()):
                target.rmdir()
            elif made:
                shutil.copystat(entry.path, target)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)


def _change_places(part: Path, path: Path) -> None:
    if _exchanged(part, path):
        return
    old = path.with_name(temporary_name(f"was-{path.name}"))
    os.rename(path, old)
    try:
        os.rename(part, path)
    except BaseException:
        os.rename(old, path)
        raise
    remove_tree(old)


def _exchanged(first: Path, second: Path) -> bool:
    """Have two names change places in one step, where the system can."""
    names = os.fsencode(first), os.fsencode(second)
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = system.renamex_np(*names, 2)  # RENAME_SWAP
        else:
            failed = system.renameat2(-100, names[0], -100, names[1], 2)  # AT_FDCWD, RENAME_EXCHANGE
    except (AttributeError, OSError, TypeError):
        return False
    if failed and ctypes.get_errno() not in NO_EXCHANGE:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return not failed
