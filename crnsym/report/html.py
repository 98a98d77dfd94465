"""One self-contained page about a discovery: figures inline, no script, no network."""

import os
import re
from html import escape
from importlib.resources import files
from typing import Any

from ..comparison.candidate import Candidate
from ..comparison.describe import ordered, reaction_texts
from ..comparison.explain import explain
from ..comparison.numbers import interval
from ..comparison.result import Discovery
from ..comparison.table import energy_text, rate_text
from ..data.mechanism import Mechanism
from ..files import write_text
from ..refit.freedom import two_sided
from .mathml import equations_mathml, law_mathml
from .style import arrows, colours

IN_FULL = 8  # candidates listed unfolded
OPEN = 5.0  # relative standard error from which on an interval has no ends
WIDE = 24  # characters of a reaction above which drawing and table stand one above the other
HEADLINES = {
    "decided": "The data decide",
    "tie": "A tie",
    "undecided": "The data do not decide",
    "not reached": "The noise is not reached",
    "unfinished": "Not searched far enough",
    "": "Result",
}


def report(found: Discovery, path: str | os.PathLike[str], title: str = "") -> None:
    """Write the report of a discovery as one HTML file, whole or not at all.

    Raises
    ------
    ExportError
        The file cannot be written.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> cs.report(found, "report.html", title="A becomes B")
    """
    write_text(path, report_html(found, title))


def report_html(found: Discovery, title: str = "") -> str:
    """Return the report as text; what the data determine is worked out here if it was not before."""
    import jinja2

    found = explain(found)
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("crnsym") / "report" / "template.html").read_text(encoding="utf-8"))
    return template.render(**context(found, title))


def context(found: Discovery, title: str) -> dict[str, Any]:
    """Collect what the template shows."""
    page: dict[str, Any] = {
        "title": title or "Discovered mechanism",
        "statement": found.statement,
        "headline": HEADLINES.get(found.verdict, "Result"),
        "verdict": found.verdict.replace(" ", "-"),
        "remarks": found.remarks,
        "facts": _facts(found),
        "details": found.details,
        "candidates": [_row(found, i, c) for i, c in enumerate(found)],
        "in_full": IN_FULL,
        "tested": any(c.test_error == c.test_error for c in found),
        "runs": len(found.data),
        "best": None,
    }
    if len(found):
        from .page_figures import MOST_RUNS, behind_mixtures, page_figures

        best = found[0]
        page |= page_figures(found)
        page["best"] = _row(found, 0, best)
        page["identified"] = _identified(found)
        page["proposal"] = found.proposal
        page["rate_law"] = found.rate_law
        page["plain"] = best.one_rate_each
        page["mixed"] = best.fit.problem.observation is not None
        page |= behind_mixtures(found) if page["mixed"] else {}
        page["by_bic"] = all(c.score == c.bic for c in found)
        page["equations"] = (
            equations_mathml(best.mechanism, list(best.rates)) if best.one_rate_each else law_mathml(best.network)
        )
        page["alternatives"] = [_alternative(best.mechanism, m) for m in best.alternatives]
        page["wide"] = max(map(len, best.reactions)) > WIDE or bool(best.energies)
        page["hidden_runs"] = max(0, len(found.data) - MOST_RUNS)
    return page


