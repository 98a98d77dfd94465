"""Rates to turn with the curves following, and reactions to accept, refuse or add before the next fit."""

import math
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from ..comparison.candidate import Candidate
from ..comparison.result import Discovery
from . import charts
from .table_view import reads
from .view import View, handle
from .words import arrow

DECADES = 1.5  # either way
KNOWN, EXCLUDED, OPEN = "happens", "never", "open"


def rate_sliders(view: View, found: Discovery, candidate: Candidate, run: int, chart: ui.echart) -> None:
    """Show each rate with a slider that moves the curves of a chart, and the reaction with its standing."""
    shown: dict[str, Any] = {}
    times = charts.grid(found.data.times[run])

    def follow() -> None:
        course = candidate.course(run, times, view.rates)
        moved = charts.curves(candidate.mechanism.species, times, course)
        news: list[dict[str, Any]] = []
        for series in chart.options["series"]:
            line = series["type"] == "line" and series["name"] in moved
            if line:
                series["data"] = moved[series["name"]]
            news.append({"data": series["data"]} if line else {})
        chart.run_chart_method("setOption", {"series": news}, False, False)  # only what has moved is sent

    def turn(name: str, decades: float) -> None:
        view.rates[name] = candidate.rates[name] * 10.0**decades
        shown[name].set_text(f"{name} = {view.rates[name]:.4g}{_unit(candidate, name)}")
        follow()

    def reset() -> None:
        view.rates = {}
        view.draw()

    ui.label("Turn a rate: the curves follow").classes("text-caption")
    for text, (name, value) in zip(rate_texts(candidate), candidate.rates.items(), strict=True):
        with ui.element("div").classes("w-full rate-row"):
            with ui.row().classes("items-baseline gap-2"):
                ui.label(arrow(text) if text else name).classes("text-body1 text-weight-bold")
                told = f"{name} = {value:.4g} {_error(candidate, name)}{_unit(candidate, name)}"
                shown[name] = handle(ui.label(told).classes("text-body2"), f"value {name}")
            start = math.log10(view.rates.get(name, value) / value) if value > 0 else 0.0
            slider = ui.slider(min=-DECADES, max=DECADES, step=0.01, value=start)
            slider.on_value_change(lambda e, name=name: turn(name, e.value or 0.0))
            handle(slider.props(f'aria-label="rate {name}"'), f"slider {name}")
            if text:
                _standing(view, text, candidate)
    if view.rates:
        follow()
    with ui.row().classes("gap-2"):
        handle(ui.button("Back to the fit", on_click=reset).props("flat dense"), "reset rates")


def rate_texts(candidate: Candidate) -> list[str]:
    """Return the reaction of each rate; empty texts where a rate is not that of one reaction."""
    return list(candidate.reactions) if candidate.one_rate_each else [""] * len(candidate.rates)


def _error(candidate: Candidate, name: str) -> str:
    if name in candidate.bounds:
        return f"(at least {candidate.bounds[name]:.3g})"
    error = candidate.standard_errors.get(name, float("nan"))
    return f"± {error:.2g}" if math.isfinite(error) else "(not determined)"


def _unit(candidate: Candidate, name: str) -> str:
    unit = candidate.network.units.get(name)
    return f" {unit}" if unit else ""


def _standing(view: View, text: str, candidate: Candidate) -> None:
    """Let a reaction be known or excluded in the next search; hidden species have no name there."""
    chemistry = view.project.chemistry
    sides = set(text.replace("->", " ").replace("+", " ").split())
    if sides & set(candidate.hidden_species):
        return
    now = next((k for k, n in ((KNOWN, "known"), (EXCLUDED, "excluded")) if chemistry.marked(text, n)), OPEN)

    def mark(event: ValueChangeEventArguments) -> None:
        chemistry.mark(text, "excluded" if event.value == EXCLUDED else "known", event.value != OPEN)
        view.project.touch()

    choice = ui.toggle([OPEN, KNOWN, EXCLUDED], value=now).props('dense no-caps unelevated padding="2px 12px"')
    handle(choice.on_value_change(mark), f"standing {text}")


def refit_view(view: View) -> None:
    """Search again with reactions that are said, and come back to earlier answers."""
    project, chemistry = view.project, view.project.chemistry

    def add() -> None:
        if box.value and box.validate():
            chemistry.known = "\n".join([*chemistry.texts("known"), box.value.strip()])
            box.value = ""
            project.touch()

    with ui.card().classes("w-full"):
        ui.label("Fit again").classes("text-subtitle1")
        for name, label in (("known", "Happens"), ("excluded", "Never")):
            for text in chemistry.texts(name):
                with ui.row().classes("items-center gap-1"):
                    ui.label(f"{label}: {arrow(text)}")
                    remove = ui.button(icon="close").props(f'flat dense round size=sm aria-label="forget {text}"')
                    remove.on_click(lambda _, text=text: (chemistry.mark(text, "known", False), project.touch()))
        with ui.row().classes("w-full items-center gap-2"):
            box = ui.input("Add a reaction that happens", placeholder="2 A -> B", validation=reads).classes("grow")
            handle(box.on("keydown.enter", add), "add reaction")
            ui.button("Add", on_click=add).props("outline")
        left_out = project.table is not None and (project.table.outliers or project.table.left_out)
        note = " Values and runs that you marked do not count." if left_out else ""
        ui.label(f"A fit with what is marked above; what is open is searched again.{note}").classes("text-caption")
        handle(ui.button("Fit again", icon="refresh", on_click=view.search), "refit")
