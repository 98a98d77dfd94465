"""Model files, one module a format; the suffix of a path chooses.

======== =============================== ===== =====
suffix   format                          read  write
======== =============================== ===== =====
.crn     text of reactions               yes   yes
.xml     SBML (also .sbml)               yes   yes
.json    every detail, exact numbers     yes   yes
.ant     Antimony                        yes   yes
.net     BioNetGen network               yes   yes
.tex     LaTeX document                        yes
.dot     Graphviz drawing (also .gv)           yes
.graphml graph of species and reactions        yes
.pnml    Petri net                             yes
======== =============================== ===== =====
"""

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UnsupportedError

if TYPE_CHECKING:
    from ..network.network import Network

SUFFIXES = {
    ".crn": "crn",
    ".xml": "sbml",
    ".sbml": "sbml",
    ".json": "json",
    ".ant": "antimony",
    ".net": "bionetgen",
}
"""{suffix: module of this package} of formats that are read and written."""
WRITTEN = {".tex": "latex", ".dot": "graphviz", ".gv": "graphviz", ".graphml": "graphml", ".pnml": "petri"}
"""The same for formats that are only written."""
READABLE, WRITABLE = tuple(SUFFIXES), (*SUFFIXES, *WRITTEN)


def read(path: str | os.PathLike[str]) -> "Network":
    """Read a network; the suffix of the path names the format.

    ``network.metadata["report"]`` is the `ImportReport`: what was mapped, what reads differently now and what
    was left out; ``print`` shows it.

    Parameters
    ----------
    path
        A ``.crn``, ``.xml``, ``.sbml``, ``.json``, ``.ant`` or ``.net`` file.

    Raises
    ------
    UnsupportedError
        For an unknown suffix, or something in the file that a network here cannot express.
    FormatError, ParseError
        For a missing or broken file, with the line.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.write(cs.network("A -> B @ 0.5; init A = 1"), "model.xml")
    >>> print(cs.read("model.xml"))
    A -> B  @ 0.5
    init A = 1
    """
    return _module(path, READABLE, "read").read(path)


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write a network; the suffix of the path names the format.

    The file appears whole or not at all.

    Parameters
    ----------
    path
        A path with one of the suffixes above.
    **metadata
        What every format understands: ``title`` and ``notes`` (text), ``standard_errors`` ({parameter:
        float}, in units of the parameter). Further keywords are those of the format's own ``write``.

    Raises
    ------
    UnsupportedError
        For an unknown suffix, or something that the format cannot express.
    ExportError
        If the file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ 0.5; init A = 1")
    >>> for name in ("model.xml", "model.tex", "model.crn"):
    ...     cs.write(net, name, title="A first network")
    """
    _module(path, WRITABLE, "write").write(network, path, **metadata)


def check_suffix(path: str | os.PathLike[str], verb: str = "read") -> None:
    """Refuse a path that `read` or `write` would refuse, before any work is done."""
    _name(path, READABLE if verb == "read" else WRITABLE, verb)


def _name(path: str | os.PathLike[str], known: tuple[str, ...], verb: str) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        shown = f"the suffix '{suffix}'" if suffix else "a name without suffix"
        raise UnsupportedError(f"{path}: cannot {verb} {shown}; known are {' '.join(known)}")
    return {**SUFFIXES, **WRITTEN}[suffix]


def _module(path: str | os.PathLike[str], known: tuple[str, ...], verb: str):
    return import_module(f".{_name(path, known, verb)}", __name__)
