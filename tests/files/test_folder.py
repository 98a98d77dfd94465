"""A folder of results is the old one or the new one at any moment, and nothing of others is lost."""

import errno
import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from crnsym.errors import ExportError
from crnsym.files import fill_folder, finish_folder, folder, plan, single

OLD, NEW = (
    {"run.json": "old", "best.crn": "old", "candidates/01.crn": "old"},
    {
        "run.json": "new",
        "best.crn": "new",
        "candidates/01.crn": "new",
        "candidates/02.crn": "new",
    },
)


def put(path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)


def held(path: Path) -> dict[str, str]:
    return {p.relative_to(path).as_posix(): p.read_text() for p in path.rglob("*") if p.is_file()}


def fill(path: Path) -> None:
    put(path, NEW)


@pytest.fixture(params=["exchanged", "renamed", "in place"])
def way(request, monkeypatch):
    """The three ways in which a folder becomes the new one."""
    if request.param == "renamed":
        monkeypatch.setattr(folder, "_exchanged", lambda *_: False)
    if request.param == "in place":
        monkeypatch.setattr(folder, "_can_change_places", lambda path: not path.exists())
    return request.param


def test_what_others_keep_stays_and_what_was_ours_goes(tmp_path, way):
    out = tmp_path / "out"
    put(out, {**OLD, "candidates/09.crn": "old", "notes.txt": "mine", "mine/deep/a": "mine", "checkpoint/fits": "x"})
    os.chmod(out, 0o750)
    owned = [*OLD, "candidates/09.crn", "checkpoint"]
    assert fill_folder(out, fill, lambda _: owned) == []
    assert held(out) == {**NEW, "notes.txt": "mine", "mine/deep/a": "mine"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert not (out / "checkpoint").exists()
    assert stat.S_IMODE(out.stat().st_mode) == 0o750


def test_a_file_of_others_in_the_way_is_kept_beside(tmp_path, way):
    out = tmp_path / "out"
    put(out, {"best.crn": "mine", "candidates": "a file", "run.json/x": "a folder"})
    aside = fill_folder(out, fill)
    assert sorted(aside) == ["best.crn~", "candidates~", "run.json~"]
    assert held(out) == {**NEW, "best.crn~": "mine", "candidates~": "a file", "run.json~/x": "a folder"}


def test_a_failure_leaves_the_old_folder(tmp_path, way):
    out = tmp_path / "out"
    put(out, {**OLD, "notes.txt": "mine"})

    def fail(path):
        put(path, {"best.crn": "half"})
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ExportError, match="out: cannot be written \\(No space left"):
        fill_folder(out, fail, lambda _: OLD)
    assert held(out) == {**OLD, "notes.txt": "mine"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_links_are_taken_along_as_links(tmp_path):
    put(tmp_path / "far", {"a": "1"})
    put(tmp_path / "out", OLD)
    (tmp_path / "out" / "link").symlink_to(tmp_path / "far")
    fill_folder(tmp_path / "out", fill, lambda _: OLD)
    assert (tmp_path / "out" / "link").is_symlink()
    assert held(tmp_path / "far") == {"a": "1"}


def test_the_folder_one_stands_in_stays_the_same_folder(tmp_path, monkeypatch):
    put(tmp_path, {**OLD, "notes.txt": "mine"})
    monkeypatch.chdir(tmp_path)
    inode = os.stat(".").st_ino
    fill_folder(".", fill, lambda _: OLD)
    assert os.stat(".").st_ino == os.stat(tmp_path).st_ino == inode
    assert held(tmp_path) == {**NEW, "notes.txt": "mine"}


def test_a_link_to_a_folder_is_followed(tmp_path):
    put(tmp_path / "real", OLD)
    (tmp_path / "link").symlink_to("real")
    fill_folder(tmp_path / "link", fill, lambda _: OLD)
    assert (tmp_path / "link").is_symlink()
    assert held(tmp_path / "real") == NEW


@pytest.mark.parametrize("after", range(12))
def test_a_plan_that_was_cut_short_is_carried_out_by_the_next(tmp_path, monkeypatch, after):
    monkeypatch.setattr(folder, "_can_change_places", lambda _: False)
    out = tmp_path / "out"
    put(out, {**OLD, "candidates/09.crn": "old", "best.tex": "mine"})
    steps, real = [], {name: getattr(os, name) for name in ("replace", "rename", "unlink", "rmdir")}

    def step(name):
        def act(*arguments, **options):
            steps.append(name)
            if len(steps) > after and (out / plan.PLAN).exists():
                raise KeyboardInterrupt
            return real[name](*arguments, **options)

        return act

    for name in real:
        monkeypatch.setattr(os, name, step(name))
    cut = False
    try:
        fill_folder(out, lambda p: put(p, {**NEW, "best.tex": "new"}), lambda _: [*OLD, "candidates/09.crn"])
    except KeyboardInterrupt:
        cut = True
    monkeypatch.undo()
    if cut:
        finish_folder(out)
    assert held(out) == {**NEW, "best.tex": "new", "best.tex~": "mine"}


def test_a_plan_that_names_other_folders_is_not_carried_out(tmp_path):
    out = tmp_path / "out"
    put(tmp_path, {"keep": "mine"})
    for text in (
        '{"new": ".crnsym-x", "remove": ["../keep"], "aside": {}}',
        '{"new": "/", "remove": [], "aside": {}}',
        "{",
    ):
        put(out, {plan.PLAN: text})
        finish_folder(out)
        assert held(tmp_path) == {"keep": "mine"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders change places in one step, and a kill")
@pytest.mark.filterwarnings("ignore:os.fork")  # the child handles files and nothing else, whatever threads there are
def test_a_kill_at_any_step_leaves_the_old_or_the_new_folder(tmp_path):
    old, new = {**OLD, "notes": "mine"}, {**NEW, "notes": "mine"}
    seen = []
    for step in range(100):
        out = tmp_path / str(step) / "out"
        put(out, old)
        child = os.fork()
        if not child:
            _fill_and_die_at(out, step)
        status = os.waitpid(child, 0)[1]
        assert held(out) in (old, new)
        seen.append(held(out) == new)
        fill_folder(out, fill, lambda _: NEW)
        assert [p.name for p in out.parent.iterdir()] == ["out"]
        assert held(out) == new
        if os.WIFEXITED(status):
            break
    assert os.WEXITSTATUS(status) == 0
    assert seen == sorted(seen)
    assert seen.count(False) > 5
    assert seen.count(True) > 5


def _fill_and_die_at(out: Path, step: int) -> None:
    """Fill the folder, and be killed before the given call of the system that changes anything."""
    count = 0

    def dying(act):
        def call(*arguments, **options):
            nonlocal count
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
            return act(*arguments, **options)

        return call

    try:
        for name in ("mkdir", "rename", "replace", "link", "unlink", "rmdir", "fsync", "chmod"):
            setattr(os, name, dying(getattr(os, name)))
        folder._exchanged = dying(folder._exchanged)
        fill_folder(out, fill, lambda _: NEW)
    except BaseException:
        os._exit(1)
    os._exit(0)


def test_a_file_where_the_folder_belongs_is_one_line(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(ExportError, match="it is a file, and not a folder"):
        fill_folder(tmp_path / "out", fill)
    assert (tmp_path / "out").read_text() == "mine"
    assert single.free_name(tmp_path / "out").name == "out~"
