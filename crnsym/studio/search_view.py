"""A running search: what it tries, the best so far over the points, and how likely each reaction is."""

from nicegui import ui

from ..jobs.events import DiscoveryEvent, Leader
from . import charts
from .table_view import run_choice
from .view import View, handle
from .words import arrow, chance, stage

MOST = 10  # reactions that are listed


class SearchView:
    """The part of a page that follows a search."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._shown: DiscoveryEvent | None = None
        job, project = view.project.job, view.project
        if job is None:
            ui.label("No search has run yet.")
            return
        with ui.row().classes("w-full items-center gap-4"):
            self.spinner = ui.spinner(size="lg")
            self.stage = handle(ui.label().classes("text-h6 grow"), "stage")
            self.cancel = ui.button("Stop, keep the best", icon="stop", on_click=job.cancel).props("outline")
            handle(self.cancel, "cancel")
        self.facts = handle(ui.label().classes("text-body2"), "search facts")
        with ui.row().classes("w-full gap-4 items-start no-wrap-lg"):
            with ui.card().classes("grow basis-96"):
                run_choice(view, list(project.searched.experiments) if project.searched is not None else [])
                self.chart = handle(ui.echart({}).style(charts.TALL), "search chart")
            with ui.card().classes("grow basis-80"):
                ui.label("Reactions, and how likely each is so far").classes("text-subtitle1")
                self.reactions = handle(ui.column().classes("w-full gap-1"), "search reactions")
        self.stages = ui.column().classes("gap-0 text-caption")
        self.update()

    def update(self) -> None:
        """Show where the search stands now."""
        job = self.view.project.job
        if job is None or not hasattr(self, "stage"):
            return
        latest = job.latest
        over = job.done()
        self.spinner.set_visibility(not over)
        self.cancel.set_visibility(not over)
        if latest is None or (latest is self._shown and not over):
            return
        better = self._shown is None or latest.best is not self._shown.best
        self._shown = latest
        ended = "Stopped" if job.cancelled() else "Finished"
        self.stage.set_text(ended if over else stage(latest.stage))
        part = "" if latest.fraction is None or over else f", {100 * latest.fraction:.0f} % of this step"
        self.facts.set_text(f"{latest.seconds:.0f} s, {latest.fits} mechanisms tried{part}")
        self.stages.clear()
        with self.stages:
            for name in dict.fromkeys(event.stage for event in job.events):
                ui.label(f"✓ {stage(name)}" if over or name != latest.stage else f"… {stage(name)}")
        if latest.best is not None and better:
            self._draw(latest.best)

    def _draw(self, best: Leader) -> None:
        data = self.view.project.searched
        assert data is not None
        run = min(self.view.shown_run, len(data) - 1)
        times = charts.grid(data.times[run])
        lines = charts.curves(best.species, times, best.course(run, times))
        self.chart.options.clear()
        self.chart.options.update(charts.chart(data, run, lines, dark=self.view.dark))
        self.chart.update()
        self.reactions.clear()
        with self.reactions:
            ui.label(f"χ² per value {best.chi2_per_value:.2f} (1 is noise)").classes("text-caption")
            likely = [*best.reactions, *(r for r in best.probabilities if r not in best.reactions)][:MOST]
            for text in likely:
                probability(arrow(text), best.probabilities.get(text, 0.0), text in best.reactions)


def probability(text: str, value: float, strong: bool = True) -> None:
    """Show a reaction with a bar as long as its probability."""
    with ui.row().classes("w-full items-center gap-2 no-wrap"):
        ui.label(text).classes("grow text-body2" + (" text-weight-bold" if strong else ""))
        ui.linear_progress(value, show_value=False, color=charts.PALETTE[0]).classes("w-24 shrink-0")
        ui.label(chance(value)).classes("w-14 text-right text-caption shrink-0")
