"""Rate laws on the command line."""

from typing import Annotated

import typer

from .options import Columns, CsvOut, Noise, Seed, Tables
from .tables import read_tables
from .values import noise as noise_of


def rate_laws(
    data: Tables,
    *,
    reaction: Annotated[
        str | None, typer.Option(help="'A + B -> P'; by default what one reaction makes of all that moves.")
    ] = None,
    beside: Annotated[
        str | None, typer.Option(help="Reactions that go on beside it: 'P -> Q; 2 Q <-> R', of mass action or any law.")
    ] = None,
    out: CsvOut = None,
    noise: Noise = "auto",
    seed: Seed = 0,
    columns: Columns,
) -> None:
    """Find the rate law of a reaction, also rational or of half order, and the mechanism that makes it."""
    from ..comparison.rate_laws.rate_laws import rate_laws as find
    from ..data.csv_text import csv_text
    from ..files import write_text
    from ..report.output import check_folder

    if out is not None:
        check_folder(out.absolute().parent)
    table = read_tables(data, columns)
    found = find(table, reaction, beside=beside, noise=noise_of(noise), seed=seed)
    print(found)
    if out is not None:
        rows = found.to_rows()
        write_text(out, csv_text(tuple(rows[0]), rows))
        print(f"Written: {out}")
