"""Free concentrations from totals, where one quadratic equation for each intermediate gives them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from ...errors import UnsupportedError
from ..symbols import names_in, symbol
from .binding import Binding, substituted
from .quasi_steady import tidy

if TYPE_CHECKING:
    from ..network import Network


def free_from_totals(
    network: "Network", bindings: Mapping[str, Binding], solution: Mapping[str, sp.Expr]
) -> dict[str, sp.Expr]:
    """Return {species or intermediate: free concentration} as functions of totals that bear the species' names.

    ``A + B <-> Z`` with totals a, b: ``Z = 2 K a b / (s + sqrt(s^2 - 4 K^2 a b))``, ``s = 1 + K (a + b)``;
    ``2 A <-> Z``: ``A = 2 a / (1 + sqrt(1 + 8 K a))``. Both are the conjugate forms, without cancellation for
    small K. A commitment is kept in K: ``K / (1 + rho C)``, where C must not be bound itself.

    Raises
    ------
    UnsupportedError
        If intermediates share a species or are made of each other: the totals then obey a cubic or worse.
    """
    fixed = network.fixed_species
    owner: dict[str, str] = {}
    for z, b in bindings.items():
        for name in {*b.composition} - fixed:
            if name in owner:
                raise UnsupportedError(
                    f"{z} and {owner[name]} both bind {name}: no closed form of the totals; use sequestration=False "
                    "or the equations in free species"
                )
            owner[name] = z
    free: dict[str, sp.Expr] = {}
    for z, b in bindings.items():
        strength = tidy(solution[z] / b.composition.monomial)
        others = {*names_in(strength)}
        if others & owner.keys():
            raise UnsupportedError(f"the binding of {z} depends on {min(others & owner.keys())}, which is bound too")
        moving = {n: int(c) for n, c in b.composition.items() if n not in fixed}
        strength *= sp.Mul(*(symbol(n) ** c for n, c in b.composition.items() if n in fixed))
        free.update(_one(z, moving, strength))
    return free


def in_totals(
    rate: sp.Expr, bindings: Mapping[str, Binding], solution: Mapping[str, sp.Expr], free: Mapping[str, sp.Expr]
) -> sp.Expr:
    """Return a rate in totals; a rate in proportion to an intermediate is written so: ``k2 Z(a, b) C``."""
    for z, b in bindings.items():
        share = tidy(rate / solution[z])
        if not {*names_in(share)} & {*b.composition}:
            rate = symbol(z) * share  # type: ignore[assignment]  # (sympy: Basic)
    return substituted(rate, dict(free))


def _one(z: str, moving: Mapping[str, int], k: sp.Expr) -> dict[str, sp.Expr]:
    totals = [symbol(n) for n in moving]
    match tuple(moving.values()):
        case (1,):
            # sympy or numpy type it too widely
            return {next(iter(moving)): totals[0] / (1 + k), z: k * totals[0] / (1 + k)}  # type: ignore[dict-item]
        case (2,):
            x = 2 * totals[0] / (1 + sp.sqrt(1 + 8 * k * totals[0]))
            return {next(iter(moving)): x, z: k * x**2}  # type: ignore[dict-item]  # (sympy: Basic)
        case (1, 1):
            a, b = totals
            s = 1 + k * (a + b)
            bound = 2 * k * a * b / (s + sp.sqrt(s**2 - 4 * k**2 * a * b))
            first, second = moving
            return {first: a - bound, second: b - bound, z: bound}  # type: ignore[dict-item]  # (sympy: Basic)
    shape = " + ".join(f"{n} {name}" if n > 1 else name for name, n in moving.items())
    raise UnsupportedError(f"{z} binds {shape or 'constant species only'}: no closed form of the totals")
