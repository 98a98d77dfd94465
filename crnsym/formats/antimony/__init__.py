"""Antimony, the text language of Tellurium: written whole, read in part.

What the reader here does not know goes by way of the package ``antimony`` and SBML where that is installed.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

from ...errors import FormatError, UnsupportedError
from ...files import write_text
from ..files import read_text
from ..report import with_report
from .read import parse
from .write import text

if TYPE_CHECKING:
    from ...network.network import Network


def read(path: str | os.PathLike) -> "Network":
    """Read an Antimony model (subset: `read.parse`; with the package ``antimony``, the whole language).

    Raises
    ------
    UnsupportedError
        For events, rate rules and the like, with the line or by their SBML name.
    FormatError, ParseError
        The file cannot be read, or is not Antimony.
    """
    content = read_text(path)
    try:
        return with_report(parse(content, str(path)), str(path), "Antimony")
    except UnsupportedError as refusal:
        return _by_library(content, str(path), refusal)


def _by_library(content: str, source: str, refusal: UnsupportedError) -> "Network":
    """Return the network by way of SBML, or raise the refusal where the package is not installed."""
    try:
        antimony = import_module("antimony")
    except ImportError:
        raise UnsupportedError(f"{refusal}; python -m pip install antimony reads more of the language") from None
    from .. import sbml

    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(content) < 0:
        raise FormatError(f"{source}: {' '.join(antimony.getLastError().split())}") from None
    return sbml.from_text(antimony.getSBMLString(antimony.getMainModuleName()), source)


def write(network: "Network", path: str | os.PathLike, **metadata: object) -> None:
    """Write the network as Antimony; the keywords are those of `write.text`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
