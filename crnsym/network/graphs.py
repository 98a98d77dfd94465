"""A network as networkx graphs, and back."""

from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx

from ..errors import NetworkError

if TYPE_CHECKING:
    from .network import Network


def species_reaction_graph(network: "Network") -> nx.DiGraph:
    """Return the bipartite graph of species and reactions (the Petri net).

    Nodes are species names (``kind="species"``, ``species=Species``) and reaction positions counted from 0
    (``kind="reaction"``, ``reaction=Reaction``, ``label``). Edges carry ``role`` and ``stoich``: species to
    reaction ``"reactant"``, or ``"modifier"`` (stoich 0) where only the rate names the species; reaction to
    species ``"product"``. A catalyst has both edges.
    """
    graph = nx.DiGraph(kind="species-reaction", network=_bare(network))
    for s in network.species:
        graph.add_node(s.name, kind="species", species=s, label=s.name)
    for i, r in enumerate(network.reactions):
        graph.add_node(i, kind="reaction", reaction=r, label=r.name or f"{r.reactants} -> {r.products}")
        for name, coefficient in r.reactants.items():
            graph.add_edge(name, i, role="reactant", stoich=coefficient)
        for name in modifiers(network, i):
            graph.add_edge(name, i, role="modifier", stoich=0)
        for name, coefficient in r.products.items():
            graph.add_edge(i, name, role="product", stoich=coefficient)
    return graph


def modifiers(network: "Network", position: int) -> list[str]:
    """Return the species that change a reaction's rate without being reactants."""
    reaction = network.reactions[position]
    if reaction.rate.is_mass_action:
        return []
    named = {*(s.name for s in reaction.rate.parameters), *reaction.rate.species}
    return [n for n in network.species_names if n in named and n not in reaction.reactants]


def complex_graph(network: "Network") -> nx.MultiDiGraph:
    """Return the graph of complexes: nodes are `Complex` objects, edges the reactions by position."""
    graph = nx.MultiDiGraph(kind="complex", network=_bare(network))
    for i, r in enumerate(network.reactions):
        for side in (r.reactants, r.products):
            graph.add_node(side, kind="complex", label=str(side))
        graph.add_edge(r.reactants, r.products, key=i, reaction=r, label=r.name)
    return graph


def from_graph(graph: nx.DiGraph) -> "Network":
    """Return the network that `species_reaction_graph` or `complex_graph` was made from.

    Reactions and species that were removed from the graph are missing from the network too.

    Raises
    ------
    NetworkError
        If the graph was not made by one of the two.
    """
    kind, bare = graph.graph.get("kind"), graph.graph.get("network")
    if kind == "species-reaction" and bare is not None:
        nodes = sorted(n for n, data in graph.nodes(data=True) if data["kind"] == "reaction")
        reactions = [graph.nodes[n]["reaction"] for n in nodes]
        present = [data["species"] for _, data in graph.nodes(data=True) if data["kind"] == "species"]
        return replace(bare, reactions=tuple(reactions), species=tuple(present))
    if kind == "complex" and bare is not None and isinstance(graph, nx.MultiDiGraph):
        edges = sorted(graph.edges(keys=True, data="reaction"), key=lambda edge: edge[2])
        return replace(bare, reactions=tuple(edge[3] for edge in edges))
    raise NetworkError("this graph was not made by Network.graph() or Network.complex_graph()")


def _bare(network: "Network") -> "Network":
    """Return everything of the network but its reactions."""
    return replace(network, reactions=())
