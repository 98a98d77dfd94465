"""The rates of a reaction as text: what stands behind ``@`` and ``@=``."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields

import sympy as sp

from ..errors import NetworkError
from .complexes import odd_name_at
from .expressions import ExpressionParser
from .rate_laws import Arrhenius, Custom, MassAction, RateLaw, laws_by_call
from .scanner import NAME, Scanner

_CALL = re.compile(r"([^\W\d]\w*)\s*\(\s*")
_SPECIES = re.compile(rf"({NAME.pattern})\s*,")
_ARRHENIUS = re.compile(r"arrhenius\s*\(")

UNRATED = MassAction(sp.Symbol("no rate given"))
"""Stands for a rate that was not given, until all names are known."""


@dataclass
class LawReader:
    """Reads rate laws and remembers the names in them.

    Attributes
    ----------
    see
        Called with each species that a law names as one.
    used
        [(name, scanner, position)] of the symbols in expressions.
    """

    see: Callable[[str], None]
    used: list[tuple[str, Scanner, int]] = field(default_factory=list)

    def expression(self, scanner: Scanner) -> sp.Expr:
        """Read an expression."""
        parser = ExpressionParser(scanner)
        value = parser.expression()
        self.used += [(name, scanner, position) for name, position in parser.names]
        return value

    def laws(self, scanner: Scanner, wanted: int, arrow_at: int) -> list[RateLaw]:
        """Read as many laws as a reaction has directions, or none."""
        if scanner.at_end():
            return [UNRATED] * wanted
        if not scanner.accept("@"):
            hint = odd_name_at(scanner, arrow_at)
            scanner.fail(f"expected '@' and a rate, or the end, found {scanner.found()}{hint}")
        read = self._whole_rate if scanner.accept("=") else self._rate_constant
        laws = [read(scanner)]
        while scanner.accept(","):
            scanner.skip()
            start = scanner.position
            laws.append(read(scanner))
            if len(laws) > wanted:
                reversible = "a reversible reaction has two rates" if wanted == 2 else "one arrow has one rate"
                scanner.fail(f"too many rates: {reversible}", start)
        if not scanner.at_end():
            scanner.fail(f"expected ',' or the end of the reaction, found {scanner.found()}")
        if len(laws) < wanted:
            scanner.fail("a reversible reaction needs two rates, forward and backward: @ kf, kr", arrow_at)
        return laws

    def _rate_constant(self, scanner: Scanner) -> RateLaw:
        scanner.skip()
        start = scanner.position
        if scanner.take(_ARRHENIUS):
            arguments = self._arguments(scanner, "arrhenius")
            if not 2 <= len(arguments) <= 5:
                scanner.fail("arrhenius takes a prefactor, an activation energy, T, b and Tref", start)
            return Arrhenius(*arguments)
        return MassAction(self.expression(scanner))

    def _whole_rate(self, scanner: Scanner) -> RateLaw:
        scanner.skip()
        start, seen = scanner.position, len(self.used)
        function = (scanner.look(_CALL) or "").split("(")[0].strip()
        law = laws_by_call().get(function)
        if law is not None:
            scanner.take(_CALL)
            several = len(law.roles())
            constants = len(fields(law)) - several  # type: ignore[arg-type]  # every law is a dataclass
            species = self._species(scanner, several)
            arguments = self._arguments(scanner, function) if len(species) == several else []
            if len(arguments) == constants and (scanner.at_end() or scanner.look(re.compile(","))):
                for name, position in species:
                    self.see(name)
                    self.used.append((name, scanner, position))
                try:
                    return law(*arguments, *(name for name, _ in species))
                except NetworkError as error:
                    scanner.fail(str(error), start)
            scanner.position = start
            del self.used[seen:]
        return Custom(self.expression(scanner))

    def _species(self, scanner: Scanner, most: int) -> list[tuple[str, int]]:
        """Read names with a comma behind, at most so many, with their positions."""
        found = []
        while len(found) < most and scanner.look(_SPECIES):
            scanner.skip()
            position = scanner.position
            found.append((scanner.name() or "", position))
            scanner.expect(",", "behind the species")
        return found

    def _arguments(self, scanner: Scanner, function: str) -> list[sp.Expr]:
        arguments = [self.expression(scanner)]
        while scanner.accept(","):
            arguments.append(self.expression(scanner))
        scanner.expect(")", f"to close {function}(")
        return arguments
