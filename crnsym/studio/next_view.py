"""What to measure next, and what a new run would give."""

from typing import Any

import numpy as np
from nicegui import ui

from ..comparison.experiments import next_experiment
from ..comparison.result import Discovery
from . import charts
from .view import View, handle

LEVELS = 1.96  # standard deviations of the band between mechanisms


def next_view(view: View) -> None:
    """Propose a run, and predict one that is typed in."""
    found = view.project.found
    if found is None or not len(found):
        ui.label("There is no answer yet.")
        return
    with ui.card().classes("w-full"):
        ui.label("The next experiment").classes("text-subtitle1")
        told = handle(ui.label(str(found.proposal or "")).classes("text-body1"), "proposal")

        async def propose() -> None:
            idea = await view.work(lambda: next_experiment(found))
            if idea is not None:
                told.set_text(str(idea))

        if found.proposal is None:
            ui.label("The run that would tell these mechanisms apart best.").classes("text-caption")
            handle(ui.button("Propose a run", icon="lightbulb", on_click=propose).props("outline"), "propose")
    with ui.card().classes("w-full"):
        _prediction(view, found)


def _prediction(view: View, found: Discovery) -> None:
    data = found.data
    ui.label("Predict a new run").classes("text-subtitle1")
    ui.label("Concentrations at the start; all mechanisms predict, each with its weight.").classes("text-caption")
    first = data.values[0][0]
    boxes: dict[str, Any] = {}
    with ui.row().classes("gap-4 items-end"):
        for name, value in zip(data.species, first, strict=True):
            start = float(f"{max(value, 0.0):.3g}") if value == value else 0.0
            boxes[name] = handle(ui.number(name, value=start, min=0).classes("w-28"), f"start {name}")
        end = ui.number("until", value=float(data.times[0][-1]), min=0).classes("w-28")
        heat = None
        if data.temperatures is not None:
            heat = ui.number("temperature [K]", value=float(data.temperatures[0])).classes("w-28")
    area = ui.column().classes("w-full")

    def predict() -> None:
        start = {name: float(box.value or 0.0) for name, box in boxes.items()}
        kelvin = None if heat is None else float(heat.value or 0.0)
        told = found.predict(start, (0.0, float(end.value or 0.0), charts.POINTS), kelvin)
        options = prediction_chart(found, told.times, told.mean, told.spread, view.dark)
        area.clear()
        with area:
            handle(ui.echart(options).style(charts.TALL), "prediction chart")
            ui.label(f"{len(told.names)} mechanisms; thin lines: what they differ by (95 %)").classes("text-caption")

    handle(ui.button("Predict", icon="show_chart", on_click=lambda: view.attempt(predict)), "predict")


def prediction_chart(
    found: Discovery, times: np.ndarray, mean: np.ndarray, spread: np.ndarray, dark: bool
) -> dict[str, Any]:
    """Draw predicted courses ``(times, species)`` with thin lines where the mechanisms differ."""
    names = found.data.species
    options = charts.chart(found.data, 0, charts.curves(names, times, mean), dark=dark)
    options["series"] = [s for s in options["series"] if s["type"] == "line"]
    for sign in (-1.0, 1.0):
        for i, (name, pairs) in enumerate(charts.curves(names, times, mean + sign * LEVELS * spread).items()):
            thin = {"width": 1, "type": "dotted"}
            look = {"showSymbol": False, "silent": True, "color": charts.PALETTE[i % len(charts.PALETTE)]}
            options["series"].append({"name": name, "type": "line", "data": pairs, "lineStyle": thin, **look})
    return options
