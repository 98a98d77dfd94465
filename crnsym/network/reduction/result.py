"""What is left of a network when fast species are eliminated."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import sympy as sp

from ...arguments import checked
from ...errors import NetworkError
from ..equations import parameter_values
from ..symbols import symbol
from .binding import Binding, substituted
from .quasi_steady import tidy

if TYPE_CHECKING:
    from ..network import Network


@checked
@dataclass(frozen=True)
class Reduction:
    """A network without its fast species, and how far it can be trusted.

    Expressions are in the *free* concentrations of the remaining species, but for `network` and `observation`:
    their species are *totals* (free plus bound), which slow reactions alone change.

    Attributes
    ----------
    source, eliminated, assumption, sequestration
        What was asked for.
    network
        The reduced network.
    solution
        {eliminated species: concentration on the slow manifold}.
    bindings
        {eliminated species: its fast pair}, where it has one.
    totals
        {remaining species that are bound: free concentration in totals}, in closed form; empty without
        ``sequestration``.

    Examples
    --------
    >>> import crnsym as cs
    >>> reduced = cs.eliminate(cs.network("A + B <-> Z @ k1, k_1; Z -> P @ k2"), "Z")
    >>> reduced.remaining, reduced.binding_constants
    (('A', 'B', 'P'), {'Z': k1/k_1})
    """

    source: "Network"
    eliminated: tuple[str, ...]
    assumption: str
    sequestration: bool
    network: "Network"
    solution: Mapping[str, sp.Expr]
    bindings: Mapping[str, Binding]
    totals: Mapping[str, sp.Expr]

    @property
    def remaining(self) -> tuple[str, ...]:
        """Names of the species that are left."""
        return self.network.species_names

    @property
    def fast_pairs(self) -> dict[str, tuple[int, int]]:
        """{eliminated species: positions of the two reactions of its fast pair}."""
        return {z: (b.forward, b.backward) for z, b in self.bindings.items()}

    @property
    def constraints(self) -> list[sp.Expr]:
        """What vanishes on the slow manifold: the algebraic part of the index-1 DAE, eliminated species included."""
        if self.assumption == "quasi_steady":
            odes = self.source.odes()
            return [odes[z] for z in self.eliminated]
        rates = self.source.rates()
        # sympy or numpy type it too widely
        return [rates[b.forward] - rates[b.backward] for b in self.bindings.values()]  # type: ignore[misc]

    @property
    def invariants(self) -> dict[str, sp.Expr]:
        """{species: its total}, which the fast pairs do not change: free + bound, eliminated species included."""
        # sympy or numpy type it too widely
        return {x: symbol(x) + sum((n * symbol(z) for z, n in self._bound(x)), sp.Integer(0)) for x in self._moving}  # type: ignore[misc]

    @cached_property
    def total_equations(self) -> dict[str, sp.Expr]:
        """{species: rate of change of its total}, in free concentrations."""
        odes = self.source.odes()
        result = {}
        for x in self._moving:
            change = odes[x] + sum((n * odes[z] for z, n in self._bound(x)), sp.Integer(0))
            result[x] = tidy(substituted(change, dict(self.solution)))
        return result

    @cached_property
    def equations(self) -> dict[str, sp.Expr]:
        """{species: rate of change of its free concentration} on the slow manifold, sequestration included."""
        names, flux = self._moving, self.total_equations
        holders = [x for x in names if self._bound(x)]
        others = [x for x in names if x not in holders]
        total = {x: substituted(self.invariants[x], dict(self.solution)) for x in holders}
        result = {x: flux[x] for x in others}
        if holders:
            matrix = sp.Matrix([[total[x].diff(symbol(y)) for y in holders] for x in holders])
            right = [
                flux[x] - sum((total[x].diff(symbol(y)) * flux[y] for y in others), sp.Integer(0)) for x in holders
            ]
            slopes = matrix.LUsolve(sp.Matrix(right))
            result |= {x: tidy(slope) for x, slope in zip(holders, slopes, strict=True)}
        return {x: result[x] for x in names}

    @cached_property
    def effective_rates(self) -> dict[str, sp.Expr]:
        """{reaction as written: rate constant for small concentrations}, such as ``kappa = k1 k2/k_-1``."""
        zero = {symbol(x): sp.Integer(0) for x in self.remaining}
        rates = {}
        for r in self.network.reactions:
            k = tidy(r.rate_expression / r.reactants.monomial).xreplace(zero)
            if not k.has(sp.zoo, sp.nan):
                key = f"{r.reactants} -> {r.products}"
                rates[key] = sp.simplify(rates.get(key, 0) + k)
        return rates

    @property
    def binding_constants(self) -> dict[str, sp.Expr]:
        """{eliminated species: ``K = k1/k_-1``}."""
        return {z: b.constant for z, b in self.bindings.items()}

    @cached_property
    def sequestration_numbers(self) -> dict[str, sp.Expr]:
        """{eliminated species: what it takes up, relative}: K (A + B) of a heterodimer, 4 K A of a homodimer."""
        return {z: tidy(self._uptake(z)) for z in self.eliminated}

    def _uptake(self, z: str) -> sp.Expr:
        made_of = self.bindings[z].composition if z in self.bindings else {}
        parts = [n * self._equilibrium[z].diff(symbol(x)) for x, n in made_of.items() if x in self._moving]
        if z not in self.bindings:
            parts = [self.solution[z].diff(symbol(x)) for x in self._moving]
        return sp.Add(*parts)

    @cached_property
    def commitments(self) -> dict[str, sp.Expr]:
        """{eliminated species: how much of it goes on rather than back}, such as rho C with ``rho = k2/k_-1``."""
        fast = {i for pair in self.fast_pairs.values() for i in pair}
        slow = [(r, rate) for i, (r, rate) in enumerate(zip(self.source.reactions, self.source.rates(), strict=True))
                if i not in fast]  # fmt: skip
        result = {}
        for z, b in self.bindings.items():
            loss = sp.Integer(0)
            for r, rate in slow:
                lost = sum(
                    -c * self.bindings[y].inner.get(z, 0) for y, c in r.net.items() if y in self.bindings and c < 0
                )
                loss += lost * rate
            result[z] = tidy(substituted(loss / (b.off * symbol(z)), self._equilibrium))
        return result

    @cached_property
    def _equilibrium(self) -> dict[str, sp.Expr]:
        from .binding import equilibrium

        return {**self.solution, **equilibrium(dict(self.bindings))}

    @property
    def validity(self) -> sp.Expr:
        """The largest of what the reduction neglects; it should be small. Use `validity_at` for a number.

        Where both corrections are kept, their formula is exact for either alone; what it neglects is the product.
        """
        parts: list[Any] = []
        if not self.sequestration:
            parts += self.sequestration_numbers.values()
        if self.assumption == "partial_equilibrium":
            parts += self.commitments.values()
        elif self.sequestration:
            parts += [tidy(n * self.commitments[z]) for z, n in self.sequestration_numbers.items()]
        return sp.Max(*parts) if parts else sp.Integer(0)

    def validity_at(self, concentrations: Mapping[str, float]) -> float:
        """Return the validity number at concentrations of the remaining species."""
        values = {**parameter_values(self.source), **{symbol(n): sp.Float(v) for n, v in concentrations.items()}}
        number = self.validity.xreplace(values)
        if number.free_symbols:
            raise NetworkError(f"validity_at: {', '.join(sorted(map(str, number.free_symbols)))} has no value")
        return float(number)  # type: ignore[arg-type]  # (sympy: Basic)

    @cached_property
    def corrections(self) -> dict[str, sp.Expr]:
        """{source reaction: 1 - K (A + B) - rho C}, the factor on its rate in totals to first order."""
        bound = {x: sum((n * self._equilibrium[z] for z, n in self._bound(x)), sp.Integer(0)) for x in self._moving}
        fast = {i for pair in self.fast_pairs.values() for i in pair}
        result = {}
        for i, r in enumerate(self.source.reactions):
            if i in fast:
                continue
            less: Any = sp.Integer(0)
            for name, n in r.reactants.items():
                whole = self.bindings[name].composition if name in self.bindings else {name: 1}
                less += sum(n * m * bound[x] / symbol(x) for x, m in whole.items() if x in bound)
                inner = self.bindings[name].inner if name in self.bindings else {}
                less += sum(n * m * self.commitments[z] for z, m in inner.items())
            result[f"{r.reactants} -> {r.products}"] = sp.expand(1 - tidy(less))
        return result

    def observation(self, measured: Literal["free", "total"] = "free") -> dict[str, sp.Expr]:
        """Return {species of the source: expression of the species of `network`}, which are totals.

        Parameters
        ----------
        measured
            ``"free"`` or ``"total"`` (absorbance, for example) concentrations of the remaining species.
            Without ``sequestration`` the free ones are given to first order in what is bound.
        """
        if measured not in ("free", "total"):
            raise NetworkError(f"measured={measured!r} is unknown; choose 'free' or 'total'")
        inside = dict(self.totals) or {}
        hidden = {z: inside.get(z, self.solution[z]) for z in self.eliminated}
        seen: dict[str, Any] = {x: symbol(x) for x in self.remaining}
        if measured == "free":
            for x in self._moving:
                seen[x] -= sum((n * self.solution[z] for z, n in self._bound(x)), sp.Integer(0))
            seen.update({x: e for x, e in inside.items() if x not in self.eliminated})
        return {**seen, **hidden}

    def project(self, state: Mapping[str, float]) -> dict[str, float]:
        """Return the point of the slow manifold with the same totals: where a fast layer takes an initial state."""
        from .projection import project

        return project(self, state)

    @property
    def _moving(self) -> list[str]:
        return [x for x in self.remaining if x not in self.source.fixed_species]

    def _bound(self, x: str) -> list[tuple[str, Any]]:
        return [(z, b.composition[x]) for z, b in self.bindings.items() if x in b.composition]
