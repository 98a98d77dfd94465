"""One candidate for the terminal and the notebook."""

from html import escape
from typing import TYPE_CHECKING

from .table import rate_lines

if TYPE_CHECKING:
    from rich.panel import Panel

    from .candidate import Candidate


def plain_card(candidate: "Candidate") -> str:
    """Return the mechanism with its rates and what speaks for it, as text."""
    return "\n".join([f"{_title(candidate)}: {_numbers(candidate)}", *("    " + t for t in rate_lines(candidate))])


def terminal_card(candidate: "Candidate") -> "Panel":
    """Return the same for a terminal."""
    from rich.panel import Panel
    from rich.text import Text

    lines = Text("\n".join(rate_lines(candidate)))
    return Panel(lines, title=_title(candidate), subtitle=_numbers(candidate), title_align="left", expand=False)


def html_card(candidate: "Candidate") -> str:
    """Return the same for a notebook, with the rate equations."""
    lines = "<br>".join(escape(t).replace("  ", "&nbsp; ") for t in rate_lines(candidate))
    steps = "".join(f"<li>{escape(t)}</li>" for t in candidate.provenance)
    found = f"<details><summary>how it was found</summary><ul>{steps}</ul></details>" if steps else ""
    equations = candidate.network._repr_latex_() if hasattr(candidate.network, "_repr_latex_") else ""
    return (
        f"<p><b>{escape(_title(candidate))}</b>: {escape(_numbers(candidate))}</p>"
        f"<p style='font-family:monospace'>{lines}</p>{equations or ''}{found}"
    )


def _title(candidate: "Candidate") -> str:
    return f"Mechanism {candidate.name}" if candidate.name.isdigit() else candidate.name or "Mechanism"


def _numbers(candidate: "Candidate") -> str:
    parts = [f"χ²/N {candidate.reduced:.3f}", f"score {candidate.score:.1f}"]
    if candidate.weight == candidate.weight:
        parts.append(f"weight {candidate.weight:.3f}")
    if candidate.test_error == candidate.test_error:
        parts.append(f"left out {100 * candidate.test_error:.2f} %")
    return ", ".join(parts)
