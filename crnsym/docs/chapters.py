"""Chapters of the handbook as pages in Markdown: the words, the code, and what the code shows."""

import html
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..errors import ExportError
from .cells import Cell, cells, title
from .running import Shown, run_script


def folder() -> Path:
    """Return where the handbook lies: beside the package in a checkout, within it where it was installed.

    Raises
    ------
    ExportError
        It is in neither place.
    """
    package = Path(__file__).parents[1]
    for place in (package.parent / "examples", package / "examples"):
        if (place / "index.md").is_file():
            return place
    raise ExportError(f"the handbook is neither beside {package} nor in it; install crnsym anew")


def write_chapters(target: Path, run: bool, tell: Callable[[str], None] = lambda _: None) -> None:
    """Write every page of the handbook into a folder.

    Parameters
    ----------
    target
        Filled with Markdown and figures.
    run
        Whether the scripts are run; otherwise their pages hold no results.
    tell
        Called with the name of each script before it runs.
    """
    for page in sorted(folder().glob("*.md")):
        shutil.copy(page, target / page.name)
    for script in sorted(folder().glob("*.py")):
        if run:
            tell(script.name)
            with tempfile.TemporaryDirectory() as place:
                shown = run_script(script, Path(place))
        else:
            shown = [(cell, []) for cell in cells(script.read_text(encoding="utf-8"))]
        (target / f"{script.stem}.md").write_text(page_of(script, shown, target), encoding="utf-8")


def page_of(script: Path, shown: list[tuple[Cell, list[Shown]]], target: Path) -> str:
    """Return the page of a script; its figures are written beside it."""
    name, parts, figures = title(script.read_text(encoding="utf-8")), [], 0
    for cell, outputs in shown:
        parts.append(cell.source if cell.text else f"```python\n{cell.source.strip()}\n```")
        for output in outputs:
            if output.kind == "svg":
                figures += 1
                picture = f"{script.stem}-{figures}.svg"
                (target / picture).write_text(output.body, encoding="utf-8")
                parts.append(f"```{{image}} {picture}\n:alt: {name}, figure {figures}\n:class: figure\n```")
            else:
                body = output.body if output.kind == "html" else f"<pre>{html.escape(output.body.rstrip())}</pre>"
                parts.append(f'``````{{raw}} html\n<div class="output">{body}</div>\n``````')
    return "\n\n".join(parts) + f"\n\n*This page is the script `examples/{script.name}`.*\n"
