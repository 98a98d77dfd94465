"""What is looked at first where nothing is conserved, and which balances of unfollowed species are tried."""

from fractions import Fraction

import numpy as np
import pytest

from crnsym.data.noise import estimate_noise
from crnsym.deciding import EFFORT
from crnsym.search.balances import plainest, shared_oddities, together
from crnsym.search.courses import Course, oddities
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


def test_plain_balances_are_combined_first_and_no_pair_is_lost_to_a_cut_of_one_species():
    odd = [[-a, 0.5, 0] for a in range(1, 60)]
    first, second = np.array([*odd, [0, 1, 1]]), np.array([*odd, [2, 0, 2]])
    pairs = plainest([first, second])
    assert pairs[0] == (59, 59)
    apart = np.add.outer(oddities(first), oddities(second))
    cost = np.minimum(apart, shared_oddities(first, second))
    costs = [cost[pair] for pair in pairs]
    assert costs == sorted(costs)
    assert len(pairs) == min(60 * 60, EFFORT.paired)


def test_a_balance_that_counts_two_species_together_is_plain():
    first, second = np.array([[3.0, 1.0, 2.0]]), np.array([[-3.0, -1.0, -2.0], [0.0, 1.0, 3.0]])
    shared = shared_oddities(first, second)[0]
    assert shared[0] < oddities(first)[0] + oddities(second)[0]
    assert shared[1] > oddities(first)[0] + oddities(second)[1]


def test_neighbours_of_the_best_balances_are_looked_at_until_none_is_better():
    options = [[Course((Fraction(a), Fraction(b)), (), (), 1.0) for a in range(9) for b in range(9)] for _ in range(2)]
    true = (Fraction(8), Fraction(7)), (Fraction(7), Fraction(8))

    def distance(choice):
        return sum(abs(a - b) for c, t in zip(choice, true, strict=True) for a, b in zip(c.weights, t, strict=True))

    found = together(options, distance, lambda far: far)
    assert min(found) == 0
    assert len(found) < 81**2 / 2
