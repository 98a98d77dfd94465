"""How fast intermediates must bind for a wanted accuracy of the rates."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from .pairing import Pairing
from .symbols import exact_number

if TYPE_CHECKING:
    from .network import Network


@dataclass(frozen=True)
class BindingTask:
    """Choose K and koff of each intermediate from one small number t.

    ``K c = t`` for what an intermediate takes up of its partners, and ``koff = (outflow + drift)/t`` for what
    leaves it forward rather than back, and for its lag. The error of a rate, to first order, is the share bound of
    each of its reactants plus t for each intermediate on its way; it is nearly linear in t, which is scaled to fit.

    Attributes
    ----------
    network, pairing
        The source, and its reactions of three and more reactants in pairs.
    high
        Positions of these reactions.
    bounds
        Largest concentrations.
    fluxes
        Rates of these reactions at the bounds.
    lipschitz
        Of the source: how fast concentrations can move, relative.
    """

    network: "Network"
    pairing: Pairing
    high: list[int]
    bounds: Mapping[str, float]
    fluxes: list[float]
    lipschitz: float

    def solve(self, tolerance: float) -> tuple[dict[str, tuple[sp.Rational, sp.Rational]], float]:
        """Return {intermediate: (kon, koff)} such that the first-order error is the tolerance, and that error."""
        t, error = tolerance / 4, 0.0
        binding: dict[str, tuple[float, float]] = {}
        for _ in range(30):  # the error is nearly linear in t
            binding, error = self._binding(t)
            if not error or abs(error / tolerance - 1) < 1e-3:
                break
            t *= tolerance / error
        return {z: (_short(kon), _short(koff)) for z, (kon, koff) in binding.items()}, error

    def _binding(self, t: float) -> tuple[dict[str, tuple[float, float]], float]:
        """Return rates with K times the partners' concentration, and (outflow + drift) / koff, both equal to t."""
        size = dict(self.bounds)
        uses = [self.pairing.uses(i) for i in range(len(self.high))]
        binding: dict[str, tuple[float, float]] = {}
        for z, pair in self.pairing.pairs.items():
            parts = list(pair)
            load = 4 * size[parts[0]] if len(parts) == 1 else size[parts[0]] + size[parts[1]]
            size[z] = t / load * math.prod(size[p] ** int(n) for p, n in pair.items())
            outflow = sum(n.get(z, 0) * flux for n, flux in zip(uses, self.fluxes, strict=True)) / size[z]
            koff = (outflow + self.lipschitz) / t or 1.0  # any, where nothing moves
            binding[z] = (t / load * koff, koff)
        whole = self.pairing.composition
        bound = {x: sum(int(c.get(x, 0)) * size[z] for z, c in whole.items()) / self.bounds[x] for x in self.bounds}
        errors = [sum(int(n) * bound[x] for x, n in r.reactants.items()) for r in self.network.reactions]
        for i, n in zip(self.high, uses, strict=True):
            errors[i] += t * sum(n.values())
        return binding, max(errors, default=0.0) if binding else 0.0


def _short(value: float) -> sp.Rational:
    """Round a rate that is free to be chosen, so that it reads well."""
    return exact_number(f"{value:.6g}")
