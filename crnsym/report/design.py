"""Figures of a proposed experiment: what the mechanisms predict, and where they part."""

import numpy as np
from matplotlib.axes import Axes

from ..comparison.proposal import Experiment
from .axes import on_axes
from .ranking import RARE
from .runs import logarithmic
from .style import PALE, PALETTE, SOFT


@on_axes
def plot_experiment(ax: Axes, experiment: Experiment, species: str | None = None) -> Axes:
    """Draw what the mechanisms predict for one species, by default where they part most, with the sampling times.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 1, 6), noise=0.05, seed=0)
    >>> found = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], data)
    >>> design = cs.next_experiment(found, ranges={"A": (0.5, 2.0)}, samples=5)
    >>> cs.plot_experiment(design).figure.savefig("design.png")
    """
    chosen = experiment.parting[0] if species is None else species
    column = experiment.measured.index(chosen)
    order = np.argsort(-experiment.weights, kind="stable")
    logs = logarithmic(experiment.times)
    shift = experiment.times[0] if logs else 0.0
    for place, i in reversed(list(enumerate(order))):
        rival = experiment.weights[i] >= RARE or place < 2
        ax.plot(
            experiment.grid - shift, experiment.courses[i][:, column], lw=2.2 if place == 0 else 1.4 if rival else 0.8,
            color=PALETTE[place % len(PALETTE)] if rival else PALE,
            label=f"{experiment.names[i]} ({experiment.weights[i]:.2f})" if rival else None, zorder=3 if rival else 1,
        )  # fmt: skip
    marks = np.full(len(experiment.times), 0.015)
    ax.plot(experiment.times - shift, marks, ls="", marker="|", ms=9, color=SOFT, transform=ax.get_xaxis_transform())
    if chosen == experiment.parting[0]:
        ax.axvline(experiment.parting[1] - shift, color=SOFT, lw=0.9, ls=(0, (4, 3)), zorder=0)
    ax.set_title(chosen, loc="left", fontsize=10)
    ax.set(xlabel="time", ylabel="concentration")
    ax.margins(x=0.02)
    if logs:
        ax.set_xscale("log")
    return ax


def parting_species(experiment: Experiment, most: int = 3) -> list[str]:
    """Return the species in which the mechanisms part most, the farthest first."""
    span = np.ptp(experiment.courses, axis=0).max(axis=0) / np.maximum(experiment.courses.max(axis=(0, 1)), 1e-300)
    names = sorted(experiment.measured, key=lambda s: (s != experiment.parting[0], -span[experiment.measured.index(s)]))
    return names[:most]
