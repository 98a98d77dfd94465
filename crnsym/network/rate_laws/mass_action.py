"""Mass action."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...arguments import checked
from ..printing import expression_text
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction


@checked
@dataclass(frozen=True)
class MassAction(RateLaw):
    """Mass action: rate = k prod c^n over the reactants, without factorials.

    Attributes
    ----------
    k
        Rate constant, concentration^(1 - order) / time: a symbol, an exact number or an expression of
        parameters.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> B @ k")
    >>> net.reactions[0].rate.k, net.rates()
    (k, [A**2*k])
    """

    k: sp.Expr

    is_mass_action = True
    kind, ontology = "mass_action", 12

    def expression(self, reaction: "Reaction") -> sp.Expr:
        """Return k prod c^n."""
        return self.k * reaction.reactants.monomial

    def text(self) -> str:
        """Return ``@ k``."""
        return f"@ {expression_text(self.k)}"
