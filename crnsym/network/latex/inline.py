r"""LaTeX for math mode, as notebooks show it: numbers, expressions, reactions (mhchem)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from ..complexes import Complex
from ..rate_laws import Arrhenius
from ..symbols import exact_number, names_in, number_text, symbol
from ..text_format import paired
from .formulas import network_names
from .names import apart, species_name
from .names import math_name as latex_name

if TYPE_CHECKING:
    from ..network import Network
    from ..reaction import Reaction

LONGEST = 10**4  # denominator above which a fraction is written as a decimal
_NUMBER = "\0"  # starts the name of a symbol that stands for a decimal; sympy would compute with a Float


class _Printer(LatexPrinter):
    """Names by `latex_name`, exact decimals as decimals."""

    def __init__(self, species: frozenset[str], names: Mapping[str, str] | None) -> None:
        super().__init__({"mul_symbol": r" \, "})
        self.species, self.names = species, names

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:  # noqa: ARG002 (the signature of sympy)
        if expr.name.startswith(_NUMBER):
            return latex_number(exact_number(expr.name[1:]))
        return latex_name(expr.name, self.names, upright=expr.name in self.species)


def latex_number(value: sp.Rational) -> str:
    r"""Write an exact number: 0.25, 1.5 \cdot 10^{-7}, \frac{1}{3}."""
    text = number_text(value)
    if "/" in text:
        top, bottom = text.split("/")
        sign = "-" if top.startswith("-") else ""
        return rf"{sign}\frac{{{top.lstrip('-')}}}{{{bottom}}}"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    return rf"10^{{{exponent}}}" if mantissa == "1" else rf"{mantissa} \cdot 10^{{{exponent}}}"


def expression_latex(
    expression: sp.Expr,
    species: "frozenset[str] | tuple[str, ...]" = frozenset(),
    names: Mapping[str, str] | None = None,
) -> str:
    """Write an expression in math mode, species upright, numbers as decimals where they are.

    ``names`` are {name: LaTeX} of those that look otherwise; by default, of those of this expression that would look
    like another.
    """
    if names is None:
        names = apart(names_in(expression))
    if isinstance(expression, sp.Rational):
        # an exact value is written exactly as long as one can read it
        return latex_number(expression if expression.q <= LONGEST else exact_number(float(expression)))
    decimals = {}
    for q in expression.atoms(sp.Rational):
        text = number_text(q).lstrip("-")
        # 6283/20000 is a number that somebody gave as 0.31415; 3/7 and 1/2 are fractions
        if q.q > 12 and ("/" not in text or q.q > LONGEST):
            letter = sp.Symbol(_NUMBER + (text if "/" not in text else repr(float(abs(q)))))
            decimals[q] = letter if q > 0 else -letter
    return _Printer(frozenset(species), names).doprint(expression.xreplace(decimals))


def complex_latex(complex_: Complex, names: Mapping[str, str] | None = None) -> str:
    r"""Write a complex for the inside of ``\ce{...}``."""
    terms = []
    for name, c in complex_.items():
        species = species_name(name, names)
        terms.append(species if c == 1 else f"{c} {species}" if c.q == 1 else rf"$\frac{{{c.p}}}{{{c.q}}}$ {species}")
    return " + ".join(terms) or r"$\varnothing$"


def reaction_latex(
    reaction: "Reaction",
    reverse: "Reaction | None" = None,
    above: str = "",
    below: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    r"""Write a reaction as ``\ce{2 A + B ->[$k_{1}$] C}``, with its reverse as ``<=>[..][..]``.

    Parameters
    ----------
    above, below
        Math for the arrow; by default the rate constants, if mass action.
    names
        {name: LaTeX} of those that look otherwise; by default, of those of this reaction that would look like another.
    """
    if names is None:
        shown = [r for r in (reaction, reverse) if r is not None]
        constants = {str(s) for r in shown for s in r.rate_expression.free_symbols}
        names = apart((*(n for r in shown for n in (*r.reactants, *r.products)), *sorted(constants)))
    if not above and reaction.rate.is_mass_action:
        above = _constant(reaction, names)
    if reverse is not None and not below and reverse.rate.is_mass_action:
        below = _constant(reverse, names)
    arrow = "->" if reverse is None else "<=>"
    if above or below:
        arrow += f"[${above}$]" if above else "[]"
    if below:
        arrow += f"[${below}$]"
    return rf"\ce{{{complex_latex(reaction.reactants, names)} {arrow} {complex_latex(reaction.products, names)}}}"


def _constant(reaction: "Reaction", names: Mapping[str, str]) -> str:
    """Write the rate constant; the gas constant of Arrhenius' law as R."""
    law: Any = reaction.rate
    return expression_latex(law.constant(symbol("R")) if isinstance(law, Arrhenius) else law.k, names=names)


def network_latex(network: "Network") -> str:
    r"""Write all reactions as rows of ``aligned``, rates that are no mass action beside them."""
    rows, names = [], network_names(network)
    for forward, reverse in paired(network.reactions):
        row = "& " + reaction_latex(forward, reverse, names=names)
        given = [r for r in (forward, reverse) if r is not None and not r.rate.is_mass_action]
        for r in given:
            row += rf" && v = {expression_latex(r.rate_expression, network.species_names, names)}"
        rows.append(row)
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
