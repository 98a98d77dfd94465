from dataclasses import replace

import numpy as np
import pytest

from crnsym.comparison.compare import assemble, compare
from crnsym.comparison.polish import polish
from crnsym.comparison.ranking import rank
from crnsym.comparison.statement import doubts
from crnsym.errors import FitError, NetworkError
from crnsym.network.text import network
from crnsym.refit.fit import fit_mechanism
from crnsym.search.score import Score

from .cases import DECAY, PAIRS, measured, mechanism, problem

DATA = measured()
PROBLEM = problem(DATA)
SCORE = Score(PROBLEM.count, 2)
SCALE = np.array([1.0, 1.0])


def fitted(m):
    return polish(fit_mechanism(m, PROBLEM))


def test_the_true_mechanism_ranks_first_and_its_rate_lies_in_its_interval():
    candidates = rank([fitted(PAIRS), fitted(DECAY)], SCORE, SCALE)
    best = candidates[0]
    assert best.reactions == ["A -> B"]
    assert abs(best.rates["k1"] - 0.3) < 3 * best.standard_errors["k1"]
    assert best.standard_errors["k1"] < 0.01
    assert best.weight > 0.999
    assert candidates[1].score > best.score + 100


def test_a_mechanism_with_the_same_vector_field_is_an_alternative_not_a_rival():
    growth = measured(mechanism(((1, 0), (2, 0), 0.2), ((1, 0), (0, 1), 0.1)))
    p = problem(growth)
    twins = [
        mechanism(((1, 0), (2, 0), 0.2), ((1, 0), (0, 1), 0.1)),
        mechanism(((1, 0), (3, 0), 0.1), ((1, 0), (0, 1), 0.1)),
    ]
    fits = [polish(fit_mechanism(m, p)) for m in twins]
    candidates = rank(fits, Score(p.count, 2), SCALE)
    assert len(candidates) == 1
    assert candidates[0].reactions == ["A -> 2 A", "A -> B"]
    assert len(candidates[0].alternatives) == 1


def test_two_fits_of_the_same_reactions_are_one_candidate():
    far = fit_mechanism(replace(DECAY, log_rates=DECAY.log_rates + 0.5), PROBLEM, iterations=0)
    candidates = rank([far, fitted(DECAY)], SCORE, SCALE)
    assert len(candidates) == 1
    assert candidates[0].rates["k1"] == pytest.approx(0.3, rel=0.02)


def test_a_superfluous_reaction_with_no_rate_is_dropped():
    idle = mechanism(((1, 0), (0, 1), 0.3), ((0, 1), (1, 0), 1e-12))
    fits = [fit_mechanism(m, PROBLEM, iterations=0) for m in (idle, DECAY)]
    candidates = rank(fits, SCORE, SCALE)
    assert [c.reactions for c in candidates] == [["A -> B"]]
    assert candidates[0].alternatives == ()


def test_the_table_has_a_row_a_candidate_and_says_what_is_undecided():
    found = assemble(rank([fitted(PAIRS), fitted(DECAY)], SCORE, SCALE), DATA, PROBLEM)
    rows = found.to_rows()
    assert [r["rank"] for r in rows] == [1, 2]
    assert rows[0]["difference"] == 0
    assert found.verdict == "decided"
    assert found.ties == 1
    assert "A -> B" in repr(found)
    assert "<table>" in found._repr_html_()
    assert found.inclusion["A -> B"] == pytest.approx(found[0].weight)
    assert len(found) == len(list(found)) == 2


def test_a_poor_best_fit_is_called_out():
    found = assemble(rank([fitted(PAIRS)], SCORE, SCALE), DATA, PROBLEM)
    assert found.verdict == "not reached"
    assert "hidden species" in found.statement


def test_few_data_do_not_decide_between_close_candidates():
    few = measured(runs=1, points=9)
    right, wrong = network("A -> B @ 0.3"), network("A -> B @ 0.3; B -> A @ 0.01")
    found = compare([right, wrong], few, names=["right", "wrong"])
    assert found.ties == 2
    assert found.verdict == "undecided"
    assert "do not decide" in found.statement


def test_compare_names_and_ranks_what_it_is_given():
    found = compare([network("2 A -> 2 B @ k"), network("A -> B @ k")], DATA, names=["pairs", "decay"])
    assert [c.name for c in found] == ["decay", "pairs"]
    assert found[0].test_error < 0.03 < found[1].test_error


def test_compare_refuses_what_it_cannot_refit():
    with pytest.raises(FitError, match="networks"):
        compare([], DATA)
    with pytest.raises(NetworkError, match=r"column 'B' is neither .* 'Bb'"):
        compare([network("A -> Bb @ 1")], DATA)
    with pytest.raises(NetworkError, match="no reactions"):
        compare([network("species A, B")], DATA)


def test_steps_of_three_molecules_and_broken_sums_are_doubted():
    law = [np.array([[1, 3]])]
    third = mechanism(((3, 0), (0, 1), 0.3))
    assert ["three molecules" in d for d in doubts(third, law)] == [True]
    assert ["A + 3 B stays constant" in d for d in doubts(DECAY, law)] == [True]
    assert doubts(DECAY, [np.array([[1, 1]])]) == doubts(DECAY, []) == []
