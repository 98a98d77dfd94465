"""Given networks on the command line: fit and rank them, or show two side by side."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .answer import TASKS, named, show
from .executor import open_tasks
from .known_rates import read_rates
from .options import Balance, Columns, Machine, Operation, PerRun, Rates, Seed
from .petab import compare_problems, is_petab
from .setting import setting
from .tables import read_tables


def compare(
    models: Annotated[list[Path], typer.Argument(help="Network files, or PEtab problems (.yaml).")],
    *,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="Table of measurements, repeatable; without it, the view of two networks."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write into, with --data.")] = None,
    observable: Annotated[
        list[str] | None, typer.Option(help="What a column of the data is: 'pY = scale*(A + 2*AA)'; repeatable.")
    ] = None,
    initial: Annotated[
        list[str] | None, typer.Option(help="Initial value, 'E = 0.1', or parameter, 'E = E0'; repeatable.")
    ] = None,
    fixed: Annotated[
        list[str] | None, typer.Option(help="Parameters that are not fitted: 'Km', 'Km = 0.4'; repeatable.")
    ] = None,
    bounds: Annotated[list[str] | None, typer.Option(help="'name = lowest:highest'; repeatable.")] = None,
    conditions: Annotated[
        Path | None, typer.Option(help="CSV: experiment, then species and parameters that differ between runs.")
    ] = None,
    rates: Rates = None,
    detailed_balance: Balance = False,
    noise: Annotated[
        str, typer.Option(help="As of discover; or fitted: one deviation a column, from what the best leaves.")
    ] = "auto",
    starts: Annotated[
        str,
        typer.Option(help="fitted; measured: every run starts from its first row; with --spectra or --per-run a file."),
    ] = "fitted",
    spectra: Annotated[
        str | None, typer.Option(help="Columns are absorbances: of 'A,B,C', auto, a file of pure spectra.")
    ] = None,
    per_run: PerRun = None,
    petab_select: Annotated[
        bool, typer.Option("--petab-select", help="Write the candidates as a PEtab Select problem, too.")
    ] = False,
    seed: Seed = 0,
    machine: Machine,
    columns: Columns,
    operation: Operation = None,
) -> None:
    """Refit given networks to the same measurements and rank them; without data, show two side by side."""
    from ..errors import UnsupportedError

    if not data:
        given = {"--observable": observable, "--initial": initial, "--fixed": fixed, "--bounds": bounds}
        given |= {"--operation": operation, "--spectra": spectra, "--per-run": per_run}
        given |= {"--conditions": conditions, "--rates": rates, "--detailed-balance": detailed_balance}
        if any(map(is_petab, models)):
            unused = [name for name, value in given.items() if value]
            compare_problems(models, out, seed, machine.workers, unused)
            return
        side_by_side(models, out, [name for name, value in given.items() if value])
    else:
        if petab_select and (spectra or per_run):
            raise UnsupportedError("--petab-select cannot carry --spectra and --per-run; leave one of them out")
        told = setting(observable or (), initial or (), fixed or (), bounds or (), conditions, noise)
        options = {**told, "starts": starts, "seed": seed, "detailed_balance": detailed_balance}
        options |= {"operation": operation, "per_run": per_run or ()}
        options |= {"spectra": None if spectra is None else spectra.split(",")}
        compare_on_data(models, data, out, options, machine, columns, petab_select, rates)


def compare_on_data(
    models: list[Path],
    data: list[Path],
    out: Path | None,
    options: dict[str, Any],
    machine: Machine,
    columns: Columns,
    petab_select: bool = False,
    rates: Path | None = None,
) -> None:
    """Refit given networks to the same measurements, write, show."""
    from dataclasses import replace

    from ..errors import DataError

    if out is None:
        raise DataError("compare with --data writes a folder; name it with --out")
    from ..comparison.compare import compare as run
    from ..comparison.explain import explain
    from ..formats import read as read_model
    from ..report.live import LiveProgress
    from ..report.output import check_folder, write_folder

    networks = [read_model(m) for m in models]
    table = read_tables(data, columns)
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
    with open_tasks(machine, checkpoint / TASKS) as tasks, LiveProgress() as progress:
        progress.report("fitting", None, "\n".join(map(str, models)))
        distinct = len({m.stem for m in models}) == len(models)
        names = [m.stem if distinct else str(m) for m in models]
        found = run(networks, table, names=names, executor=tasks, progress=progress, **options)
        found = explain(found, seed=options.get("seed", 0), executor=tasks, progress=progress)
    files_of = {name: m.name if distinct else str(m) for name, m in zip(names, models, strict=True)}
    found = replace(found, details={**found.details, "files": files_of})

    def select(part: Path) -> None:
        from ..formats.petab_select import write_petab_select

        space: Any = [(c.name, c.network, list(c.rates)) for c in found]
        measurements: Any = table
        told: dict[str, Any] = {"initial": "measured" if options["starts"] == "measured" else "estimated"}
        told["conditions"] = options["conditions"]
        write_petab_select(space, measurements, part / "petab_select", found.noise, **told)

    told = {"data_file": named(data), "models": [m.name for m in models]}
    files = write_folder(found, out, told, select if petab_select else None, finished=True)
    show(found, files)


def side_by_side(models: list[Path], out: Path | None, refused: list[str]) -> None:
    """Show two networks side by side."""
    from rich.console import Console

    from ..errors import DataError
    from ..formats import read as read_model
    from ..network.matching.contrast import contrast
    from ..report.side_by_side import side_by_side as view

    if len(models) != 2:
        raise DataError(f"compare without --data takes two network files, and got {len(models)}; add --data DATA.csv")
    if out is not None:
        raise DataError("compare without --data writes no files; leave --out out, or add --data DATA.csv")
    if refused:
        raise DataError(f"{refused[0]} is for a fit; leave it out, or add --data DATA.csv")
    first, second = (read_model(m) for m in models)
    names = (models[0].stem, models[1].stem) if models[0].stem != models[1].stem else tuple(map(str, models))
    Console().print(view(contrast(first, second), (names[0], names[1])))
