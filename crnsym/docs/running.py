"""Running the cells of a script as a notebook does, and keeping what they show."""

import ast
import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ExportError
from .cells import Cell, cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Shown:
    """What a cell showed.

    Attributes
    ----------
    kind
        ``"text"`` (printed, or the text of a value), ``"html"`` or ``"svg"`` (a figure).
    body
        What is shown.
    """

    kind: str
    body: str


def run_script(path: Path, folder: Path) -> list[tuple[Cell, list[Shown]]]:
    """Run a script in a folder, cell by cell.

    Raises
    ------
    ExportError
        A cell failed; the message names the script and the cell.
    """
    import matplotlib
    from matplotlib.rcsetup import cycler

    from ..report.style import PALETTE, SETTINGS

    space: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    style = SETTINGS | {"axes.prop_cycle": cycler(color=PALETTE)}
    matplotlib.use("agg")
    _open_figures()  # a script begins without any
    found = []
    with _inside(folder), matplotlib.rc_context(style):
        for cell in cells(path.read_text(encoding="utf-8")):
            try:
                found.append((cell, [] if cell.text else _run(cell, space, str(path))))
            except Exception as error:
                raise ExportError(
                    f"{path.name}: the cell at line {cell.line} failed: {type(error).__name__}: {error}"
                ) from error
    return found


def _run(cell: Cell, space: dict[str, Any], name: str) -> list[Shown]:
    """Run one cell; its last expression is shown, and so are the figures it left open."""
    tree = ast.parse("\n" * (cell.line - 1) + cell.source, name)
    end = tree.body[-1] if tree.body else None
    last = end.value if isinstance(end, ast.Expr) else None
    if last is not None:
        del tree.body[-1]
    value = None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, name, "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last), name, "eval"), space)
    texts = [Shown("text", printed.getvalue())] if printed.getvalue().strip() else []
    return [*texts, *_value(value), *map(_svg, _open_figures())]


def _value(value: object) -> list[Shown]:
    from matplotlib.figure import Figure

    if isinstance(value, Figure) and not hasattr(value, "number"):  # not one of the open figures
        return [_svg(value)]
    if value is None or _is_drawn(value):
        return []
    for method in ("_repr_html_", "_repr_svg_"):
        body = getattr(value, method, lambda: None)()
        if body:
            return [Shown("html", body)]
    return [Shown("text", repr(value))]


def _is_drawn(value: object) -> bool:
    """Whether a value is a part of a figure, or a list of such, of which the text says nothing."""
    if isinstance(value, list | tuple):
        return bool(value) and all(item is None or _is_drawn(item) for item in value)
    return type(value).__module__.startswith("matplotlib.")


def _open_figures() -> Sequence[Any]:
    """Close all figures, and return them."""
    import matplotlib.pyplot as plt

    figures = [plt.figure(number) for number in plt.get_fignums()]
    plt.close("all")
    return figures


def _svg(figure: "Figure") -> Shown:
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    return Shown("svg", text.getvalue())


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
