"""Counted molecules on the command line: simulate them on a lattice, and find reactions from snapshots."""

from pathlib import Path
from typing import TYPE_CHECKING

from .values import values

if TYPE_CHECKING:
    from ..dynamics.lattice.runs import LatticeRuns
    from ..dynamics.stochastic.runs import StochasticRuns
    from ..network.network import Network
    from ..snapshots.result import SnapshotDiscovery


def simulate_molecules(
    network: "Network | Path",
    times: tuple[float, float, int],
    initial: dict[str, float],
    lattice: str,
    hops: str,
    walls: bool,
    picture: Path | None,
    runs: int,
    seed: int,
) -> "LatticeRuns | StochasticRuns":
    """Simulate in a well-stirred volume or on a lattice, and draw the first run on the lattice if asked."""
    if not lattice or isinstance(network, Path):
        from ..dynamics.stochastic.simulate import simulate_stochastic

        return simulate_stochastic(network, times, runs, seed, initial or None)
    from ..dynamics.lattice.simulate import simulate_lattice
    from ..errors import DataError

    if picture is not None:
        from ..report.lattice import check_picture
        from ..report.output import check_folder

        check_picture(picture)
        check_folder(picture.absolute().parent)
    try:
        shape = [int(side) for side in lattice.lower().split("x")]
    except ValueError:
        raise DataError(f"--lattice {lattice}: expected the sides of a lattice, such as 40x40") from None
    try:
        rates = values(hops) if "=" in hops else float(hops)
    except ValueError:
        raise DataError(f"--hops {hops}: expected a rate, or rates such as 'A=0.5, B=0.1', each name once") from None
    found = simulate_lattice(network, shape, times, runs, seed, initial or None, hops=rates, periodic=not walls)
    if picture is not None:
        from ..report.lattice import write_picture

        write_picture(found, picture)
        print(picture)
    return found


def discover_in_snapshots(
    data: Path, out: Path, max_order: int | None, different_runs: bool, refused: list[str]
) -> "SnapshotDiscovery":
    """Read snapshots, search, write, show."""
    from dataclasses import replace

    from ..data.snapshot_files import read_snapshots
    from ..errors import DataError
    from ..report.live import LiveProgress
    from ..report.output import check_folder

    if refused:
        raise DataError(f"{refused[0]} is for concentration-time data; snapshots have no use for it")
    shots = read_snapshots(data)
    if different_runs:
        shots = replace(shots, same_runs=False)
    check_folder(out)
    from ..report.snapshots import write_snapshot_folder
    from ..snapshots.discover import discover_snapshots

    with LiveProgress() as progress:
        found = discover_snapshots(shots, max_order=max_order, progress=progress)
    files = write_snapshot_folder(found, out, {"data_file": data.name})
    print(found)
    print(f"Written: {', '.join(map(str, files))}")
    return found
