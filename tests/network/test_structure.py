"""Structure against textbook facts and against definitions."""

import json

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings

from crnsym import network
from crnsym.errors import NotMassActionError, TooManyError
from crnsym.network.laws import conservation_laws, elementary_modes
from tests.network.bionetgen import read_net
from tests.strategies import mass_action_networks, networks


def test_textbook_networks_have_their_known_structure(shared_data):
    facts = json.loads((shared_data / "networks" / "crn_theory_facts.json").read_text())
    assert len(facts) >= 22
    for fact in facts:
        net = network("\n".join(fact["reactions"]))
        s = net.structure
        found = {
            "n_species": len(net.species),
            "n_reactions": len(net.reactions),
            "n_complexes": len(s.complexes),
            "n_linkage_classes": len(s.linkage_classes),
            "n_strong_linkage_classes": len(s.strong_linkage_classes),
            "n_terminal_strong_classes": len(s.terminal_classes),
            "rank": s.rank,
            "n_conservation_laws": len(net.conservation_laws()),
            "deficiency": s.deficiency,
            "linkage_deficiencies": sorted(s.linkage_deficiencies),
            "reversible": s.is_reversible,
            "weakly_reversible": s.is_weakly_reversible,
            "deficiency_zero_theorem": s.deficiency_zero().applies,
            "deficiency_one_theorem_conditions": s.deficiency_one().applies,
            "acr_species_shinar_feinberg": sorted(s.acr_species()),
        }
        expected = {key: fact[key] for key in found}
        expected["linkage_deficiencies"] = sorted(fact["linkage_deficiencies"])
        assert found == expected, fact["name"]


@pytest.mark.parametrize("file", ["multistate.net", "multisite2.net", "egfr_net.net", "BCR.net", "fceri_gamma2.net"])
def test_large_networks_have_their_known_structure(shared_data, file):
    facts = json.loads((shared_data / "networks" / "large_network_facts.json").read_text())
    fact = next(f for f in facts if f["file"] == file)
    net = read_net(shared_data / "networks" / file)
    s, laws = net.structure, net.conservation_laws()
    assert (len(net.species), len(net.reactions)) == (fact["species"], fact["reactions"])
    assert (len(s.complexes), len(s.linkage_classes)) == (fact["complexes"], fact["linkage_classes"])
    assert (s.rank, s.deficiency, len(laws)) == (fact["rank"], fact["deficiency"], fact["conservation_laws"])
    assert s.is_weakly_reversible == fact["weakly_reversible"]
    assert all(c > 0 for law in laws for c in law.values())


@settings(deadline=None, max_examples=60)
@given(mass_action_networks())
def test_conservation_laws_are_an_exact_primitive_basis(net):
    matrix = np.array([[law.get(name, 0) for name in net.species_names] for law in conservation_laws(net)], np.int64)
    matrix, stoichiometry = matrix.reshape(-1, len(net.species)), net.net_stoichiometry()
    assert not (matrix @ stoichiometry).any()
    assert len(matrix) == len(net.species) - sp.Matrix(stoichiometry).rank()
    if len(matrix):
        assert sp.Matrix(matrix).rank() == len(matrix)
        assert all(np.gcd.reduce(row) == 1 for row in matrix)


@settings(deadline=None, max_examples=60)
@given(mass_action_networks())
def test_conservation_laws_do_not_depend_on_the_order_of_reactions(net):
    turned = type(net)(net.reactions[::-1], net.species)
    assert turned.conservation_laws() == net.conservation_laws()


@settings(deadline=None, max_examples=40)
@given(networks(rational=True, simple=True))
def test_complexes_times_incidence_is_the_net_stoichiometry(net):
    s = net.structure
    product = s.complex_matrix() @ s.incidence_matrix()
    assert np.array_equal(product, net.net_stoichiometry())
    assert np.array_equal(net.product_stoichiometry() - net.reactant_stoichiometry(), net.net_stoichiometry())
    assert s.rank == sp.Matrix(net.net_stoichiometry()).rank()


def test_stoichiometry_is_integer_where_it_can_be():
    assert network("2 A -> B").net_stoichiometry().dtype == np.int64
    exact = network("1/2 A -> B").net_stoichiometry()
    assert exact.dtype == object
    assert exact[0, 0] == sp.Rational(-1, 2)


def test_laws_prefer_sums_to_differences():
    laws = network("species S, P, E, ES; E + S <-> ES; ES -> E + P").conservation_laws()
    assert laws == [{"S": 1, "P": 1, "ES": 1}, {"E": 1, "ES": 1}]


def test_a_law_with_a_difference_is_found_where_there_is_no_sum():
    assert network("0 -> A + B").conservation_laws() == [{"A": 1, "B": -1}]


def test_a_constant_species_takes_no_part_in_laws():
    net = network("A + B -> C; const A")
    assert net.conservation_laws() == [{"B": 1, "C": 1}]
    assert net.odes()["A"] == 0


def test_semipositive_laws_are_all_minimal_ones():
    net = network("A + B <-> AB; A + C <-> AC")
    assert net.conservation_laws(semipositive=True) == [
        {"A": 1, "AB": 1, "AC": 1},
        {"B": 1, "AB": 1},
        {"AC": 1, "C": 1},
    ]
    assert network("0 -> A + B").conservation_laws(semipositive=True) == []


@settings(deadline=None, max_examples=60)
@given(mass_action_networks())
def test_semipositive_laws_are_conserved_minimal_and_span_every_nonnegative_law(net):
    laws = net.conservation_laws(semipositive=True)
    stoichiometry = net.net_stoichiometry()
    supports = [set(law) for law in laws]
    for law in laws:
        vector = np.array([law.get(n, 0) for n in net.species_names])
        assert not (vector @ stoichiometry).any()
        assert vector.min() >= 0
        assert sum(support <= set(law) for support in supports) == 1
    for law in net.conservation_laws():
        if min(law.values()) > 0:  # a sum of minimal ones: each of its species is in one of them
            assert set(law) == set().union(*(s for s in supports if s <= set(law)))


def test_more_semipositive_laws_than_the_limit_are_refused():
    net = network("; ".join(f"A{i} + B{i} -> A{i + 1} + B{i + 1}" for i in range(8)))
    assert len(conservation_laws(net, semipositive=True)) > 4
    with pytest.raises(TooManyError, match="more than 1 semi-positive conservation laws; raise the limit"):
        conservation_laws(net, semipositive=True, limit=1)


def test_elementary_modes_are_the_minimal_ways_to_change_nothing():
    assert elementary_modes(network("A <-> B; B -> C; C -> A")) == [{0: 1, 1: 1}, {0: 1, 2: 1, 3: 1}]
    assert elementary_modes(network("A -> B")) == []
    with pytest.raises(TooManyError, match="more than 1 elementary modes"):
        elementary_modes(network("A <-> B; B <-> C; C <-> A"), limit=1)


@settings(deadline=None, max_examples=40)
@given(networks(rational=True, simple=True))
def test_rates_factor_through_the_graph_of_complexes(net):
    """N v = Y A_k psi, as an identity of expressions."""
    s = net.structure
    left = sp.Matrix(net.net_stoichiometry()) * sp.Matrix(net.rates())
    right = sp.Matrix(s.complex_matrix()) * s.laplacian() * sp.Matrix(s.monomials())
    assert (left - right).expand().is_zero_matrix


def test_the_laplacian_of_another_law_is_refused():
    with pytest.raises(NotMassActionError, match=r"Laplacian.*'S -> P  @= mm\(S, V, K\)' is not mass action"):
        network("S -> P @= mm(S, V, K)").structure.laplacian()
