"""Conditions on rate constants that are equations between products."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import NetworkError
from ..elimination import null_space
from ..equations import parameter_values
from ..symbols import exact_number, put, symbol

if TYPE_CHECKING:
    from ..network import Network


@dataclass(frozen=True)
class BalanceConditions:
    """When a mass-action network is balanced.

    Attributes
    ----------
    kind
        ``"complex balanced"`` or ``"detailed balanced"``.
    possible
        Whether any rate constants do it.
    reason
        Why, or why not.
    conditions
        Equations between rate constants that are necessary and sufficient together; symbols of parameters, whether
        they have a value or not. None: every choice of positive rate constants does it.
    values
        Values of the parameters, as far as the network has them.
    """

    kind: str
    possible: bool
    reason: str
    conditions: tuple[sp.Eq, ...]
    values: Mapping[str, sp.Rational]

    def hold(self, values: Mapping[str, Any] | None = None, tolerance: float = 0) -> bool:
        """Tell whether the rate constants fulfil the conditions.

        Parameters
        ----------
        values
            {parameter: number} over those of the network; taken as exact numbers (0.1 is 1/10).
        tolerance
            Largest relative difference of the two sides; 0 compares exactly.

        Raises
        ------
        NetworkError
            If a parameter has no value.
        """
        if not self.possible:
            return False
        known = {**self.values, **{n: exact_number(v) for n, v in (values or {}).items()}}
        given = {symbol(n): v for n, v in known.items()}
        for equation in self.conditions:
            left, right = (put(given, side) for side in equation.args)
            missing = sorted(str(s) for s in left.free_symbols | right.free_symbols)  # type: ignore[operator]  # sympy's sets
            if missing:
                raise NetworkError(f"{self.kind}: the rate constants need numbers, and {', '.join(missing)} has none")
            if not close(left, right, tolerance):
                return False
        return True

    def __str__(self) -> str:
        if not self.possible:
            return f"never {self.kind}: {self.reason}"
        if not self.conditions:
            return f"{self.kind} for all rate constants: {self.reason}"
        listed = "; ".join(f"{e.lhs} = {e.rhs}" for e in self.conditions)
        return f"{self.kind} if and only if {listed}"


def close(left: sp.Expr, right: sp.Expr, tolerance: float) -> bool:
    """Tell whether two numbers agree, exactly if the tolerance is 0."""
    if tolerance == 0:
        return sp.simplify(left - right) == 0
    return abs(float(left) - float(right)) <= tolerance * max(abs(float(left)), abs(float(right)))


def conditions(network: "Network", kind: str, reason: str, equations: Iterable[sp.Eq]) -> BalanceConditions:
    """Return the conditions of a network that can be balanced."""
    known = {s.name: v for s, v in parameter_values(network).items()}
    return BalanceConditions(kind, True, reason, tuple(equations), known)


def impossible(network: "Network", kind: str, reason: str) -> BalanceConditions:
    """Return the answer for a network that no rate constants balance."""
    return BalanceConditions(kind, False, reason, (), {s.name: v for s, v in parameter_values(network).items()})


def relations(rows: Iterable[Mapping[int, Any]], size: int) -> list[dict[int, int]]:
    """Return an integer basis of the exponents u with which ``prod c_i^u_i = 1`` follows from the rows."""
    return null_space([row for row in rows if row], size)


def balance_equation(powers: Mapping[int, int], over: list[Any], under: list[Any]) -> sp.Eq:
    """Return ``prod over^u = prod under^u`` written with positive exponents only."""
    left = [over[i] ** u if u > 0 else under[i] ** -u for i, u in powers.items()]
    right = [under[i] ** u if u > 0 else over[i] ** -u for i, u in powers.items()]
    a, b = (sp.Mul(*factors) for factors in (left, right))
    common = sp.gcd(a, b)
    return sp.Eq(sp.factor(a / common), sp.factor(b / common), evaluate=False)  # type: ignore[return-value]  # unevaluated
