"""A Network to a ``.net`` file."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import UnsupportedError
from ...network.symbols import TIME, names_in, number_text, put, symbol
from ..identifiers import Identifiers
from .extras import MARK, describe, is_constant, per_reactants
from .formulas import WORDS, formula_text
from .names import pattern_of

if TYPE_CHECKING:
    from ...network.complexes import Complex
    from ...network.network import Network
    from ...network.reaction import Reaction


def text(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
) -> str:
    """Return the network as BioNetGen writes one: parameters, functions, species, reactions, groups.

    Concentrations are written as numbers of molecules, so a unit of concentration that is not one molecule
    makes rates that mean the same in the rate equations only.

    Parameters
    ----------
    title, notes
        Comments at the top.
    standard_errors
        {parameter: standard error}, as comments; the network's metadata if not given.

    Raises
    ------
    UnsupportedError
        For a coefficient that is no whole number, a parameter without value, or a function that BioNetGen
        does not have.
    """
    errors = standard_errors or network.metadata.get("standard_errors") or {}
    return _Writer(network, errors).text(title, notes)


class _Writer:
    """Holds the identifiers of one network, and the derived parameters and functions that its rates need."""

    def __init__(self, network: "Network", errors: Mapping[str, float]) -> None:
        self.network, self.errors = network, errors
        ids = Identifiers(WORDS)
        self.parameters = {name: ids.give("parameter", name) for name in network.parameters}
        self.observables = {name: ids.give("observable", name) for name in network.observables}
        self.species = {name: ids.give("species", name) for name in network.species_names}
        kept = network.metadata.get("patterns", {})
        self.patterns = {name: kept.get(name) or pattern_of(i) for name, i in self.species.items()}
        self.number = {name: i for i, name in enumerate(network.species_names, 1)}
        named = {**self.species, **self.parameters}
        self.symbols = {symbol(name): symbol(identifier) for name, identifier in named.items()}
        self.ids = ids
        self.rates: dict[str, str] = {}
        self.constants: list[str] = []
        self.functions: list[str] = []
        self.watched: set[str] = set()

    def text(self, title: str, notes: str) -> str:
        reactions = [self._reaction(r) for r in self.network.reactions]
        groups = list(self._groups())  # after the reactions, which name species
        blocks = {
            "parameters": [*self._parameters(), *self.constants],
            "functions": self.functions,
            "species": list(self._species()),
            "reactions": reactions,
            "groups": groups,
        }
        derived = [*self.rates.values(), *(self.species[n] for n in sorted(self.watched))]
        plain = {n for n, i in self.species.items() if i == n}
        about = describe(self.network, {**self.parameters, **self.observables}, self.patterns, plain, derived)
        lines = [f"# {line}" for line in (title, *notes.splitlines()) if line]
        lines += [f"# {MARK}{about}"] if about != "{}" else []
        for name, entries in blocks.items():
            if entries or name in ("species", "reactions"):
                lines += [f"begin {name}", *(f"  {i} {e}" for i, e in enumerate(entries, 1)), f"end {name}"]
        return "\n".join([*lines, ""])

    def _parameters(self) -> Iterator[str]:
        for name, value in self.network.parameters.items():
            if value is None:
                raise UnsupportedError(f"the parameter {name} has no value, and BioNetGen needs one: with_parameters")
            error = f"  # ± {float(self.errors[name]):.3g}" if name in self.errors else ""
            yield f"{self.parameters[name]} {number_text(value)}{error}"

    def _species(self) -> Iterator[str]:
        for s in self.network.species:
            start = "0  # not given" if s.initial is None else number_text(s.initial)
            yield f"{'$' if s.fixed else ''}{self.patterns[s.name]} {start}"

    def _reaction(self, reaction: "Reaction") -> str:
        sides = f"{self._side(reaction.reactants, reaction)} {self._side(reaction.products, reaction)}"
        label = f"  # {reaction.name}" if reaction.name else ""
        return f"{sides} {self._rate(reaction)}{label}"

    def _side(self, side: "Complex", reaction: "Reaction") -> str:
        if not side.is_integer:
            raise UnsupportedError(f"'{reaction}': BioNetGen counts molecules, and a coefficient is no whole number")
        return ",".join(str(self.number[name]) for name, c in side.items() for _ in range(int(c))) or "0"

    def _rate(self, reaction: "Reaction") -> str:
        """Return a number, a parameter or a multiple of one; the name of a derived one for everything else."""
        constant = is_constant(reaction)
        k: Any = reaction.rate.k if constant else per_reactants(reaction.rate_expression, reaction.reactants)  # type: ignore[attr-defined]  # mass action has a k
        factor, rest = k.as_coeff_Mul()
        if constant and isinstance(rest, sp.Symbol):
            multiple = "" if factor == 1 else f"{number_text(factor)}*"
            if "/" not in multiple:
                return multiple + self._formula(rest)
        formula = self._formula(k)
        if formula not in self.rates:
            self.rates[formula] = self.ids.give("rate", f"_rateLaw{len(self.rates) + 1}")
            if constant:
                self.constants.append(f"{self.rates[formula]} {formula}")
            else:
                self.functions.append(f"{self.rates[formula]}() {formula}")
                self._watch(k)
        return self.rates[formula]

    def _watch(self, expression: sp.Expr) -> None:
        self.watched |= {*names_in(expression)} & self.number.keys()

    def _groups(self) -> Iterator[str]:
        for name, e in self.network.observables.items():
            terms: dict[Any, Any] = {s: c for s, c in e.as_coefficients_dict().items() if c}
            counted = all(s.name in self.number and c.is_Integer and c > 0 for s, c in terms.items() if s.is_Symbol)
            if terms and counted and all(s.is_Symbol for s in terms):
                weights = sorted((self.number[s.name], c) for s, c in terms.items())
                yield f"{self.observables[name]} " + ",".join(f"{c}*{i}" if c != 1 else f"{i}" for i, c in weights)
            else:
                self.functions.append(f"{self.observables[name]}() {self._formula(e)}")
                self._watch(e)
        yield from (f"{self.species[name]} {self.number[name]}" for name in sorted(self.watched))

    def _formula(self, expression: sp.Expr) -> str:
        text, free = formula_text(put(self.symbols, expression)), names_in(expression)
        return re.sub(rf"\b{TIME}\b", "time()", text) if TIME in free and TIME not in self.number else text
