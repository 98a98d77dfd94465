"""The picture of apparent orders: all runs on one line over the normalised time."""

import os
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..comparison.orders.result import Orders
from ..errors import ExportError
from ..files import write_by
from .axes import on_axes
from .style import PALETTE, SETTINGS, SOFT

SUFFIXES = (".png", ".svg", ".pdf")


@on_axes
def plot_orders(ax: Axes, found: Orders) -> Axes:
    """Draw what the target gained over k times the integral of the powers; where the law holds, runs are one line.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A + B -> P @ 0.3")
    >>> data = cs.simulate(net, (0, 10, 21), initial=[{"A": 1, "B": 2}, {"A": 2, "B": 1.5}])
    >>> cs.plot_orders(cs.orders(data, noise=0.001)).figure.savefig("orders.png")
    """
    runs = list(dict.fromkeys(label for label, _, _ in found.lines))
    end = max((float(time[-1]) for _, time, _ in found.lines if len(time)), default=1.0)
    ax.plot([0, end], [0, found.sign * end], color=SOFT, lw=1.0, zorder=1)
    for label, time, gained in found.lines:
        place = runs.index(label)
        ax.plot(time, gained, ls="", marker="o", ms=4, color=PALETTE[place % len(PALETTE)], label=label, zorder=2)
    ax.set(xlabel="k × integral of the powers", ylabel=f"gain of {found.target}")
    ax.set_title(found.law, loc="left", fontsize=10)
    handles, labels = ax.get_legend_handles_labels()
    each = dict(zip(labels, handles, strict=True))
    ax.legend(list(each.values()), list(each), fontsize=9)
    return ax


def write_orders(found: Orders, path: str | os.PathLike[str]) -> None:
    """Write the picture of `plot_orders`; whole or not at all.

    Raises
    ------
    ExportError
        The file cannot be written, or its suffix is none of .png, .svg and .pdf.
    """
    check_orders_picture(path)

    def draw(part: Path) -> None:
        with mpl.rc_context(SETTINGS):
            figure = Figure(figsize=(6.4, 4.2), layout="constrained")
            plot_orders(figure.subplots(), found)
            figure.savefig(part, dpi=150)

    write_by(Path(path), draw)


def check_orders_picture(path: str | os.PathLike[str]) -> None:
    """Refuse a name that is no picture's.

    Raises
    ------
    ExportError
        Names the suffix.
    """
    if Path(path).suffix not in SUFFIXES:
        raise ExportError(f"{path}: pictures end in {', '.join(SUFFIXES)}")
