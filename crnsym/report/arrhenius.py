"""Rate constants over temperature: the straight lines of Arrhenius, with what the data know of them."""

import numpy as np
from matplotlib.axes import Axes

from ..comparison.candidate import Candidate
from ..refit.freedom import two_sided
from .axes import on_axes
from .style import INK, PALETTE, SOFT

CURVE_POINTS = 60
TALLEST = 10.0  # decades that a band may reach beyond the lines


@on_axes
def plot_arrhenius(ax: Axes, candidate: Candidate) -> Axes:
    """Draw ln k over 1/T for every reaction, with 95 % bands, over the temperatures of the runs.

    Parameters
    ----------
    ax
        Axes to draw on.
    candidate
        Fitted to runs of several temperatures.

    Returns
    -------
    Axes
    """
    fit, heat = candidate.fit, candidate.fit.problem.temperatures
    assert heat is not None  # (else there are no activation energies)
    kelvin = np.unique(heat.kelvin)
    room = 0.06 * (1 / kelvin[0] - 1 / kelvin[-1])
    inverse = np.linspace(1 / kelvin[-1] - room, 1 / kelvin[0] + room, CURVE_POINTS)
    logs = fit.mechanism.log_rates_at(1 / inverse) / np.log(10)
    width = two_sided(0.95, fit.degrees_of_freedom)
    n, slope = logs.shape[1], heat.slope(1 / inverse)
    for j, name in enumerate(candidate.rates):
        c = fit.covariance[np.ix_([j, n + j], [j, n + j])]
        error = np.sqrt(np.maximum(c[0, 0] + 2 * slope * c[0, 1] + slope**2 * c[1, 1], 0.0)) / np.log(10)
        reach = np.minimum(width * error, TALLEST)
        colour = PALETTE[j % len(PALETTE)]
        ax.fill_between(
            1000 * inverse, 10 ** (logs[:, j] - reach), 10 ** (logs[:, j] + reach), color=colour, alpha=0.18
        )
        ax.plot(1000 * inverse, 10 ** logs[:, j], color=colour, lw=1.6, label=name)
    for t in kelvin:
        ax.axvline(1000 / t, color=SOFT, lw=0.8, ls=(0, (2, 3)), zorder=0)
    ax.set_yscale("log")
    ax.set_xlim(1000 * inverse[0], 1000 * inverse[-1])
    ax.set_xlabel("1000 K / T")
    ax.set_ylabel("rate constant")
    shown = kelvin if len(kelvin) <= 6 else kelvin[[0, len(kelvin) // 2, -1]]
    top = ax.secondary_xaxis("top")
    top.set_xticks(1000 / shown, [f"{t:.4g} K" for t in shown])
    top.tick_params(labelsize=8, length=0, colors=INK)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return ax
