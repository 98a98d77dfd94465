"""What a fit leaves, in units of the noise: a cloud where nothing is missing, waves where something is."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..comparison.candidate import Candidate
from ..comparison.residuals import residuals
from ..comparison.result import Discovery
from ..errors import DataError
from .axes import on_axes
from .runs import logarithmic
from .style import EDGE, PALETTE, SHADE, SOFT, colours, time_axis


@on_axes
def plot_residual(ax: Axes, found: Discovery, candidate: Candidate, species: str) -> Axes:
    """Draw what the fit leaves of one species, in units of the noise, over time: all runs.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.plot_residual(found, found[0], "A").figure.savefig("residual.png")
    """
    left_over = residuals(candidate.fit)
    if left_over is None:
        return ax
    if species not in found.data.species:
        raise DataError(f"species={species!r}: no column of the data; choose one of {', '.join(found.data.species)}")
    i, colour = found.data.species.index(species), colours(found.data.species)[species]
    logs = logarithmic(found.data.times[0])
    ax.axhspan(-2, 2, color=SHADE, zorder=0)
    ax.axhline(0, color=EDGE, lw=0.8)
    for run, times in enumerate(found.data.times):
        values = left_over.values[run, : len(times), i]
        shown = (values != 0.0) & (times > times[0] if logs else True)
        ax.plot(
            times[shown] - (times[0] if logs else 0.0), values[shown], ls="", marker="o", mew=0, alpha=0.5,
            ms=2.2 if found.data.count > 800 else 4.5, color=colour, rasterized=True,
        )  # fmt: skip
    note = f"correlation {left_over.correlation[i]:+.2f}" + (" !" if left_over.structured[i] else "")
    ax.set_title(species, loc="left", color=colour, fontsize=10)
    ax.set_title(note, loc="right", color=PALETTE[1] if left_over.structured[i] else SOFT, fontsize=8)
    bound = max(4.0, float(np.quantile(np.abs(left_over.values), 0.999)) * 1.1)
    ax.set(xlabel=time_axis(found.data), ylabel="residual / noise", ylim=(-bound, bound))
    if logs:
        ax.set_xscale("log")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(4))
    return ax
