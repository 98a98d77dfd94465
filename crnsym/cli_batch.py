"""Many tables on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .cli_executor import open_tasks

if TYPE_CHECKING:
    from .jobs.batch import Batch

INCOMPLETE = 1  # exit code where some table has no answer


def run(
    folder: Path,
    out: Path,
    options: dict[str, Any],
    reading: dict[str, Any],
    workers: int | None,
    scheduler: str | None,
    resume: bool,
) -> None:
    """Search every table of a folder, write and show the table of all answers."""
    from .jobs.batch import RECORD, SUMMARY, discover_batch
    from .report.live import LiveProgress
    from .report.output import check_folder

    check_folder(out)
    with open_tasks(workers, scheduler, out / RECORD / "tables", resume) as tasks, LiveProgress() as progress:
        batch = discover_batch(folder, out, executor=tasks, progress=progress, reading=reading, **options)
    _show(batch)
    kept = f", {batch.reused} of an earlier run" if batch.reused else ""
    print(f"{len(batch.found)} answers{kept}. Written: {out / SUMMARY}, and a folder a table")
    if batch.problems:
        raise typer.Exit(INCOMPLETE)


def _show(batch: "Batch") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table()
    for head in ("table", "verdict", "reactions", "chi2/N"):
        grid.add_column(head)
    for row in batch.to_rows():
        problem = row.get("problem")
        told = Text(problem, style="red") if problem else Text(row["reactions"].replace("; ", "\n"))
        grid.add_row(Text(row["table"]), row.get("verdict", ""), told, str(row.get("chi2_per_value", "")))
    Console().print(grid)
