"""The studio from the command line."""

import os
from importlib.util import find_spec
from pathlib import Path


def run(paths: list[Path], port: int | None, browser: bool, workers: int | None) -> None:
    """Open the page, if what it needs is there."""
    from .errors import MissingExtraError

    if find_spec("nicegui") is None:
        raise MissingExtraError('the studio needs NiceGUI: python -m pip install "crnsym[studio]"')
    from .studio.serve import serve

    serve(paths, port, browser, workers or os.cpu_count() or 1)
