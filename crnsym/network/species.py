"""A chemical species."""

from dataclasses import dataclass

import sympy as sp

from ..errors import NetworkError
from .names import unwritable
from .symbols import exact_expression, exact_number, symbol


@dataclass(frozen=True)
class Species:
    """A chemical species: a name and what is known about it.

    Attributes
    ----------
    name
        Any text without line breaks and controls; an identifier needs no quotes in the text format.
    formula
        Elemental formula such as ``"C6H12O6"`` or ``"SO4^2-"``, for element balance.
    constant
        Held at its initial value: reactions use it, but do not change it.
    boundary
        Not changed by reactions either (in the sense of SBML, where a rule may change it).
    initial
        Initial concentration, exact; None if not given. In a network, the value of ``start`` where there is one.
    unit
        Unit of the concentration, as written.
    start
        Initial concentration as an expression of parameters, where it depends on any.

    Examples
    --------
    >>> import crnsym as cs
    >>> glucose = cs.Species("glucose", formula="C6H12O6", initial=0.5)
    >>> glucose.symbol, glucose.initial, glucose.fixed
    (glucose, 1/2, False)
    """

    name: str
    formula: str | None = None
    constant: bool = False
    boundary: bool = False
    initial: sp.Rational | None = None
    unit: str | None = None
    start: sp.Expr | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip() or unwritable(self.name):
            raise NetworkError(f"a species name is a text without line breaks and controls, got {self.name!r}")
        if self.initial is not None:
            object.__setattr__(self, "initial", exact_number(self.initial))
        if self.start is not None:
            start = exact_expression(self.start)
            if start.is_Rational:
                object.__setattr__(self, "initial", exact_number(start))
            object.__setattr__(self, "start", None if start.is_Rational else start)

    @property
    def symbol(self) -> sp.Symbol:
        """The concentration, as a sympy symbol."""
        return symbol(self.name)

    @property
    def fixed(self) -> bool:
        """Whether reactions leave its concentration alone."""
        return self.constant or self.boundary

    def __str__(self) -> str:
        return self.name
