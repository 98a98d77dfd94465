"""Detailed balance: which rate constants let every reaction be balanced by its reverse.

M. Feinberg, Chem. Eng. Sci. 44 (1989) 1819: circuit and spanning-forest conditions, together those of Wegscheider.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import networkx as nx

from ..complexes import Complex
from ..elimination import rational
from ..structure import require_mass_action
from .conditions import BalanceConditions, balance_equation, conditions, impossible, relations
from .moving import edge_constants, moving_part

if TYPE_CHECKING:
    from ..network import Network

_KIND = "detailed balanced"


def detailed_balance(network: "Network") -> BalanceConditions:
    """Return the conditions on the rate constants for detailed balance.

    One for each independent circuit of the graph of complexes (the products of the rate constants in both directions
    agree), and as many spanning-forest conditions as the deficiency. Parallel reactions between the same complexes
    count as one. A network with an irreversible reaction never is detailed balanced.

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(detailed_balance(network("A <-> B @ a, b; B <-> C @ c, d; C <-> A @ e, f")))
    detailed balanced if and only if a*c*e = b*d*f
    """
    require_mass_action(network, "detailed balance")
    moving = moving_part(network)
    pairs = edge_constants(moving)
    single = next((pair for pair in pairs if pair[::-1] not in pairs), None)
    if single is not None:
        return impossible(network, _KIND, f"'{single[0]} -> {single[1]}' is not reversible")
    forest, circuits = _circuits(moving)
    equations = []
    for circuit in circuits:
        steps = list(zip(circuit, [*circuit[1:], circuit[0]], strict=True))
        there, back = [pairs[a, b] for a, b in steps], [pairs[b, a] for a, b in steps]
        equations.append(balance_equation(dict.fromkeys(range(len(steps)), 1), there, back))
    rows: dict[str, dict[int, Any]] = {}
    for i, (a, b) in enumerate(forest):
        for name in {**a, **b}:
            change = b.get(name, 0) - a.get(name, 0)  # type: ignore[operator]  # (sympy: Basic)  # sympy numbers and 0
            if change:
                rows.setdefault(name, {})[i] = rational(change)
    there, back = [pairs[a, b] for a, b in forest], [pairs[b, a] for a, b in forest]
    equations += [balance_equation(u, there, back) for u in relations(rows.values(), len(forest))]
    equations = [e for e in equations if e.lhs != e.rhs]
    return conditions(network, _KIND, "no circuits and deficiency zero", equations)


def is_detailed_balanced(network: "Network", values: Mapping[str, Any] | None = None, tolerance: float = 0) -> bool:
    """Tell whether a mass-action network is detailed balanced with the rate constants that it has.

    Parameters and errors are those of `is_complex_balanced`.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> is_detailed_balanced(network("A <-> B @ 1, 2; B <-> C @ 1, 2; C <-> A @ 1, 2"))
    False
    """
    return detailed_balance(network).hold(values, tolerance)


def _circuits(network: "Network") -> tuple[list[tuple[Complex, Complex]], list[list[Complex]]]:
    """Return the edges of a spanning forest and the circuit that each other edge closes."""
    graph = nx.Graph()
    graph.add_nodes_from(network.structure.complexes)
    graph.add_edges_from((r.reactants, r.products) for r in network.reactions)
    forest = nx.Graph()
    forest.add_nodes_from(graph)
    others = []
    home = nx.utils.UnionFind(graph)
    for a, b in graph.edges:
        if home[a] == home[b]:
            others.append((a, b))
        else:
            home.union(a, b)
            forest.add_edge(a, b)
    return list(forest.edges), [nx.shortest_path(forest, b, a) for a, b in others]
