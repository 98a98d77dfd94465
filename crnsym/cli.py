"""The command line. Heavy imports happen inside the commands, so that ``--help`` answers at once."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import (
    cli_batch,
    cli_demo,
    cli_discovery,
    cli_options,
    cli_orders,
    cli_petab,
    cli_rate_laws,
    cli_reading,
    cli_setting,
    cli_simulate,
    cli_studio,
)
from .cli_executor import Resume, Scheduler, Workers
from .cli_options import Operation
from .cli_reading import Decimal, Runs, Sheet, Species, Temperature, Time
from .cli_shell import INTERRUPTED, command, complain, speak_plainly

# Small matrices gain nothing from threads, and waiting threads that spin slow everybody down on a busy machine.
THREADS = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

app = typer.Typer(
    help="Find the chemical reaction network behind concentration-time data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")]
Rates = Annotated[
    Path | None,
    typer.Option(
        help="File of known rates, a line each: 'A + B -> C @ 0.3 ± 0.02'; '@ 0.3' is fixed, '@ 0.1 .. 3' bounds."
    ),
]
Balance = Annotated[
    bool, typer.Option("--detailed-balance", help="Tie reversible steps on cycles as equilibrium demands.")
]
Noise = Annotated[
    str, typer.Option(help="auto, absolute (least squares), relative; or numbers: 0.02, 2%, 'A=0.1, B=2%'.")
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same table.")]


def main() -> None:
    """Run the command line."""
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)
    speak_plainly()
    app()


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        from . import __version__

        print(f"crnsym {__version__}")
        raise typer.Exit


@app.command()
@command
def demo(
    out: Out = Path("crnsym-demo"), seed: Seed = 0, time_budget: Annotated[float, typer.Option(min=1)] = 600.0
) -> None:
    """Discover a mechanism from measurements that ship with the package (alpha-pinene isomerisation, 1947)."""
    cli_demo.run(out, {"seed": seed, "time_budget": time_budget})


@app.command()
@command
def discover(
    data: Annotated[list[Path], typer.Argument(help="Tables, text or .xlsx: times and one column a species.")],
    out: Out,
    max_order: Annotated[int | None, typer.Option(help="Largest number of reactant molecules.")] = None,
    hidden: Annotated[
        int | None, typer.Option(help="Species that were not measured: 0, 1 or more; by default as the data ask.")
    ] = None,
    known: Annotated[Path | None, typer.Option(help="Network file: reactions every candidate must have.")] = None,
    formulas: Annotated[
        Path | None,
        typer.Option(
            help="File of lines 'species formula [excess|solvent]' for balance; names that are no column are hidden."
        ),
    ] = None,
    library: Annotated[
        Path | None, typer.Option(help="Network file: only these reactions, and those of --known, are tried.")
    ] = None,
    excluded: Annotated[Path | None, typer.Option(help="Network file: reactions no candidate may have.")] = None,
    vessel: Annotated[
        str, typer.Option(help="open (feeds and drains are likely), closed (nothing comes or goes) or auto.")
    ] = "auto",
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
    restarts: Annotated[int, typer.Option(help="Random starts of the neural network.")] = 8,
    seed: Seed = 0,
    time_budget: Annotated[float, typer.Option(help="Seconds after which the best so far is taken.")] = 600.0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    counts: Annotated[bool, typer.Option("--counts", help="Runs are numbers of molecules: use their scatter.")] = False,
    different_runs: Annotated[
        bool, typer.Option("--different-runs", help="With --counts or .npz: each row is of a run of its own.")
    ] = False,
    time: Time = None,
    temperature: Temperature = None,
    experiment: Runs = None,
    species: Species = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    operation: Operation = None,
) -> None:
    """Find the reactions behind the measurements in DATA and write them, ranked, into a folder.

    Several tables are several runs. DATA ending in .npz are snapshots of a lattice or of counted molecules.
    """
    from .errors import DataError
    from .formats import read

    molecules = counts or data[0].suffix == ".npz"
    if different_runs and not molecules:
        raise DataError("--different-runs is for snapshots; add --counts where the table holds numbers of molecules")
    if molecules:
        if len(data) > 1:
            raise DataError(f"{data[1]}: snapshots are in one file; put all runs into {data[0]}")
        others = {"--hidden": hidden, "--known": known, "--formulas": formulas, "--rates": rates}
        others |= {"--operation": operation}
        others |= {"--library": library, "--excluded": excluded, "--vessel": None if vessel == "auto" else vessel}
        others |= {"--detailed-balance": detailed_balance or None, "--resume": resume or None}
        from .cli_molecules import discover_in_snapshots

        unused = [name for name, value in others.items() if value is not None]
        if discover_in_snapshots(data[0], out, max_order, different_runs, unused).details["interrupted"]:
            complain("Interrupted: these are the best rules so far.")
            raise typer.Exit(INTERRUPTED)
        return
    options = {
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else read(known),
        "formulas": None if formulas is None else cli_options.formulas(formulas),
        "library": None if library is None else read(library),
        "excluded": None if excluded is None else read(excluded),
        "vessel": vessel,
        "detailed_balance": detailed_balance,
        "learner": learner,
        "noise": cli_options.noise(noise),
        "starts": starts,
        "observables": cli_setting.observables_of(observable) if observable else None,
        "spectra": None if spectra is None else spectra.split(","),
        "restarts": restarts,
        "seed": seed,
        "time_budget": time_budget,
        "resume": resume,
        "operation": operation,
    }
    how = cli_reading.columns(time, temperature, experiment, species, sheet, decimal)
    cli_discovery.discover_in_table(data, out, options, cli_discovery.title(data[0]), workers, scheduler, rates, how)


@app.command()
@command
def batch(
    folder: Annotated[Path, typer.Argument(help="Folder of tables, text or .xlsx; each is searched by itself.")],
    out: Out,
    max_order: Annotated[int | None, typer.Option(help="Largest number of reactant molecules.")] = None,
    hidden: Annotated[int | None, typer.Option(help="Species that were not measured, as of discover.")] = None,
    known: Annotated[Path | None, typer.Option(help="Network file: reactions every candidate must have.")] = None,
    library: Annotated[Path | None, typer.Option(help="Network file: no other reactions are tried.")] = None,
    vessel: Annotated[str, typer.Option(help="open, closed or auto.")] = "auto",
    noise: Noise = "auto",
    seed: Seed = 0,
    time_budget: Annotated[float, typer.Option(help="Seconds after which the best so far of a table is taken.")] = 600,
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    time: Time = None,
    temperature: Temperature = None,
    experiment: Runs = None,
    species: Species = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
) -> None:
    """Find the reactions behind every table of a folder: a folder of results for each, and summary.csv of all.

    Tables are searched several at a time; one that cannot be used is a row that says why. --resume goes on.
    """
    from .formats import read

    options = {
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else read(known),
        "library": None if library is None else read(library),
        "vessel": vessel,
        "noise": cli_options.noise(noise),
        "seed": seed,
        "time_budget": time_budget,
    }
    reading = cli_reading.columns(time, temperature, experiment, species, sheet, decimal)
    cli_batch.run(folder, out, options, reading, workers, scheduler, resume)


@app.command()
@command
def compare(
    models: Annotated[list[Path], typer.Argument(help="Network files, or PEtab problems (.yaml).")],
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
    starts: Annotated[str, typer.Option(help="fitted, or measured: every run starts from its first row.")] = "fitted",
    petab_select: Annotated[
        bool, typer.Option("--petab-select", help="Write the candidates as a PEtab Select problem, too.")
    ] = False,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = False,
    time: Time = None,
    temperature: Temperature = None,
    experiment: Runs = None,
    species: Species = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    operation: Operation = None,
) -> None:
    """Refit given networks to the same measurements and rank them; without data, show two side by side."""
    if not data:
        given = {"--observable": observable, "--initial": initial, "--fixed": fixed, "--bounds": bounds}
        given |= {"--operation": operation}
        given |= {"--conditions": conditions, "--rates": rates, "--detailed-balance": detailed_balance}
        if any(map(cli_petab.is_petab, models)):
            unused = [name for name, value in given.items() if value]
            cli_petab.compare_problems(models, out, seed, workers, unused)
            return
        cli_discovery.side_by_side(models, out, [name for name, value in given.items() if value])
    else:
        from .cli_setting import setting

        told = setting(observable or (), initial or (), fixed or (), bounds or (), conditions, noise)
        options = {**told, "starts": starts, "seed": seed, "detailed_balance": detailed_balance}
        options |= {"operation": operation}
        how = cli_reading.columns(time, temperature, experiment, species, sheet, decimal)
        cli_discovery.compare_on_data(models, data, out, options, workers, scheduler, resume, petab_select, rates, how)


@app.command()
@command
def studio(
    file: Annotated[
        list[Path] | None, typer.Argument(help="Tables, or a saved answer: discovery.json or its folder.")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="By default the first free from 8765.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    workers: Workers = None,
) -> None:
    """Work in a page on this machine: look at a table, watch the search, try the answer, take it away."""
    cli_studio.run(file or [], port, browser, workers)


@app.command()
@command
def look(
    data: Annotated[list[Path], typer.Argument(help="Tables, text or .xlsx.")],
    time: Time = None,
    temperature: Temperature = None,
    experiment: Runs = None,
    species: Species = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
) -> None:
    """Show how a table is read: what each column is, the runs, the units, and what was assumed."""
    cli_reading.show(data, cli_reading.columns(time, temperature, experiment, species, sheet, decimal))


app.command()(command(cli_simulate.simulate))


@app.command()
@command
def convert(
    source: Annotated[Path, typer.Argument(help="Network file to read.")],
    target: Annotated[Path, typer.Argument(help="File to write; its suffix chooses the format.")],
) -> None:
    """Convert a network file from any format to any other."""
    from .formats import check_suffix, read, write

    check_suffix(target, "write")
    network = read(source)
    write(network, target)
    print(network.metadata["report"])
    print(target)


@app.command()
@command
def info(model: Annotated[Path, typer.Argument(help="Network file.")]) -> None:
    """Describe a network: reactions, structure, what theorems say about it, steady states."""
    from rich.console import Console

    from .formats import read
    from .report.info import describe

    Console().print(describe(read(model)))


app.command()(command(cli_orders.orders))
app.command()(command(cli_rate_laws.rate_laws))


if __name__ == "__main__":
    sys.exit(main())
