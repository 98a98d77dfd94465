"""A network in a notebook (HTML) and in a terminal (rich)."""

from html import escape
from typing import TYPE_CHECKING

from .complexes import Complex
from .drawing import can_draw, svg
from .names import pretty, rounded
from .rate_laws import MassAction
from .text_format import paired

if TYPE_CHECKING:
    from rich.console import Group

    from .network import Network
    from .reaction import Reaction

_MOST_ROWS = 200


def rows(network: "Network") -> list[tuple[str, str, str, str]]:
    """Return (name, reaction, rate, value) of each reaction, two directions of one in a row."""
    result = []
    for forward, reverse in paired(network.reactions):
        arrow = "⇌" if reverse else "→"
        both = [r for r in (forward, reverse) if r is not None]
        result.append(
            (
                forward.name,
                f"{_side(forward.reactants)} {arrow} {_side(forward.products)}",
                ", ".join(filter(None, map(_rate, both))),
                ", ".join(filter(None, (_value(network, r) for r in both))),
            )
        )
    return result


def _side(complex_: Complex) -> str:
    return " + ".join(f"{c} {name}" if c != 1 else name for name, c in complex_.items()) or "∅"


def _rate(reaction: "Reaction") -> str:
    law = reaction.rate
    if isinstance(law, MassAction) and law.k.is_Symbol:
        return pretty(str(law.k))
    if isinstance(law, MassAction) and law.k.is_Rational:
        return ""
    return law.text().lstrip("@= ")


def _value(network: "Network", reaction: "Reaction") -> str:
    """Return the value of the rate constant, or those of the parameters of another law."""
    law = reaction.rate
    if isinstance(law, MassAction) and law.k.is_Rational:
        return rounded(law.k, 4)
    known = [(s.name, network.parameters.get(s.name)) for s in law.parameters]
    given = [(name, value) for name, value in known if value is not None]
    if isinstance(law, MassAction) and law.k.is_Symbol:
        return rounded(given[0][1], 4) if given else ""
    return " ".join(f"{pretty(name)} = {rounded(value, 4)}" for name, value in given)


def summary(network: "Network") -> str:
    """Return one line: how many species, reactions and parameters."""
    counts = [
        (len(network.species), "species"),
        (len(network.reactions), "reaction" if len(network.reactions) == 1 else "reactions"),
        (len(network.parameters), "parameter" if len(network.parameters) == 1 else "parameters"),
    ]
    title = f"{network.name}: " if network.name else ""
    return title + ", ".join(f"{n} {what}" for n, what in counts)


def network_html(network: "Network") -> str:
    """Return the drawing (if the network is small enough for one) above a table of reactions."""
    table = rows(network)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in table[:_MOST_ROWS]
    )
    more = f"<p>and {len(table) - _MOST_ROWS} more reactions</p>" if len(table) > _MOST_ROWS else ""
    head = "".join(f'<th style="text-align:left">{word}</th>' for word in ("", "reaction", "rate", "value"))
    picture = svg(network) if can_draw(network) else ""
    start = ", ".join(f"{escape(n)} = {rounded(v, 4)}" for n, v in network.initial.items())
    initial = f"<p>initial: {start}</p>" if start else ""
    return (
        f"<div><p><b>{escape(summary(network))}</b></p>{picture}"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{initial}</div>"
    )


def network_table(network: "Network") -> "Group":
    """Return the network for rich: a line and a table."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    columns = list(zip(*rows(network), strict=True)) or [()] * 4
    shown = [i for i, cells in enumerate(columns) if any(cells)]
    for i in shown:
        table.add_column(("", "reaction", "rate", "value")[i], no_wrap=i == 1)
    for row in rows(network)[:_MOST_ROWS]:
        table.add_row(*(Text(row[i]) for i in shown))
    if len(network.reactions) > _MOST_ROWS:
        table.caption = f"the first {_MOST_ROWS} rows"
    return Group(Text(summary(network), style="bold"), table)
