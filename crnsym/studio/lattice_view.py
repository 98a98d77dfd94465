"""The page of snapshots: pictures, numbers in time, the found rules, and what these give."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from nicegui import ui

from . import charts
from .lattice import LatticeProject
from .view import Page, handle
from .words import HEADLINES, arrow, sentence

STEP = 0.4  # seconds between two looks of a page at its project
PICTURES = 5


def lattice_page(project: LatticeProject, page: Page) -> None:
    """Show snapshots, and the rules once they are found."""

    @ui.refreshable
    def parts() -> None:
        _pictures(project)
        _numbers(project, page)
        _rules(project, page)

    parts()
    page.refresh = [parts.refresh]
    seen = {"version": project.version}
    stage = handle(ui.label(project.stage).classes("text-caption"), "lattice stage")

    def look() -> None:
        stage.set_text(project.stage)
        if project.version != seen["version"]:
            seen["version"] = project.version
            page.draw()

    ui.timer(STEP, look)


def _pictures(project: LatticeProject) -> None:
    shots = project.shots
    if shots.kind != "lattice":
        return
    from ..report.inline import inline_svg
    from ..report.lattice import plot_strip

    with ui.card().classes("w-full"):
        ui.label(f"{shots.runs} runs of {len(shots.times)} snapshots; the first run").classes("text-subtitle1")
        drawn = inline_svg((9.6, 2.6), lambda figure: plot_strip(figure, shots, panels=PICTURES), f"s{project.name}")
        handle(ui.html(drawn, sanitize=False).classes("w-full pictures"), "pictures")


def _numbers(project: LatticeProject, page: Page) -> None:
    shots, again = project.shots, project.again
    with ui.card().classes("w-full"):
        told = "Points: the mean of the runs" + ("" if again is None else "; lines: the mean of what the rules give")
        ui.label(told).classes("text-caption")
        chart = ui.echart(numbers_chart(shots.species, shots.times, shots.counts(), again, page.dark))
        handle(chart.style(charts.TALL), "numbers chart")


def numbers_chart(
    species: tuple[str, ...], times: np.ndarray, counts: np.ndarray, again: np.ndarray | None, dark: bool
) -> dict[str, Any]:
    """Draw mean numbers of molecules ``(runs, times, species)`` as points, and those of other runs as lines."""
    points = charts.curves(species, times, counts.mean(axis=0))
    lines = {} if again is None else charts.curves(species, times, again.mean(axis=0))
    return charts.points_and_lines(points, lines, "time", "molecules", dark)


def _rules(project: LatticeProject, page: Page) -> None:
    with ui.card().classes("w-full"):
        found = project.found
        if project.problem:
            handle(ui.label(project.problem).classes("text-negative"), "problem")
        if project.searching:
            ui.spinner(size="lg")
            handle(ui.button("Stop, keep the best", icon="stop", on_click=project.stop).props("outline"), "cancel")
            return
        if found is None:
            ui.label("Which reactions and hops move these molecules?").classes("text-subtitle1")
            handle(ui.button("Find the rules", icon="search", on_click=project.search), "start")
            return
        handle(ui.label(HEADLINES.get(found.verdict, "Result")).classes("text-h6"), "headline")
        handle(ui.label(sentence(found.statement)), "statement")
        for rule, line in zip(found[0].rules, found[0].lines(), strict=True):
            text = line.partition("@")[2].strip()
            with ui.row().classes("w-full items-baseline gap-4"):
                ui.label(arrow(rule) if "->" in rule else rule).classes("text-body1 text-weight-bold")
                handle(ui.label(text).classes("text-body2"), f"rule {rule}")
        for remark in found.remarks:
            ui.label(f"• {sentence(remark)}").classes("text-body2")

        async def download() -> None:
            path = await page.work(lambda: packed(project))
            if path is not None:
                ui.download.file(path)

        button = ui.button("Everything (folder)", icon="download").props("outline")
        handle(button.on_click(download), "export project.zip")


def packed(project: LatticeProject) -> Path:
    """Write the folder of an answer, and return it as one file.

    Raises
    ------
    ExportError
        It cannot be written.
    """
    from ..report.snapshots import write_snapshot_folder

    assert project.found is not None
    folder, path = project.folder / project.title, project.folder / f"{project.title}-project.zip"
    files = write_snapshot_folder(project.found, folder, {"title": project.title})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, Path(folder.name) / file.relative_to(folder))
    return path
