"""The ranked table, as rows, in the terminal and in a notebook."""

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from .criteria import CRITERIA
from .numbers import with_error

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from .candidate import Candidate
    from .result import Discovery

SHOWN = 8  # candidates in the terminal and the notebook


def rows(candidates: Sequence["Candidate"], ties: int) -> list[dict[str, Any]]:
    """Return one dict a candidate, best first."""
    best = candidates[0].score if candidates else 0.0
    return [
        {
            "rank": i + 1,
            "mechanism": "; ".join(c.reactions),
            "reactions": len(c.reactions),
            "parameters": c.n_parameters,
            "log_likelihood": round(c.log_likelihood, 4),
            "score": round(c.score, 4),
            "difference": round(c.score - best, 4),
            "weight": float(f"{c.weight:.6g}"),
            **{name: round(c.criterion(name), 4) for name in CRITERIA},
            "chi2_per_value": float(f"{c.reduced:.6g}"),
            "left_out_error": _rounded(c.test_error, 6),
            "undecided": i < ties and ties > 1,
            "same_vector_field": len(c.alternatives),
            "rates": "; ".join(f"{k} = {v:.6g}" for k, v in (*c.rates.items(), *c.energies.items())),
            "standard_errors": "; ".join(
                f"{k} = {v:.3g}" for k, v in (*c.standard_errors.items(), *c.energy_errors.items())
            ),
            "lower_bounds": "; ".join(f"{k} > {v:.3g}" for k, v in c.bounds.items()),
            "upper_bounds": "; ".join(f"{k} < {v:.3g}" for k, v in c.ceilings.items()),
            "units": "; ".join(f"{k} [{c.network.units[k]}]" for k in c.rates if c.network.units.get(k)),
            "seconds": _rounded(c.seconds, 3),
            "provenance": "; ".join(c.provenance),
        }
        for i, c in enumerate(candidates)
    ]


def _rounded(value: float, digits: int) -> float:
    """Round to significant digits; always the same NaN, so that equal rows compare equal."""
    return math.nan if math.isnan(value) else float(f"{value:.{digits}g}")


def rate_lines(candidate: "Candidate", separate: bool = False) -> list[str]:
    """Reactions with rates, activation energies and standard errors, one a line, or two where ``separate``."""
    rates = [rate_text(candidate, name) for name in candidate.rates]
    if candidate.energies:
        wide = max(map(len, rates), default=0)
        texts = [energy_text(candidate, j) for j in range(len(rates))]
        rates = [f"{rate:<{wide}}  {text}" for rate, text in zip(rates, texts, strict=True)]
    if not candidate.one_rate_each:
        return [*candidate.reactions, *(f"    {k} = {rate}" for k, rate in zip(candidate.rates, rates, strict=True))]
    if separate:
        return [
            t for reaction, rate in zip(candidate.reactions, rates, strict=True) for t in (reaction, f"    @ {rate}")
        ]
    width = max((len(r) for r in candidate.reactions), default=0)
    return [f"{reaction:<{width}}  @ {rate}" for reaction, rate in zip(candidate.reactions, rates, strict=True)]


def rate_text(candidate: "Candidate", name: str) -> str:
    """Write a rate with its standard error, its lower bound, or as a multiple of the fast rate it is tied to."""
    rate, error = candidate.rates[name], candidate.standard_errors[name]
    fast = candidate.tied.get(name)
    unit = candidate.network.units.get(name, "")
    if name in candidate.ceilings:
        return f"< {candidate.ceilings[name]:.3g} {unit}".rstrip() + " (95 %)"
    if name in candidate.undetermined:
        return f"{rate:.2g} {unit}".rstrip() + " (undetermined)"
    if fast is None:
        text = with_error(rate, error, candidate.bounds.get(name))
        return f"({text}) {unit}" if unit and "±" in text and text[0] != "(" else f"{text} {unit}".rstrip()
    fast_rate = candidate.rates[fast]
    return f"({with_error(rate / fast_rate, error / fast_rate)}) × {fast}"


