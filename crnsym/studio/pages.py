"""The pages: where files are dropped, and a project with its four parts."""

from pathlib import Path
from typing import Any

from nicegui import app, ui

from ..errors import CrnsymError, DataError
from .answer_view import answer_view
from .exports import export_view
from .lattice import SUFFIX, LatticeProject
from .lattice_view import lattice_page
from .next_view import next_view
from .project import PROJECTS, Project, new_folder
from .rates_view import refit_view
from .search_view import SearchView
from .table_view import start_view, table_view
from .view import Page, View, handle, refuse

STEP = 0.4  # seconds between two looks of a page at its project
TABLE, SEARCH, ANSWER, NEXT = "Table", "Search", "Answer", "What next"
STYLE = """
<style>
  :root { --ink: #1c2733; --soft: #66727f; --line: #e3e8ee; --edge: #b6c0cb; --shade: #f0f3f7; --pale: #c9d3de;
          --card: #ffffff; --wine: #882255; }
  .body--dark { --ink: #dfe5ea; --soft: #97a3af; --line: #333c46; --edge: #56616c; --shade: #232c34; --pale: #46525e;
          --card: #1d1d1d; --wine: #d073a4; }
  .drawing svg { display: block; margin: 0 auto; width: 100%; max-width: 640px; height: auto; }
  .rate-row { border-top: 1px solid rgba(128,128,128,.25); padding-top: 6px; }
  .nicegui-content { max-width: 1240px; margin: 0 auto; padding: 12px; }
  .pictures { overflow-x: auto; } .pictures svg { display: block; width: 100%; min-width: 560px; height: auto; }
  @media (max-width: 600px) { .nicegui-content { padding: 6px; } .q-card { padding: 10px; }
    .q-tab { padding: 0 9px; min-width: 0; } .q-tab__icon { display: none; } }
</style>
"""


def register(workers: Any = None) -> None:
    """Make the pages known to the server; ``workers`` runs the fits of all searches."""

    @ui.page("/", title="crnsym studio")
    def home() -> None:
        _frame(None)
        with ui.card().classes("w-full"):
            ui.label("Find the reactions behind your measurements").classes("text-h5")
            ui.label("A table: one column of times, one a species. Several files are several runs.")
            ui.label("Or snapshots of a lattice, or of counted molecules: one file .npz.")
            box = ui.upload(multiple=True, auto_upload=True, label="Drop a table here: text or .xlsx; or .npz")
            box.on_multi_upload(lambda event: _uploaded(event.files, workers))
            handle(box.classes("w-full"), "upload")
        if PROJECTS:
            with ui.card().classes("w-full"):
                ui.label("Open").classes("text-subtitle1")
                for name, project in PROJECTS.items():
                    state = "searching" if project.searching else f"{len(project.answers)} answers"
                    ui.link(f"{project.title} ({state})", f"/p/{name}")

    @ui.page("/p/{name}", title="crnsym studio")
    async def work(name: str) -> None:
        project = PROJECTS.get(name)
        if project is None:
            _frame(None)
            ui.label("There is no such project any more: the studio was started anew.")
            ui.link("Begin with a table", "/")
            return
        if isinstance(project, LatticeProject):
            dark, page = _frame(project), Page()
            await _follow(page)
            _switch(page, dark)
            lattice_page(project, page)
        else:
            await _project_page(project)

    @app.middleware("http")
    async def _this_machine_only(request: Any, call_next: Any) -> Any:
        """Refuse pages of other sites that pretend to be this one."""
        if request.url.hostname not in ("127.0.0.1", "localhost"):
            from starlette.responses import PlainTextResponse

            return PlainTextResponse("This page is for this machine alone.", status_code=403)
        return await call_next(request)


async def _uploaded(files: list[Any], workers: Any) -> None:
    folder = new_folder()
    paths = []
    for file in files:
        path = folder / Path(file.name).name
        await file.save(path)
        paths.append(path)
    try:
        project = opened(paths, workers)
    except CrnsymError as error:
        refuse(str(error).replace(f"{folder}/", ""))
        return
    ui.navigate.to(f"/p/{project.name}")


def opened(paths: list[Path], workers: Any = None) -> Project | LatticeProject:
    """Make a project of tables, of a saved answer, or of a file of snapshots.

    Raises
    ------
    CrnsymError
        They cannot be read.
    """
    if paths[0].suffix.lower() != SUFFIX:
        return Project.opened(paths, workers)
    if len(paths) > 1:
        raise DataError(f"{paths[1].name}: snapshots are in one file; put all runs into {paths[0].name}")
    return LatticeProject.opened(paths[0])


async def _follow(page: Page) -> None:
    """Let a page be dark where the browser prefers it."""
    await ui.context.client.connected()
    page.dark = bool(await ui.run_javascript("window.matchMedia('(prefers-color-scheme: dark)').matches", timeout=10))


def _switch(page: Page, dark: Any) -> Any:
    def switch() -> None:
        page.dark = not page.dark
        dark.set_value(page.dark)
        page.draw()

    return ui.button(icon="contrast", on_click=switch).props('flat dense aria-label="dark or light"')


def _frame(project: Project | LatticeProject | None) -> Any:
    ui.add_head_html(STYLE)
    ui.button.default_props("no-caps")
    dark = ui.dark_mode(None)
    with ui.header().classes("items-center gap-3 q-py-xs").style("background:#0b4f7d"):
        ui.link("crnsym studio", "/").classes("text-white text-h6 no-underline")
        ui.label("" if project is None else project.title).classes("grow ellipsis text-white")
    return dark


async def _project_page(project: Project) -> None:
    dark = _frame(project)
    view = View(project)
    await _follow(view)
    with ui.tabs().classes("w-full").props("no-caps mobile-arrows inline-label") as tabs:
        for name, icon in ((TABLE, "table_view"), (SEARCH, "search"), (ANSWER, "science"), (NEXT, "tips_and_updates")):
            handle(ui.tab(name, icon=icon), f"tab {name}")
        _switch(view, dark)
    problem = handle(ui.label().classes("w-full text-negative text-body1"), "problem")
    live: dict[str, SearchView] = {}

    @ui.refreshable
    def table_part() -> None:
        table_view(view)
        start_view(view)

    @ui.refreshable
    def search_part() -> None:
        live["search"] = SearchView(view)

    @ui.refreshable
    def answer_part() -> None:
        answer_view(view)
        if project.found is not None:
            refit_view(view)
            export_view(view)

    @ui.refreshable
    def next_part() -> None:
        next_view(view)

    parts = {TABLE: table_part, SEARCH: search_part, ANSWER: answer_part, NEXT: next_part}
    with ui.tab_panels(tabs, value=_now(project), animated=False).classes("w-full bg-transparent") as panels:
        for name, part in parts.items():
            with ui.tab_panel(name).classes("q-pa-none column gap-4"):
                part()
    view.refresh = [part.refresh for part in parts.values()]
    seen = {"version": project.version, "job": project.job, "answers": len(project.answers)}

    def look() -> None:
        if project.version != seen["version"]:
            seen["version"] = project.version
            problem.set_text(project.problem)
            view.draw()
        if project.job is not seen["job"]:
            seen["job"] = project.job
            panels.set_value(SEARCH)
        if len(project.answers) != seen["answers"]:
            seen["answers"] = len(project.answers)
            view.show_best()
            view.draw()
            panels.set_value(ANSWER)
        live["search"].update()

    problem.set_text(project.problem)
    ui.timer(STEP, look)


def _now(project: Project) -> str:
    if project.searching:
        return SEARCH
    return ANSWER if project.answers else TABLE
