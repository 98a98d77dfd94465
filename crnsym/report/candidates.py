"""Given candidates beside each other: their fits in one figure, their reactions in one table."""

import io

from matplotlib.figure import Figure

from ..comparison.differences import reaction_rows
from ..comparison.result import Discovery
from ..data.csv_text import csv_text
from .runs import plot_run
from .style import SETTINGS, SOFT, time_axis

MOST, MOST_RUNS = 4, 3  # candidates and runs in the figure


def plot_fits_side_by_side(figure: Figure, found: Discovery, most: int = MOST, runs: int = MOST_RUNS) -> Figure:
    """Draw the fits of the best candidates: a column each, a row a run, all on the same axes.

    Parameters
    ----------
    figure
        To draw on.
    found
        With its candidates.
    most, runs
        Largest number of candidates and of runs.
    """
    shown, rows = found.candidates[:most], min(len(found.data), runs)
    axes = figure.subplots(rows, len(shown), squeeze=False, sharex="row", sharey="row")
    for column, candidate in enumerate(shown):
        for row in range(rows):
            ax = axes[row, column]
            plot_run(ax, found, candidate, row)
            if row == 0:
                ax.set_title(f"{candidate.name}   χ²/N {candidate.reduced:.2f}", loc="left", fontsize=10)
            if row == rows - 1:
                ax.set_xlabel(time_axis(found.data))
            if column == 0 and len(found.data) > 1:
                ax.set_ylabel(f"run {found.data.experiments[row]}", color=SOFT)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=min(len(labels), 3 * len(shown)), fontsize=9)
    return figure


def fits_svg(found: Discovery) -> str:
    """Return the figure of `plot_fits_side_by_side` as SVG."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    width = 1.0 + 3.4 * min(len(found), MOST)
    height = 1.0 + 2.6 * min(len(found.data), MOST_RUNS)
    stream = io.StringIO()
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        plot_fits_side_by_side(figure, found)
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def reactions_csv(found: Discovery) -> str:
    """Return the table of `reaction_rows` as CSV."""
    rows = reaction_rows(found.candidates)
    return csv_text(list(rows[0]) if rows else ["reaction"], rows)
