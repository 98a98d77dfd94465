"""Many tables on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .executor import open_tasks
from .options import Columns, Hidden, Known, Library, Machine, MaxOrder, Noise, Out, Seed, TimeBudget, Vessel
from .values import noise as noise_of

if TYPE_CHECKING:
    from ..jobs.batch import Batch

INCOMPLETE = 1  # exit code where some table has no answer


def batch(
    folder: Annotated[Path, typer.Argument(help="Folder of tables, text or .xlsx; each is searched by itself.")],
    out: Out,
    *,
    max_order: MaxOrder = None,
    hidden: Hidden = None,
    known: Known = None,
    library: Library = None,
    vessel: Vessel = "auto",
    noise: Noise = "auto",
    seed: Seed = 0,
    time_budget: TimeBudget = 600.0,
    machine: Machine,
    columns: Columns,
) -> None:
    """Find the reactions behind every table of a folder: a folder of results for each, and summary.csv of all.

    Tables are searched several at a time; one that cannot be used is a row that says why. --resume goes on.
    """
    from ..formats import read
    from ..jobs.batch import RECORD, SUMMARY, discover_batch
    from ..report.live import LiveProgress
    from ..report.output import check_folder

    options = {
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else read(known),
        "library": None if library is None else read(library),
        "vessel": vessel,
        "noise": noise_of(noise),
        "seed": seed,
        "time_budget": time_budget,
    }
    check_folder(out)
    reading = columns.keywords()
    with open_tasks(machine, out / RECORD / "tables") as tasks, LiveProgress() as progress:
        answers = discover_batch(folder, out, executor=tasks, progress=progress, reading=reading, **options)
    _show(answers)
    kept = f", {answers.reused} of an earlier run" if answers.reused else ""
    print(f"{len(answers.found)} answers{kept}. Written: {out / SUMMARY}, and a folder a table")
    if answers.problems:
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
