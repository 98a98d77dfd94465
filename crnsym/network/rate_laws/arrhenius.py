"""Mass action with a rate constant that depends on temperature."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import sympy as sp

from ...arguments import checked
from ..magnitude import power
from ..printing import expression_text
from ..symbols import exact_number, symbol
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction

GAS_CONSTANT = exact_number("8.31446261815324")
"""R in J / (mol K); exact since the SI of 2019."""
_T = symbol("T")


@checked
@dataclass(frozen=True)
class Arrhenius(RateLaw):
    """Mass action with k(T) = A T^b exp(-Ea / (R T)).

    With a reference temperature it is the centred form
    k(T) = A (T / Tref)^b exp(-Ea / R (1/T - 1/Tref)), where A is the rate constant at Tref: in a fit A and
    Ea are then nearly uncorrelated.

    Attributes
    ----------
    prefactor
        A, in units of the rate constant (over temperature^b without a reference).
    activation_energy
        Ea in J / mol.
    temperature
        T in K, usually the parameter ``T``.
    exponent
        b.
    reference
        Tref in K, or None.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("A -> B @ arrhenius(1e13, 80000, T); param T = 350")
    >>> type(net.reactions[0].rate).__name__
    'Arrhenius'
    """

    prefactor: sp.Expr
    activation_energy: sp.Expr
    temperature: sp.Expr = _T
    exponent: sp.Expr = sp.S.Zero
    reference: sp.Expr | None = None

    is_mass_action = True
    kind, ontology = "arrhenius", 12

    @cached_property
    def k(self) -> sp.Expr:
        """The rate constant as an expression of the temperature."""
        return self.constant(GAS_CONSTANT)

    def constant(self, gas_constant: sp.Expr) -> sp.Expr:
        """Return k(T) with the gas constant given, for example as a symbol to be printed."""
        t, reference = self.temperature, self.reference
        if reference is None:
            return self.prefactor * power(t, self.exponent) * sp.exp(-self.activation_energy / (gas_constant * t))
        inverse = 1 / t - 1 / reference
        scaled = power(t / reference, self.exponent)
        return self.prefactor * scaled * sp.exp(-self.activation_energy / gas_constant * inverse)

    def expression(self, reaction: "Reaction") -> sp.Expr:
        """Return k(T) prod c^n."""
        return self.k * reaction.reactants.monomial

    def text(self) -> str:
        """Return ``@ arrhenius(A, Ea, T, b, Tref)``, without arguments that are left at their default."""
        arguments = [self.prefactor, self.activation_energy, self.temperature]
        if self.exponent != 0 or self.reference is not None:
            arguments.append(self.exponent)
        if self.reference is not None:
            arguments.append(self.reference)
        return f"@ arrhenius({', '.join(map(expression_text, arguments))})"
