"""Records of finished work: they know their version and whose they are, and every line knows whether it is whole.

A record is a text file. Its first line holds the version and what the work depends on, every further line one entry;
each begins with a checksum, that of an entry also over the first line, so that a line of another record is none.
"""

import hashlib
import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crnsym.errors import ExportError, FitError, RecordWarning
from crnsym.files import lock, write_bytes

from ..formats.json_kinds import Json

FORMAT, VERSION = "crnsym record", 2
DIGITS = 16  # of a checksum
SHOWN = 60  # characters of a value in a message


class Record:
    """A growing record in a file; what is damaged in it is left out, and what is another's is refused.

    Parameters
    ----------
    path
        The file; its folder is made if needed.
    header
        What the entries depend on, as JSON values: data, options, versions.
    resume
        Read the entries that are there; otherwise the record is begun anew. A record that is damaged or of an older
        version is said to be so in a `RecordWarning`; what cannot be used of it is kept beside, under a name with
        ``~``.

    Attributes
    ----------
    entries
        The entries that were read, in order.

    Raises
    ------
    FitError
        The record to go on from is of other data or options, or of a newer version.
    ExportError
        The file cannot be written, or another process is writing it.
    """

    def __init__(self, path: str | os.PathLike[str], header: Mapping[str, Any], resume: bool = False) -> None:
        self.path = Path(path)
        self.entries: list[Any] = []
        self._first = _first_line(header)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("ab", buffering=0)
            try:
                lock(self._stream.fileno(), self.path)
                self._begin(resume)
            except BaseException:
                self._stream.close()
                raise
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def add(self, entry: Json) -> None:
        """Write one entry, of JSON values; it is on record when this returns, unless the machine itself stops.

        Raises
        ------
        ExportError
            The file cannot be written.
        """
        self._write(_line(json.dumps(entry), self._first))

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _begin(self, resume: bool) -> None:
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        lines = whole.split(b"\n")[:-1]
        if not resume or not content or not self._usable(lines, content):
            self._stream.truncate(0)
            self._write(_line(self._first))
            return
        damaged = 0
        for line in lines[1:]:
            try:
                self.entries.append(json.loads(_text(line, self._first)))
            except (ValueError, RecursionError):
                damaged += 1
        if damaged:
            warnings.warn(
                f"{self.path}: {damaged} of {len(lines) - 1} entries are damaged; what they held is computed again",
                RecordWarning,
                stacklevel=4,
            )
        self._stream.truncate(len(whole))  # a last line that an interrupt cut is no more than that

    def _usable(self, lines: list[bytes], content: bytes) -> bool:
        reason = _strange(lines[0] if lines else content, self._first, self.path)
        if reason:
            aside = self.path.with_name(self.path.name + "~")
            write_bytes(aside, content)
            warnings.warn(
                f"{self.path}: {reason}; it is begun anew, and the old one kept as {aside.name}",
                RecordWarning,
                stacklevel=5,
            )
        return not reason

    def _write(self, line: bytes) -> None:
        try:
            while line:
                line = line[self._stream.write(line) or 0 :]
        except OSError as error:
            raise _unwritable(self.path, error) from None


def save_entry(path: str | os.PathLike[str], header: Mapping[str, Any], text: str) -> None:
    """Write a record of one entry, a JSON text, whole or not at all.

    Raises
    ------
    ExportError
        The file cannot be written.
    """
    first = _first_line(header)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(Path(path), error) from None
    write_bytes(path, _line(first) + _line(text, first))


def load_entry(path: str | os.PathLike[str], header: Mapping[str, Any]) -> str:
    """Return the JSON text that `save_entry` wrote with an equal header.

    Raises
    ------
    OSError
        There is no such file, or it cannot be read.
    ValueError
        It is damaged, of another version or of another header.
    """
    first = _first_line(header)
    lines = Path(path).read_bytes().split(b"\n")
    if len(lines) != 3 or lines[2] or lines[0] + b"\n" != _line(first):
        raise ValueError(f"{path}: damaged, or of another version")
    return _text(lines[1], first)


def _first_line(header: Mapping[str, Any]) -> str:
    return json.dumps({"format": FORMAT, "version": VERSION, "of": dict(header)}, sort_keys=True)


def _line(text: str, first: str = "") -> bytes:
    return f"{_check(text, first)} {text}\n".encode()


def _text(line: bytes, first: str = "") -> str:
    """Return what a line holds; ValueError where it is damaged."""
    check, _, text = line.decode("utf-8").partition(" ")
    if check != _check(text, first):
        raise ValueError("damaged")
    return text


def _check(text: str, first: str) -> str:
    return hashlib.sha256(f"{first}\n{text}".encode()).hexdigest()[:DIGITS]


def _strange(line: bytes, first: str, path: Path) -> str:
    """Say in words why a record cannot be used by its first line, or raise where it must not be touched."""
    try:
        found = json.loads(line[line.index(b"{") :])
    except (ValueError, RecursionError):
        return "the first line is damaged"
    version = found.get("version") if isinstance(found, dict) and found.get("format") == FORMAT else 1
    if not isinstance(version, int) or isinstance(version, bool):
        return "the first line is damaged"
    if version > VERSION:
        raise FitError(
            f"{path}: a newer crnsym wrote this record (version {version}, this one reads {VERSION}); resume with "
            "that one, or start without resume"
        )
    if version < VERSION:
        return f"an older crnsym wrote this record (version {version}, this one reads {VERSION})"
    try:
        _text(line)
    except ValueError:
        return "the first line is damaged"
    differing = _differing(found.get("of"), json.loads(first)["of"])
    if differing:
        raise FitError(
            f"{path}: the work to resume had other data or options ({differing}); use the same, or start without resume"
        )
    return ""


def _differing(there: object, here: Mapping[str, Any]) -> str:
    """Name the first entry in which two headers differ."""
    if not isinstance(there, dict):
        return "none are named"
    nothing = object()
    for name in (*here, *there):
        old, new = there.get(name, nothing), here.get(name, nothing)
        if old != new and json.dumps(old, default=str) != json.dumps(new, default=str):
            told = ["none" if v is nothing else json.dumps(v)[:SHOWN] for v in (old, new)]
            return f"{name} {told[0]}, not {told[1]}"
    return ""


def _unwritable(path: Path, error: OSError) -> ExportError:
    return (
        error
        if isinstance(error, ExportError)
        else ExportError(f"{path}: cannot be written ({error.strerror or error})")
    )
