"""SBML text to a document of libsbml, and what libsbml finds wrong with it, as one line."""

import re
from contextlib import suppress
from typing import Any
from xml.parsers import expat

import libsbml

from ..errors import FormatError, UnsupportedError

_DRAWING = ("'layout", "Render")
"""In messages about diagrams, which a model may hold beside itself."""


_DECLARATION = re.compile(r"\s*<\?xml(?=\s)((?:(?!\?>)[\s\S])*)\?>")
_DEEPEST = 600
"""Elements within each other; libsbml recurses, and its stack ends at some thousands."""


def document_of(text: str, source: str = "SBML") -> libsbml.SBMLDocument:
    """Read SBML text; errors stay in the document.

    Raises
    ------
    UnsupportedError
        Elements nested deeper than libsbml can follow.
    """
    _refuse_deep(text, source)
    declared = _DECLARATION.match(text)
    if declared is None or "encoding" not in declared[1]:  # XML takes UTF-8 for granted, libsbml does not;
        rest = text if declared is None else text[declared.end() :]
        text = '<?xml version="1.0" encoding="UTF-8"?>' + rest  # without this, it adds a line and counts it
    return libsbml.readSBMLFromString(text)


def _refuse_deep(text: str, source: str) -> None:
    depth = 0

    def opened(name: str, _: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            line = parser.CurrentLineNumber
            raise UnsupportedError(f"{source}, line {line}: elements nested more than {_DEEPEST} deep (<{name[:40]}>)")

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    with suppress(expat.ExpatError):  # libsbml says what is wrong
        parser.Parse(text.lstrip().encode("utf-8", "surrogatepass"), True)


def raise_first(document: libsbml.SBMLDocument, source: str) -> None:
    """Raise a FormatError for the first error of a document, with its line and what it names.

    Raises
    ------
    FormatError
        If libsbml noted an error; those about diagrams do not count.
    """
    for i in range(document.getNumErrors()):
        error: Any = document.getError(i)
        if error.getSeverity() < libsbml.LIBSBML_SEV_ERROR or any(word in error.getMessage() for word in _DRAWING):
            continue
        message = " ".join(error.getShortMessage().split() or error.getMessage().split())
        line = f", line {error.getLine()}" if error.getLine() else ""
        raise FormatError(f"{source}{line}: {message}{_detail(error.getMessage())} (SBML error {error.getErrorId()})")


def _detail(message: str) -> str:
    """Return the last sentence of libsbml's message: the one about this file, not the rule."""
    lines = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    last = lines[-1].rstrip(".") if lines else ""
    return f": {last}" if last and len(last) < 300 and not last.startswith("Reference:") else ""
