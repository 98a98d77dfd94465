"""Two runs in one folder: the second is refused, and goes where the first has ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import ExportError
from crnsym.files import only_writer

pytest.importorskip("fcntl")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(cs.__file__).parents[1]), "NO_COLOR": "1"}
HOLD = """import sys, time
from crnsym.files import only_writer
with only_writer(sys.argv[1]):
    print(flush=True)
    time.sleep(99)
"""


def test_a_folder_is_held_once_and_is_free_again(tmp_path):
    with only_writer(tmp_path / "a" / "b"), pytest.raises(ExportError, match="another crnsym is writing here"):
        only_writer(tmp_path / "a" / "b").__enter__()
    with only_writer(tmp_path / "a" / "b"), only_writer(tmp_path / "a"), only_writer(None):
        pass


def test_a_killed_process_holds_nothing(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], env=ENVIRONMENT, stdout=subprocess.PIPE)
    with other:
        other.stdout.readline()
        with pytest.raises(ExportError, match="another crnsym"):
            only_writer(tmp_path).__enter__()
        other.send_signal(signal.SIGKILL)
    with only_writer(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "f").write_text("")
    with pytest.raises(ExportError, match="f: cannot be written"):
        only_writer(tmp_path / "f").__enter__()


TABLE = "time,A,B\n" + "".join(f"{t},{np.exp(-t / 3):.5f},{1 - np.exp(-t / 3):.5f}\n" for t in range(8))


@pytest.mark.parametrize("words", [["discover", "d.csv"], ["compare", "m.crn", "--data", "d.csv"], ["batch", "d.csv"]])
def test_a_command_leaves_alone_what_another_run_is_writing(tmp_path, words):
    (tmp_path / "d.csv").write_text(TABLE)
    (tmp_path / "m.crn").write_text("A -> B @ 1")
    inner = tmp_path / "out" / "checkpoint" / ("tables" if words[0] == "batch" else "tasks")
    with only_writer(inner):
        (inner / "theirs.task").write_text("finished work")
        done = subprocess.run(
            [sys.executable, "-m", "crnsym", *words, "--out", "out", "--workers", "1"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
        )
        assert (inner / "theirs.task").read_text() == "finished work"
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "another crnsym is writing here" in done.stderr


def test_a_search_leaves_alone_what_another_search_is_writing(tmp_path):
    (tmp_path / "d.csv").write_text(TABLE)
    with only_writer(tmp_path / "c"), pytest.raises(ExportError, match="another crnsym is writing here"):
        cs.discover(tmp_path / "d.csv", checkpoint=tmp_path / "c", time_budget=1)
