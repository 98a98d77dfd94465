"""The search on the command line: read, search, write, show."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import values
from .answer import TASKS, named, show
from .executor import open_tasks
from .known_rates import read_rates
from .options import (
    Balance,
    Columns,
    Hidden,
    Known,
    Library,
    Machine,
    MaxOrder,
    Noise,
    Operation,
    Out,
    PerRun,
    Rates,
    Seed,
    Tables,
    TimeBudget,
    Vessel,
)
from .setting import observables_of
from .shell import INTERRUPTED, complain
from .tables import read_tables

if TYPE_CHECKING:
    from ..comparison.result import Discovery


def discover(
    data: Tables,
    out: Out,
    *,
    max_order: MaxOrder = None,
    hidden: Hidden = None,
    known: Known = None,
    formulas: Annotated[
        Path | None,
        typer.Option(
            help="File of lines 'species formula \\[excess|solvent]' for balance; names that are no column are hidden."
        ),
    ] = None,
    library: Library = None,
    excluded: Annotated[Path | None, typer.Option(help="Network file: reactions no candidate may have.")] = None,
    vessel: Vessel = "auto",
    rates: Rates = None,
    detailed_balance: Balance = False,
    learner: Annotated[str, typer.Option(help="regression, crnn or all.")] = "regression",
    noise: Noise = "auto",
    starts: Annotated[
        str, typer.Option(help="fitted; measured: from the first row; or a file: a column a species, a row a run.")
    ] = "fitted",
    observable: Annotated[
        list[str] | None,
        typer.Option(help="What a column is: 'y = s*(A + 2*AA) + b', 'y = 100*(1 - A/A0)'; repeatable."),
    ] = None,
    spectra: Annotated[
        str | None,
        typer.Option(help="Columns are absorbances: of 'A,B,C', auto, a file of pure spectra."),
    ] = None,
    per_run: PerRun = None,
    restarts: Annotated[int, typer.Option(help="Random starts of the neural network.")] = 8,
    seed: Seed = 0,
    time_budget: TimeBudget = 600.0,
    machine: Machine,
    counts: Annotated[bool, typer.Option("--counts", help="Runs are numbers of molecules: use their scatter.")] = False,
    different_runs: Annotated[
        bool, typer.Option("--different-runs", help="With --counts or .npz: each row is of a run of its own.")
    ] = False,
    columns: Columns,
    operation: Operation = None,
) -> None:
    """Find the reactions behind the measurements in DATA and write them, ranked, into a folder.

    Several tables are several runs. DATA ending in .npz are snapshots of a lattice or of counted molecules.
    """
    from ..errors import DataError
    from ..formats import read

    molecules = counts or data[0].suffix == ".npz"
    if different_runs and not molecules:
        raise DataError("--different-runs is for snapshots; add --counts where the table holds numbers of molecules")
    if molecules:
        if len(data) > 1:
            raise DataError(f"{data[1]}: snapshots are in one file; put all runs into {data[0]}")
        others = {"--hidden": hidden, "--known": known, "--formulas": formulas, "--rates": rates}
        others |= {"--operation": operation}
        others |= {"--library": library, "--excluded": excluded, "--vessel": None if vessel == "auto" else vessel}
        others |= {"--detailed-balance": detailed_balance or None, "--resume": machine.resume or None}
        from .molecules import discover_in_snapshots

        unused = [name for name, value in others.items() if value is not None]
        if discover_in_snapshots(data[0], out, max_order, different_runs, unused).details["interrupted"]:
            complain("Interrupted: these are the best rules so far.")
            raise typer.Exit(INTERRUPTED)
        return
    options = {
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else read(known),
        "formulas": None if formulas is None else values.formulas(formulas),
        "library": None if library is None else read(library),
        "excluded": None if excluded is None else read(excluded),
        "vessel": vessel,
        "detailed_balance": detailed_balance,
        "learner": learner,
        "noise": values.noise(noise),
        "starts": starts,
        "observables": observables_of(observable) if observable else None,
        "spectra": None if spectra is None else spectra.split(","),
        "per_run": per_run or (),
        "restarts": restarts,
        "seed": seed,
        "time_budget": time_budget,
        "resume": machine.resume,
        "operation": operation,
    }
    discover_in_table(data, out, options, title(data[0]), machine, columns, rates)


def discover_in_table(
    data: list[Path],
    out: Path,
    options: dict[str, Any],
    title: str,
    machine: Machine,
    columns: Columns,
    rates: Path | None = None,
) -> "Discovery":
    """Read, search, write, show."""
    from ..report.live import LiveProgress
    from ..report.output import check_folder, write_folder

    table = read_tables(data, columns)
    if rates is not None:
        told = read_rates(rates)
        told.check(table, () if options.get("known") is None else (options["known"],))
        options = {**options, "rates": told.rates, "bounds": told.bounds}
    check_folder(out)
    from ..comparison.explain import explain
    from ..discovery import discover as run

    checkpoint = out / "checkpoint"
    with open_tasks(machine, checkpoint / TASKS) as tasks, LiveProgress() as progress:
        found = run(table, executor=tasks, progress=progress, checkpoint=checkpoint, **options)
        found = explain(found, seed=options.get("seed", 0), executor=tasks, progress=progress)
    interrupted = bool(found.details.get("interrupted"))
    told = {"title": title, "data_file": named(data)}
    files = write_folder(found, out, told, finished=found.complete and not interrupted)
    show(found, files)
    if interrupted:
        complain(f"Interrupted: these are the best candidates so far; --resume with --out {out} goes on.")
        raise typer.Exit(INTERRUPTED)
    if not found.complete:
        print(f"The time budget ended the search; --resume with --out {out} and a larger --time-budget goes on.")
    return found


def title(data: Path) -> str:
    """Name the data for people: the folder says more where the file has an everyday name."""
    folder = data.absolute().parent.name
    return f"{folder} · {data.stem}" if data.stem in ("data", "train", "test", "runs") and folder else data.stem
