"""Michaelis-Menten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...arguments import checked
from ..symbols import symbol
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction


@checked
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

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return vmax S / (km + S)."""
        s = symbol(self.substrate)
        return self.vmax * s / (self.km + s)
