"""Rate laws on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from . import cli_options, cli_reading
from .cli_reading import Decimal, Runs, Sheet, Species, Temperature, Time


def rate_laws(
    data: Annotated[list[Path], typer.Argument(help="Tables, text or .xlsx: times and one column a species.")],
    reaction: Annotated[
        str | None, typer.Option(help="'A + B -> P'; by default what one reaction makes of all that moves.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="CSV file to write.")] = None,
    noise: Annotated[str, typer.Option(help="As of discover.")] = "auto",
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.")] = 0,
    time: Time = None,
    temperature: Temperature = None,
    experiment: Runs = None,
    species: Species = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
) -> None:
    """Find the rate law of a reaction, also rational or of half order, and the mechanism that makes it."""
    from .comparison.rate_laws.rate_laws import rate_laws as find
    from .data.csv_text import csv_text
    from .files import write_text
    from .report.output import check_folder

    if out is not None:
        check_folder(out.absolute().parent)
    table = cli_reading.read(data, cli_reading.columns(time, temperature, experiment, species, sheet, decimal))
    found = find(table, reaction, noise=cli_options.noise(noise), seed=seed)
    print(found)
    if out is not None:
        rows = found.to_rows()
        write_text(out, csv_text(tuple(rows[0]), rows))
        print(f"Written: {out}")
