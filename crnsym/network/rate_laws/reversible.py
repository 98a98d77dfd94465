"""Reversible Michaelis-Menten."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...arguments import checked
from ...errors import NetworkError
from ..symbols import symbol
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction


@checked
@dataclass(frozen=True)
class ReversibleMM(RateLaw):
    """Reversible Michaelis-Menten: rate = (vf S / ks - vr P / kp) / (1 + S / ks + P / kp).

    One enzyme turns S into P and back (J. B. S. Haldane, *Enzymes*, 1930); at equilibrium P / S = vf kp / (vr ks).
    The rate is negative where the way back is faster, so it has no propensity.

    Attributes
    ----------
    vf, vr
        Largest rates forward and backward, concentration per time.
    ks, kp
        Concentrations of S alone and of P alone at half of these.
    substrate, product
        Names of the species S and P.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("S -> P @= revmm(S, P, vf, ks, vr, kp)")
    >>> net.odes()["P"]
    (-P*vr/kp + S*vf/ks)/(P/kp + S/ks + 1)
    """

    vf: sp.Expr
    ks: sp.Expr
    vr: sp.Expr
    kp: sp.Expr
    substrate: str
    product: str

    runs_backward = True
    kind, call, extensive, ontology = "reversible_michaelis_menten", "revmm", ("vf", "ks", "vr", "kp"), 326

    def __post_init__(self) -> None:
        if self.substrate == self.product:
            raise NetworkError(f"revmm needs two species, a substrate and a product, and got {self.substrate} twice")
        super().__post_init__()
        if self.ks == 0 or self.kp == 0:
            raise NetworkError(f"revmm of {self.substrate}: ks and kp divide, and one of them is 0")

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return (vf S / ks - vr P / kp) / (1 + S / ks + P / kp)."""
        s, p = symbol(self.substrate) / self.ks, symbol(self.product) / self.kp
        return (self.vf * s - self.vr * p) / (1 + s + p)