def _row(found: Discovery, i: int, c: Candidate) -> dict[str, Any]:
    from .rates import relative_error

    palette, width = colours(found.data.species), two_sided(0.95, c.fit.degrees_of_freedom)
    lines = list(zip(c.reactions, c.rates, strict=True)) if c.one_rate_each else [("", name) for name in c.rates]
    reactions: list[dict[str, Any]] = [] if c.one_rate_each else [{"text": arrows(text)} for text in c.reactions]
    for text, name in lines:
        error, rate = relative_error(c, name), c.rates[name]
        low, high = (rate * e for e in interval(0.0, min(error, OPEN), width))
        profile = found.profiles.get(name) if i == 0 else None
        if profile is not None:
            low, high = profile.low, profile.high
        bound = c.bounds.get(name)
        reactions.append(
            {
                "text": arrows(text) if text else "",
                "name": name,
                "value": rate_text(c, name),
                "energy": energy_text(c, len(reactions)).removeprefix("Ea = ") if c.energies else "",
                "low": f"{bound:.4g}" if bound else f"{low:.4g}" if error < OPEN or profile else "0",
                "high": "∞" if bound is not None or not (error < OPEN or profile) else _upper(high),
                "loose": error > 0.5 or bound is not None,
            }
        )
    return {
        "rank": i + 1,
        "name": c.name,
        "reactions": reactions,
        "gap": "0" if i == 0 else f"+{c.score - found[0].score:.1f}",
        "score": f"{c.score:.1f}",
        "bic": f"{c.bic:.1f}",
        "weight": f"{c.weight:.3f}",
        "reduced": f"{c.reduced:.3f}",
        "error": "" if c.test_error != c.test_error else f"{100 * c.test_error:.2f} %",
        "tie": i < found.ties,
        "provenance": c.provenance,
        "alternatives": len(c.alternatives),
        "reference": c.reference and f"{c.reference:g}",
        "palette": palette,
    }


def _upper(value: float) -> str:
    return f"{value:.4g}" if value < float("inf") else "∞"


def _identified(found: Discovery) -> dict[str, Any] | None:
    """Collect what the data determine, in words."""
    known = found.identified
    if known is None:
        return None
    rows = []
    for c in known.identified:
        if len(c.exponents) == 1:
            continue  # stands with its interval in the table of rates
        best = found.profiles.get(c.text, c.interval)
        text = escape(c.text).replace("*", " · ").replace("/", " / ")
        text = re.sub(r"\^(\d+)", r"<sup>\1</sup>", re.sub(r"\bk(\d+)", r"k<sub>\1</sub>", text))
        rows.append({"html": text, "value": f"{best.value:.4g}", "low": f"{best.low:.4g}", "high": _upper(best.high)})
    return {
        "rows": rows,
        "count": len(known.identified),
        "of": known.parameters,
        "open": known.sloppy,
        "never": known.structural,
        "profiled": bool(found.profiles),
    }


def _alternative(best: Mechanism, other: Mechanism) -> dict[str, list[str]]:
    """Reactions that differ between two mechanisms with the same vector field."""
    first = dict(zip(reaction_texts(best), best.log_rates, strict=True))
    twin = ordered(other)
    second = dict(zip(reaction_texts(twin), twin.log_rates, strict=True))
    changed = [t for t, k in first.items() if t not in second or abs(second[t] - k) > 1e-3]
    new = [t for t, k in second.items() if t not in first or abs(first[t] - k) > 1e-3]

    def lines(texts: list[str], rates: dict[str, float]) -> list[str]:
        import math

        return [f"{arrows(t)}  @ {math.exp(rates[t]):.4g}" for t in texts]

    beyond = [name for name in twin.species if name not in best.species]
    if beyond:
        return {"old": lines(changed, first), "new": [*lines(new, second), f"({', '.join(beyond)} not measured)"]}
    return {"old": lines(changed, first), "new": lines(new, second)}


def _facts(found: Discovery) -> list[tuple[str, str]]:
    data = found.data
    facts = [
        ("runs", str(len(data))),
        ("sampling times", str(sum(len(t) for t in data.times))),
        ("values", str(data.count)),
        ("species", ", ".join(data.species)),
    ]
    noise = []
    for name, relative, absolute in zip(data.species, found.noise.relative, found.noise.absolute, strict=True):
        noise.append(f"{name} {100 * relative:.1f} %" if relative > 1e-3 else f"{name} ± {absolute:.2g}")
    units = ", ".join(dict.fromkeys(u for u in (data.time_unit, *data.units) if u))
    return [*facts, *([("units", units)] if units else []), ("noise", ", ".join(noise))]
