"""Any expression as a rate."""

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
class Custom(RateLaw):
    """The whole rate as an expression of species, parameters and ``time``.

    Attributes
    ----------
    rate
        Concentration per time; nothing is multiplied to it.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("S -> P @= v*S/(K + S + S^2/Ki)")
    >>> net.reactions[0].rate.rate
    S*v/(K + S + S**2/Ki)
    """

    rate: sp.Expr

    kind = "custom"

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return the expression as it stands."""
        return self.rate

    def text(self) -> str:
        """Return ``@= rate``."""
        return f"@= {expression_text(self.rate)}"
