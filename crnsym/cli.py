"""The command line. Heavy imports happen inside the commands, so that ``--help`` answers at once."""

import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import cli_options

if TYPE_CHECKING:
    from .comparison.ranking import Discovery

# Small matrices gain nothing from threads, and waiting threads that spin slow everybody down on a busy machine.
THREADS = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
INTERRUPTED = 130

app = typer.Typer(
    help="Find the chemical reaction network behind concentration-time data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")]
Noise = Annotated[str, typer.Option(help="auto, absolute (plain least squares) or relative.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same table.")]


def main() -> None:
    """Run the command line."""
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)
    app()


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into one line and exit code 2, and Ctrl-C into exit code 130."""

    @wraps(function)
    def run(*arguments: Any, **options: Any) -> None:
        from .errors import CrnsymError

        try:
            function(*arguments, **options)
        except CrnsymError as error:
            _complain(f"Error: {error}")
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            _complain("Interrupted; nothing was written.")
            raise typer.Exit(INTERRUPTED) from None

    return run


def _complain(message: str) -> None:
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text(message, style="red"))


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        from . import __version__

        print(f"crnsym {__version__}")
        raise typer.Exit


@app.command()
@_command
def demo(
    out: Out = Path("crnsym-demo"), seed: Seed = 0, time_budget: Annotated[float, typer.Option(min=1)] = 60.0
) -> None:
    """Discover a mechanism from measurements that ship with the package (alpha-pinene isomerisation, 1947)."""
    from importlib.resources import as_file, files

    with as_file(files("crnsym") / "data" / "demo" / "alpha_pinene.csv") as path:
        print("Thermal isomerisation of alpha-pinene: Fuguitt & Hawkins, J. Am. Chem. Soc. 69 (1947) 319.")
        _discover(path, out, {"seed": seed, "time_budget": time_budget}, title="alpha-pinene isomerisation")


@app.command()
@_command
def discover(
    data: Annotated[Path, typer.Argument(help="CSV with columns experiment, time and one a species.")],
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
    learner: Annotated[str, typer.Option(help="regression, crnn or all.")] = "regression",
    noise: Noise = "auto",
    starts: Annotated[str, typer.Option(help="fitted, or measured: every run starts from its first row.")] = "fitted",
    restarts: Annotated[int, typer.Option(help="Random starts of the neural network.")] = 8,
    seed: Seed = 0,
    time_budget: Annotated[float, typer.Option(help="Seconds for the search.")] = 60.0,
    workers: Annotated[int, typer.Option(help="Processes for the final fits.")] = 1,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from an interrupted run in --out.")] = False,
    counts: Annotated[bool, typer.Option("--counts", help="Runs are numbers of molecules: use their scatter.")] = False,
    different_runs: Annotated[
        bool, typer.Option("--different-runs", help="With --counts or .npz: each row is of a run of its own.")
    ] = False,
) -> None:
    """Find the reactions behind the measurements in DATA and write them, ranked, into a folder.

    DATA ending in .npz are snapshots of a lattice or of counted molecules.
    """
    from .errors import DataError
    from .formats import read

    if different_runs and not counts and data.suffix != ".npz":
        raise DataError("--different-runs is for snapshots; add --counts where the table holds numbers of molecules")
    if counts or data.suffix == ".npz":
        others = {"--hidden": hidden, "--known": known, "--formulas": formulas, "--resume": resume or None}
        from .cli_molecules import discover_in_snapshots

        unused = [name for name, value in others.items() if value is not None]
        if discover_in_snapshots(data, out, max_order, different_runs, unused).details["interrupted"]:
            _complain("Interrupted: these are the best rules so far.")
            raise typer.Exit(INTERRUPTED)
        return
    options = {
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else read(known),
        "formulas": None if formulas is None else cli_options.formulas(formulas),
        "learner": learner,
        "noise": noise,
        "starts": starts,
        "restarts": restarts,
        "seed": seed,
        "time_budget": time_budget,
        "resume": resume,
    }
    with _executor(workers, scheduler) as executor:
        _discover(data, out, {**options, "executor": executor}, title=_title(data))


@app.command()
@_command
def compare(
    models: Annotated[list[Path], typer.Argument(help="Two or more network files.")],
    data: Annotated[
        Path | None, typer.Option("--data", help="CSV of measurements; without it, the view of two networks.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write into, with --data.")] = None,
    noise: Noise = "auto",
    seed: Seed = 0,
) -> None:
    """Refit given networks to the same measurements and rank them; without data, show two side by side."""
    from .errors import DataError

    if data is None:
        return _side_by_side(models, out)
    if out is None:
        raise DataError("compare with --data writes a folder; name it with --out")
    from .comparison.compare import compare as compare_networks
    from .data.tables import read_table
    from .formats import read
    from .report.live import LiveProgress
    from .report.output import check_folder, write_folder

    networks = [read(m) for m in models]
    table = read_table(data)
    check_folder(out)
    with LiveProgress() as progress:
        progress.report("fitting", None, "\n".join(map(str, models)))
        found = compare_networks(networks, table, names=[m.stem for m in models], noise=noise, seed=seed)
    files = write_folder(found, out, {"data_file": data.name, "models": [m.name for m in models]})
    _show(found, files)


@app.command()
@_command
def simulate(
    model: Annotated[Path, typer.Argument(help="Network file with rates and initial concentrations.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file to write.")],
    times: Annotated[str, typer.Option(help="start:stop:points")] = "0:10:101",
    initial: Annotated[str, typer.Option(help="Initial concentrations over the model's: 'A=1, B=0.5'.")] = "",
    noise: Annotated[float, typer.Option(min=0, help="Relative standard deviation of added noise.")] = 0.0,
    stochastic: Annotated[bool, typer.Option("--stochastic", help="Count molecules; exact.")] = False,
    lattice: Annotated[str, typer.Option(help="Sides of a periodic lattice of molecules, such as 40x40.")] = "",
    hops: Annotated[str, typer.Option(help="Rates of hops to each empty neighbour: 0.5, or 'A=0.5, B=0.1'.")] = "1",
    walls: Annotated[bool, typer.Option("--walls", help="The lattice has walls; else it is periodic.")] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Snapshots of the first run on the lattice: .png, .svg, .pdf; .gif a movie.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs of --stochastic or --lattice.")] = 1,
    seed: Seed = 0,
) -> None:
    """Simulate a network and write the time courses as CSV, or snapshots of molecules as .npz."""
    from .data.tables import write_table
    from .errors import DataError
    from .formats import read
    from .report.output import check_folder

    network = read(model)
    grid, start = cli_options.times(times), cli_options.initial(initial)
    check_folder(out.absolute().parent)
    if not lattice and (walls or picture):
        raise DataError("--walls and --picture are for molecules on a lattice; add --lattice 40x40")
    if stochastic or lattice:
        if noise:
            raise DataError(f"--noise {noise:g}: numbers of molecules get no added noise; leave it out")
        if lattice:
            from .cli_molecules import simulate_on_lattice

            simulated = simulate_on_lattice(network, grid, start, lattice, hops, walls, picture, runs, seed)
        else:
            from .dynamics.stochastic.simulate import simulate_stochastic

            simulated = simulate_stochastic(network, grid, runs, seed, start or None)
        if out.suffix == ".npz":
            from .data.snapshots import write_snapshots

            write_snapshots(simulated, out)
            print(f"{out}: {len(simulated)} runs, {len(simulated.times)} snapshots each")
            return
        data = simulated.trajectories()
    else:
        from .dynamics.ode import simulate as run

        if out.suffix == ".npz":
            raise DataError(f"{out}: .npz is for snapshots of molecules; add --stochastic or --lattice 40x40")
        if runs > 1:
            raise DataError(f"--runs {runs}: rate equations have one solution; add --stochastic or --lattice 40x40")
        data = run(network, grid, initial=start or None, noise=noise, seed=seed)
    write_table(data, out)
    for remark in data.remarks:
        print(f"Note: {remark}")
    count = f"{len(data)} runs, " if len(data) > 1 else ""
    print(f"{out}: {count}{len(data.times[0])} times, {len(data.species)} species")


@app.command()
@_command
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
@_command
def info(model: Annotated[Path, typer.Argument(help="Network file.")]) -> None:
    """Describe a network: reactions, structure, what theorems say about it, steady states."""
    from rich.console import Console

    from .formats import read
    from .report.info import describe

    Console().print(describe(read(model)))


def _side_by_side(models: list[Path], out: Path | None) -> None:
    from rich.console import Console

    from .errors import DataError
    from .formats import read
    from .network.matching.contrast import contrast
    from .report.side_by_side import side_by_side

    if len(models) != 2:
        raise DataError(f"compare without --data takes two network files, and got {len(models)}; add --data DATA.csv")
    if out is not None:
        raise DataError("compare without --data writes no files; leave --out out, or add --data DATA.csv")
    first, second = (read(m) for m in models)
    names = (models[0].stem, models[1].stem) if models[0].stem != models[1].stem else tuple(map(str, models))
    Console().print(side_by_side(contrast(first, second), (names[0], names[1])))


def _discover(data: Path, out: Path, options: dict[str, Any], title: str) -> None:
    """Read, search, write, show."""
    import shutil

    from .data.tables import read_table
    from .report.live import LiveProgress
    from .report.output import check_folder, write_folder

    table = read_table(data)
    for remark in table.remarks:
        print(f"Note: {remark}")
    check_folder(out)
    from .discovery import discover as run

    checkpoint = out / "checkpoint"
    with LiveProgress() as progress:
        found = run(table, progress=progress, checkpoint=checkpoint, **options)
    files = write_folder(found, out, {"title": title, "data_file": data.name})
    _show(found, files)
    if found.details.get("interrupted"):
        _complain(f"Interrupted: these are the best candidates so far; --resume with --out {out} goes on.")
        raise typer.Exit(INTERRUPTED)
    if found.complete:
        shutil.rmtree(checkpoint, ignore_errors=True)
    else:
        print(f"The time budget ended the search; --resume with --out {out} and a larger --time-budget goes on.")


def _title(data: Path) -> str:
    """Name the data for people: the folder says more where the file has an everyday name."""
    folder = data.absolute().parent.name
    return f"{folder} · {data.stem}" if data.stem in ("data", "train", "test", "runs") and folder else data.stem


def _show(found: "Discovery", files: list[Path]) -> None:
    from rich.console import Console

    console = Console()
    console.print(found)
    for remark in found.remarks:
        console.print(f"Note: {remark}", markup=False, soft_wrap=True)
    console.print(f"Written: {', '.join(map(str, files))}", markup=False, soft_wrap=True)


@contextmanager
def _executor(workers: int, scheduler: str | None):
    """Open processes on this machine, a Dask cluster, or none."""
    from .errors import MissingExtraError

    if scheduler:
        try:
            from dask.distributed import Client  # type: ignore[import-not-found]  # (an extra)
        except ImportError:
            raise MissingExtraError('--scheduler needs Dask: python -m pip install "crnsym[cluster]"') from None
        with Client(scheduler) as client:
            yield client.get_executor(pure=False, retries=2)
    elif workers > 1:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None


if __name__ == "__main__":
    sys.exit(main())
