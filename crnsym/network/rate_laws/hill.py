"""Hill functions, activating and repressing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ...errors import NetworkError
from ..complexes import quoted
from ..magnitude import power
from ..printing import expression_text
from ..symbols import MOST, exact_expression, symbol
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
        for name in ("vmax", "k", "n"):
            object.__setattr__(self, name, exact_expression(getattr(self, name)))
        level = self.vmax * power(self.k, self.n)
        if level.has(sp.zoo, sp.nan) or (level.is_number and not abs(level.evalf(6)) < MOST):
            raise NetworkError(f"{self._arguments()}: the half saturation to its power is no number to count with")

    def _arguments(self) -> str:
        constants = ", ".join(expression_text(c) for c in (self.vmax, self.k, self.n))
        return f"{quoted(self.regulator)}, {constants}"


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

    def text(self) -> str:
        """Return ``@= hill(X, vmax, k, n)``."""
        return f"@= hill({self._arguments()})"


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

    def text(self) -> str:
        """Return ``@= hillr(X, vmax, k, n)``."""
        return f"@= hillr({self._arguments()})"
