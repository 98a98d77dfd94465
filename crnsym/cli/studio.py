"""The studio from the command line."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from .options import Workers


def studio(
    file: Annotated[
        list[Path] | None,
        typer.Argument(help="Tables, a saved answer (discovery.json or its folder), or snapshots (.npz)."),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="By default the first free from 8765.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    workers: Workers = None,
) -> None:
    """Work in a page on this machine: look at a table, watch the search, try the answer, take it away."""
    from ..errors import MissingExtraError

    if find_spec("nicegui") is None:
        raise MissingExtraError('the studio needs NiceGUI: python -m pip install "crnsym[studio]"')
    from ..processors import processors
    from ..studio.serve import serve

    serve(file or [], port, browser, workers or processors())
