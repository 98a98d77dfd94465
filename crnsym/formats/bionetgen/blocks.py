"""The lines of a ``.net`` file, block by block."""

import re
from dataclasses import dataclass, field

from ...errors import FormatError

_USED = ("parameters", "functions", "species", "reactions", "groups")
_IGNORED = ("molecule types", "observables", "reaction rules", "compartments", "energy patterns", "population maps")
_BEGIN = re.compile(r"begin\s+(.*\S)\s*$")
_COMMAND = re.compile(r"[A-Za-z_]\w*\s*(\(.*\))?\s*;?$")  # substanceUnits("Number"), simulate({...});


@dataclass(frozen=True)
class Line:
    """One entry of a block, without the number in front of it, and the comment behind it."""

    number: int
    text: str
    comment: str
    source: str

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{self.source}, line {self.number}"


@dataclass
class Blocks:
    """The blocks of one file, what was passed over, and the comments before the first block."""

    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in _USED})
    ignored: list[str] = field(default_factory=list)
    heading: list[str] = field(default_factory=list)


def split(text: str, source: str) -> Blocks:
    """Return the entries of a ``.net`` file by block.

    Raises
    ------
    FormatError
        For a block that is unknown, not closed or stands twice, or text outside of blocks: with the line.
    """
    found, block, opened, seen = Blocks(), "", 0, set()
    for number, raw in _joined(text):
        line, _, comment = raw.partition("#")
        line, where = line.strip(), f"{source}, line {number}"
        begin = _BEGIN.match(line)
        if begin:
            if block:
                raise FormatError(f"{where}: 'begin {begin[1]}' inside of the block '{block}'")
            block, opened = begin[1], number
            if block not in (*_USED, *_IGNORED):
                raise FormatError(f"{where}: no block named '{block}' in a .net file; known are {', '.join(_USED)}")
            if block in seen:
                raise FormatError(f"{where}: a second block '{block}'")
            seen.add(block)
            found.ignored += [f"the block '{block}'"] if block in _IGNORED else []
        elif line.startswith("end ") or line == "end":
            if line[3:].strip() != block or not block:
                raise FormatError(f"{where}: '{line}' closes no block")
            block = ""
        elif not line:
            found.heading += [comment.strip()] if not seen else []
        elif not block:
            if not _COMMAND.match(line):
                raise FormatError(f"{where}: '{line[:40]}' stands outside of every block")
            found.ignored.append(f"the command {line.rstrip(';')}")
        elif block in _USED:
            found.lines[block].append(Line(number, line, comment.strip(), source))
    if block:
        raise FormatError(f"{source}, line {opened}: the block '{block}' is not closed")
    if "species" not in seen or "reactions" not in seen:
        raise FormatError(f"{source}: not a .net file (it needs the blocks 'species' and 'reactions')")
    return found


def _joined(text: str) -> list[tuple[int, str]]:
    """Return numbered lines, those that end with a backslash joined with the next."""
    joined: list[tuple[int, str]] = []
    open_ = False
    for number, line in enumerate(text.splitlines(), 1):
        if open_:
            joined[-1] = (joined[-1][0], joined[-1][1][:-1] + " " + line)
        else:
            joined.append((number, line))
        open_ = line.rstrip().endswith("\\") and "#" not in line
        if open_:
            joined[-1] = (joined[-1][0], joined[-1][1].rstrip())
    return joined


def without_number(line: Line, parts: int) -> list[str]:
    """Return the columns of an entry behind its number, at most ``parts``; the last keeps its blanks.

    Raises
    ------
    FormatError
        If there are fewer columns.
    """
    columns = line.text.split(None, parts)
    if columns[0].isdigit() and len(columns) == parts + 1:
        return columns[1:]
    columns = line.text.split(None, parts - 1)
    if len(columns) < parts:
        raise FormatError(f"{line.where}: {parts} columns are needed, found '{line.text[:60]}'")
    return columns
