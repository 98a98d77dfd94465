"""The answer: candidates side by side, their curves and what they leave, the mechanism drawn."""

from nicegui import ui

from ..comparison.candidate import Candidate
from ..comparison.result import Discovery
from . import charts
from .rates_view import rate_sliders, rate_texts
from .search_view import probability
from .table_view import run_choice
from .view import View, handle
from .words import HEADLINES, arrow, sentence

LISTED = 12  # reactions with their probability


def answer_view(view: View) -> None:
    """Show the last answer."""
    found = view.project.found
    if found is None:
        ui.label("There is no answer yet.")
        return
    with ui.card().classes("w-full"):
        handle(ui.label(HEADLINES.get(found.verdict, "Result")).classes("text-h6"), "headline")
        handle(ui.label(sentence(found.statement)).classes("text-body1"), "statement")
        if found.remarks:
            with ui.expansion(f"{len(found.remarks)} remarks").classes("w-full").props("dense"):
                for remark in found.remarks:
                    ui.label(f"• {sentence(remark)}").classes("text-body2")
    if not len(found):
        return
    view.chosen = min(view.chosen, len(found) - 1)
    _choices(view, found)
    shown = [view.chosen] if view.beside is None or view.beside == view.chosen else [view.chosen, view.beside]
    with (
        ui.element("div")
        .classes("w-full grid gap-4")
        .style("grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr))")
    ):
        for place, index in enumerate(shown):
            with ui.card().classes("w-full"):
                _candidate(view, found, index, first=place == 0)
    with ui.card().classes("w-full"):
        ui.label("How likely each reaction is, over all mechanisms that were tried").classes("text-subtitle1")
        for text, value in list(found.inclusion.items())[:LISTED]:
            probability(arrow(text), value, text in found[0].reactions)


def _choices(view: View, found: Discovery) -> None:
    names = {i: f"{i + 1}. {'; '.join(map(arrow, c.reactions))}" for i, c in enumerate(found)}

    def choose(name: str, value: object) -> None:
        setattr(view, name, value)
        view.rates = {}
        view.draw()

    with ui.row().classes("w-full gap-4 items-end"):
        run_choice(view, list(found.data.experiments))
        box = ui.select(names, value=view.chosen, label="Mechanism").classes("grow basis-64")
        handle(box.on_value_change(lambda e: choose("chosen", e.value)), "candidate")
        if len(found) > 1:
            beside = ui.select({None: "none", **names}, value=view.beside, label="Beside it").classes("grow basis-64")
            handle(beside.on_value_change(lambda e: choose("beside", e.value)), "beside")


def _candidate(view: View, found: Discovery, index: int, first: bool) -> None:
    candidate, run = found[index], min(view.shown_run, len(found.data) - 1)
    gap = f", {candidate.score - found[0].score:.1f} behind the best" if index else ""
    ui.label(f"Mechanism {index + 1}").classes("text-subtitle1 text-weight-bold")
    ui.label(f"weight {candidate.weight:.2f}, χ² per value {candidate.reduced:.2f}{gap}").classes("text-caption")
    times = charts.grid(found.data.times[run])
    lines = charts.curves(candidate.mechanism.species, times, candidate.course(run, times))
    chart = ui.echart(charts.chart(found.data, run, lines, dark=view.dark), renderer="svg").style(charts.TALL)
    handle(chart, "answer chart" if first else "chart beside")
    if first:
        rate_sliders(view, found, candidate, run, chart)
    else:
        for text, (name, value) in zip(rate_texts(candidate), candidate.rates.items(), strict=True):
            error = candidate.standard_errors.get(name, float("nan"))
            ui.label(f"{arrow(text) if text else ''}   {name} = {value:.4g} ± {error:.2g}").classes("text-body2")
    ui.label("What it leaves, in units of the noise: a pattern means that something is missing").classes("text-caption")
    ui.echart(charts.residual_chart(found, index, run, dark=view.dark)).style(charts.LOW)
    with ui.expansion("The mechanism drawn", value=first).classes("w-full").props("dense"):
        handle(ui.html(drawing(candidate), sanitize=False).classes("w-full drawing"), "drawing")


def drawing(candidate: Candidate) -> str:
    """Return the mechanism as SVG that fits its box, in the inks of the page."""
    from ..report.drawing import draw_mechanism, drawable, drawing_height
    from ..report.inline import inline_svg

    size = (5.6, drawing_height(*drawable(candidate), 5.6))
    return inline_svg(size, lambda figure: draw_mechanism(figure.subplots(), candidate), f"mechanism{candidate.name}")
