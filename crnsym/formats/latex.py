"""LaTeX files; `crnsym.network.latex` makes the text."""

import os
from typing import TYPE_CHECKING

from ..files import write_text
from ..network.latex import latex

if TYPE_CHECKING:
    from ..network.network import Network


def write(network: "Network", path: str | os.PathLike[str], *, form: str = "document", **metadata: object) -> None:
    """Write a network as LaTeX, by default a whole document; the keywords are those of `latex`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    text = latex(network, form, **metadata)  # type: ignore[arg-type]  # checked by the function called
    write_text(path, text.rstrip() + "\n")
