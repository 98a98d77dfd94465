"""Stoichiometry, complexes, classes and deficiency: what a network says before any rate is known.

Definitions as in M. Feinberg, Foundations of Chemical Reaction Network Theory (2019), chapters 3 and 6.
"""

from collections.abc import Iterable
from functools import cached_property
from math import gcd, lcm
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import numpy as np
import sympy as sp
from sympy import QQ

from ..errors import NotMassActionError
from .complexes import Complex
from .elimination import null_space, rank, rational

if TYPE_CHECKING:
    from .network import Network
    from .theory.conditions import BalanceConditions
    from .theory.verdict import Verdict


def stoichiometry(network: "Network", side: Literal["reactants", "products"]) -> np.ndarray:
    """Return the coefficients of one side, species x reactions: int64, or object with Rationals."""
    sides = [getattr(r, side) for r in network.reactions]
    exact = all(c.is_integer for c in sides)
    matrix = np.zeros((len(network.species), len(sides)), dtype=np.int64 if exact else object)
    index = network.species_index
    for j, side_ in enumerate(sides):
        for name, coefficient in side_.items():
            matrix[index[name], j] = int(coefficient) if exact else coefficient
    return matrix


def net_vectors(network: "Network", moving: bool = True) -> list[dict[int, Any]]:
    """Return the distinct net vectors up to a factor, sparse, as {species position: exact rational}.

    Parameters
    ----------
    moving
        Leave out the species that reactions do not change (constant, boundary).
    """
    index, fixed = network.species_index, network.fixed_species if moving else frozenset()
    found: dict[tuple[tuple[int, int], ...], None] = {}
    for reaction in network.reactions:
        entries = sorted((index[n], c) for n, c in reaction.net.items() if n not in fixed)
        if entries:
            scale = lcm(*(c.q for _, c in entries))
            integers = [(i, int(c.p) * (scale // int(c.q))) for i, c in entries]
            divisor = gcd(*(c for _, c in integers)) * (1 if integers[0][1] > 0 else -1)
            found[tuple((i, c // divisor) for i, c in integers)] = None
    return [{i: QQ(c) for i, c in vector} for vector in found]


def require_mass_action(network: "Network", what: str) -> None:
    """Refuse a network with another rate law than mass action.

    Raises
    ------
    NotMassActionError
        With the first such reaction.
    """
    other = next((r for r in network.reactions if not r.rate.is_mass_action), None)
    if other is not None:
        raise NotMassActionError(f"{what} is known for mass action only, and '{other}' is not mass action")


class Structure:
    """The complexes of a network and how its reactions join them; each part is computed when asked for.

    Rates play no role, and constant or boundary species count like the others.
    """

    def __init__(self, network: "Network") -> None:
        self.network = network

    @cached_property
    def complexes(self) -> tuple[Complex, ...]:
        """The distinct complexes, in order of appearance."""
        seen: dict[Complex, None] = {}
        for r in self.network.reactions:
            seen[r.reactants] = None
            seen[r.products] = None
        return tuple(seen)

    @cached_property
    def _graph(self) -> nx.DiGraph:
        graph = nx.DiGraph()
        graph.add_nodes_from(self.complexes)
        graph.add_edges_from((r.reactants, r.products) for r in self.network.reactions)
        return graph

    def _classes(self, components: Iterable[Iterable[Complex]]) -> tuple[tuple[Complex, ...], ...]:
        """Sort complexes in each class, and the classes, by order of appearance."""
        position = {c: i for i, c in enumerate(self.complexes)}
        classes = [sorted(component, key=position.__getitem__) for component in components]
        return tuple(tuple(c) for c in sorted(classes, key=lambda c: position[c[0]]))

    @cached_property
    def linkage_classes(self) -> tuple[tuple[Complex, ...], ...]:
        """Complexes that reactions join, directions ignored."""
        return self._classes(nx.weakly_connected_components(self._graph))

    @cached_property
    def strong_linkage_classes(self) -> tuple[tuple[Complex, ...], ...]:
        """Complexes that reach each other along reactions."""
        return self._classes(nx.strongly_connected_components(self._graph))

    @cached_property
    def terminal_classes(self) -> tuple[tuple[Complex, ...], ...]:
        """Strong linkage classes that no reaction leaves."""
        home = {c: i for i, members in enumerate(self.strong_linkage_classes) for c in members}
        left = {home[a] for a, b in self._graph.edges if home[a] != home[b]}
        return tuple(c for i, c in enumerate(self.strong_linkage_classes) if i not in left)

    @cached_property
    def left_kernel(self) -> list[dict[int, int]]:
        """Basis of what is orthogonal to all net vectors, {species position: integer}, in reduced form."""
        return null_space(net_vectors(self.network, moving=False), len(self.network.species))

    @property
    def rank(self) -> int:
        """Dimension of the space that the net vectors span."""
        return len(self.network.species) - len(self.left_kernel)

    @property
    def deficiency(self) -> int:
        """Complexes - linkage classes - rank."""
        return len(self.complexes) - len(self.linkage_classes) - self.rank

    @cached_property
    def linkage_deficiencies(self) -> tuple[int, ...]:
        """The deficiency of each linkage class taken as a network of its own."""
        index = self.network.species_index
        result = []
        for members in self.linkage_classes:
            base = members[0]
            vectors = []
            for c in members[1:]:  # the differences to one complex span what the reactions of the class span
                change: dict[str, Any] = {n: c.get(n, 0) - base.get(n, 0) for n in {*c, *base}}
                vectors.append({index[n]: rational(v) for n, v in change.items() if v != 0})
            result.append(len(members) - 1 - rank(vectors, len(index)))
        return tuple(result)

    @property
    def is_reversible(self) -> bool:
        """Whether every reaction has its reverse."""
        return all(self._graph.has_edge(b, a) for a, b in self._graph.edges)

    @property
    def is_weakly_reversible(self) -> bool:
        """Whether every reaction lies on a cycle: the strong classes are the linkage classes."""
        return len(self.strong_linkage_classes) == len(self.linkage_classes)

    def complex_matrix(self) -> np.ndarray:
        """Return Y, species x complexes (int64, or object with sympy Rationals)."""
        exact = all(c.is_integer for c in self.complexes)
        matrix = np.zeros((len(self.network.species), len(self.complexes)), np.int64 if exact else object)
        for j, c in enumerate(self.complexes):
            for name, coefficient in c.items():
                matrix[self.network.species_index[name], j] = int(coefficient) if exact else coefficient
        return matrix

    def incidence_matrix(self) -> np.ndarray:
        """Return the incidence matrix, complexes x reactions: -1 at the reactant, +1 at the product complex.

        ``complex_matrix() @ incidence_matrix()`` is the net stoichiometry.
        """
        position = {c: i for i, c in enumerate(self.complexes)}
        matrix = np.zeros((len(self.complexes), len(self.network.reactions)), np.int64)
        for j, r in enumerate(self.network.reactions):
            matrix[position[r.reactants], j] -= 1
            matrix[position[r.products], j] += 1
        return matrix

    def laplacian(self) -> sp.SparseMatrix:
        """Return A_k, complexes x complexes, symbolic: the rate constants of mass action on the graph of complexes.

        ``N v = Y A_k psi`` with the net stoichiometry N, the rates v, `complex_matrix` Y and `monomials` psi
        (constant species count like the others here).

        Raises
        ------
        NotMassActionError
            If a rate law is not mass action.
        """
        require_mass_action(self.network, "the Laplacian")
        position = {c: i for i, c in enumerate(self.complexes)}
        entries: dict[tuple[int, int], list[Any]] = {}
        for r in self.network.reactions:
            source, target, k = position[r.reactants], position[r.products], r.rate_constant
            entries.setdefault((target, source), []).append(k)
            entries.setdefault((source, source), []).append(-k)
        n = len(self.complexes)
        return sp.SparseMatrix(n, n, {place: sp.Add(*terms) for place, terms in entries.items()})

    def monomials(self) -> list[sp.Expr]:
        """Return psi, the product of concentrations of each complex."""
        return [c.monomial for c in self.complexes]

    # --- theorems (theory/) -------------------------------------------------------------------------------

    def deficiency_zero(self) -> "Verdict":
        """Return what the deficiency zero theorem says, with reasons; see `theory.deficiency`."""
        from .theory.deficiency import deficiency_zero

        return deficiency_zero(self.network)

    def deficiency_one(self) -> "Verdict":
        """Return what the deficiency one theorem says, with reasons; see `theory.deficiency`."""
        from .theory.deficiency import deficiency_one

        return deficiency_one(self.network)

    def complex_balance(self) -> "BalanceConditions":
        """Return when the network is complex balanced; see `theory.complex_balance`."""
        from .theory.complex_balance import complex_balance

        return complex_balance(self.network)

    def detailed_balance(self) -> "BalanceConditions":
        """Return when the network is detailed balanced; see `theory.detailed_balance`."""
        from .theory.detailed_balance import detailed_balance

        return detailed_balance(self.network)

    def acr_species(self) -> dict[str, tuple[Complex, Complex]]:
        """Return species with absolute concentration robustness and their witnesses; see `theory.robustness`."""
        from .theory.robustness import acr_species

        return acr_species(self.network)

    def siphons(self, critical: bool = False) -> list[tuple[str, ...]]:
        """Return the minimal siphons; see `theory.siphons`."""
        from .theory.siphons import siphons

        return siphons(self.network, critical)
