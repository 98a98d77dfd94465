"""How far the candidates lie apart, and how likely each reaction is."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ..comparison.candidate import Candidate
from ..comparison.result import Discovery
from .axes import on_axes, say
from .style import INK, PALE, PALETTE, arrows

MOST_REACTIONS, RARE = 12, 5e-3  # probabilities that are drawn: how many, and from where on


@on_axes
def plot_ranking(ax: Axes, candidates: Sequence[Candidate], ties: int, most: int = 12) -> Axes:
    """Draw how far each candidate's score lies behind the best.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 1, 6), noise=0.05, seed=0)
    >>> found = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], data)
    >>> cs.plot_ranking(found.candidates, found.ties).figure.savefig("ranking.png")
    """
    shown = list(candidates[:most])
    if not shown:
        return say(ax, "no candidates")
    best = shown[0].score
    y = np.arange(len(shown))[::-1]
    gaps = [c.score - best for c in shown]
    ax.barh(y, gaps, height=0.62, color=[PALETTE[0] if i < ties else PALE for i in range(len(shown))])
    ax.plot([0], y[:1], ls="", marker="o", ms=6, color=PALETTE[0], clip_on=False)
    for position, candidate, gap in zip(y, shown, gaps, strict=True):
        weight = f"{candidate.weight:.2f}" if candidate.weight >= 0.005 else "< 0.01"
        ax.annotate(
            weight, (gap, position), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8, color=INK
        )
    ax.set_yticks(y, [c.name for c in shown])
    ax.set_xlim(0, max(max(gaps) * 1.2, 2.5))
    ax.set_xlabel("score behind the best (number: weight)")
    ax.grid(axis="y", visible=False)
    return ax


@on_axes
def plot_inclusion(ax: Axes, found: Discovery, most: int = MOST_REACTIONS) -> Axes:
    """Draw the probability of every reaction among the mechanisms that were fitted.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.plot_inclusion(found).figure.savefig("probabilities.png")
    """
    items = [(r, p) for r, p in found.inclusion.items() if p > RARE][:most]
    y = np.arange(len(items))[::-1]
    ax.barh(y, [p for _, p in items], height=0.62, color=PALETTE[2], alpha=0.75)
    ax.set_yticks(y, [arrows(r) for r, _ in items])
    ax.set_xlim(0, 1)
    ax.set_xlabel("probability that it happens")
    ax.grid(axis="y", visible=False)
    return ax
