"""The table as it was read: every assumption shown, and changed where it is wrong."""

from nicegui import ui
from nicegui.events import EChartPointClickEventArguments, ValueChangeEventArguments

from ..errors import CrnsymError
from ..network.text import network
from . import charts
from .table import ROLES, Table, sheet_names
from .view import View, handle

ROWS = 8  # of the first run that are shown


def table_view(view: View) -> None:
    """Show how the table was read, the runs, the values, and what was assumed."""
    table = view.project.table
    if table is None or table.data is None:
        ui.label("This answer was opened from a file; its measurements are shown with it.")
        return
    with ui.row().classes("w-full items-end gap-4"):
        _sheets(view, table)
        _decimal(view, table)
        _units(view, table)
    _columns(view, table)
    _runs(view, table)
    _values(view, table)
    with ui.card().classes("w-full"):
        ui.label("What was assumed and noticed").classes("text-subtitle1")
        for remark in table.data.remarks or ("Nothing: the table says everything itself.",):
            ui.label(f"• {remark}").classes("text-body2")


def _change(view: View, table: Table, **new: object) -> None:
    view.attempt(lambda: table.changed(**new))
    view.shown_run = 0
    view.project.touch()


def _sheets(view: View, table: Table) -> None:
    names = sheet_names(table.paths[0])
    if len(names) < 2:
        return
    chosen = ui.select(names, multiple=True, value=list(table.sheets), label="Sheets (none chosen: all alike)")
    chosen.classes("min-w-48").on_value_change(lambda e: _change(view, table, sheets=tuple(e.value)))
    handle(chosen, "sheets")


def _decimal(view: View, table: Table) -> None:
    choices = {"": "as the table says", ".": "point: 1.234", ",": "comma: 1,234"}
    chosen = ui.select(choices, value=table.decimal, label="Decimal sign").classes("min-w-40")
    handle(chosen.on_value_change(lambda e: _change(view, table, decimal=e.value)), "decimal")


def _units(view: View, table: Table) -> None:
    data = table.data
    assert data is not None
    units = set(data.units)
    said = {"time_unit": data.time_unit, "unit": units.pop() if len(units) == 1 else ""}
    for name, label in (("time_unit", "Unit of time"), ("unit", "Unit of the amounts")):
        box = ui.input(label, value=said[name]).classes("w-32")
        box.on("change", lambda _, box=box, name=name: _change(view, table, **{name: (box.value or "").strip()}))
        handle(box, name)


def _columns(view: View, table: Table) -> None:
    with ui.card().classes("w-full"):
        ui.label("Columns, and what each is").classes("text-subtitle1")
        ui.label("Change what is wrong.").classes("text-caption")
        with (
            ui.element("div")
            .classes("w-full grid gap-3")
            .style("grid-template-columns: repeat(auto-fill, minmax(170px, 1fr))")
        ):
            for header, read_as, unit in table.readings[0].columns:
                label = (header or "(no name)") + (f"  [{unit}]" if unit else "")
                box = ui.select(list(ROLES), value=table.role(header, read_as), label=label).props("dense outlined")
                box.on_value_change(
                    lambda e, header=header: _change(view, table, roles=table.with_role(header, e.value))
                )
                handle(box, f"role {header}")


def _runs(view: View, table: Table) -> None:
    data = table.data
    assert data is not None
    if len(data) < 2:
        return
    with ui.card().classes("w-full"):
        ui.label("Runs that count").classes("text-subtitle1")
        with ui.row().classes("gap-x-4 gap-y-0"):
            for place, (label, times, _) in enumerate(data):
                kelvin = "" if data.temperatures is None else f", {data.temperatures[place]:g} K"
                box = ui.checkbox(f"{label} ({len(times)} times{kelvin})", value=label not in table.left_out)
                box.on_value_change(lambda e, label=label: _leave_out(view, table, label, not e.value))
                handle(box, f"run {label}")


def _leave_out(view: View, table: Table, label: str, out: bool) -> None:
    (table.left_out.add if out else table.left_out.discard)(label)
    view.project.touch()


def _values(view: View, table: Table) -> None:
    data = table.data
    assert data is not None
    run = min(view.shown_run, len(data) - 1)
    with ui.card().classes("w-full"):
        run_choice(view, list(data.experiments))
        label = data.experiments[run]
        out = {(row, species) for name, row, species in table.outliers if name == label}
        chart = ui.echart(
            charts.chart(data, run, dark=view.dark, out=out), on_point_click=lambda e: _toggle(view, table, run, e)
        )
        handle(chart.style(charts.TALL), "values chart")
        marked = f" {len(table.outliers)} marked." if table.outliers else ""
        ui.label(f"Click a point to mark it as an outlier, again to take it back.{marked}").classes("text-caption")
        columns = [{"name": "t", "label": charts.time_label(data), "field": "t"}]
        columns += [{"name": s, "label": s, "field": s} for s in data.species]
        rows = [
            {"t": f"{t:g}", **{s: "" if v != v else f"{v + 0.0:.5g}" for s, v in zip(data.species, row, strict=True)}}
            for t, row in zip(data.times[run][:ROWS], data.values[run], strict=False)
        ]
        ui.table(columns=columns, rows=rows).classes("w-full").props("dense flat")


def _toggle(view: View, table: Table, run: int, event: EChartPointClickEventArguments) -> None:
    data = table.data
    if data is None or event.series_type != "scatter":
        return
    value = (data.experiments[run], int(event.data_index), data.species[event.series_index % len(data.species)])
    (table.outliers.discard if value in table.outliers else table.outliers.add)(value)
    view.project.touch()


def run_choice(view: View, labels: list[str]) -> None:
    """Let one of several runs be chosen for the charts."""
    if len(labels) < 2:
        return

    def choose(event: ValueChangeEventArguments) -> None:
        view.shown_run = event.value
        view.draw()

    chosen = ui.select(dict(enumerate(labels)), value=min(view.shown_run, len(labels) - 1), label="Run shown")
    handle(chosen.classes("min-w-40").on_value_change(choose), "run shown")


def start_view(view: View) -> None:
    """Ask what is known, and start the search."""
    project = view.project
    chemistry = project.chemistry
    with ui.card().classes("w-full"):
        ui.label("What you know (nothing is needed)").classes("text-subtitle1")
        with ui.row().classes("w-full gap-4"):
            for name, label in (("known", "Reactions that happen"), ("excluded", "Reactions that cannot")):
                box = ui.textarea(label, placeholder="A + B -> C", validation=reads).classes("grow min-w-48")
                handle(box.props("rows=2 outlined dense").bind_value(chemistry, name), name)
        with ui.row().classes("gap-4"):
            hidden = {None: "as the data ask", 0: "none: all were measured", 1: "one", 2: "two or more"}
            box = ui.select(hidden, label="Species not measured").classes("min-w-48")
            handle(box.bind_value(chemistry, "hidden"), "hidden")
            orders = {None: "as the data ask", 1: "one molecule", 2: "two molecules", 3: "three molecules"}
            box = ui.select(orders, label="A step has at most").classes("min-w-40")
            handle(box.bind_value(chemistry, "max_order"), "max order")
            ui.number("Seconds at most", min=1, format="%.0f").classes("w-32").bind_value(chemistry, "time_budget")
        text = "Find the reactions" if not project.answers else "Search again with this"
        handle(ui.button(text, icon="search", on_click=view.search), "start")


def reads(text: str) -> str | None:
    """Return why a text is no reaction; None where it is, or is empty."""
    if not (text or "").strip():
        return None
    try:
        network(text)
    except CrnsymError as error:
        return str(error).split("\n")[0]
    return None
