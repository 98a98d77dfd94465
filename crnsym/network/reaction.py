"""A reaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sympy as sp

from ..arguments import checked
from ..errors import NetworkError, NotMassActionError
from .complexes import Complex, quoted
from .frozen import FrozenDict
from .inputs import Formula
from .names import unwritable
from .rate_laws import MassAction, RateLaw


@checked
@dataclass(frozen=True)
class Reaction:
    """Reactants turn into products at a rate.

    A catalyst stands on both sides and is kept there. Plain values are converted: text or a mapping to a
    `Complex`, a number, text or expression to a `MassAction` rate constant.

    Attributes
    ----------
    reactants, products
        The two complexes; not both empty.
    rate
        The rate law.
    name
        Unique within a network, or empty. The reverse step of ``bind`` is called ``bind_reverse``.

    Examples
    --------
    >>> Reaction("2 A", "B", 0.1).net
    {'A': -2, 'B': 1}
    """

    reactants: Complex
    products: Complex
    rate: RateLaw
    name: str = ""

    def __post_init__(self) -> None:
        for side in ("reactants", "products"):
            if not isinstance(getattr(self, side), Complex):
                object.__setattr__(self, side, Complex(getattr(self, side)))
        if not isinstance(self.rate, RateLaw):
            object.__setattr__(self, "rate", MassAction(self.rate))
        if not self.reactants and not self.products:
            raise NetworkError("a reaction needs a species on at least one side")
        if unwritable(self.name):
            raise NetworkError(f"a reaction name has no line breaks and controls, got {self.name!r}")

    def __hash__(self) -> int:
        return hash((self.reactants, self.products, self.name))

    @cached_property
    def net(self) -> Mapping[str, sp.Rational]:
        """Net change by one turnover, {species: exact number}, without zeros."""
        change: dict[str, Any] = {name: -c for name, c in self.reactants.items()}
        for name, c in self.products.items():
            change[name] = change.get(name, 0) + c
        return FrozenDict({name: c for name, c in change.items() if c != 0})

    @property
    def order(self) -> sp.Rational:
        """Number of reactant molecules."""
        return self.reactants.order

    @property
    def rate_expression(self) -> sp.Expr:
        """The whole rate as a sympy expression, concentration per time."""
        return self.rate.expression(self)

    @property
    def rate_constant(self) -> sp.Expr:
        """The rate constant of mass action.

        Raises
        ------
        NotMassActionError
            If the rate law has none.
        """
        law: Any = self.rate
        if not law.is_mass_action:
            raise NotMassActionError(f"'{self}' is not mass action and has no rate constant")
        return law.k

    @property
    def catalysts(self) -> tuple[str, ...]:
        """Species on both sides that the reaction does not change."""
        return tuple(name for name in self.reactants if self.products.get(name) == self.reactants[name])

    def is_reverse_of(self, other: "Reaction") -> bool:
        """Tell whether the two reactions are the two directions of one."""
        return self.reactants == other.products and self.products == other.reactants

    def with_rate(self, rate: RateLaw | Formula) -> "Reaction":
        """Return the reaction with another rate law or rate constant."""
        return replace(self, rate=rate)

    def rename(self, names: Mapping[str, str]) -> "Reaction":
        """Return the reaction with species and parameters renamed."""
        return Reaction(self.reactants.rename(names), self.products.rename(names), self.rate.rename(names), self.name)

    def __str__(self) -> str:
        label = f"{quoted(self.name)}: " if self.name else ""
        return f"{label}{self.reactants} -> {self.products}  {self.rate.text()}"
