"""Apparent orders of reaction on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Columns, CsvOut, Noise, Operation, Tables
from .tables import read_tables
from .values import noise as noise_of


def orders(
    data: Tables,
    *,
    target: Annotated[
        str | None, typer.Option(help="Species whose rate is described; else the one that moves.")
    ] = None,
    of: Annotated[str | None, typer.Option("--of", help="Species whose orders are asked for: 'A,B'.")] = None,
    out: CsvOut = None,
    picture: Annotated[
        Path | None, typer.Option(help="Picture to write (.png, .svg, .pdf): all runs over the normalised time.")
    ] = None,
    noise: Noise = "auto",
    operation: Operation = None,
    columns: Columns,
) -> None:
    """Find apparent orders of reaction, also fractional, and the rate constant, from a few runs."""
    from ..comparison.orders.orders import orders as find
    from ..data.csv_text import csv_text
    from ..files import write_text
    from ..report.output import check_folder

    for path in (out, picture):
        if path is not None:
            check_folder(path.absolute().parent)
    if picture is not None:
        from ..report.orders import check_orders_picture, write_orders

        check_orders_picture(picture)
    table = read_tables(data, columns)
    chosen = None if of is None else [name.strip() for name in of.split(",") if name.strip()]
    found = find(table, target=target, species=chosen, noise=noise_of(noise), operation=operation)
    print(found)
    if out is not None:
        write_text(out, csv_text(("name", "value", "low", "high"), found.to_rows()))
        print(f"Written: {out}")
    if picture is not None:
        write_orders(found, picture)
        print(f"Written: {picture}")
