"""Colours and settings of all figures; used in a context, never set globally."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..data.trajectories import Trajectories

# told apart by all common kinds of colour vision: M. Okabe, K. Ito, Color Universal Design (2008), without black and
# yellow, which are no lines on white or black; what comes after the sixth is told apart by its place as well
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#999933", "#5b6770", "#44AA99",
)  # fmt: skip
INK, SOFT, GRID, EDGE, SHADE, PALE = "#1c2733", "#66727f", "#e3e8ee", "#b6c0cb", "#f0f3f7", "#c9d3de"
PAPER = "#ffffff"
LIGHT = 0.35  # of the luminance of white; colours above it are written on in black

SETTINGS: Any = {
    "svg.fonttype": "none",  # text stays text: small files, the page's own font
    "svg.hashsalt": "crnsym",  # the same figure is the same file
    "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": "#b6c0cb",
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.frameon": False,
}


def arrows(reaction: str) -> str:
    """Write a reaction with an arrow, and with the sign of the empty set for nothing."""
    left, right = (s.strip() for s in reaction.split("->", 1))
    return " → ".join("∅" if s == "0" else s for s in (left, right))


def colours(species: Sequence[str]) -> dict[str, str]:
    """One colour a species, the same in every figure."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(species)}


def on_colour(colour: str) -> str:
    """Return white or black, whichever is read better on a colour (relative luminance of the sRGB standard)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#fdfeff" if light < LIGHT else "#10161d"  # neither is an ink of the page: these stay as they are


def time_axis(data: "Trajectories") -> str:
    """Return the name of an axis of times, with the unit where it is known."""
    return f"time [{data.time_unit}]" if data.time_unit else "time"


def concentration_axis(data: "Trajectories") -> str:
    """Return the name of an axis of concentrations, with the unit where all species have the same."""
    units = set(data.units)
    return f"concentration [{data.units[0]}]" if len(units) == 1 and "" not in units else "concentration"
