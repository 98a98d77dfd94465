"""Two mechanisms next to each other in a terminal."""

from itertools import zip_longest

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..network.matching.contrast import Contrast
from ..network.reaction import Reaction
from .info import heading

_MOST_ROWS = 60


def side_by_side(found: Contrast, names: tuple[str, str]) -> RenderableType:
    """Return reactions and structural facts of two networks in two columns, and what holds for both together."""
    reactions = _table(("", *names))
    rows = [("=" if found.same_rate(pair) else "≈", *map(str, pair)) for pair in found.shared]
    rows += [("≠", _text(a), _text(b)) for a, b in zip_longest(found.only_first, found.only_second)]
    for row in rows[:_MOST_ROWS]:
        reactions.add_row(*(Text(cell, style="" if row[0] == "=" else "yellow") for cell in row))
    legend = "= both have it; ≈ with another rate; ≠ only one has it"
    if len(rows) > _MOST_ROWS:
        legend += f"; the first {_MOST_ROWS} of {len(rows)} rows"
    facts = _table(("", *names))
    for name, *values in found.facts:
        style = "" if values[0] == values[1] else "yellow"
        facts.add_row(Text(name, style="bold"), *(Text(value, style=style) for value in values))
    parts = [heading("Reactions"), reactions, Text(legend, style="dim"), Text(), heading("Structure"), facts]
    return Group(*parts, heading("Together"), *(Text(sentence) for sentence in found.statements))


def _table(columns: tuple[str, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def _text(reaction: Reaction | None) -> str:
    return "" if reaction is None else str(reaction)
