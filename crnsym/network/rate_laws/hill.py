"""Hill functions, activating and repressing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...arguments import checked
from ...errors import NetworkError
from ..magnitude import power
from ..symbols import MOST, symbol
from .base import RateLaw

if TYPE_CHECKING:
    from ..reaction import Reaction


@dataclass(frozen=True)
class _HillLaw(RateLaw):
    """The fields that both Hill functions share."""

    vmax: sp.Expr
    k: sp.Expr
    n: sp.Expr
    regulator: str

    extensive, ontology = ("vmax", "k"), 192

    def __post_init__(self) -> None:
        super().__post_init__()
        level = self.vmax * power(self.k, self.n)
        if level.has(sp.zoo, sp.nan) or (level.is_number and not abs(level.evalf(6)) < MOST):
            raise NetworkError(f"{self.text()[3:]}: the half saturation to its power is no number to count with")


@checked
@dataclass(frozen=True)
class Hill(_HillLaw):
    """Hill activation: rate = vmax X^n / (k^n + X^n).

    Attributes
    ----------
    vmax
        Largest rate, concentration per time.
    k
        Concentration of half the largest rate.
    n
        Hill coefficient.
    regulator
        Name of the species X.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("0 -> P @= hill(X, vmax, k, 2)")
    >>> net.odes()["P"]
    X**2*vmax/(X**2 + k**2)
    """

    kind, call = "hill", "hill"

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return vmax X^n / (k^n + X^n)."""
        x = symbol(self.regulator)
        return self.vmax * power(x, self.n) / (power(self.k, self.n) + power(x, self.n))


@checked
@dataclass(frozen=True)
class HillRepression(_HillLaw):
    """Hill repression: rate = vmax k^n / (k^n + X^n); the attributes are those of `Hill`.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("0 -> P @= hillr(X, vmax, k, 2)")
    >>> net.odes()["P"]
    k**2*vmax/(X**2 + k**2)
    """

    kind, call = "hill_repression", "hillr"

    def expression(self, reaction: "Reaction") -> sp.Expr:  # noqa: ARG002 (other laws need it)
        """Return vmax k^n / (k^n + X^n)."""
        x = symbol(self.regulator)
        return self.vmax * power(self.k, self.n) / (power(self.k, self.n) + power(x, self.n))
