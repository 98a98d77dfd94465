"""The options that several commands share, each declared once; a group is a class of options that go together."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

Tables = Annotated[list[Path], typer.Argument(help="Tables, text or .xlsx: times and one column a species.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")]
CsvOut = Annotated[Path | None, typer.Option("--out", "-o", help="CSV file to write.")]

MaxOrder = Annotated[int | None, typer.Option(help="Largest number of reactant molecules.")]
Hidden = Annotated[
    int | None, typer.Option(help="Species that were not measured: 0, 1 or more; by default as the data ask.")
]
Known = Annotated[Path | None, typer.Option(help="Network file: reactions every candidate must have.")]
Library = Annotated[
    Path | None, typer.Option(help="Network file: only these reactions, and those of --known, are tried.")
]
Vessel = Annotated[
    str, typer.Option(help="open (feeds and drains are likely), closed (nothing comes or goes) or auto.")
]
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
Operation = Annotated[
    Path | None,
    typer.Option("--operation", help="Table of what was done to the vessel: additions, feeds, flow, temperatures."),
]
PerRun = Annotated[
    list[str] | None,
    typer.Option("--per-run", help="Coefficient of an --observable that is another in every run; repeatable."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same table.")]
TimeBudget = Annotated[float, typer.Option(help="Seconds after which the best so far is taken.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes on this machine, by default one a processor.", show_default=False)
]


@dataclass(frozen=True)
class Machine:
    """Where the fits of a command run, and whether an earlier run goes on."""

    workers: Workers = None
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786.")] = None
    resume: Annotated[bool, typer.Option("--resume", help="Go on from an interrupted run in --out.")] = False


@dataclass(frozen=True)
class Columns:
    """Which columns and sheets of a table are read, and as what."""

    time: Annotated[
        str | None, typer.Option("--time", help="Column of times, by name or number; 'x \\[min]' adds a unit.")
    ] = None
    temperature: Annotated[str | None, typer.Option(help="Column of temperatures: 'temp \\[°C]', 'T \\[K]'.")] = None
    experiment: Annotated[str | None, typer.Option("--experiment", help="Column that labels the runs.")] = None
    species: Annotated[
        str | None, typer.Option(help="Columns to read as species: 'A,B,C'; by default all that can be.")
    ] = None
    sheet: Annotated[list[str] | None, typer.Option(help="Sheet of a workbook, by name or number; repeatable.")] = None
    decimal: Annotated[str | None, typer.Option(help="'.' or ',' where numbers such as 1,234 leave it open.")] = None

    def keywords(self) -> dict[str, Any]:
        """Return the keywords of `crnsym.read_table`."""
        chosen = None if self.species is None else [name.strip() for name in self.species.split(",") if name.strip()]
        return {**asdict(self), "species": chosen, "sheet": tuple(self.sheet or ())}
