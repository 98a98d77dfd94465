"""Network to Antimony."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import sympy as sp

from ...network.printing import expression_text
from ...network.symbols import number_text, symbol
from ..identifiers import ElementIdentifiers

if TYPE_CHECKING:
    from ...network.complexes import Complex
    from ...network.network import Network

ORIGINAL_NAMES = "// the names behind 'is' are the names of the model"
"""A comment that tells the reader of this package to use display names as names."""

# fmt: off
_WORDS = frozenset((
    "normal", "uniform", "exponential", "gamma", "poisson", "bernoulli", "binomial", "cauchy", "chisquare",
    "laplace", "lognormal", "rayleigh", "truncatedNormal", "truncatedExponential", "truncatedGamma",
    "truncatedPoisson", "truncatedCauchy", "truncatedChisquare", "truncatedLaplace", "truncatedLogNormal",
    "truncatedRayleigh", "DNA", "gene", "operator", "module", "delete", "to", "substance", "area", "length",
    "volume", "extent", "maximize", "minimize", "constraint", "formula", "as", "rateOf", "created", "modified",
    "creator", "identity", "__main",
))
# fmt: on
"""Words of Antimony beside those of SBML formulas, its random distributions among them."""


def text(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
) -> str:
    """Return the network as an Antimony model, one compartment of size 1 understood.

    Antimony keeps no formulas of species and no units that were only written; a coefficient that is no
    decimal is rounded to 16 digits.

    Parameters
    ----------
    title, notes
        Comments at the top.
    standard_errors
        {parameter: standard error}, as comments; the network's metadata if not given.
    """
    errors = standard_errors or network.metadata.get("standard_errors") or {}
    return "\n".join([*_Writer(network, errors).lines(title, notes), ""])


_ESCAPED = {"%": "%25", '"': "%22", "&": "%26"}  # quotes end a name, and libantimony reads &quot; as one
_ENTITY = re.compile(r"&#?\w+;")


def display_name(name: str) -> str:
    """Write a name between double quotes, which Antimony cannot escape: as a URL does, where there is need."""
    if '"' not in name and not _ENTITY.search(name) and original_name(name) == name:
        return name
    return "".join(_ESCAPED.get(c, c) for c in name)


def original_name(shown: str) -> str:
    """Return the name that `display_name` was given."""
    for c, escaped in reversed(_ESCAPED.items()):
        shown = shown.replace(escaped, c)
    return shown


_FRACTION = re.compile(r"(?<![\w.])(\d+)/(\d+)(?![\w.^])")
"""libantimony takes ``(2/3)`` for one number, and refuses that as the argument of a function."""


class _Writer:
    """Holds the identifiers of one network."""

    def __init__(self, network: "Network", errors: Mapping[str, float]) -> None:
        self.network, self.errors = network, errors
        self.ids = ids = ElementIdentifiers(network, _WORDS)
        self.symbols = {old: symbol(identifier) for old, identifier in ids.symbols.items()}

    def lines(self, title: str, notes: str) -> Iterator[str]:
        yield ORIGINAL_NAMES
        yield from (f"// {line}" for line in (title, *notes.splitlines()) if line)
        yield f"model {self.ids.give('model', title or self.network.name or 'network')}()"
        for line in self._body():
            yield f"  {line}"
        yield "end"

    def _body(self) -> Iterator[str]:
        for s in self.network.species:
            const = "const " if s.constant else ""
            yield f"{const}species {'$' if s.boundary else ''}{self.ids.species[s.name]};"
        for r in self.network.reactions:
            label = f"{self.ids.give('reaction', r.name)}: " if r.name else ""
            rate = self._expression(r.rate_expression)
            yield f"{label}{self._side(r.reactants)} => {self._side(r.products)}; {rate};"
        for s in self.network.species:
            if s.start is not None:
                yield f"{self.ids.species[s.name]} = {self._expression(s.start)};"
            elif s.initial is not None:
                yield f"{self.ids.species[s.name]} = {number_text(s.initial)};"
        for name, value in self.network.parameters.items():
            identifier = self.ids.parameters[name]
            declared = f"const {identifier};" if value is None else f"const {identifier} = {number_text(value)};"
            error = f"  // ± {float(self.errors[name]):.3g}" if name in self.errors else ""
            yield declared + error
        for name, e in self.network.observables.items():
            yield f"{self.ids.observables[name]} := {self._expression(e)};"
        yield from self._display_names()

    def _display_names(self) -> Iterator[str]:
        for name, identifier in {**self.ids.observables, **self.ids.parameters, **self.ids.species}.items():
            if name != identifier:
                yield f'{identifier} is "{display_name(name)}";'
        for r in self.network.reactions:
            if r.name:
                yield f'{self.ids.give("reaction", r.name)} is "{display_name(r.name)}";'

    def _side(self, side: "Complex") -> str:
        terms = []
        for name, c in side.items():
            number = number_text(c)
            number = repr(float(c)) if "/" in number else number
            terms.append(("" if c == 1 else f"{number} ") + self.ids.species[name])
        return " + ".join(terms)

    def _expression(self, expression: sp.Expr) -> str:
        e = expression.xreplace(self.symbols)
        e = e.replace(sp.sign, lambda x: sp.Piecewise((1, x > 0), (-1, x < 0), (0, True)))
        written = re.sub(r"\blog\(", "ln(", expression_text(e))
        return _FRACTION.sub(r"\1*\2^(-1)", written)
