"""Sets of laws that the weak form prefers to a wrong one, against the laws of the network that made the data."""

import numpy as np
import pytest

from crnsym.data.laws import holding
from crnsym.data.noise import estimate_noise
from crnsym.search.question import Question, ask
from crnsym.search.swapped import neighbouring, other_laws, span, swaps
from tests.benchmarks.problems import parse
from tests.engine import measured

CASES = {  # reactions, laws that they obey
    "chain and dimer": (["A -> B @ 0.6", "B -> A @ 0.2", "2 B -> C @ 0.5"], [[1, 1, 2]]),
    "two carriers": (["A + B -> C @ 0.8", "C -> A + D @ 0.3", "D -> E @ 0.4"], [[1, 0, 1, 0, 0], [0, 1, 1, 1, 1]]),
    "exchange": (
        ["A + B -> C + D @ 0.9", "C + D -> A + B @ 0.3", "D -> E @ 0.2"],
        [[1, 0, 1, 0, 0], [0, 1, 1, 0, 0], [0, 1, 0, 1, 1]],
    ),
}


def asked(reactions, **options) -> Question:
    data = measured(parse(reactions), **options)
    return ask(data, estimate_noise(data))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_wrong_law_is_exchanged_for_the_right_one(name, seed):
    reactions, true = CASES[name]
    question = asked(reactions, runs=3, points=20, noise=0.02, seed=seed)
    right = np.array(true)
    wrong = right.copy()
    wrong[0] = wrong[0] + np.eye(wrong.shape[1], dtype=np.int64)[wrong.shape[1] - 2]
    found = other_laws(question, question.view.under(wrong, "wrong"), 2)
    assert span(right) in {span(view.laws) for view in found}


@pytest.mark.parametrize("name", CASES)
def test_right_laws_keep_their_place(name):
    reactions, true = CASES[name]
    question = asked(reactions, runs=5, points=30, noise=0.01)
    assert other_laws(question, question.view.under(np.array(true), "right"), 2) == []


def test_sets_that_say_the_same_have_the_same_span():
    laws = np.array([[1, 0, 1, 0], [0, 1, 1, 2]])
    assert span(laws) == span(np.array([[1, 1, 2, 2], [1, -1, 0, -2]]))
    assert span(laws) != span(np.array([[1, 0, 1, 0], [0, 1, 1, 1]]))


def test_a_swap_leaves_independent_laws():
    laws = np.array([[1, 0, 1], [0, 1, 0]])
    for other in swaps(laws, np.array([[1, 1, 1], [2, 0, 2], [0, 0, 1]])):
        assert np.linalg.matrix_rank(other) == 2
        assert sum(not np.array_equal(a, b) for a, b in zip(laws, other, strict=True)) == 1


def test_laws_of_the_network_hold_by_themselves():
    reactions, true = CASES["exchange"]
    data = measured(parse(reactions), runs=5, points=30, noise=0.01)
    question = ask(data, estimate_noise(data))
    listed = {tuple(v) for v in holding(data, question.view.noise, list(question.view.guide)).tolist()}
    assert {tuple(v) for v in true} <= listed


@pytest.mark.parametrize("reactions", [["A -> 0 @ 0.4"], ["0 -> A @ 1", "A -> B @ 0.5", "B -> 0 @ 0.3"]])
def test_where_no_law_holds_none_is_listed(reactions):
    data = measured(parse(reactions), runs=3, points=20, noise=0.005)
    question = ask(data, estimate_noise(data))
    listed = holding(data, question.view.noise, list(question.view.guide))
    assert listed.shape == (0, len(data.species))


@pytest.mark.parametrize("name", CASES)
def test_right_laws_are_neighbours_of_wrong_ones_whatever_the_weak_form_likes(name):
    reactions, true = CASES[name]
    question = asked(reactions, runs=3, points=20, noise=0.02, seed=1)
    right = np.array(true)
    wrong = right.copy()
    wrong[0] = wrong[0] + np.eye(wrong.shape[1], dtype=np.int64)[wrong.shape[1] - 2]
    sets = [span(view.laws) for view in neighbouring(question, question.view.under(wrong, "wrong"), 2)]
    assert span(right) in sets
    assert span(wrong) not in sets
    assert len(set(sets)) == len(sets)
