"""Figures with or without axes to draw on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast, overload

from matplotlib.axes import Axes

from .style import SETTINGS, SOFT

P = ParamSpec("P")


class Plot(Protocol[P]):
    """A figure that is drawn on the axes that come first, or on a new figure of pyplot where none do."""

    @overload
    def __call__(self, ax: Axes, /, *arguments: P.args, **options: P.kwargs) -> Axes: ...

    @overload
    def __call__(self, *arguments: P.args, **options: P.kwargs) -> Axes: ...


def on_axes(draw: Callable[Concatenate[Axes, P], Axes]) -> Plot[P]:
    """Let the axes that a function draws on be left out, or be named ``ax=``."""

    @wraps(draw)
    def plot(*arguments: Any, **options: Any) -> Axes:
        ax = options.pop("ax", None)
        if ax is None and arguments and isinstance(arguments[0], Axes):
            ax, arguments = arguments[0], arguments[1:]
        if ax is not None:
            return draw(ax, *arguments, **options)
        import matplotlib
        from matplotlib import pyplot

        with matplotlib.rc_context(SETTINGS):
            figure, ax = pyplot.subplots(layout="constrained")
            try:
                return draw(ax, *arguments, **options)
            except BaseException:
                pyplot.close(figure)  # nobody wants to be shown half a figure
                raise

    return cast("Plot[P]", plot)


def say(ax: Axes, text: str) -> Axes:
    """Write a few words where there is nothing to draw."""
    ax.axis("off")
    ax.text(0.5, 0.5, text, ha="center", va="center", color=SOFT, transform=ax.transAxes)
    return ax
