"""Michaelis-Menten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ..complexes import quoted
from ..printing import expression_text
from ..symbols import exact_expression, symbol
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction


@dataclass(frozen=True)
class MichaelisMenten(RateLaw):
    """Irreversible Michaelis-Menten: rate = vmax S / (km + S).

    Attributes
    ----------
    vmax
        Largest rate, concentration per time.
    km
        Concentration of half the largest rate.
    substrate
        Name of the species S.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("S -> P @= mm(S, vmax, Km)")
    >>> net.odes()["P"]
    S*vmax/(Km + S)
    """

    vmax: sp.Expr
    km: sp.Expr
    substrate: str

    kind, call, extensive, ontology = "michaelis_menten", "mm", ("vmax", "km"), 29

    def __post_init__(self) -> None:
        object.__setattr__(self, "vmax", exact_expression(self.vmax))
        object.__setattr__(self, "km", exact_expression(self.km))

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return vmax S / (km + S)."""
        s = symbol(self.substrate)
        return self.vmax * s / (self.km + s)

    def text(self) -> str:
        """Return ``@= mm(S, vmax, km)``."""
        return f"@= mm({quoted(self.substrate)}, {expression_text(self.vmax)}, {expression_text(self.km)})"
