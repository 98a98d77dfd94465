"""Siphons against their definition, persistence, robustness."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from crnsym import network
from crnsym.errors import NotMassActionError, TooManyError
from crnsym.network.theory.robustness import acr_species
from crnsym.network.theory.siphons import persistence, siphons
from tests.strategies import mass_action_networks


def _is_siphon(net, chosen):
    return all(chosen & {*r.reactants} for r in net.reactions if chosen & {*r.products})


@settings(deadline=None, max_examples=100)
@given(mass_action_networks())
def test_siphons_are_all_minimal_sets_that_stay_away(net):
    names = net.species_names
    sets = [set(c) for n in range(1, len(names) + 1) for c in combinations(names, n) if _is_siphon(net, set(c))]
    minimal = [s for s in sets if not any(other < s for other in sets)]
    assert sorted(map(sorted, siphons(net))) == sorted(map(sorted, minimal))


def test_a_siphon_without_a_law_is_critical():
    net = network("A + B -> 2 B; B -> A")
    assert siphons(net) == [("B",)]
    assert siphons(net, critical=True) == [("B",)]
    verdict = persistence(net)
    assert not verdict
    assert "nothing is conserved within the siphon {B}" in str(verdict)


def test_enzymes_and_substrates_do_not_die_out_in_a_futile_cycle():
    verdict = persistence(network("E + S <-> ES; ES -> E + P; F + P <-> FP; FP -> F + S"))
    assert verdict
    assert "No species dies out" in verdict.conclusion
    assert "in no non-negative conservation law" in str(persistence(network("0 -> A; A -> 0")))


def test_a_constant_species_is_never_absent():
    assert siphons(network("A + X -> 2 X; const A")) == [("X",)]
    assert siphons(network("A + X -> 2 X; X -> A; const X")) == []


def test_more_siphons_than_the_limit_are_refused():
    net = network("; ".join(f"A{i} -> B{i}; B{i} -> A{i}" for i in range(5)))
    assert len(siphons(net)) == 5
    with pytest.raises(TooManyError, match="more than 3 minimal siphons; raise the limit"):
        siphons(net, limit=3)


def test_large_networks_have_their_siphons(shared_data):
    from tests.network.bionetgen import read_net

    assert siphons(read_net(shared_data / "networks" / "multisite2.net"))


def test_robust_species_come_with_the_complexes_that_prove_it():
    found = acr_species(network("A + B -> 2 B; B -> A"))
    assert {name: sorted(map(str, pair)) for name, pair in found.items()} == {"A": ["A + B", "B"]}
    assert acr_species(network("A <-> B")) == {}
    # an unchanging species does not hide a difference of one: A + X and A differ in nothing that moves
    assert acr_species(network("A + B + X -> 2 B + X; B -> A; const X")).keys() == {"A"}


def test_robustness_of_another_law_is_refused():
    with pytest.raises(NotMassActionError, match="absolute concentration robustness is known for mass action only"):
        acr_species(network("S -> P @= mm(S, V, K)"))
