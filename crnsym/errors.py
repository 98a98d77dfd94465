"""One exception tree.

::

    CrnsymError
    ├── ParseError          text that is not a network (line, column, caret)
    ├── NetworkError        a network that cannot be built or used as asked
    │   ├── SimulationError a simulation that did not reach its end
    │   ├── ReductionError  species that cannot be eliminated as asked
    │   └── NotSolvedError  equations that were given up, which does not mean that they have no solution
    ├── ArgumentError       an argument of a wrong kind, such as a text in the place of a network
    ├── DataError           measurements that cannot be used (file, line)
    ├── FitError            a fit that cannot be set up
    │   └── NotFittedError  an estimator that was not fitted
    ├── FormatError         a model file that is broken
    ├── UnsupportedError    a feature that is refused by name
    │   ├── NotMassActionError  a theorem of mass action, and another rate law
    │   └── TooManyError    more results than the limit that was given
    ├── ExportError         an output that cannot be written
    └── MissingExtraError   an optional dependency that is not installed

A message names the file, line or argument, what was found and what to do, in at most `LONGEST` characters.
"""

import re
from functools import partial
from math import log10

_PLACE = re.compile(r"(\n  [^\n]*\n +\^)")  # the line of a text and a caret under it, at the end of a message
# what moves the cursor, rings the bell or begins a line
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_CONTROLS |= {9: "\\t", 10: "\\n", 13: "\\r", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_BLANKS = dict.fromkeys(_CONTROLS, " ")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\S+")  # what a message quotes, and names
_ADDRESS = re.compile(r"(?<= object) at 0x[0-9a-fA-F]+")  # where something lies in memory tells nobody anything
_WIDE, _NARROW = 35, 15  # characters of a line that are shown on either side of a caret
_CAPS = (150, 110, 80, 60, 40, 24)  # characters of a piece, where the message is too long otherwise

LONGEST = 300
"""Characters of a message, with the line that it shows."""


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text, or its two ends if it is long."""
    if len(text) <= longest:
        return text
    end = (longest - 5) * 2 // 5
    return f"{text[: longest - 5 - end]} ... {text[len(text) - end :]}"


def concise(text: str, longest: int = LONGEST) -> str:
    """Return a message of at most some length: the longest names and quotes lose their middle first, then it does.

    So the file, the line and what to do remain, however long what was found is.
    """
    for cap in _CAPS:
        if len(text) <= longest:
            break
        text = _QUOTED.sub(partial(_capped, cap), text)
    return shortened(text, longest)


def _capped(longest: int, piece: re.Match[str]) -> str:
    return shortened(piece[0], longest)


def on_one_line(text: str) -> str:
    """Return a text with line ends and other controls in it written as such."""
    return text.translate(_CONTROLS)


class CrnsymError(Exception):
    """Base of every error that crnsym raises on purpose; it has one line, and two more where it shows a place.

    Examples
    --------
    >>> import crnsym as cs
    >>> try:
    ...     cs.network("A -> 2 & B")
    ... except cs.CrnsymError as error:
    ...     print(type(error).__name__)
    ParseError
    """

    def __init__(self, *arguments: object) -> None:
        if arguments:
            told, *shown = _PLACE.split(_ADDRESS.sub("", str(arguments[0])), maxsplit=1)
            place = "\n".join(line.translate(_BLANKS) for line in shown[0].split("\n")) if shown else ""
            told = on_one_line(told + "".join(shown[1:]))  # a message made of others shows one place, at its end
            if len(told) + len(place) > LONGEST and len(place) > LONGEST // 2:
                place = ""
            arguments = (concise(told, LONGEST - len(place)) + place, *arguments[1:])
        super().__init__(*arguments)


class ParseError(CrnsymError, ValueError):
    """Text that is not a network; knows its line and column (both counted from 1)."""

    def __init__(self, message: str, *, source: str = "text", line: int = 0, column: int = 0, text: str = "") -> None:
        self.source, self.line, self.column, self.text = source, line, column, text
        if line:
            message = f"{source}, line {line}, column {column}: {on_one_line(message)}"
            message += _place(text, column, LONGEST - len(message))
        super().__init__(message)


def _place(text: str, column: int, room: int) -> str:
    """Return the surroundings of a column and a caret under it, fewer where the message needs the room."""
    window = min(max((room - 20) // 3, _NARROW), _WIDE)
    first, last = max(column - 1 - window, 0), column - 1 + window
    shown = ("... " if first else "") + text[first:last].translate(_BLANKS) + (" ..." if len(text) > last else "")
    return f"\n  {shown}\n  {' ' * (column - 1 - first + 4 * bool(first))}^"


class NetworkError(CrnsymError, ValueError):
    """A network that cannot be built or used as asked."""


class SimulationError(NetworkError):
    """A simulation that did not reach its end."""


class ReductionError(NetworkError):
    """Species that cannot be eliminated as asked."""


class NotSolvedError(NetworkError):
    """Equations that were given up, which does not mean that they have no solution."""


class ArgumentError(CrnsymError, TypeError):
    """An argument of a wrong kind."""


class DataError(CrnsymError, ValueError):
    """Measurements that cannot be used."""


class FitError(CrnsymError, ValueError):
    """A fit that cannot be set up."""


class NotFittedError(FitError, AttributeError):
    """An estimator that was asked for what only a fitted one has."""


class FormatError(CrnsymError, ValueError):
    """A model file that is broken."""


class UnsupportedError(CrnsymError, ValueError):
    """A feature that is refused by name."""


class NotMassActionError(UnsupportedError):
    """A theorem of mass action, and another rate law."""


class TooManyError(UnsupportedError):
    """More results than the limit that was given."""


class ExportError(CrnsymError, OSError):
    """An output that cannot be written."""


class RecordWarning(UserWarning):
    """A record of finished work that is damaged or of an older version, and what is done about it."""


class MissingExtraError(CrnsymError, ImportError):
    """An optional dependency that is not installed."""


def size_text(count: int) -> str:
    """Write a count that may have thousands of digits: as it is, or as a power of ten."""
    return str(count) if count < 10**9 else f"about 10^{int(count.bit_length() * log10(2))}"
