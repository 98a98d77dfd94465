"""Everything to take away: report, model, formulas, numbers, and the whole as a folder that opens again."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from nicegui import ui

from ..comparison.result import Discovery
from ..data.csv_text import csv_text
from ..data.tables import write_table
from ..formats import write
from ..report.html import report
from ..report.output import write_folder
from .project import Project
from .view import View, handle

Writer = Callable[[Discovery, Project, Path], object]


def _project(found: Discovery, project: Project, path: Path) -> None:
    folder = path.with_suffix("")
    write_folder(found, folder, {"title": project.title}, lambda part: write_table(found.data, part / "data.csv"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path(folder.name) / file.relative_to(folder))


def _rates(found: Discovery, project: Project, path: Path) -> None:  # noqa: ARG001
    rows = found.rates.to_rows()
    told = [{k: "" if v != v else v for k, v in row.items()} for row in rows]
    path.write_text(csv_text(list(rows[0]), told), encoding="utf-8")


FILES: dict[str, tuple[str, Writer]] = {
    "Report": ("report.html", lambda found, project, path: report(found, path, project.title)),
    "Model (SBML)": ("best.xml", lambda found, project, path: write(found[0].network, path)),  # noqa: ARG005
    "Formulas (LaTeX)": ("best.tex", lambda found, project, path: write(found[0].network, path)),  # noqa: ARG005
    "Rates (CSV)": ("rates.csv", _rates),
    "Everything (folder)": ("project.zip", _project),
}


def export_view(view: View) -> None:
    """Offer the files."""
    project = view.project
    if project.found is None or not len(project.found):
        return
    with ui.card().classes("w-full"):
        ui.label("Take it away").classes("text-subtitle1")
        with ui.row().classes("gap-2"):
            for label, (name, _) in FILES.items():
                button = ui.button(label, icon="download").props("outline no-caps")
                handle(button.on_click(lambda _, label=label: _download(view, label)), f"export {name}")
        ui.label("The folder opens again: crnsym studio FOLDER, once unpacked.").classes("text-caption")


async def _download(view: View, label: str) -> None:
    path = await view.work(lambda: made(view.project, label))
    if path is not None:
        ui.download.file(path)


def made(project: Project, label: str) -> Path:
    """Write a file of the last answer into the folder of the project, and return its path.

    Raises
    ------
    ExportError
        It cannot be written.
    """
    name, writer = FILES[label]
    stem = "".join(c if c.isalnum() or c in "-_ " else "_" for c in project.title)[:60] or "crnsym"
    path = project.folder / f"{stem}-{name}"
    found = project.found
    assert found is not None
    writer(found, project, path)
    return path
