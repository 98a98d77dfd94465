"""Figures as parts of a page: SVG whose inks are those of the page, light or dark, and panels that wrap."""

import io
import itertools
import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from .style import EDGE, GRID, INK, PALE, PALETTE, PAPER, SETTINGS, SHADE, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

# the page's own colours: what is drawn in these follows the page into the dark
VARIABLES = {
    INK: "ink", SOFT: "soft", GRID: "line", EDGE: "edge", SHADE: "shade", PALE: "pale", PAPER: "card",
    PALETTE[6]: "wine",
}  # fmt: skip
LARGEST = 115.0  # pixels an inch of a panel: text of 10 points then has 16 pixels
Draw = Callable[[Any], Any]


def inline_svg(size: tuple[float, float], draw: Draw, place: str) -> str:
    """Draw on a figure of its own, without pyplot, and return SVG for a page.

    Parameters
    ----------
    size
        Width and height in inches: its text has 10 points where it is shown so wide.
    draw
        Called with the figure.
    place
        Where it stands, another for each drawing of a page: ids are global in a page.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    stream = io.StringIO()
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        FigureCanvasSVG(figure)
        draw(figure)
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{place}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{place}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{place}-\1)", text)
    for colour, name in VARIABLES.items():
        text = re.sub(rf"(fill|stroke): {colour}\b", rf"\1: var(--{name})", text, flags=re.IGNORECASE)
    start, rest = text.split(">", 1)
    start = re.sub(r' (?:width|height)="[\d.]+pt"', "", start)
    return f"{start}>{rest}"


def panels(size: tuple[float, float], draws: Sequence[Draw], place: str, narrow: int) -> str:
    """Return drawings beside each other, as many as there is room for, each at least ``narrow`` pixels wide.

    Each function of ``draws`` is called with axes.
    """

    def on(draw: Draw) -> Draw:
        return lambda figure: draw(figure.subplots())

    shown = [inline_svg(size, on(draw), f"{place}{i}") for i, draw in enumerate(draws)]
    cells = "".join(f"<div>{svg}</div>" for svg in shown)
    return f'<div class="panels" style="--narrow: {narrow}px; --most: {LARGEST * size[0]:.0f}px">{cells}</div>'


def legend(ax: "Axes", backwards: bool = False) -> str:
    """Return the legend of axes as a line of the page, a sign and a label each; ``backwards``: the last drawn first."""
    lines = list(zip(*ax.get_legend_handles_labels(), strict=True))[:: -1 if backwards else 1]
    return f'<p class="legend">{"".join(itertools.starmap(_entry, lines))}</p>' if lines else ""


def _entry(line: "Line2D", label: str) -> str:
    from matplotlib.colors import to_hex

    colour = to_hex(line.get_color())
    ink = next((f"var(--{name})" for known, name in VARIABLES.items() if known.lower() == colour.lower()), colour)
    kind = "dashed" if line.is_dashed() else "solid"
    return f'<span><i style="border-top: 3px {kind} {ink}"></i>{escape(label)}</span>'
