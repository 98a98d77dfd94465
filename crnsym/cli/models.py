"""Network files on the command line: convert and describe them."""

from pathlib import Path
from typing import Annotated

import typer


def convert(
    source: Annotated[Path, typer.Argument(help="Network file to read.")],
    target: Annotated[Path, typer.Argument(help="File to write; its suffix chooses the format.")],
) -> None:
    """Convert a network file from any format to any other."""
    from ..formats import check_suffix, read, write

    check_suffix(target, "write")
    network = read(source)
    write(network, target)
    print(network.metadata["report"])
    print(target)


def info(model: Annotated[Path, typer.Argument(help="Network file.")]) -> None:
    """Describe a network: reactions, structure, what theorems say about it, steady states."""
    from rich.console import Console

    from ..formats import read
    from ..report.info import describe

    Console().print(describe(read(model)))
