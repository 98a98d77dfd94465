"""Mechanisms and measurements on the command line: read, search or compare, write, show."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .cli_executor import open_tasks
from .cli_rates import read_rates
from .cli_reading import read
from .cli_shell import INTERRUPTED, complain

if TYPE_CHECKING:
    from .comparison.result import Discovery


TASKS = "tasks"  # folder of finished batches, beside what else a run keeps


def discover_in_table(
    data: list[Path],
    out: Path,
    options: dict[str, Any],
    title: str,
    workers: int | None = None,
    scheduler: str | None = None,
    rates: Path | None = None,
    how: dict[str, Any] | None = None,
) -> "Discovery":
    """Read, search, write, show."""
    from .report.live import LiveProgress
    from .report.output import check_folder, write_folder

    table = read(data, how)
    if rates is not None:
        told = read_rates(rates)
        told.check(table, () if options.get("known") is None else (options["known"],))
        options = {**options, "rates": told.rates, "bounds": told.bounds}
    check_folder(out)
    from .comparison.explain import explain
    from .discovery import discover as run

    checkpoint = out / "checkpoint"
    resume = options.get("resume", False)
    with open_tasks(workers, scheduler, checkpoint / TASKS, resume) as tasks, LiveProgress() as progress:
        found = run(table, executor=tasks, progress=progress, checkpoint=checkpoint, **options)
        found = explain(found, seed=options.get("seed", 0), executor=tasks, progress=progress)
    interrupted = bool(found.details.get("interrupted"))
    told = {"title": title, "data_file": _named(data)}
    files = write_folder(found, out, told, finished=found.complete and not interrupted)
    _show(found, files)
    if interrupted:
        complain(f"Interrupted: these are the best candidates so far; --resume with --out {out} goes on.")
        raise typer.Exit(INTERRUPTED)
    if not found.complete:
        print(f"The time budget ended the search; --resume with --out {out} and a larger --time-budget goes on.")
    return found


def compare_on_data(
    models: list[Path],
    data: list[Path],
    out: Path | None,
    options: dict[str, Any],
    workers: int | None,
    scheduler: str | None,
    resume: bool,
    petab_select: bool = False,
    rates: Path | None = None,
    how: dict[str, Any] | None = None,
) -> None:
    """Refit given networks to the same measurements, write, show."""
    from dataclasses import replace

    from .errors import DataError

    if out is None:
        raise DataError("compare with --data writes a folder; name it with --out")
    from .comparison.compare import compare
    from .comparison.explain import explain
    from .formats import read as read_model
    from .report.live import LiveProgress
    from .report.output import check_folder, write_folder

    networks = [read_model(m) for m in models]
    table = read(data, how)
    if rates is not None:
        lines = read_rates(rates)
        if lines.bounds:
            first = next(iter(lines.bounds))
            raise DataError(
                f"{rates}, line {lines.lines[first]}: bounds of given networks are written --bounds 'k = 0.1:3'"
            )
        lines.check(table, networks)
        options = {**options, "rates": lines.rates}
    check_folder(out)
    checkpoint = out / "checkpoint"
    with open_tasks(workers, scheduler, checkpoint / TASKS, resume) as tasks, LiveProgress() as progress:
        progress.report("fitting", None, "\n".join(map(str, models)))
        distinct = len({m.stem for m in models}) == len(models)
        names = [m.stem if distinct else str(m) for m in models]
        found = compare(networks, table, names=names, executor=tasks, progress=progress, **options)
        found = explain(found, seed=options.get("seed", 0), executor=tasks, progress=progress)
    named = {name: m.name if distinct else str(m) for name, m in zip(names, models, strict=True)}
    found = replace(found, details={**found.details, "files": named})

    def select(part: Path) -> None:
        from .formats.petab_select import write_petab_select

        space: Any = [(c.name, c.network, list(c.rates)) for c in found]
        measurements: Any = table
        told: dict[str, Any] = {"initial": "measured" if options["starts"] == "measured" else "estimated"}
        told["conditions"] = options["conditions"]
        write_petab_select(space, measurements, part / "petab_select", found.noise, **told)

    told = {"data_file": _named(data), "models": [m.name for m in models]}
    files = write_folder(found, out, told, select if petab_select else None, finished=True)
    _show(found, files)


def side_by_side(models: list[Path], out: Path | None, refused: list[str]) -> None:
    """Show two networks side by side."""
    from rich.console import Console

    from .errors import DataError
    from .formats import read as read_model
    from .network.matching.contrast import contrast
    from .report.side_by_side import side_by_side as view

    if len(models) != 2:
        raise DataError(f"compare without --data takes two network files, and got {len(models)}; add --data DATA.csv")
    if out is not None:
        raise DataError("compare without --data writes no files; leave --out out, or add --data DATA.csv")
    if refused:
        raise DataError(f"{refused[0]} is for a fit; leave it out, or add --data DATA.csv")
    first, second = (read_model(m) for m in models)
    names = (models[0].stem, models[1].stem) if models[0].stem != models[1].stem else tuple(map(str, models))
    Console().print(view(contrast(first, second), (names[0], names[1])))


def title(data: Path) -> str:
    """Name the data for people: the folder says more where the file has an everyday name."""
    folder = data.absolute().parent.name
    return f"{folder} · {data.stem}" if data.stem in ("data", "train", "test", "runs") and folder else data.stem


def _named(data: list[Path]) -> str:
    return ", ".join(path.name for path in data)


def _show(found: "Discovery", files: list[Path]) -> None:
    from rich.console import Console

    console = Console()
    console.print(found)
    for remark in found.remarks:
        console.print(f"Note: {remark}", markup=False, soft_wrap=True)
    if found.proposal is not None:
        console.print(f"What to measure next: {found.proposal}", markup=False, soft_wrap=True)
    console.print(f"Written: {', '.join(map(str, files))}", markup=False, soft_wrap=True)
