r"""Formulas in LaTeX: concentrations as ``[\ce{A}]``, numbers as decimals, terms in the order of reactions."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from ..rate_laws import Arrhenius
from ..symbols import TIME, symbol
from .names import apart, math_name, species_name
from .numbers import number

if TYPE_CHECKING:
    from ..complexes import Complex
    from ..network import Network
    from ..reaction import Reaction

_LINE = 60
"""Printed width of an equation, roughly in letters, after which it is broken."""


class _Printer(LatexPrinter):
    """Sympy's printer, with decimals in place of long fractions and constants before concentrations."""

    def __init__(self, names: Mapping[Any, str], species: frozenset[sp.Symbol]) -> None:
        super().__init__({"symbol_names": names, "mul_symbol": r" \, "})
        self._species = species

    def doprint(self, expr: sp.Basic) -> str:
        """Return the formula; a line that starts with a bracket must not look like a length."""
        return super().doprint(expr).replace(r"\\[", r"\\{}[")

    def _print_Rational(self, expr: sp.Rational) -> str:
        if _short(expr):
            return super()._print_Rational(expr)
        return ("-" if expr < 0 else "") + number(abs(expr))

    def _print_Integer(self, expr: sp.Integer) -> str:
        return str(expr) if abs(int(expr)) < 10**5 else ("-" if expr < 0 else "") + number(abs(expr))

    def _print_Mul(self, expr: sp.Expr) -> str:
        coefficient, rest = expr.as_coeff_Mul()
        sign, coefficient = ("- ", -coefficient) if coefficient < 0 else ("", coefficient)
        over, under = [], []
        for factor in sp.Mul.make_args(rest):
            base, exponent = factor.as_base_exp()
            if isinstance(exponent, sp.Rational) and exponent < 0 and not base.is_Rational:
                under.append(base**-exponent)
            else:
                over.append(factor)
        if isinstance(coefficient, sp.Rational) and _short(coefficient) and coefficient.q != 1:
            under.insert(0, sp.Integer(coefficient.q))
            coefficient = sp.Integer(coefficient.p)
        if coefficient != 1 or not over:
            over.insert(0, coefficient)
        top = self._factors(over)
        return sign + (rf"\frac{{{top}}}{{{self._factors(under)}}}" if under else top)

    def _factors(self, factors: list[Any]) -> str:
        """Write numbers, then constants, then what contains concentrations."""
        if len(factors) == 1:
            return self._print(factors[0])
        first = sorted(factors, key=lambda f: (not f.is_number, bool(f.free_symbols & self._species)))
        texts = [rf"\left({self._print(f)}\right)" if isinstance(f, sp.Add) else self._print(f) for f in first]
        return r" \, ".join(texts)


def _short(value: sp.Rational) -> bool:
    """Tell whether a number is written as it is: 3 and 1/3, but 0.5 and 1.2e6."""
    p, q = abs(int(value.p)), int(value.q)
    return (q == 1 and p < 10**5) or (p < 100 and q in (3, 6, 7, 9, 11, 12))


class Formulas:
    """Writes formulas of one network.

    Parameters
    ----------
    overrides
        {name: LaTeX} for names that should look otherwise.
    """

    def __init__(self, network: "Network", overrides: Mapping[str, str] | None = None) -> None:
        self.network, self.overrides = network, network_names(network, overrides)
        names = {symbol(TIME): "t"}
        names |= {symbol(n): math_name(n, self.overrides) for n in (*network.observables, *network.parameters)}
        names |= {symbol(n): self.concentration(n) for n in network.species_names}
        self._printer = _Printer(names, frozenset(map(symbol, network.species_names)))

    def concentration(self, name: str) -> str:
        r"""Return ``[\ce{A}]``."""
        return rf"[\ce{{{species_name(name, self.overrides)}}}]"

    def parameter(self, name: str) -> str:
        """Return a parameter's name in math mode."""
        return math_name(name, self.overrides)

    def formula(self, expression: sp.Basic) -> str:
        """Return an expression in math mode."""
        return self._printer.doprint(expression)

    def rate(self, reaction: "Reaction") -> sp.Expr:
        """Return the rate of a reaction as it should look: the gas constant as R."""
        law = reaction.rate
        if isinstance(law, Arrhenius):
            return law.constant(symbol("R")) * reaction.reactants.monomial
        return reaction.rate_expression

    def ode_terms(self, name: str) -> list[str]:
        """Return the signed terms of a species' equation, in the order of the reactions."""
        if name in self.network.fixed_species:
            return []
        terms = []
        for reaction in self.network.reactions:
            change = reaction.net.get(name)
            if change is None:
                continue
            rate = self.rate(reaction)
            negative = change < 0
            if rate.could_extract_minus_sign():
                negative, rate = not negative, -rate
            factor = abs(change)
            if isinstance(rate, sp.Add):
                text = self._printer.doprint(rate)
                if factor != 1:
                    text = rf"{self.formula(factor)} \, \left({text}\right)"
                elif negative:
                    text = rf"\left({text}\right)"
            else:
                text = self.formula(factor * rate)
            terms.append(("- " if negative else "+ ") + text)
        return terms

    def odes(self) -> str:
        """Return an ``align*`` of all equations, broken where a line gets long."""
        lines = []
        for name in self.network.species_names:
            head = rf"\frac{{\mathrm{{d}}{self.concentration(name)}}}{{\mathrm{{d}}t}} &= "
            terms = self.ode_terms(name) or ["0"]
            terms[0] = terms[0].removeprefix("+ ")
            lines.append(head + _broken(terms))
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"

    def side(self, side: "Complex") -> str:
        r"""Return a complex for inside ``\ce{...}``; the zero complex is an empty set."""
        terms = []
        for name, c in side.items():
            count = "" if c == 1 else f"{c} " if c.q == 1 else f"${self._printer.doprint(c)}$ "
            terms.append(count + species_name(name, self.overrides))
        return " + ".join(terms) or r"$\varnothing$"


def network_names(network: "Network", given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return {name: LaTeX} of the names of a network that need it to look like no other, and those given."""
    reserved = ["t", "R"] if any(isinstance(r.rate, Arrhenius) for r in network.reactions) else ["t"]
    return apart((*network.species_names, *network.parameters, *network.observables), given, reserved)


def _broken(terms: list[str]) -> str:
    text, width = "", 0
    for i, term in enumerate(terms):
        size = printed_width(term)
        if i and width + size > _LINE:
            text += " \\\\\n&\\quad "
            width = 0
        text += (" " if i else "") + term
        width += size
    return text


def printed_width(term: str) -> int:
    """Estimate how many letters are printed."""
    return len(re.sub(r"\\[A-Za-z]+|[{}$ _^\\]", "", term)) + 1
