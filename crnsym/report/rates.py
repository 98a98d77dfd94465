"""Rates and how well they are known."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from ..comparison.candidate import Candidate
from ..comparison.numbers import interval
from ..refit.freedom import two_sided
from ..refit.profile import Interval
from .axes import on_axes, say
from .style import EDGE, PALETTE


@on_axes
def plot_rates(ax: Axes, candidate: Candidate, profiles: Mapping[str, Interval] | None = None) -> Axes:
    """Draw the 95 % interval of every rate constant relative to its best value: of the profile, or from the curvature.

    ``profiles`` are those of `profile_intervals`; a bar that ends at the edge has no limit on that side.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.plot_rates(found[0]).figure.savefig("rates.png")
    """
    if not candidate.rates:
        return say(ax, "no rate was fitted")
    names, width = list(candidate.rates), two_sided(0.95, candidate.fit.degrees_of_freedom)
    low, high = np.array([interval(0.0, min(relative_error(candidate, name), 3.0), width) for name in names]).T
    for j, name in enumerate(names):
        if profiles and name in profiles:
            low[j] = max(profiles[name].low / profiles[name].value, 1e-4)
            high[j] = min(profiles[name].high / profiles[name].value, 1e4)
    y = np.arange(len(names))[::-1]
    ax.hlines(y, low, high, color=PALETTE[0], lw=5, alpha=0.35)
    ax.plot(np.ones(len(names)), y, ls="", marker="o", ms=6, color=PALETTE[0])
    ax.axvline(1.0, color=EDGE, lw=0.8, zorder=0)
    ax.set_yticks(y, names)
    ax.set_ylim(-0.7, len(names) - 0.3)
    reach = min(max(float(np.max(np.maximum(high, 1 / np.maximum(low, 1e-9)))), 1.02), 400.0)
    if reach > 2.0:
        ax.set_xscale("log")
        ax.set_xlim(1 / reach**1.1, reach**1.1)
    else:
        ax.set_xlim(1 - (reach - 1) * 1.25, 1 + (reach - 1) * 1.25)
    ax.set_xlabel("rate constant / best value, 95 % interval")
    return ax


def relative_error(candidate: Candidate, name: str) -> float:
    """Return the standard error of a parameter over its size; infinite where the data leave it open."""
    error, size = candidate.standard_errors.get(name, float("inf")), abs(candidate.rates[name])
    return error / size if size > 0 else float("inf")
