"""Antimony, the text language of Tellurium: written whole, read in part."""

import os
from typing import TYPE_CHECKING

from ..files import read_text, write_text
from .read import parse
from .write import text

if TYPE_CHECKING:
    from ...network.network import Network


def read(path: str | os.PathLike) -> "Network":
    """Read an Antimony model (subset: `read.parse`).

    Raises
    ------
    UnsupportedError
        For events, rate rules, functions and the like, with the line.
    FormatError, ParseError
        The file cannot be read, or is not Antimony.
    """
    return parse(read_text(path), str(path))


def write(network: "Network", path: str | os.PathLike, **metadata: object) -> None:
    """Write the network as Antimony; the keywords are those of `write.text`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
