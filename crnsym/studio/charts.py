"""Charts of measurements, curves and residuals, as options of ECharts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..comparison.result import Discovery
from ..data.trajectories import Trajectories
from ..report.style import PALETTE

SYMBOLS = ("circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle")
POINTS = 120  # of a curve
# as styles and not as classes: these hold from the moment a chart is there, and it is drawn once, as wide as it will be
TALL, LOW = "width: 100%; height: 20rem", "width: 100%; height: 10rem"
TEXT = {False: "#3c4650", True: "#c8d0d8"}  # by whether the page is dark
LINES = {False: "#e1e6eb", True: "#3a424a"}
OUT = "#8a8f94"  # values that do not count


def grid(times: np.ndarray) -> np.ndarray:
    """Return times for a smooth curve through a run."""
    positive = times[times > times[0]] - times[0]
    if len(positive) > 5 and positive[-1] > 1e3 * positive[0]:
        return times[0] + np.append(0.0, np.geomspace(positive[0] / 2, positive[-1], POINTS))
    return np.linspace(times[0], times[-1], POINTS)


def chart(
    data: Trajectories,
    run: int,
    curves: Mapping[str, Sequence[Sequence[float]]] | None = None,
    *,
    dark: bool = False,
    out: Iterable[tuple[int, str]] = (),
    title: str = "",
) -> dict[str, Any]:
    """Draw the measurements of a run and curves through them.

    Parameters
    ----------
    data, run
        Measurements, and which run of them.
    curves
        {species: pairs of time and value}.
    dark
        Colours for a dark page.
    out
        ``(row, species)`` of values that do not count; drawn grey and empty.
    title
        Over the chart.
    """
    outside = set(out)
    times = data.times[run]
    series = []
    for i, name in enumerate(data.species):
        colour, symbol = PALETTE[i % len(PALETTE)], SYMBOLS[i % len(SYMBOLS)]
        points = []
        for row, (t, v) in enumerate(zip(times, data.values[run][:, i], strict=True)):
            mark = {"color": "transparent", "borderColor": OUT, "borderWidth": 1.5}
            style = {"itemStyle": mark} if (row, name) in outside else {}
            points.append({"value": [float(t), float(v) if v == v else None], **style})
        series.append(
            {"name": name, "type": "scatter", "data": points, "symbol": symbol, "symbolSize": 9, "color": colour}
        )
    for i, name in enumerate(data.species):
        series.append(_line(name, curves.get(name, []) if curves else [], PALETTE[i % len(PALETTE)]))
    for i, name in enumerate(n for n in curves or {} if n not in data.species):
        series.append(_line(name, (curves or {})[name], PALETTE[(len(data.species) + i) % len(PALETTE)], "dashed"))
    return _axes(series, time_label(data), _amount(data), dark, title)


def residual_chart(found: Discovery, candidate: int, run: int, *, dark: bool = False) -> dict[str, Any]:
    """Draw what a candidate leaves of a run, in standard deviations of the noise."""
    data = found.data
    course = found[candidate].course(run, data.times[run])
    sigma = found.noise.sigma(course[:, : len(data.species)])
    left = (data.values[run] - course[:, : len(data.species)]) / sigma
    series = []
    for i, name in enumerate(data.species):
        pairs = [[float(t), float(v)] for t, v in zip(data.times[run], left[:, i], strict=True) if v == v]
        look = {"symbol": SYMBOLS[i % len(SYMBOLS)], "symbolSize": 6, "color": PALETTE[i % len(PALETTE)]}
        series.append({"name": name, "type": "scatter", "data": pairs, **look})
    options = _axes(series, time_label(data), "misfit / noise", dark, "")
    options["legend"] = {"show": False}
    options["grid"] = {"left": 52, "right": 14, "top": 12, "bottom": 40}
    return options


def points_and_lines(
    points: Mapping[str, Sequence[Sequence[float]]],
    lines: Mapping[str, Sequence[Sequence[float]]],
    across: str,
    up: str,
    dark: bool,
) -> dict[str, Any]:
    """Draw {name: pairs} as points, and others of the same names as lines of the same colours."""
    series: list[dict[str, Any]] = []
    for i, (name, pairs) in enumerate(points.items()):
        look = {"symbol": SYMBOLS[i % len(SYMBOLS)], "symbolSize": 6, "color": PALETTE[i % len(PALETTE)]}
        series.append({"name": name, "type": "scatter", "data": list(pairs), **look})
        if name in lines:
            series.append(_line(name, lines[name], PALETTE[i % len(PALETTE)]))
    return _axes(series, across, up, dark, "")


def curves(species: Sequence[str], times: np.ndarray, course: np.ndarray) -> dict[str, list[list[float]]]:
    """Return the curves of a course ``(times, species)`` as pairs."""
    pairs = np.stack(np.broadcast_arrays(times[:, None], course), axis=-1)
    return {name: pairs[:, i].tolist() for i, name in enumerate(species) if np.isfinite(course[:, i]).all()}


def _line(name: str, pairs: Sequence[Sequence[float]], colour: str, kind: str = "solid") -> dict[str, Any]:
    look = {"color": colour, "lineStyle": {"width": 2, "type": kind}, "showSymbol": False, "silent": True, "z": 1}
    return {"name": name, "type": "line", "data": list(pairs), **look}


def _axes(series: list[dict[str, Any]], across: str, up: str, dark: bool, title: str) -> dict[str, Any]:
    ink, line = TEXT[dark], LINES[dark]
    axis = {
        "type": "value",
        "nameLocation": "middle",
        "nameTextStyle": {"color": ink},
        "axisLabel": {"color": ink, "hideOverlap": True},
        "axisLine": {"show": True, "lineStyle": {"color": ink}},
        "splitLine": {"lineStyle": {"color": line}},
    }
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "title": {"text": title, "textStyle": {"color": ink, "fontSize": 13, "fontWeight": "normal"}, "left": 8},
        "grid": {"left": 52, "right": 14, "top": 44 if not title else 62, "bottom": 44},
        "legend": {"top": 4 if not title else 24, "textStyle": {"color": ink}, "type": "scroll"},
        "tooltip": {"trigger": "item"},
        "xAxis": {**axis, "name": across, "nameGap": 26},
        "yAxis": {**axis, "name": up, "nameGap": 38},
        "series": series,
    }


def time_label(data: Trajectories) -> str:
    """Return the name of the times, with their unit where it is known."""
    return f"time [{data.time_unit}]" if data.time_unit else "time"


def _amount(data: Trajectories) -> str:
    units = set(data.units)
    return f"concentration [{data.units[0]}]" if len(units) == 1 and "" not in units else "measured"
