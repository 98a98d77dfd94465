"""Figures of a fitted lattice model beside the simulation: each draws on the Figure it is given."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from ..dbm.closure import Closure
from ..dynamics.lattice.runs import LatticeRuns
from .lattice import EMPTY, species_legend
from .style import INK, PALETTE, SOFT, colours

LINES = ((0, (5, 2)), (0, (1, 1.5)), (0, (4, 1, 1, 1)))


def plot_moment(
    ax: Axes, data: LatticeRuns, found: LatticeRuns, rivals: Mapping[str, Mapping[str, np.ndarray]], name: str
) -> Axes:
    """Draw a number or pairs of nearest neighbours, data as dots and model as a line, each with the spread over runs.

    Parameters
    ----------
    ax
        To draw on.
    data, found
        Simulated and sampled runs at the same times.
    rivals
        {name of a closure: {quantity: ``(times,)``}}, where there are any.
    name
        A key of `shown_moments`.
    """
    truth, model = shown_moments(data), shown_moments(found)
    colour = colours(data.species).get(name, PALETTE[list(truth).index(name) % len(PALETTE)])
    values, mean, spread = truth[name], model[name].mean(axis=0), model[name].std(axis=0)
    ax.fill_between(found.times, mean - spread, mean + spread, color=colour, alpha=0.18, lw=0)
    ax.plot(found.times, mean, color=colour, lw=1.8, label="model")
    ax.errorbar(
        data.times, values.mean(axis=0), values.std(axis=0), fmt="o", ms=3.5, lw=0.8, color=INK, label="simulation"
    )
    top = ax.get_ylim()[1]
    for style, (rival, curves) in zip(LINES, rivals.items(), strict=False):
        if name in curves:
            ax.plot(data.times, curves[name], ls=style, lw=1.2, color=SOFT, label=rival)
    ax.set_ylim(0, 1.15 * top)  # closures may run away; the data are what is to be seen
    ax.set(title=name, xlabel="time")
    ax.legend(fontsize=8)
    return ax


def plot_lattices(figure: Figure, data: LatticeRuns, found: LatticeRuns, most: int = 5) -> Figure:
    """Draw the middle slice of one simulated and one sampled lattice at some times."""
    shown = np.unique(np.rint(np.linspace(0, len(data.times) - 1, most)).astype(int))
    palette = ListedColormap([EMPTY, *colours(data.species).values()])
    axes = figure.subplots(2, len(shown), squeeze=False)
    for row, (runs, name) in enumerate(((data, "simulation"), (found, "model"))):
        for ax, t in zip(axes[row], shown, strict=True):
            ax.imshow(_slice(runs.sites[0, t]), cmap=palette, vmin=0, vmax=len(data.species), interpolation="nearest")
            ax.set_xticks([])
            ax.set_yticks([])
            ax.grid(visible=False)
            if row == 0:
                ax.set_title(f"t = {runs.times[t]:.4g}")
        axes[row][0].set_ylabel(name)
    species_legend(figure, data.species)
    return figure


def _slice(sites: np.ndarray) -> np.ndarray:
    if sites.ndim == 1:
        width = int(np.ceil(np.sqrt(len(sites))))  # a chain is wrapped, row after row
        return np.pad(sites, (0, -len(sites) % width)).reshape(-1, width)
    return sites if sites.ndim == 2 else sites[len(sites) // 2]


def plot_channels(figure: Figure, found: Closure, species: tuple[str, ...]) -> Figure:
    """Draw the rate of change of each number, channel by channel, and their sum."""
    axes = figure.subplots(1, len(species), squeeze=False)[0]
    palette = colours(found.channels)
    for ax, name in zip(axes, species, strict=True):
        channels = found[name]
        largest = max(np.abs(rate).max() for rate in channels.values()) or 1.0
        for channel, rate in channels.items():
            if np.abs(rate).max() > 0.01 * largest:
                ax.plot(found.times, rate, color=palette[channel], label=channel)
        ax.plot(found.times, sum(channels.values()), color=INK, lw=1.8, ls=LINES[0], label="sum")
        ax.set_title(f"d⟨{name}⟩/dt")
        ax.set_xlabel("time")
        ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    return figure


def plot_couplings(figure: Figure, times: np.ndarray, couplings: np.ndarray, names: tuple[str, ...]) -> Figure:
    """Draw the couplings in time."""
    ax = figure.subplots()
    for k, name in enumerate(names):
        ax.plot(times, couplings[:, k], color=PALETTE[k % len(PALETTE)], label=name)
    ax.axhline(0, color=SOFT, lw=0.8)
    ax.set_xlabel("time")
    ax.set_ylabel("coupling (kT)")
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def shown_moments(runs: LatticeRuns) -> dict[str, np.ndarray]:
    """Return {name: ``(runs, times)``} of the numbers, then of pairs of nearest neighbours."""
    found = {name: runs.counts()[..., s] for s, name in enumerate(runs.species)}
    for i, one in enumerate(runs.species):
        for other in runs.species[i:]:
            found[f"{one}-{other} neighbours"] = runs.nearest(one, other)
    return found
