"""Figures of a discovery: each draws on the Axes or Figure it is given first and returns it.

Where no Axes come first, those of one panel draw on a figure of their own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..comparison.bands import Band, predictive_band
from ..comparison.candidate import Candidate
from ..comparison.numbers import interval
from ..comparison.predict import predict_columns, predict_runs
from ..comparison.residuals import residuals
from ..comparison.result import Discovery
from ..errors import DataError, FitError
from ..refit.freedom import two_sided
from ..refit.profile import Interval
from .axes import on_axes, say
from .style import INK, PALETTE, SOFT, arrows, colours, concentration_axis, time_axis

MOST_RUNS = 12
MOST_HIDDEN = 3
CURVE_POINTS = 160
SAME_COURSE = 0.02  # of its range: two courses so near each other are drawn as one
MOST_REACTIONS, RARE = 12, 5e-3  # probabilities that are drawn: how many, and from where on
SPREAD = 20.0  # ratio of species ranges above which small species are magnified


def magnifications(found: Discovery) -> dict[str, int]:
    """Powers of ten by which small species are drawn larger, so that one axis serves all."""
    spans = found.data.ranges()
    top = float(np.max(spans)) or 1.0
    powers = {}
    for name, span in zip(found.data.species, spans, strict=True):
        powers[name] = int(np.floor(np.log10(top / span))) if span > 0 and top / span > SPREAD else 0
    return powers


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


def plot_fits(figure: Figure, found: Discovery, candidate: Candidate, most: int = MOST_RUNS) -> Figure:
    """Draw all runs (at most ``most``), measurements as dots and the candidate as lines."""
    runs = list(range(min(len(found.data), most)))
    columns = min(len(runs), 4)
    rows = -(-len(runs) // columns)
    axes = figure.subplots(rows, columns, squeeze=False)
    for ax in axes.flat[len(runs) :]:
        ax.set_visible(False)
    for run in runs:
        ax = axes.flat[run]
        plot_run(ax, found, candidate, run)
        if len(found.data) > 1:
            kelvin = found.data.temperatures
            heat = f", {kelvin[run]:g} K" if kelvin and len(set(kelvin)) > 1 else ""
            ax.set_title(f"run {found.data.experiments[run]}{heat}", loc="left", color=SOFT, fontsize=9)
        if run + columns >= len(runs):
            ax.set_xlabel(time_axis(found.data))
        if run % columns == 0:
            ax.set_ylabel(concentration_axis(found.data))
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=min(len(labels), 8), fontsize=10)
    return figure


def fits_size(found: Discovery) -> tuple[float, float]:
    """Width and height in inches that suit `plot_fits`."""
    runs = min(len(found.data), MOST_RUNS)
    if runs == 1:
        return 9.6, 4.4
    columns = min(runs, 4)
    return 9.6, 0.5 + -(-runs // columns) * (3.4 if columns < 3 else 2.3)


def plot_residuals(figure: Figure, found: Discovery, candidate: Candidate) -> Figure:
    """Draw what the fit leaves, in units of the noise, over time: one panel a species, all runs."""
    left_over = residuals(candidate.fit)
    if left_over is None:
        return figure
    species = found.data.species
    columns = min(len(species), 5)
    rows = -(-len(species) // columns)
    axes = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for ax in axes.flat[len(species) :]:
        ax.set_visible(False)
    for ax, name in zip(axes.flat, species, strict=False):
        plot_residual(ax, found, candidate, name)
    for ax in axes[:, 1:].flat:
        ax.set_ylabel("")
    return figure


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
    ax.axhspan(-2, 2, color="#f0f3f7", zorder=0)
    ax.axhline(0, color="#b6c0cb", lw=0.8)
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
    ax.axvline(1.0, color="#b6c0cb", lw=0.8, zorder=0)
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
    ax.barh(y, gaps, height=0.62, color=[PALETTE[0] if i < ties else "#c9d3de" for i in range(len(shown))])
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
