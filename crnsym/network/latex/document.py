"""The pieces of a LaTeX document: reactions, equations, tables."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sympy as sp

from ..text_format import paired
from .formulas import Formulas, printed_width
from .names import escape
from .numbers import number, unit

if TYPE_CHECKING:
    from ..network import Network
    from ..reaction import Reaction

_TABLE_WIDTH = 75
"""Letters that fit beside each other."""
_LONG = 40
"""Rows after which a table may break across pages."""
PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage[version=4]{mhchem}
\usepackage{siunitx}
\usepackage{booktabs,longtable}
\allowdisplaybreaks
"""


class Pieces:
    """Writes the forms of one network; see `crnsym.network.latex.latex`."""

    def __init__(
        self, network: "Network", errors: Mapping[str, float], overrides: Mapping[str, str] | None, digits: int
    ) -> None:
        self.network, self.errors, self.digits = network, errors, digits
        self.write = Formulas(network, overrides)

    def reactions(self) -> str:
        """Return an ``align*`` of the reactions with their rate constants over the arrows."""
        lines = []
        for first, second in paired(self.network.reactions):
            w = self.write
            over = self._over(first)
            if second is None:
                arrow = f"->[{over}]" if over else "->"
                rates = self._beside(first)
            else:
                back = self._over(second)
                arrow = f"<=>[{over}][{back}]" if over or back else "<=>"
                rates = [*self._beside(first), *self._beside(second)]
            text = rf"& \ce{{{w.side(first.reactants)} {arrow} {w.side(first.products)}}}"
            if rates:
                text += r" && " + r",\quad ".join(rates)
            lines.append(text)
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}" if lines else ""

    def _over(self, reaction: "Reaction") -> str:
        """Return what stands over the arrow: a short rate constant."""
        k = getattr(reaction.rate, "k", None)
        if not reaction.rate.is_mass_action or not isinstance(k, sp.Symbol | sp.Rational):
            return ""
        return f"${self.write.formula(k) if isinstance(k, sp.Symbol) else number(k, digits=self.digits)}$"

    def _beside(self, reaction: "Reaction") -> list[str]:
        """Return the whole rate where it is more than a constant over the arrow."""
        return [] if self._over(reaction) else [rf"\text{{rate}} = {self.write.formula(self.write.rate(reaction))}"]

    def table(self) -> str:
        """Return a table of reactions, rates (where they fit) and the value of the rate constant."""
        w, rows = self.write, []
        for i, r in enumerate(self.network.reactions, 1):
            ce = rf"\ce{{{w.side(r.reactants)} -> {w.side(r.products)}}}"
            label = escape(r.name) if r.name else str(i)
            rows.append((label, ce, f"${w.formula(w.rate(r))}$", self._constant(r)))
        if sum(max((printed_width(row[i]) for row in rows), default=0) for i in range(4)) > _TABLE_WIDTH:
            rows = [(label, ce, "", k) for label, ce, _, k in rows]
        return table(*_without_empty("lllr", ("", "Reaction", "Rate", "Rate constant"), rows))

    def _constant(self, reaction: "Reaction") -> str:
        k = getattr(reaction.rate, "k", None) if reaction.rate.is_mass_action else None
        if isinstance(k, sp.Rational):
            return number(k, digits=self.digits)
        if not isinstance(k, sp.Symbol):
            return ""
        value, written = self._value(k.name), unit(self.network.units.get(k.name))
        return f"{value}~{written}" if value and written else value

    def _value(self, name: str) -> str:
        value = self.network.parameters.get(name)
        return "" if value is None else number(value, self.errors.get(name), self.digits)

    def parameters(self) -> str:
        """Return a table of parameters with uncertainties and units."""
        units = self.network.units
        rows = [(f"${self.write.parameter(n)}$", self._value(n), unit(units.get(n))) for n in self.network.parameters]
        return table(*_without_empty("lrl", ("Parameter", "Value", "Unit"), rows))

    def matrix(self) -> str:
        """Return the net stoichiometry, species x reactions, as an equation; coefficients that are 0 as dots."""
        n = len(self.network.reactions)
        if not n or not self.network.species:
            return ""
        rows = []
        for name in self.network.species_names:
            entries = [r.net.get(name) for r in self.network.reactions]
            shown = [r"\cdot" if c is None else self.write.formula(c) for c in entries]
            rows.append(rf"\ce{{{self.write.side({name: sp.Integer(1)})}}} & " + " & ".join(shown))  # type: ignore[arg-type]  # a mapping does
        head = " & " + " & ".join(f"v_{{{i}}}" for i in range(1, n + 1))
        body = " \\\\\n".join([head + r" \\ \hline" + "\n" + rows[0], *rows[1:]])
        return f"\\[\nN = \\begin{{array}}{{r|{'r' * n}}}\n{body}\n\\end{{array}}\n\\]"

    def initial(self) -> str:
        """Return a table of initial concentrations."""
        rows = [
            (rf"\ce{{{self.write.side({s.name: sp.Integer(1)})}}}", number(s.initial, digits=self.digits), unit(s.unit))  # type: ignore[arg-type]  # a mapping does
            for s in self.network.species
            if s.initial is not None
        ]
        return table(*_without_empty("lrl", ("Species", "Initial concentration", "Unit"), rows))

    def observables(self) -> str:
        """Return an ``align*`` of the observables."""
        w = self.write
        lines = [f"{w.parameter(n)} &= {w.formula(e)}" for n, e in self.network.observables.items()]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}" if lines else ""

    def document(self, title: str, notes: str) -> str:
        """Return a whole document."""
        heading = escape(title or self.network.name or "Reaction network")
        parts = [PREAMBLE, "\\begin{document}", rf"\section*{{{heading}}}"]
        parts += [escape(line) + "\n" for line in notes.splitlines()]
        sections = {
            "Reactions": self.reactions(),
            "Rates": self.table(),
            "Parameters": self.parameters(),
            "Initial concentrations": self.initial(),
            "Observables": self.observables(),
            "Rate equations": self.odes(),
        }
        if any(self.errors.values()):
            sections["Parameters"] += (
                "\n\n\\noindent Digits in parentheses are the standard error of the last digits shown."
            )
        for name, body in sections.items():
            if body:
                parts += [rf"\subsection*{{{name}}}", body]
        return "\n".join([*parts, "\\end{document}", ""])

    def odes(self) -> str:
        """Return an ``align*`` of the rate equations."""
        return self.write.odes() if self.network.species else ""


def _without_empty(
    columns: str, header: Sequence[str], rows: list[tuple[str, ...]]
) -> tuple[str, Sequence[str], list[tuple[str, ...]]]:
    """Drop columns in which nothing stands."""
    keep = [i for i in range(len(header)) if i == 0 or any(row[i] for row in rows)]
    return (
        "".join(columns[i] for i in keep),
        [header[i] for i in keep],
        [tuple(row[i] for i in keep) for row in rows],
    )


def table(columns: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a ``tabular`` with booktabs rules, a ``longtable`` above 40 rows, nothing without rows."""
    if not rows:
        return ""
    head = " & ".join(header) + r" \\"
    body = "\n".join(" & ".join(row) + r" \\" for row in rows)
    if len(rows) > _LONG:
        return (
            f"\\begin{{longtable}}{{{columns}}}\n\\toprule\n{head}\n\\midrule\n\\endhead\n"
            f"\\bottomrule\n\\endfoot\n{body}\n\\end{{longtable}}"
        )
    return (
        f"\\begin{{center}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}\n\\midrule\n{body}\n"
        "\\bottomrule\n\\end{tabular}\n\\end{center}"
    )
