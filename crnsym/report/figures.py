"""Figures of a discovery: each function draws on the Axes or Figure it is given and returns it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..comparison.numbers import interval
from ..comparison.predict import predict_runs
from ..comparison.ranking import Candidate, Discovery
from ..comparison.residuals import residuals
from .style import INK, PALETTE, SOFT, colours

MOST_RUNS = 12
CURVE_POINTS = 160
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


def plot_run(ax: Axes, found: Discovery, candidate: Candidate, run: int) -> Axes:
    """Draw the measurements of one run and the candidate's curves."""
    palette, powers = colours(found.data.species), magnifications(found)
    times, values = found.data.times[run], found.data.values[run]
    grid = dense_grid(times)
    curves = predict_runs(candidate.fit, [run], [grid])[0]
    logs = logarithmic(times)
    shift = times[0] if logs else 0.0
    many = values.size > 800
    size = 2.2 if many else (3.0 if len(found.data) > 2 else 6.0)
    for i, name in enumerate(found.data.species):
        factor = 10.0 ** powers[name]
        label = name if powers[name] == 0 else f"{name} × {10 ** powers[name]:,}".replace(",", "\u202f")
        ax.plot(grid - shift, curves[:, i] * factor, color=palette[name], lw=1.6, label=label, zorder=3)
        ax.plot(
            times - shift, values[:, i] * factor, ls="", marker="o", ms=size, mew=0, alpha=0.55,
            color=palette[name], zorder=2, rasterized=many,
        )  # fmt: skip
    for name in candidate.hidden_species:
        course = curves[:, candidate.mechanism.species.index(name)]
        ax.plot(grid - shift, course, color=SOFT, lw=1.2, ls=(0, (4, 2)), label=f"{name} (not measured)")
    if logs:
        ax.set_xscale("log")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.margins(x=0.02)
    return ax


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
            ax.set_title(f"run {found.data.experiments[run]}", loc="left", color=SOFT, fontsize=9)
        if run + columns >= len(runs):
            ax.set_xlabel("time")
        if run % columns == 0:
            ax.set_ylabel("concentration")
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
    palette = colours(species)
    bound = max(4.0, float(np.quantile(np.abs(left_over.values), 0.999)) * 1.1)
    logs = logarithmic(found.data.times[0])
    size = 2.2 if found.data.count > 800 else 4.5
    for ax in axes.flat[len(species) :]:
        ax.set_visible(False)
    for i, name in enumerate(species):
        ax = axes.flat[i]
        ax.axhspan(-2, 2, color="#f0f3f7", zorder=0)
        ax.axhline(0, color="#b6c0cb", lw=0.8)
        for run, times in enumerate(found.data.times):
            shown = (left_over.values[run, : len(times), i] != 0.0) & (times > times[0] if logs else True)
            ax.plot(
                times[shown] - (times[0] if logs else 0.0), left_over.values[run, : len(times), i][shown],
                ls="", marker="o", ms=size, mew=0, alpha=0.5, color=palette[name], rasterized=True,
            )  # fmt: skip
        note = f"correlation {left_over.correlation[i]:+.2f}" + (" !" if left_over.structured[i] else "")
        ax.set_title(name, loc="left", color=palette[name], fontsize=10)
        ax.set_title(note, loc="right", color=PALETTE[1] if left_over.structured[i] else SOFT, fontsize=8)
        ax.set_ylim(-bound, bound)
        if logs:
            ax.set_xscale("log")
        else:
            ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.set_xlabel("time")
    for ax in axes[:, 0]:
        ax.set_ylabel("residual / noise")
    return figure


def plot_rates(ax: Axes, candidate: Candidate) -> Axes:
    """Draw the 95 % interval of every rate constant, relative to its best value, on a logarithmic axis."""
    logs = candidate.mechanism.log_rates
    names = list(candidate.rates)
    low, high = np.array([interval(0.0, float(e)) for e in np.minimum(candidate.fit.standard_errors, 3.0)]).T
    y = np.arange(len(logs))[::-1]
    ax.hlines(y, low, high, color=PALETTE[0], lw=5, alpha=0.35)
    ax.plot(np.ones(len(logs)), y, ls="", marker="o", ms=6, color=PALETTE[0])
    ax.axvline(1.0, color="#b6c0cb", lw=0.8, zorder=0)
    ax.set_yticks(y, names)
    ax.set_ylim(-0.7, len(logs) - 0.3)
    reach = max(float(np.max(np.maximum(high, 1 / low))), 1.02)
    if reach > 2.0:
        ax.set_xscale("log")
        ax.set_xlim(1 / reach**1.1, reach**1.1)
    else:
        ax.set_xlim(1 - (reach - 1) * 1.25, 1 + (reach - 1) * 1.25)
    ax.set_xlabel("rate constant / best value, 95 % interval")
    return ax


def plot_ranking(ax: Axes, candidates: Sequence[Candidate], ties: int, most: int = 12) -> Axes:
    """Draw how far each candidate's score lies behind the best."""
    shown = list(candidates[:most])
    best = shown[0].score
    y = np.arange(len(shown))[::-1]
    gaps = [c.score - best for c in shown]
    ax.barh(y, gaps, height=0.62, color=[PALETTE[0] if i < ties else "#c9d3de" for i in range(len(shown))])
    ax.plot([0] * min(ties, len(shown)), y[:ties], ls="", marker="o", ms=6, color=PALETTE[0], clip_on=False)
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


def plot_inclusion(ax: Axes, found: Discovery, most: int = 12) -> Axes:
    """Draw the probability of every reaction among the candidates."""
    items = [(r, p) for r, p in found.inclusion.items() if p > 1e-3][:most]
    y = np.arange(len(items))[::-1]
    ax.barh(y, [p for _, p in items], height=0.62, color=PALETTE[2], alpha=0.75)
    ax.set_yticks(y, [r.replace("->", "→") for r, _ in items])
    ax.set_xlim(0, 1)
    ax.set_xlabel("probability among the candidates")
    ax.grid(axis="y", visible=False)
    return ax
