"""Isomorphism, fingerprints, distances with names left open."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crnsym import edit_distance, network
from crnsym.errors import NetworkError, TooManyError
from crnsym.network.matching import isomorphism
from crnsym.network.matching.edits import relabelled_edit_distance
from crnsym.network.matching.isomorphism import distinct, fingerprint, isomorphic
from tests.strategies import mass_action_networks


@settings(deadline=None, max_examples=60)
@given(mass_action_networks(), st.randoms(use_true_random=False))
def test_a_renamed_and_shuffled_network_is_isomorphic_with_its_rates(net, random):
    names = [f"Z{i}" for i in range(len(net.species_names))]
    random.shuffle(names)
    reactions = list(net.reactions)
    random.shuffle(reactions)
    other = type(net)(tuple(reactions), net.species).rename(dict(zip(net.species_names, names, strict=True)))
    for kinetics in isomorphism.KINETICS:
        mapping = isomorphic(net, other, kinetics)
        assert mapping is not None
        assert fingerprint(net, kinetics) == fingerprint(other, kinetics)
    renamed = net.rename(mapping)
    assert sorted(map(str, renamed.reactions)) == sorted(map(str, other.reactions))


def test_a_mapping_is_verified_not_guessed():
    """Two networks that refinement of colours does not tell apart: one ring of six, two rings of three."""
    ring = "; ".join(f"A{i} -> A{(i + 1) % 6}" for i in range(6))
    rings = "; ".join(f"A{i} -> A{(i + 1) % 3 + 3 * (i // 3)}" for i in (0, 1, 2)) + "; A3 -> A4; A4 -> A5; A5 -> A3"
    assert fingerprint(network(ring)) == fingerprint(network(rings))
    assert isomorphic(network(ring), network(rings)) is None


def test_kinetics_count_as_far_as_asked():
    a, b = network("A -> B @ 1; B -> C @ 2"), network("X -> Y @ 2; Y -> Z @ 1")
    assert isomorphic(a, b, "ratelaw") == {"A": "X", "B": "Y", "C": "Z"}
    assert isomorphic(a, b, "rates") is None
    saturated = network("A -> B @= mm(A, 1, 1); B -> C @ 2")
    assert isomorphic(a, saturated) is not None
    assert isomorphic(a, saturated, "ratelaw") is None
    own, other = network("A + E -> B + E @= mm(A, 1, 1)"), network("A + E -> B + E @= mm(E, 1, 1)")
    assert isomorphic(own, other) is not None
    assert isomorphic(own, other, "ratelaw") is None  # the law names the substrate in one, the catalyst in the other


def test_free_rates_are_compared_under_the_renaming():
    a = network("A -> 0 @= A/(1 + B); B -> 0 @= B/(1 + A)")
    b = network("X -> 0 @= X/(1 + Y); Y -> 0 @= Y/(1 + X)")
    assert isomorphic(a, b, "rates") is not None
    assert isomorphic(a, network("X -> 0 @= X/(1 + Y); Y -> 0 @= Y/(2 + X)"), "rates") is None


def test_constant_species_are_not_others():
    assert isomorphic(network("A -> B"), network("A -> B; const A")) is None


def test_candidates_are_deduplicated():
    nets = [network(t) for t in ("A -> B", "X -> Y", "A -> 2 B", "B -> A", "C -> 2 D")]
    assert distinct(nets) == [nets[0], nets[2]]


def test_an_unknown_choice_and_too_many_symmetries_are_refused(monkeypatch):
    with pytest.raises(NetworkError, match="kinetics='k' is unknown; choose one of structure, ratelaw, rates"):
        isomorphic(network("A -> B"), network("A -> B"), "k")
    monkeypatch.setattr(isomorphism, "_MOST_MAPPINGS", 5)
    many = "; ".join(f"A{i} -> 0 @= {{}}/(1 + A{i})" for i in range(5))
    a, b = (network(many.replace("{}", f"{n}*A0")) for n in (1, 2))
    with pytest.raises(TooManyError, match="none of 5 symmetries of the structure agreed in the rates"):
        isomorphic(a, b, "rates")


@settings(deadline=None, max_examples=40)
@given(mass_action_networks(most_species=4, most_reactions=4), mass_action_networks(most_species=4, most_reactions=4))
def test_the_distance_is_the_smallest_over_all_assignments(first, second):
    found = relabelled_edit_distance(first, second)
    small, large = sorted((first, second), key=lambda n: len(n.species))
    spare = [f"spare{i}" for i in range(len(small.species_names))]
    apart = small.rename(dict(zip(small.species_names, spare, strict=True)))
    images = permutations(large.species_names, len(spare))
    best = min(edit_distance(apart.rename(dict(zip(spare, image, strict=True))), large) for image in images)
    assert found.exact
    assert found.distance == best


def test_a_distance_that_ran_out_of_time_says_so():
    lines = "; ".join(f"A{i} + A{(i * 3 + 1) % 9} -> A{(i * 5 + 2) % 9}" for i in range(9))
    other = "; ".join(f"A{i} + A{(i * 2 + 1) % 9} -> A{(i * 7 + 2) % 9}" for i in range(9))
    found = relabelled_edit_distance(network(lines), network(other), timeout=0)
    assert not found.exact
    assert found.distance <= 18
