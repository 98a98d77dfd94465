"""Colours and settings of all figures; used in a context, never set globally."""

from collections.abc import Sequence
from typing import Any

PALETTE = (
    "#1f6feb", "#d1495b", "#2a9d5c", "#e09f3e", "#7b5ea7", "#118a9c", "#c0609e", "#8a6d3b", "#5b6770", "#a3b11f",
)  # fmt: skip
INK, SOFT, GRID = "#1c2733", "#66727f", "#e3e8ee"

SETTINGS: Any = {
    "svg.fonttype": "none",  # text stays text: small files, the page's own font
    "svg.hashsalt": "crnsym",  # the same figure is the same file
    "font.family": "sans-serif",
    "font.sans-serif": ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans"],
    "font.size": 10,
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
