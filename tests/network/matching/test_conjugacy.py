"""Rates that imitate, scalings, weakly reversible realisations, two mechanisms side by side."""

import pytest
import sympy as sp
from hypothesis import given, settings

from crnsym import network, realisations
from crnsym.errors import NetworkError, NotMassActionError
from crnsym.network.confounding import confoundable, rates_like
from crnsym.network.matching.conjugacy import linearly_conjugate
from crnsym.network.matching.contrast import contrast
from crnsym.network.symbols import symbol
from tests.strategies import mass_action_networks


def test_rates_that_imitate_another_network_are_found():
    target = network("A -> 2 A @ 0.3; A -> 0 @ 0.1")
    assert str(rates_like(target, network("A -> 2 A"))) == "A -> 2 A  @ 0.2"
    assert rates_like(target, network("A -> 0")) is None
    found = rates_like(network("A -> 2 A @ 0.2"), network("A -> 2 A; A -> 0; A -> 3 A"))
    assert found.dynamically_equivalent(target)
    assert len(found.reactions) == 3


@settings(deadline=None, max_examples=40)
@given(mass_action_networks(most_species=3), mass_action_networks(most_species=3))
def test_imitated_rates_give_the_same_field_and_imply_confoundability(first, second):
    found = rates_like(first, second)
    if found is not None:
        assert found.dynamically_equivalent(first)
        assert confoundable(first, second)
    assert rates_like(first, first).dynamically_equivalent(first)


def test_imitation_refuses_what_it_does_not_know():
    with pytest.raises(NetworkError, match="rates_like needs rates with values, and -k1 has none; use with_parameters"):
        rates_like(network("A -> B"), network("A -> B"))
    with pytest.raises(NotMassActionError, match="known for mass action only"):
        rates_like(network("A -> B @ 1"), network("A -> B @= mm(A, 1, 1)"))


def _is_conjugate(first, found):
    """f(T z) = T g(z), as polynomials."""
    to_z = {symbol(n): t * symbol(n) for n, t in found.scaling.items()}
    f, g = first.odes(), found.network.odes()
    return all(sp.expand(f[n].xreplace(to_z) - found.scaling[n] * g.get(n, 0)) == 0 for n in f)


def test_units_of_a_species_are_found():
    first = network("A -> 2 B @ 3; B -> 0 @ 1")
    found = linearly_conjugate(first, network("A -> B; B -> 0"))
    assert found.scaling["B"] == 2 * found.scaling["A"]
    assert _is_conjugate(first, found)
    assert linearly_conjugate(first, network("A -> B; B -> A")) is None


@settings(deadline=None, max_examples=40)
@given(mass_action_networks(most_species=3), mass_action_networks(most_species=3))
def test_conjugate_networks_have_scaled_trajectories(first, second):
    found = linearly_conjugate(first, second)
    if found is not None:
        assert _is_conjugate(first, found)
    if rates_like(first, second) is not None:
        assert found is not None
    assert linearly_conjugate(first, first) is not None


def test_conjugacy_refuses_what_it_does_not_know():
    with pytest.raises(NotMassActionError, match="linear conjugacy is known for mass action only"):
        linearly_conjugate(network("A -> B @= mm(A, 1, 1)"), network("A -> B"))
    with pytest.raises(NetworkError, match="linear conjugacy needs rates with values"):
        linearly_conjugate(network("A -> B"), network("A -> B"))
    with pytest.raises(NetworkError, match="has a fractional order"):
        linearly_conjugate(network("A -> B @ 1"), network("1/2 A -> B"))


def test_a_weakly_reversible_realisation_is_found_where_there_is_one():
    net = network("0 -> X @ 1; X -> 2 X @ 1; 2 X -> X @ 1; 2 X -> 0 @ 1")
    found = realisations(net, "weakly_reversible")
    assert found.structure.is_weakly_reversible
    assert found.dynamically_equivalent(net)


def test_a_network_without_cycles_has_no_weakly_reversible_realisation():
    with pytest.raises(NetworkError, match="no weakly reversible reactions from 'A' to the given complexes"):
        realisations(network("A -> B @ 1"), "weakly_reversible")


@settings(deadline=None, max_examples=30)
@given(mass_action_networks(most_species=2, most_reactions=4))
def test_every_weakly_reversible_network_is_found_to_have_such_a_realisation(net):
    both = network("\n".join(f"{r.reactants} <-> {r.products} @ 2, 3" for r in net.reactions))
    found = realisations(both, "weakly_reversible")
    assert found.structure.is_weakly_reversible
    assert found.dynamically_equivalent(both)
    edges = {(r.reactants, r.products) for r in found.reactions}
    assert edges >= {(r.reactants, r.products) for r in both.reactions if r.reactants != r.products}


def test_side_by_side_says_what_can_be_told_apart():
    def first(a, b):
        return contrast(network(a), network(b)).statements[0]

    assert first("A -> B @ 1", "A -> B @ 1") == "They are equal."
    assert "no measurement of concentrations" in first("A -> 2 A @ 0.2", "A -> 2 A @ 0.3; A -> 0 @ 0.1")
    assert "a matter of rates only" in first("A -> B @ 1", "A -> B @ 2")
    assert "for some rates of both" in first("A -> 2 A @ 1; A -> 3 A; B -> 0", "A -> 2 A; A -> 0; B -> 0")
    assert "up to the units" in first("A -> 2 B @ 3; B -> 0 @ 1", "A -> B; B -> 0")
    assert "can tell them apart" in first("A -> B @ 1", "A -> C @ 1")
    assert first("A -> B @= mm(A, 1, 1)", "A -> B @ 1") == "Their vector fields differ."


def test_side_by_side_sorts_reactions_and_facts():
    found = contrast(network("A -> B @ k; B -> C @ 2; param k = 1"), network("A -> B @ 1; C -> B @ 2"))
    assert [str(r) for r in (*found.only_first, *found.only_second)] == ["B -> C  @ 2", "C -> B  @ 2"]
    assert [found.same_rate(pair) for pair in found.shared] == [True]
    assert ("reactions", "2", "2") in found.facts
    assert any("differ by" in s for s in found.statements)
    renamed = contrast(network("A -> B @ 1"), network("X -> Y @ 1"))
    assert "They are the same reactions under other names: A → X, B → Y." in renamed.statements


def test_a_reaction_that_changes_nothing_takes_no_rate_from_another():
    first = network("species A, B; 0 -> A @ 1/100; A -> B @ 3")
    for text in (
        "A -> A @ 7; 0 -> A @ 1; A -> B @ 1",
        "0 -> A @ 1; A -> A @ 7; A -> B @ 1",
        "0 -> A; A -> B; 2 B -> 2 B",
    ):
        found = linearly_conjugate(first, network(text))
        assert found is not None
        assert _is_conjugate(first, found)
