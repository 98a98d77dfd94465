"""Networks as graphs."""

import networkx as nx
import pytest
from hypothesis import given, settings

from crnsym import Complex, Network, network
from crnsym.errors import NetworkError
from tests.strategies import networks


@settings(deadline=None, max_examples=30)
@given(networks(rational=True, simple=True))
def test_both_graphs_lead_back_to_the_network(net):
    assert Network.from_graph(net.graph()) == net
    assert Network.from_graph(net.complex_graph()) == net


def test_the_bipartite_graph_knows_roles_and_coefficients():
    graph = network("2 A + E -> B + E @ 1; B -> 0 @= mm(B, V, A)").graph()
    assert graph.edges["A", 0] == {"role": "reactant", "stoich": 2}
    assert graph.edges["E", 0]["role"] == "reactant"
    assert graph.edges[0, "E"] == {"role": "product", "stoich": 1}
    assert graph.edges["A", 1]["role"] == "modifier"
    assert nx.is_bipartite(graph.to_undirected())


def test_a_reaction_taken_from_the_graph_is_gone_from_the_network():
    net = network("A -> B @ 1; B -> C @ 2")
    graph = net.graph()
    graph.remove_node(1)
    assert Network.from_graph(graph).reactions == net.reactions[:1]


def test_parallel_reactions_are_parallel_edges_between_complexes():
    graph = network("A -> B @ 1; A -> B @ 2; B -> 0 @ 1").complex_graph()
    assert graph.number_of_edges(Complex("A"), Complex("B")) == 2
    assert Complex() in graph


def test_a_foreign_graph_is_refused():
    with pytest.raises(NetworkError, match="not made by"):
        Network.from_graph(nx.DiGraph())
