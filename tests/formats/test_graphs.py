"""GraphML and Petri nets."""

import xml.etree.ElementTree as ET

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings

import crnsym as cs
from crnsym.errors import UnsupportedError
from crnsym.formats import graphml, petri
from tests.formats.models import EVERYTHING
from tests.strategies import mass_action_networks

NET = "2 A + E -> B + E @ k; B -> 0 @= V*B/(K + A); param k = 1; init A = 3, B = 0"
_PNML = "{http://www.pnml.org/version-2009/grammar/pnml}"


def test_networkx_reads_graphml_back_with_types():
    net = cs.network(NET)
    graph = nx.parse_graphml(graphml.text(net, title="two"))
    assert graph.nodes["species: A"] == {"kind": "species", "label": "A", "fixed": False, "initial": 3.0}
    assert graph.nodes["reaction: 1"]["rate"] == "E*k*A^2"
    assert graph.edges["species: A", "reaction: 1"] == {"role": "reactant", "coefficient": 2.0}
    assert graph.edges["species: A", "reaction: 2"] == {"role": "modifier", "coefficient": 0.0}
    assert graph.edges["reaction: 1", "species: B"]["role"] == "product"
    assert nx.is_isomorphic(graph, net.graph())


def test_odd_names_survive_graphml():
    net = cs.network(EVERYTHING + '\n"a < b & c" -> "x > y" @ 1')
    assert "species: a < b & c" in nx.parse_graphml(graphml.text(net))


def places_and_arcs(text):
    root = ET.fromstring(text)
    places = {p.get("id"): p.find(f"{_PNML}name/{_PNML}text").text for p in root.iter(f"{_PNML}place")}
    arcs = {}
    for arc in root.iter(f"{_PNML}arc"):
        weight = arc.find(f"{_PNML}inscription/{_PNML}text")
        arcs[arc.get("source"), arc.get("target")] = 1 if weight is None else int(weight.text)
    return root, places, arcs


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(net=mass_action_networks())
def test_the_arcs_of_a_petri_net_are_the_coefficients(net):
    net = cs.Network(net.reactions, tuple(s.name for s in net.species), net.parameters)
    _, places, arcs = places_and_arcs(petri.text(net))
    assert tuple(places.values()) == net.species_names
    expected = {}
    for i, r in enumerate(net.reactions, 1):
        identifiers = {name: key for key, name in places.items()}
        expected |= {(identifiers[n], f"t{i}"): int(c) for n, c in r.reactants.items()}
        expected |= {(f"t{i}", identifiers[n]): int(c) for n, c in r.products.items()}
    assert arcs == expected


def test_a_marking_is_the_initial_number_of_molecules():
    root, _, _ = places_and_arcs(petri.text(cs.network(NET), title="a & b", notes="x -- y"))
    markings = [m.find(f"{_PNML}text").text for m in root.iter(f"{_PNML}initialMarking")]
    assert markings == ["3"]
    assert len(list(root.iter(f"{_PNML}transition"))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/2 A -> B @ 1", "1/2 A is no whole number of tokens"),
        ("A -> B @ 1; init A = 0.5", "A starts at 1/2, and a Petri net counts whole tokens"),
        ("A + E -> B + E @ 1; const E", "the species E is held fixed"),
    ],
)
def test_what_a_petri_net_cannot_hold_is_refused_by_name(text, message):
    with pytest.raises(UnsupportedError, match=message):
        petri.text(cs.network(text))
