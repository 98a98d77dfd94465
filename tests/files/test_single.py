"""A file is the old one or the new one, and temporary names do not stay."""

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest

from crnsym.errors import ExportError
from crnsym.files import single, write_by, write_bytes, write_text, written
from crnsym.files.single import remove_leftovers, temporary_name

STEPS = ("fsync", "replace")


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("name", ["a.txt", "Größe ∅.csv", "x" * 250, ".hidden", "a b\tc"])
def test_what_is_written_is_read_and_nothing_else_is_there(tmp_path, name):
    write_text(tmp_path / name, "first")
    write_text(tmp_path / name, "second\nλ")
    assert (tmp_path / name).read_bytes() == "second\nλ".encode()
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_failure_at_any_step_leaves_the_old_file(tmp_path, monkeypatch, step, code):
    write_text(tmp_path / "a", "old")

    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(single.os, step, fail)
    with pytest.raises(ExportError, match=f"a: cannot be written \\({os.strerror(code)}\\)"):
        write_text(tmp_path / "a", "new")
    monkeypatch.undo()
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_disk_that_fills_while_writing_leaves_the_old_file(tmp_path):
    resource = pytest.importorskip("resource")
    write_text(tmp_path / "a", "old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ExportError, match="cannot be written"):
            write_bytes(tmp_path / "a", b"x" * 10_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_an_error_of_the_writer_is_its_own_and_leaves_the_old_file(tmp_path):
    write_text(tmp_path / "a", "old")
    with pytest.raises(ZeroDivisionError), written(tmp_path / "a") as stream:
        stream.write(b"half" * (1 // 0))
    with pytest.raises(KeyboardInterrupt), written(tmp_path / "a") as stream:
        raise KeyboardInterrupt
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_libraries_that_want_a_path_write_by_one_of_the_same_suffix(tmp_path):
    seen = []

    def save(path):
        seen.append(path.suffix)
        path.write_text("picture")

    write_by(tmp_path / "a.gif", save)
    assert (seen, names(tmp_path)) == ([".gif"], ["a.gif"])
    with pytest.raises(ExportError, match="cannot be written"):
        write_by(tmp_path / "no" / "a.gif", save)


def test_what_is_in_the_way_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ExportError, match="it is a folder"):
        write_text(tmp_path / "a", "x")
    with pytest.raises(ExportError, match="cannot be written"):
        write_text(tmp_path / "missing" / "a", "x")
    with pytest.raises(ExportError, match="zero byte"):
        write_text(tmp_path / "a\0b", "x")


def test_a_link_is_followed_and_the_mode_of_the_old_file_stays(tmp_path):
    (tmp_path / "real").write_text("old")
    os.chmod(tmp_path / "real", 0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_written_as_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_text(tmp_path / "pipe", "through")
    reader.join(5)
    assert (got, names(tmp_path)) == (["through"], ["pipe"])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_write_protected_file_is_not_replaced(tmp_path):
    (tmp_path / "a").write_text("old")
    os.chmod(tmp_path / "a", 0o444)
    with pytest.raises(ExportError, match="write-protected"):
        write_text(tmp_path / "a", "new")


@pytest.mark.skipif(os.name != "posix", reason="asks for processes")
def test_leftovers_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = ended.pid
    mine = temporary_name("a")
    (tmp_path / mine).write_text("in use")
    of_dead = mine.replace(f"-{os.getpid()}-", f"-{dead}-")
    (tmp_path / of_dead).write_text("half")
    (tmp_path / of_dead.replace("-a", "-b")).write_text("of another file")
    remove_leftovers(tmp_path / "a")
    assert names(tmp_path) == sorted([mine, of_dead.replace("-a", "-b")])
