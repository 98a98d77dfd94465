"""The ``.crn`` text: what ``str(network)`` writes, with a comment at the top."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..files import write_text
from ..network.text import network as parse
from .files import read_text
from .report import with_report

if TYPE_CHECKING:
    from ..network.network import Network


def read(path: str | os.PathLike[str]) -> "Network":
    """Read a network in the text format (grammar: `crnsym.network.text`).

    Raises
    ------
    FormatError
        The file cannot be read.
    ParseError
        The text is not a network; with file, line, column and a caret.
    """
    network = parse(read_text(path), source=str(path), name=Path(path).stem)
    return with_report(network, str(path), "reactions as text")


def text(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
) -> str:
    """Return the text format, with title, notes and standard errors as comments."""
    errors = standard_errors or network.metadata.get("standard_errors") or {}
    lines = [f"# {line}" for line in (title, *notes.splitlines()) if line]
    lines += [f"# standard error of {name}: {float(value):.3g}" for name, value in errors.items()]
    return "\n".join([*lines, str(network)]).rstrip() + "\n"


def write(network: "Network", path: str | os.PathLike[str], **metadata: object) -> None:
    """Write the network as text; the keywords are those of `text`."""
    write_text(path, text(network, **metadata))  # type: ignore[arg-type]  # checked by text()
