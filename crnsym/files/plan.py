"""Filling a folder that cannot be exchanged, by a plan on disk that anybody can carry out from where it stopped."""

import json
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from .single import free_name, remove_tree, sync_folder, sync_tree, temporary_name, write_text

PLAN = ".crnsym-plan.json"
LAST = "run.json"  # moved last and removed first: it says that all is there


def move_in(path: Path, fill: Callable[[Path], None], owned: Callable[[Path], Collection[str]]) -> list[str]:
    """Fill a folder with what ``fill(path)`` writes; see `crnsym.files.fill_folder`."""
    part = path / temporary_name("new")
    try:
        part.mkdir()
        fill(part)
        sync_tree(part)
        names, dropped = _files(part), frozenset(owned(path))
        theirs = {name for n in names if (name := _in_the_way(path, n, dropped))}
        aside = {n: free_name(path / n).relative_to(path).as_posix() for n in sorted(theirs)}
        plan = {"new": part.name, "remove": sorted(dropped - set(names)), "aside": aside}
        write_text(path / PLAN, json.dumps(plan))
    except BaseException:
        remove_tree(part)
        raise
    carry_out(path)
    return list(aside.values())


def carry_out(path: Path) -> None:
    """Do what the plan says; may be done again from any point."""
    plan = _plan(path)
    if plan is None:
        (path / PLAN).unlink(missing_ok=True)
        return
    part = path / plan["new"]
    names = _files(part)
    if LAST in names and LAST not in plan["aside"]:
        (path / LAST).unlink(missing_ok=True)
    for name in plan["remove"]:
        remove_tree(path / name)
    for name, other in plan["aside"].items():
        if not os.path.lexists(path / other):
            os.rename(path / name, path / other)
    for name in sorted(names, key=lambda n: n == LAST):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(part / name, path / name)
    for name in {PurePosixPath(n).parts[0] for n in plan["remove"]}:
        with suppress(OSError):
            (path / name).rmdir()  # only where it is empty
    remove_tree(part)
    (path / PLAN).unlink()
    sync_folder(path)


def _in_the_way(path: Path, name: str, dropped: frozenset[str]) -> str:
    """Return what of others stands where a file belongs: something of its name, or a file instead of its folder."""
    for folder in reversed(PurePosixPath(name).parents):
        there = path / folder
        if os.path.lexists(there) and not there.is_dir() and str(folder) not in dropped:
            return str(folder)
    return name if os.path.lexists(path / name) and name not in dropped else ""


def _plan(path: Path) -> dict[str, Any] | None:
    """Read the plan; one that cannot be read, or names anything outside the folder, is none."""
    try:
        plan = json.loads((path / PLAN).read_text(encoding="utf-8"))
        names = [plan["new"], *plan["remove"], *plan["aside"], *plan["aside"].values()]
        if all(isinstance(n, str) and n and ".." not in n.split("/") and not n.startswith("/") for n in names):
            return plan
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def _files(part: Path) -> list[str]:
    return [p.relative_to(part).as_posix() for p in part.rglob("*") if not p.is_dir()] if part.is_dir() else []
