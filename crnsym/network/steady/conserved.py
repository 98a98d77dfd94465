"""Elimination of dependent species by conservation laws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import NetworkError, ReductionError
from ..equations import slope
from ..pairing import new_name
from ..symbols import exact_number, symbol

if TYPE_CHECKING:
    from ..network import Network


@dataclass(frozen=True)
class ConservedReduction:
    """The equations of a network in as many species as its rank, the others given by conserved totals.

    Attributes
    ----------
    network
        What was reduced.
    laws
        {name of the total: law}, such as ``{"ES_total": {"E": 1, "ES": 1}}``.
    dependent
        {eliminated species: expression in the others and the totals}.
    """

    network: "Network"
    laws: Mapping[str, Mapping[str, int]]
    dependent: Mapping[str, sp.Expr]

    @property
    def independent(self) -> tuple[str, ...]:
        """Species that are left, constant ones not among them."""
        gone = {*self.dependent, *self.network.fixed_species}
        return tuple(n for n in self.network.species_names if n not in gone)

    @cached_property
    def _substitution(self) -> dict[sp.Basic, sp.Basic]:
        return {symbol(name): expression for name, expression in self.dependent.items()}

    def odes(self, substitute: bool = False) -> dict[str, sp.Expr]:
        """Return {independent species: dx/dt} in independent species and totals, not simplified."""
        odes = self.network.odes(substitute)
        return {name: odes[name].xreplace(self._substitution) for name in self.independent}  # type: ignore[misc]  # an Expr stays one

    def jacobian(self, substitute: bool = False) -> sp.Matrix:
        """Return the Jacobian of `odes`; it is not singular at a generic steady state."""
        odes = self.odes(substitute)
        return sp.Matrix([[slope(odes[i], symbol(j)) for j in odes] for i in odes])

    def totals(self, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return {name of the total: exact value} at a state, by default the initial one.

        Raises
        ------
        NetworkError
            If a species of a law has no value.
        """
        known = {**self.network.initial, **{n: exact_number(v) for n, v in (state or {}).items()}}
        for name in (n for law in self.laws.values() for n in law):
            if name not in known:
                raise NetworkError(f"the conserved totals need the initial concentration of {name}; use with_initial")
        return {t: sum((c * known[n] for n, c in law.items()), sp.Integer(0)) for t, law in self.laws.items()}


def reduce_by_laws(network: "Network", dependent: Sequence[str] | None = None) -> ConservedReduction:
    """Eliminate one species for each conservation law.

    Parameters
    ----------
    dependent
        Species to eliminate, one for each law. By default, in each law, a species with coefficient 1 that occurs in
        the fewest rates.

    Raises
    ------
    ReductionError
        If the laws do not give these species as functions of the others.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> reduce_by_laws(network("A <-> B @ 1, 2")).dependent
    {'A': A_total - B}
    """
    laws = network.conservation_laws()
    chosen = _chosen(network, laws) if dependent is None else _checked(network, laws, list(dependent))
    taken = {*network.species_names, *network.parameters, *network.observables}
    names: list[str] = []
    for species in chosen:
        names.append(new_name(f"{species}_total", {*taken, *names}))
    if not laws:
        return ConservedReduction(network, {}, {})
    matrix = sp.Matrix([[law.get(n, 0) for n in chosen] for law in laws])
    rest = sp.Matrix(
        [
            symbol(t) - sum((c * symbol(n) for n, c in law.items() if n not in chosen), sp.Integer(0))
            for t, law in zip(names, laws, strict=True)
        ]
    )
    if matrix.rank() < len(laws):
        raise ReductionError(f"the conservation laws do not determine {', '.join(chosen)} together; choose others")
    solution = matrix.LUsolve(rest)
    expressions = {n: sp.expand(solution[i]) for i, n in enumerate(chosen)}
    return ConservedReduction(network, dict(zip(names, laws, strict=True)), expressions)


def _checked(network: "Network", laws: list[dict[str, int]], dependent: list[str]) -> list[str]:
    for name in dependent:
        if name not in network.species_index:
            raise ReductionError(f"dependent: {name} is no species of the network")
        if not any(name in law for law in laws):
            raise ReductionError(f"dependent: {name} is in no conservation law, which would give it")
    if len(dependent) != len(laws) or len({*dependent}) < len(dependent):
        raise ReductionError(f"dependent: {len(laws)} conservation laws eliminate as many species, not {dependent}")
    return dependent


def _chosen(network: "Network", laws: list[dict[str, int]]) -> list[str]:
    """Choose greedily: each law loses a species, which is eliminated from the other laws."""
    used = dict.fromkeys(network.species_names, 0)
    for r in network.reactions:
        for s in (*r.reactants, *(p.name for p in r.rate.parameters), *r.rate.species):
            if s in used:
                used[s] += 1
    rows: list[dict[str, Any]] = [{n: sp.Integer(c) for n, c in law.items()} for law in laws]
    chosen: list[str] = []
    for i, row in enumerate(rows):
        pick = min(row, key=lambda n: (abs(row[n]) != 1, used[n], network.species_index[n]))
        chosen.append(pick)
        for j in range(i + 1, len(rows)):
            if pick in rows[j]:
                factor = rows[j][pick] / row[pick]
                mixed = {n: rows[j].get(n, 0) - factor * row.get(n, 0) for n in {**rows[j], **row}}
                rows[j] = {n: c for n, c in mixed.items() if c != 0}
    return chosen
