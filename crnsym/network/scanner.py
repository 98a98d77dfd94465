"""A position in a line of text: what both parsers (expressions, networks) read from."""

import re
from dataclasses import dataclass
from typing import NoReturn

from ..errors import ParseError
from .names import unwritable

SPACE = re.compile(r"\s*")
NAME = re.compile(r'[^\W\d]\w*|"(?:[^"\n]|"")+"')
"""A name as it stands in a text: plain or in double quotes, which are doubled within."""
PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Scanner:
    """Reads tokens from ``text[position:end]`` and raises errors that know where they are."""

    text: str
    position: int = 0
    end: int = -1
    line: int = 1
    source: str = "text"

    def __post_init__(self) -> None:
        if self.end < 0:
            self.end = len(self.text)

    def skip(self) -> None:
        """Move over white space."""
        match = SPACE.match(self.text, self.position, self.end)
        if match:
            self.position = match.end()

    def at_end(self) -> bool:
        """Tell whether only white space is left."""
        self.skip()
        return self.position >= self.end

    def look(self, pattern: re.Pattern[str]) -> str | None:
        """Return what the pattern matches here, without moving on."""
        self.skip()
        match = pattern.match(self.text, self.position, self.end)
        return match.group() if match else None

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """Return what the pattern matches here and move behind it."""
        found = self.look(pattern)
        if found:
            self.position += len(found)
        return found

    def accept(self, literal: str) -> bool:
        """Move behind the literal if it stands here."""
        self.skip()
        if self.text.startswith(literal, self.position, self.end):
            self.position += len(literal)
            return True
        return False

    def expect(self, literal: str, context: str) -> None:
        """Move behind the literal, which must stand here."""
        if not self.accept(literal):
            self.fail(f"expected '{literal}' {context}, found {self.found()}")

    def name(self) -> str | None:
        """Take a name, plain or in double quotes."""
        self.skip()
        start, found = self.position, self.take(NAME)
        name = unquoted(found) if found else None
        if stray := unwritable(name or ""):
            self.fail(f"a name with the control character {stray!r} is one that files cannot hold; rename it", start)
        return name

    def found(self) -> str:
        """Describe what stands here, for a message."""
        if self.at_end():
            return "the end"
        match = re.compile(r"\w+|.").match(self.text, self.position, self.end)
        return f"'{match.group()}'" if match else "nothing"

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Raise a ParseError that points here, or at the given position."""
        if position is None:
            self.skip()
            position = self.position
        raise ParseError(
            _visible(message), source=self.source, line=self.line, column=position + 1, text=_visible(self.text)
        )


def unquoted(name: str) -> str:
    """Return a name from how it stands in a text."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _visible(text: str) -> str:
    """Return a text of the same length that takes one line, whatever letters are in it."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
