"""Rate laws of the reactions of a ``.net`` file.

A rate constant or function is multiplied with the number of every reactant, once for each time it is named;
statistical factors stand in the written rate already. Three laws have names; with x1, x2, ... the reactants
in the order of the file (J. R. Faeder, M. L. Blinov, W. S. Hlavacek, Methods Mol. Biol. 500:113, 2009):

    Sat k K1 ...  k x1 x2 ... / ((K1 + x1) (K2 + x2) ...), for as many reactants as constants are given
    MM k K        k s x2 / (K + s),   s = (x1 - K - x2 + sqrt((x1 - K - x2)^2 + 4 K x1)) / 2
    Hill v K n    v x1^n x2 ... / (K^n + x1^n)
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ...errors import UnsupportedError
from ...network.complexes import Complex
from ...network.rate_laws import MassAction, RateLaw
from ...network.recognise import recognise
from ...network.symbols import TIME, symbol
from .formulas import parse_formula

_NAMED = re.compile(
    r"(?:(?P<factor>[^\s*]+)\s*\*\s*)?(?P<law>Sat|MM|Hill|Ele|FunctionProduct|Arrhenius|TFUN)\s+(?P<rest>.*)$"
)
_CONSTANTS = {"Sat": 2, "MM": 2, "Hill": 3, "Ele": 1}


class Rates:
    """Reads rates; equal texts are read once."""

    def __init__(self, scope: Mapping[str, Any], species: Mapping[str, int], source: str) -> None:
        self.scope, self.species, self.source = scope, species, source
        self._constants: dict[str, MassAction | sp.Expr] = {}

    def law(self, text: str, names: Sequence[str], reactants: Complex, products: Complex, line: int) -> RateLaw:
        """Return the rate law of a reaction.

        Parameters
        ----------
        text
            The rate as written.
        names
            The reactants in the order of the file.
        """
        named = _NAMED.match(text)
        if named:
            return recognise(self._named(named, names, line), reactants, products, self.species)
        if text not in self._constants:
            k = parse_formula(text, self.source, self.scope, line)
            moving = {*self.species, *({TIME} - self.scope.keys())}
            plain = not any(s.name in moving for s in k.free_symbols)  # type: ignore[attr-defined]  # all are symbols
            self._constants[text] = MassAction(k) if plain else k
        found = self._constants[text]
        if isinstance(found, MassAction):
            return found
        return recognise(found * reactants.monomial, reactants, products, self.species)

    def _named(self, named: re.Match[str], names: Sequence[str], line: int) -> sp.Expr:
        law, arguments = named["law"], named["rest"].split()
        wanted = len(arguments) if law == "Sat" and 2 <= len(arguments) <= 1 + len(names) else _CONSTANTS.get(law)
        if wanted != len(arguments) or (law != "Ele" and not names) or (law == "MM" and len(names) != 2):
            raise UnsupportedError(
                f"{self.source}, line {line}: the rate law '{named.group()}' of {len(names)} reactants is not supported"
            )
        read = [parse_formula(a, self.source, self.scope, line) for a in (named["factor"] or "1", *arguments)]
        factor, k, constants = read[0], read[1], read[2:]
        x = [symbol(name) for name in names]
        if law == "MM":
            half = (x[0] - constants[0] - x[1]) / 2
            free = half + sp.sqrt(half**2 + constants[0] * x[0])
            return factor * k * free * x[1] / (constants[0] + free)
        if law == "Hill":
            top = x[0] ** constants[1]
            return factor * k * sp.Mul(top, *x[1:]) / (constants[0] ** constants[1] + top)
        if law == "Sat":
            return factor * k * sp.Mul(*x) / sp.Mul(*(c + s for c, s in zip(constants, x, strict=False)))
        return factor * k * sp.Mul(*x)
