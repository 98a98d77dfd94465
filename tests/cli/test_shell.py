"""Every command ends in a line and an exit code, on every console."""

import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crnsym.cli import app
from crnsym.cli.shell import command
from crnsym.errors import DataError, RecordWarning

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1"}


def ended(act) -> tuple[int, str]:
    import typer

    with pytest.raises(typer.Exit) as caught:
        command(act)()
    return caught.value.exit_code


def raising(error):
    def act():
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "told", "code"),
    [
        (DataError("d.csv, line 3: no number"), "Error: d.csv, line 3: no number", 2),
        (OSError(errno.ENOSPC, "No space left on device", "/x/report.html"), "Error: /x/report.html: No space left", 2),
        (OSError(errno.EROFS, "Read-only file system"), "Error: Read-only file system", 2),
        (OSError("no reason"), "Error: no reason", 2),
        (MemoryError(), "Error: there is not enough memory", 2),
        (KeyboardInterrupt(), "Interrupted; nothing was written", 130),
    ],
)
def test_what_ends_a_command_is_one_line(error, told, code, capsys):
    assert ended(raising(error)) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(told)


def test_a_reader_that_has_had_enough_is_no_error_of_ours():
    with pytest.raises(BrokenPipeError):
        command(raising(BrokenPipeError(errno.EPIPE, "Broken pipe")))()


def test_warnings_of_records_are_notes_and_others_stay(capsys):
    def act():
        warnings.warn("r: 3 entries are damaged", RecordWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        command(act)()
        assert capsys.readouterr().out == "Note: r: 3 entries are damaged\n"
    assert warnings.showwarning.__module__ != "crnsym.cli.shell"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
def test_every_letter_is_written_on_every_console(tmp_path, encoding):
    (tmp_path / "m.crn").write_text('"β⁺" -> "Größe ∅" @ 1\n"字" -> "Größe ∅" @ 2\n', encoding="utf-8")
    command = [sys.executable, "-m", "crnsym", "info", str(tmp_path / "m.crn")]
    done = subprocess.run(command, capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    assert ("Größe ∅" in text) == (encoding == "utf-8")
    assert ("字" if encoding == "utf-8" else "\\u5b57") in text
    assert ("Gr\\xf6\\xdfe 0" in text) == (encoding == "ascii")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing"], "No such command 'nothing'; see"),
        (["--nothing"], "No such option: --nothing; see"),
        (["look"], "Missing argument 'data'; see"),
        (["info", "a.crn", "b.crn"], "unexpected extra argument"),
        (["info", "a.crn", "--jsn"], "No such option: --jsn"),
        (["simulate", "a.crn", "--times"], "'--times' requires an argument"),
        (["discover", "d.csv", "--out", "o", "--seed", "x\ny"], "Invalid value for '--seed'"),
        (["discover", "d.csv", "--out", "o", "--workers", "0"], "Invalid value for '--workers'"),
        (["x" * 3000], "No such command 'xxx"),
    ],
)
def test_words_that_no_command_takes_end_in_one_line(words, told):
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Error: ")
    assert told in done.stderr
    assert len(done.stderr) < 420


def test_no_words_at_all_show_the_help():
    done = CliRunner().invoke(app, [])
    assert "discover" in done.output
    assert "Error" not in done.output


@pytest.mark.parametrize("width", ["0", "9"])
def test_a_console_that_says_it_has_no_width_shows_the_error(width, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "from crnsym.cli import main; main()", "look", "nowhere.csv"],
        env={**ENVIRONMENT, "COLUMNS": width}, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "Error: nowhere.csv: no such file\n")


@pytest.mark.parametrize(
    ("variables", "words", "told"),
    [
        ({"NUMBA_NUM_THREADS": "0"}, "look nowhere.csv", "Error: NUMBA_NUM_THREADS=0: give a number of threads"),
        ({}, "--help > /dev/full", "Error: No space left on device"),
    ],
)
def test_what_surrounds_a_command_and_cannot_be_is_told_in_one_line(variables, words, told):
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m crnsym {words}"],
        env={**ENVIRONMENT, **variables}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(told)
