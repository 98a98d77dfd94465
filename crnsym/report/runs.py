"""Measurements of a run, and the course of a mechanism through them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..comparison.bands import Band, predictive_band
from ..comparison.candidate import Candidate
from ..comparison.predict import predict_columns, predict_runs
from ..comparison.result import Discovery
from ..errors import DataError, FitError
from .axes import on_axes
from .style import SOFT, colours

MOST_HIDDEN = 3
CURVE_POINTS = 160
SAME_COURSE = 0.02  # of its range: two courses so near each other are drawn as one
SPREAD = 20.0  # ratio of largest values above which small species are magnified


def magnifications(found: Discovery) -> dict[str, int]:
    """Powers of ten by which small species are drawn larger, so that one axis serves all."""
    sizes = np.nanmax([np.nanmax(np.abs(values), axis=0, initial=0.0) for values in found.data.values], axis=0)
    top = float(sizes.max()) or 1.0
    return {
        name: int(np.floor(np.log10(top / size))) if size > 0 and top / size > SPREAD else 0
        for name, size in zip(found.data.species, sizes, strict=True)
    }


def logarithmic(times: np.ndarray) -> bool:
    """Whether sampling times grow like powers rather than evenly."""
    steps = np.diff(times)
    return len(times) > 6 and float(steps[-1] / steps[0]) > 100.0


def dense_grid(times: np.ndarray) -> np.ndarray:
    """Return times for a smooth curve through a run, spaced as the samples are."""
    if logarithmic(times):
        positive = times[times > times[0]]
        inner = np.geomspace(positive[0] - times[0], times[-1] - times[0], CURVE_POINTS - 1)
        return np.concatenate([times[:1], times[0] + inner])
    return np.linspace(times[0], times[-1], CURVE_POINTS)


@on_axes
def plot_run(ax: Axes, found: Discovery, candidate: Candidate, run: int, level: float = 0.9) -> Axes:
    """Draw the measurements of one run, the candidate's curves, and the band where measurements are expected.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.plot_run(found, found[0], run=0).figure.savefig("run.png")
    """
    if not 0 <= run < len(found.data):
        raise DataError(f"run={run}: there are {len(found.data)} runs, counted from 0")
    palette, powers = colours(found.data.species), magnifications(found)
    times, values = found.data.times[run], found.data.values[run]
    grid = dense_grid(times)
    states = predict_runs(candidate.fit, [run], [grid])[0]
    curves = predict_columns(candidate.fit, [run], [states])[0]
    logs = logarithmic(times)
    shift = times[0] if logs else 0.0
    many = values.size > 800
    size = 2.2 if many else (3.0 if len(found.data) > 2 else 6.0)
    band = _band(candidate, run, grid, level)
    drawn: list[np.ndarray] = []
    for i, name in enumerate(found.data.species):
        factor = 10.0 ** powers[name]
        if band is not None:
            edges = band.measured_low[:, i] * factor, band.measured_high[:, i] * factor
            ax.fill_between(grid - shift, *edges, color=palette[name], alpha=0.10, lw=0, zorder=1)
            edges = band.low[:, i] * factor, band.high[:, i] * factor
            ax.fill_between(grid - shift, *edges, color=palette[name], alpha=0.28, lw=0, zorder=1)
        label = name if powers[name] == 0 else f"{name} × {10 ** powers[name]:,}".replace(",", "\u202f")
        course = curves[:, i] * factor
        hides = any(np.abs(course - other).max() < SAME_COURSE * np.ptp(course) for other in drawn)
        drawn.append(course)
        dashes = (0, (5, 5)) if hides else "-"  # so that the course below shows through
        ax.plot(grid - shift, course, color=palette[name], lw=1.6, ls=dashes, label=label, zorder=3)
        ax.plot(
            times - shift, values[:, i] * factor, ls="", marker="o", ms=size, mew=0, alpha=0.55,
            color=palette[name], zorder=2, rasterized=many,
        )  # fmt: skip
    # many courses that nobody measured, perhaps of other units, would hide those that were
    others = () if candidate.fit.problem.observation is not None else candidate.hidden_species
    for name in others if len(others) <= MOST_HIDDEN else ():
        course = states[:, candidate.mechanism.species.index(name)]
        ax.plot(grid - shift, course, color=SOFT, lw=1.2, ls=(0, (4, 2)), label=f"{name} (not measured)")
    if logs:
        ax.set_xscale("log")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.margins(x=0.02)
    return ax


def _band(candidate: Candidate, run: int, grid: np.ndarray, level: float) -> Band | None:
    """Return the band of a run; None where the mechanism has none."""
    if not candidate.one_rate_each or not np.isfinite(candidate.fit.covariance).all():
        return None
    try:
        return predictive_band(candidate, run, grid, level)
    except FitError:
        return None
