"""Colours and settings of all figures; used in a context, never set globally."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..data.trajectories import Trajectories

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


def time_axis(data: "Trajectories") -> str:
    """Return the name of an axis of times, with the unit where it is known."""
    return f"time [{data.time_unit}]" if data.time_unit else "time"


def concentration_axis(data: "Trajectories") -> str:
    """Return the name of an axis of concentrations, with the unit where all species have the same."""
    units = set(data.units)
    return f"concentration [{data.units[0]}]" if len(units) == 1 and "" not in units else "concentration"
