"""Network files on the command line: convert and describe them."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Operation


def convert(
    source: Annotated[Path, typer.Argument(help="Network file to read.")],
    target: Annotated[Path, typer.Argument(help="File to write; its suffix chooses the format.")],
    operation: Operation = None,
    experiment: Annotated[
        str | None, typer.Option(help="Run of --operation, where the table tells of several.")
    ] = None,
) -> None:
    """Convert a network file from any format to any other; with --operation, to SBML with feeds and additions."""
    from ..errors import DataError
    from ..formats import check_suffix, read, write

    check_suffix(target, "write")
    if experiment is not None and operation is None:
        raise DataError("--experiment chooses a run of --operation; give that, too")
    network = read(source)
    if operation is None:
        write(network, target)
    else:
        from ..dynamics.operated_sbml import write_operated

        write_operated(network, target, operation, experiment=experiment)
    print(network.metadata["report"])
    print(target)


def info(model: Annotated[Path, typer.Argument(help="Network file.")]) -> None:
    """Describe a network: reactions, structure, what theorems say about it, steady states."""
    from rich.console import Console

    from ..formats import read
    from ..report.info import describe

    Console().print(describe(read(model)))
