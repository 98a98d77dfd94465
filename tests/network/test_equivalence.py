"""Canonical forms, equivalence, scores."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings

import crnsym as cs
from crnsym import Complex, Network, edit_distance, network, reaction_score
from crnsym.errors import NetworkError
from crnsym.network.symbols import symbol
from tests.strategies import mass_action_networks


def test_splitting_a_net_vector_leaves_the_network_equivalent():
    assert network("A -> 2 A @ 0.2").dynamically_equivalent(network("A -> 2 A @ 0.3; A -> 0 @ 0.1"))
    assert network("A -> B + C @ 1").dynamically_equivalent(network("A -> A + B @ 1; A -> C @ 1"))
    assert not network("A -> 2 A @ 0.2").dynamically_equivalent(network("A -> 2 A @ 0.3"))


def test_symbolic_rates_are_compared_as_symbols():
    a, b = network("A -> 2 A @ k - d"), network("A -> 2 A @ k; A -> 0 @ d")
    assert a.dynamically_equivalent(b)
    assert not a.dynamically_equivalent(network("A -> 2 A @ k"))


def test_the_tolerance_is_relative_to_the_larger_coefficient():
    a, b = network("A -> B @ 1"), network("A -> B @ 1.25")
    assert a.dynamically_equivalent(b, tolerance=0.2)
    assert not a.dynamically_equivalent(b, tolerance=0.19)


def test_networks_with_other_monomials_are_not_equivalent():
    assert not network("2 A -> B @ 1").dynamically_equivalent(network("A -> B @ 1"), tolerance=10)


def test_rational_rates_are_compared_by_their_odes():
    a, b = network("S -> P @= mm(S, V, K)"), network("S -> P @= V*S/(S + K)")
    assert a.dynamically_equivalent(b)
    assert not a.dynamically_equivalent(network("S -> P @= V*S/(S + 2*K)"))


def test_the_canonical_form_adds_up_and_drops_zeros():
    net = network("A -> B @ k1; A -> C @ 2; B -> A @ k2; B -> 2 B @ k2; B -> 0 @ k2; C -> C + D @ 0; param k1 = 0.1")
    k2 = symbol("k2")
    assert net.canonical_form() == {
        Complex("A"): {"A": -sp.Rational(21, 10), "B": sp.Rational(1, 10), "C": 2},
        Complex("B"): {"A": k2, "B": -k2},
    }


def test_a_polynomial_rate_is_split_into_monomials():
    net = network("A -> B @= 2*A*(A + B)")
    assert net.canonical_form() == network("2 A -> A + B @ 2; A + B -> 2 B @ 2").canonical_form()


def test_a_rate_that_is_no_polynomial_has_no_canonical_form():
    with pytest.raises(NetworkError, match="not a polynomial"):
        network("A -> B @= A/(1 + A)").canonical_form()


@settings(deadline=None, max_examples=60)
@given(mass_action_networks())
def test_the_canonical_form_is_the_vector_field(net):
    form = net.canonical_form()
    for name, expression in net.odes().items():
        rebuilt = sum((d.get(name, 0) * y.monomial for y, d in form.items()), sp.Integer(0))
        assert sp.expand(expression - rebuilt) == 0


@settings(deadline=None, max_examples=40)
@given(mass_action_networks())
def test_one_reaction_a_net_vector_entry_generates_the_same_field(net):
    """Rebuild from the canonical form: y -> y +- species, with |d| as the rate (negative terms contain x)."""
    reactions = []
    for y, d in net.canonical_form().items():
        for name, value in d.items():
            up = dict(y)
            up[name] = up.get(name, 0) + (1 if value > 0 else -1)
            reactions.append((y, {n: c for n, c in up.items() if c}, abs(value)))
    if reactions:
        from crnsym import Reaction

        rebuilt = Network(tuple(Reaction(y, z, k) for y, z, k in reactions), net.species)
        assert net.dynamically_equivalent(rebuilt)
        assert rebuilt.dynamically_equivalent(net)


def test_scores_count_reactions_without_their_rates():
    truth, found = network("A -> B @ 1; B -> C @ 2; C -> 0 @ 3"), network("A -> B @ 9; B -> D @ 2")
    score = reaction_score(found, truth)
    assert (score.precision, score.recall) == (0.5, pytest.approx(1 / 3))
    assert edit_distance(found, truth) == score.distance == 3
    assert edit_distance(truth, truth) == 0
    assert score.f1 == pytest.approx(0.4)


HELD = [  # a network with constant species, and one without
    ("A + C -> B + C @ 1; const C; init C = 2", "A -> B @ 2"),
    ("A + 2 C -> B @ 3; boundary C; init C = 1/2", "A -> B @ 3/4"),
    ("C -> A @ 5; A -> C @ 2; const C; init C = 4", "0 -> A @ 20; A -> 0 @ 2"),
    ("C -> D @ 5; A + D -> 2 A @ 1; const C, D; init C = 1, D = 3", "A -> 2 A @ 3"),
    ("species C; A -> B @= 2*A*C/(1 + A); const C; init C = 3", "A -> B @= 6*A/(1 + A)"),
    ("A -> B @ 1; A + C -> 0 @ 7; const C; init C = 0", "A -> B @ 1"),
]


@pytest.mark.parametrize(("held", "plain"), HELD)
def test_a_constant_species_is_the_number_that_it_is(held, plain):
    first, second = network(held), network(plain)
    assert first.dynamically_equivalent(second)
    assert second.dynamically_equivalent(first)
    assert "same vector field" in cs.contrast(first, second).statements[0]
    other = first.with_initial({"C": 9})
    assert first.dynamically_equivalent(other) == ("C -> D" in held)
    if second.is_mass_action:
        assert cs.confoundable(first, second)
        assert cs.rates_like(second, first).dynamically_equivalent(second)
        assert cs.rates_like(first, second).dynamically_equivalent(first)
        pair = cs.confounding_pair(first, second)
        assert pair[0].dynamically_equivalent(pair[1])
        assert cs.linearly_conjugate(first, second) is not None


def test_a_species_that_moves_in_one_network_only_tells_them_apart():
    free = network("A + C -> B + C @ 1; C -> 0 @ 1; init C = 2")
    held = network("A + C -> B + C @ 1; C -> 0 @ 1; const C; init C = 2")
    assert not free.dynamically_equivalent(held)
    assert not cs.confoundable(free, held)
    assert held.dynamically_equivalent(network("A -> B @ 2"))


def test_a_constant_species_without_a_value_is_a_parameter():
    one = network("A + C -> B + C @ 1; const C")
    assert one.dynamically_equivalent(network("A -> B @ C"))
    assert not one.dynamically_equivalent(network("A -> B @ 2"))
    assert cs.confoundable(one, network("A -> B"))


def test_random_networks_with_constant_species_have_the_curves_that_equivalence_says():
    from tests.benchmarks.constants import verdict

    assert {verdict(np.random.default_rng([3, i])) for i in range(6)} == {"agrees"}
