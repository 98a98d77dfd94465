"""The handbook from the command line."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer


def docs(
    out: Annotated[Path, typer.Argument(help="Folder to write into; open its index.html.")],
    quick: Annotated[bool, typer.Option("--quick", help="Do not run the scripts: pages without results.")] = False,
) -> None:
    """Render the handbook and the reference of all public names to pages that need no network."""
    from ..errors import MissingExtraError

    if any(find_spec(name) is None for name in ("sphinx", "furo", "myst_parser")):
        raise MissingExtraError('the handbook needs Sphinx: python -m pip install "crnsym[docs]"')
    from typer.main import get_group

    from ..docs.site import build
    from .commands import app

    pages = build(out, get_group(app), not quick, lambda line: print(f"  {line}", flush=True))
    print(f"{pages} pages: {out / 'index.html'}")
