"""SBML, through libsbml: any level is read, Level 3 Version 2 is written.

=============== ==========================================
``document``    text to a checked libsbml document
``refuse``      features that a network cannot express
``reader``      document to network
``names``       identifiers to names
``values``      what is not a reaction, to numbers and expressions
``reactions``   reactions
``miriam``      annotations of others, kept
``write``       network to document
``mathml``      formulas, sympy to libsbml
``formulas``    formulas, libsbml to sympy
``operations``  the functions in them
``annotation``  what SBML has no place for
``units``       unit definitions, written
``unit_names``  unit definitions, read
=============== ==========================================
"""

import os
from typing import TYPE_CHECKING

import libsbml

from ...files import write_text
from ..files import read_text
from .document import parse
from .reader import network_of
from .writer import sbml_document

if TYPE_CHECKING:
    from ...network.network import Network


def read(path: str | os.PathLike[str]) -> "Network":
    """Read a network from an SBML file of any level.

    Raises
    ------
    FormatError
        The file cannot be read or is not valid SBML; with the line.
    UnsupportedError
        For a feature that a network cannot express, by name and identifier.
    """
    return from_text(read_text(path), str(path))


def from_text(text: str, source: str = "SBML", names: bool = False) -> "Network":
    """Read a network from SBML text; ``source`` is what errors call it, ``names`` takes names for identifiers."""
    document, level = parse(text, source)
    return network_of(document, source, level, names)


def to_text(network: "Network", **metadata: object) -> str:
    """Return the network as SBML; the keywords are those of `write.sbml_document`."""
    return libsbml.writeSBMLToString(sbml_document(network, **metadata))  # type: ignore[arg-type]  # checked by the function called


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the network as SBML Level 3 Version 2; the keywords are those of `write.sbml_document`.

    Raises
    ------
    UnsupportedError
        For a function in a rate that SBML does not have.
    ExportError
        If the file cannot be written.
    """
    write_text(path, to_text(network, **metadata))
