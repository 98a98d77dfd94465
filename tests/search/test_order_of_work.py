"""What is looked at first where nothing is conserved, and which balances of unfollowed species are tried."""

from fractions import Fraction

import pytest

from crnsym.data.noise import estimate_noise
from crnsym.deciding import EFFORT
from crnsym.search.courses import Course, oddity
from crnsym.search.hypotheses import plainest
from crnsym.search.question import ask
from crnsym.search.run import search
from crnsym.search.strategies.complex_first import measured_first, three_molecules
from tests.benchmarks.problems import parse
from tests.engine import measured

FEEDING = ["0 -> X @ 0.8", "X -> Y @ 1.5", "2 X + Y -> 3 X @ 1", "X -> 0 @ 0.8"]
EATING = ["X -> 2 X @ 0.8", "X + Y -> 2 Y @ 0.7", "Y -> 0 @ 0.5"]


@pytest.mark.parametrize(
    ("reactions", "seen", "first", "three"),
    [(FEEDING, None, True, True), (EATING, None, True, False), (["A -> Z @ 0.9", "Z -> B @ 0.4"], ("A",), True, False)],
)
def test_the_weak_form_says_what_comes_first(reactions, seen, first, three):
    data = measured(parse(reactions), seen=seen, noise=0.02)
    question = ask(data, estimate_noise(data))
    assert (measured_first(question), three_molecules(question)) == (first, three)


def test_food_that_nobody_measured_keeps_no_search_going():
    data = measured(parse(EATING), runs=8, noise=0.03)
    found = search(ask(data, estimate_noise(data)), time_budget=120.0)
    assert found.settled
    assert found.explained
    assert found.unrivalled
    assert found.ranked[0][1].mechanism.structure() == parse(EATING).structure()


def balance(*weights: float) -> Course:
    return Course(tuple(map(Fraction, weights)), (), (), 1.0)


def test_plain_balances_are_combined_first_and_no_pair_is_lost_to_a_cut_of_one_species():
    odd = [balance(-a, 0.5, 0) for a in range(1, 60)]
    pairs = plainest([[*odd, balance(0, 1, 1)], [*odd, balance(2, 0, 2)]])
    assert [c.weights for c in pairs[0]] == [(0, 1, 1), (2, 0, 2)]
    costs = [oddity(a.weights) + oddity(b.weights) for a, b in pairs]
    assert costs == sorted(costs)
    assert len(pairs) == min(60 * 60, EFFORT.paired)
