"""Antimony, the text language of Tellurium: read by libantimony (extra ``antimony``) by way of SBML, and written."""

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import FormatError, UnsupportedError
from ...files import write_text
from ..files import read_text
from .library import to_sbml
from .writer import ORIGINAL_NAMES, original_name, text

if TYPE_CHECKING:
    from ...network.network import Network


def read(path: str | os.PathLike[str]) -> "Network":
    """Read an Antimony model.

    Raises
    ------
    MissingExtraError
        Without the package ``antimony``.
    UnsupportedError
        For events, rate rules and the like, by their SBML name.
    FormatError
        The file cannot be read, or is not Antimony.
    """
    return from_text(read_text(path), str(path))


def from_text(content: str, source: str = "Antimony") -> "Network":
    """Read a network from Antimony text; ``source`` is what errors call it."""
    from .. import sbml

    written = to_sbml(content, source)
    try:
        network = sbml.from_text(written, source, names=ORIGINAL_NAMES in content)
    except (UnsupportedError, FormatError) as error:  # its lines are those of the SBML, which nobody sees
        raise type(error)(re.sub(r", line \d+", "", str(error), count=1)) from None
    if ORIGINAL_NAMES in content:
        network = _with_original_names(network)
    report = replace(network.metadata["report"], format="Antimony")
    return replace(network, metadata={**network.metadata, "report": report})


def _with_original_names(network: "Network") -> "Network":
    """Return the network with names that have double quotes, which Antimony cannot hold."""
    names = (*network.species_names, *network.parameters, *network.observables)
    changed = {name: original_name(name) for name in names if original_name(name) != name}
    renamed = network.rename(changed) if changed else network
    return replace(renamed, reactions=tuple(replace(r, name=original_name(r.name)) for r in renamed.reactions))


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the network as Antimony; the keywords are those of `write.text`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
