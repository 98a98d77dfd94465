"""Excluded reactions are in no candidate, whatever finds it."""

import numpy as np
import pytest

import crnsym as cs
from crnsym.errors import FitError, NetworkError
from tests.jobs.chains import chain


def reactions(found):
    return {text for c in found for text in c.reactions}


def test_an_excluded_reaction_is_in_no_candidate_nor_among_their_equivalents():
    data = chain(1)
    assert cs.discover(data)[0].reactions == ["A -> B", "B -> C"]
    found = cs.discover(data, excluded=cs.network("A -> B"), hidden=0, max_order=1)
    assert "A -> B" not in reactions(found)
    assert found[0].reduced < 1.0  # A -> 2 B and A -> 0 at equal rates do what A -> B does
    assert {"A -> 2 B", "A -> 0"} < {*found[0].reactions}
    decay = ((1, 0, 0), (0, 1, 0))
    assert not any(decay in m.structure() for c in found for m in c.alternatives)
    assert found.details["options"]["excluded"].startswith("A -> B")


def test_hidden_species_do_not_bring_it_back():
    data = chain(2)
    partial = cs.Trajectories(("A", "C"), ("1",), data.times, (data.values[0][:, [0, 2]],))
    found = cs.discover(partial, excluded=cs.network("A -> C"), hidden=1, max_order=1, time_budget=5)
    assert "A -> C" not in reactions(found)
    assert any(c.hidden_species for c in found)


def test_of_a_list_of_allowed_reactions_the_excluded_ones_go():
    allowed = cs.network("A -> B; B -> C; A -> C")
    found = cs.discover(chain(3), library=allowed, excluded=cs.network("A -> C"))
    assert reactions(found) <= {"A -> B", "B -> C"}


def test_a_reaction_of_catalysts_is_excluded_by_both_of_its_sides():
    t = np.linspace(0, 8, 25)
    a = 1 / (1 + 0.1 * np.exp(0.9 * t))
    grown = cs.Trajectories(("A", "B"), ("1",), (t,), (np.stack([a, 1.1 - a], 1),))
    assert "A + B -> 2 B" in reactions(cs.discover(grown, hidden=0, max_order=2))
    found = cs.discover(grown, hidden=0, max_order=2, excluded=cs.network("A + B -> 2 B"))
    assert "A + B -> 2 B" not in reactions(found)


def test_contradictions_and_unknown_species_are_refused():
    with pytest.raises(FitError, match="A -> B is both known and excluded"):
        cs.discover(chain(0), known=cs.network("A -> B @ k"), excluded=cs.network("A -> B"))
    with pytest.raises(NetworkError, match=r"excluded.*'X' is not measured"):
        cs.discover(chain(0), excluded=cs.network("A -> X"))


def test_products_that_were_not_measured_do_not_bring_it_back():
    found = cs.discover(chain(1), excluded=cs.network("B -> C"), max_order=1, time_budget=8)
    assert "B -> C" not in reactions(found)
