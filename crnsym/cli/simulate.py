"""Simulation on the command line: rate equations, counted molecules, molecules on a lattice."""

from pathlib import Path
from typing import Annotated

import typer

from . import values
from .options import Operation, Seed


def simulate(
    model: Annotated[Path, typer.Argument(help="Network file with rates and initial concentrations.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file to write.")],
    times: Annotated[str, typer.Option(help="start:stop:points")] = "0:10:101",
    initial: Annotated[str, typer.Option(help="Initial concentrations over the model's: 'A=1, B=0.5'.")] = "",
    noise: Annotated[float, typer.Option(min=0, help="Relative standard deviation of added noise.")] = 0.0,
    stochastic: Annotated[bool, typer.Option("--stochastic", help="Count molecules; exact.")] = False,
    lattice: Annotated[str, typer.Option(help="Sides of a periodic lattice of molecules, such as 40x40.")] = "",
    hops: Annotated[
        str | None, typer.Option(help="Rates of hops to each empty neighbour, 1 unless given: 0.5, or 'A=0.5, B=0.1'.")
    ] = None,
    walls: Annotated[bool, typer.Option("--walls", help="The lattice has walls; else it is periodic.")] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Snapshots of the first run on the lattice: .png, .svg, .pdf; .gif a movie.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs of --stochastic or --lattice.")] = 1,
    seed: Seed = 0,
    operation: Operation = None,
) -> None:
    """Simulate a network, or an SBML model with events and rules, and write the courses as CSV, molecules as .npz."""
    from ..data.tables import write_table
    from ..errors import DataError
    from ..formats import check_suffix, read
    from ..report.output import check_folder

    check_suffix(model)
    grid, start = values.times(times), values.initial(initial)
    check_folder(out.absolute().parent)
    if not lattice and (walls or picture or hops is not None):
        raise DataError("--hops, --walls and --picture are for molecules on a lattice; add --lattice 40x40")
    if stochastic or lattice:
        from .molecules import simulate_molecules

        if operation:
            raise DataError("--operation is for rate equations; molecules are simulated in a closed vessel")
        if noise:
            raise DataError(f"--noise {noise:g}: numbers of molecules get no added noise; leave it out")
        network = read(model) if lattice else model
        simulated = simulate_molecules(network, grid, start, lattice, hops or "1", walls, picture, runs, seed)
        if out.suffix == ".npz":
            from ..data.snapshot_files import write_snapshots

            write_snapshots(simulated, out)
            print(f"{out}: {len(simulated)} runs, {len(simulated.times)} snapshots each")
            return
        data = simulated.trajectories()
    else:
        from ..dynamics.ode import simulate as run

        if out.suffix == ".npz":
            raise DataError(f"{out}: .npz is for snapshots of molecules; add --stochastic or --lattice 40x40")
        if runs > 1:
            raise DataError(f"--runs {runs}: rate equations have one solution; add --stochastic or --lattice 40x40")
        data = run(model, grid, initial=start or None, noise=noise, seed=seed, operation=operation)
    write_table(data, out)
    for remark in data.remarks:
        print(f"Note: {remark}")
    count = f"{len(data)} runs, " if len(data) > 1 else ""
    print(f"{out}: {count}{len(data.times[0])} times, {len(data.species)} columns")
