"""BioNetGen ``.net``, the network that BioNetGen generates from rules: read and written.

=============== ==============================================
``blocks``      text to the lines of its blocks
``formulas``    formulas both ways
``names``       species patterns and names
``rates``       rate laws of reactions
``read``        file to network
``write``       network to file
=============== ==============================================
"""

import os
from typing import TYPE_CHECKING

from ...files import write_text
from ..files import read_text
from .reader import parse
from .writer import text

if TYPE_CHECKING:
    from ...network.network import Network


def read(path: str | os.PathLike[str]) -> "Network":
    """Read a ``.net`` file of BioNetGen; see `read.parse`.

    Raises
    ------
    FormatError, ParseError
        The file cannot be read, or is not a ``.net`` file: with the line.
    UnsupportedError
        For a function or a rate law that a network cannot express, with the line.
    """
    return parse(read_text(path), str(path))


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the network as a ``.net`` file; the keywords are those of `write.text`.

    Raises
    ------
    UnsupportedError
        For what ``.net`` cannot express: fractions of molecules, parameters without values.
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