def energy_text(candidate: "Candidate", reaction: int) -> str:
    """Write an activation energy; its difference to that of the fast rate that the rate is tied to."""
    name, energies, errors = list(candidate.energies)[reaction], candidate.energies, candidate.energy_errors
    rates = list(candidate.rates)
    fast = candidate.tied.get(rates[reaction])
    if fast is not None:
        other = list(energies)[rates.index(fast)]
        return f"Ea = {other} + {with_error(energies[name] - energies[other], errors[name])} kJ/mol"
    return "" if reaction in candidate.fit.pinned else f"Ea = {with_error(energies[name], errors[name])} kJ/mol"


class TerminalTable:
    """The ranked table for a terminal; long reactions get their rate on a line of its own where it is narrow."""

    def __init__(self, found: "Discovery") -> None:
        self.found = found

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.table import Table
        from rich.text import Text

        found = self.found
        shown = found.candidates[:SHOWN]
        tested = any(c.test_error == c.test_error for c in shown)
        others = 46 if tested else 35  # width of the columns of numbers, with their borders
        wide = max((len(line) for c in shown for line in rate_lines(c)), default=0)
        separate = wide > options.max_width - others
        table = Table(show_lines=True)
        table.add_column("#", justify="right")
        table.add_column("mechanism and rates (± s.e.)", overflow="fold")
        for heading in ("score", "weight", "χ²/N", *(["left out"] if tested else [])):
            table.add_column(heading, justify="right", no_wrap=True)
        best = shown[0].score if shown else 0.0
        for i, c in enumerate(shown):
            difference = f"{c.score:.1f}" if i == 0 else f"+{c.score - best:.1f}"
            error = "" if c.test_error != c.test_error else f"{100 * c.test_error:.2f} %"
            style = "bold" if i == 0 else ("" if i < found.ties else "dim")
            named = [f"{c.name}:"] if "compared" in found.details else []
            lines = Text("\n".join([*named, *rate_lines(c, separate)]))
            cells = [difference, f"{c.weight:.3f}", f"{c.reduced:.3f}", *([error] if tested else [])]
            table.add_row(str(i + 1), lines, *cells, style=style)
        if shown:
            yield table
        if len(found) > len(shown):
            yield Text(f"and {len(found) - len(shown)} more candidates", style="dim")
        yield Text(found.statement)


def html_table(found: "Discovery") -> str:
    """Return the table for a notebook."""
    head = "".join(f"<th>{h}</th>" for h in ("", "mechanism", "score", "weight", "χ²/N", "left out"))
    best = found[0].score if len(found) else 0.0
    body = []
    for i, c in enumerate(found.candidates[:SHOWN]):
        lines = "<br>".join(escape(line).replace("  ", "&nbsp; ") for line in rate_lines(c))
        error = "" if c.test_error != c.test_error else f"{100 * c.test_error:.2f} %"
        difference = f"{c.score:.1f}" if i == 0 else f"+{c.score - best:.1f}"
        cells = (
            f"<td>{i + 1}</td><td style='text-align:left;font-family:monospace'>{lines}</td><td>{difference}</td>"
            f"<td>{c.weight:.3f}</td><td>{c.reduced:.3f}</td><td>{error}</td>"
        )
        body.append(f"<tr>{cells}</tr>")
    return f"<p>{escape(found.statement)}</p><table><tr>{head}</tr>{''.join(body)}</table>"


def plain_text(found: "Discovery") -> str:
    """Return the statement and the best candidates as text."""
    blocks = [found.statement]
    best = found[0].score if len(found) else 0.0
    for i, c in enumerate(found.candidates[:3]):
        lead = f"{i + 1}.  score {c.score:.1f}" if i == 0 else f"{i + 1}.  score +{c.score - best:.1f}"
        blocks.append("\n".join([f"{lead}  weight {c.weight:.3f}", *("    " + line for line in rate_lines(c))]))
    return "\n".join(blocks)
