import numpy as np
import pytest

from crnsym.comparison.describe import mechanism_lines, ordered, reaction_texts
from crnsym.comparison.inclusion import inclusion_probabilities
from crnsym.comparison.numbers import interval, short, with_error
from crnsym.network.text import network
from crnsym.rounding.to_network import to_network

from .cases import DECAY, PAIRS, mechanism


def test_texts_read_back_as_the_same_reactions():
    m = mechanism(((0, 0), (1, 0), 1.0), ((2, 1), (3, 0), 2.0), ((1, 0), (0, 0), 0.5))
    text = "; ".join(f"{r} @ {k}" for r, k in zip(reaction_texts(m), np.exp(m.log_rates), strict=True))
    assert network(text).dynamically_equivalent(to_network(m), 1e-6)


def test_the_reading_order_does_not_depend_on_how_reactions_came():
    m = mechanism(((0, 1), (1, 0), 1.0), ((2, 0), (0, 1), 2.0), ((1, 0), (0, 1), 3.0), ((0, 0), (1, 0), 4.0))
    expected = ["0 -> A", "2 A -> B", "A -> B", "B -> A"]
    random = np.random.default_rng(0)
    for _ in range(5):
        order = random.permutation(4)
        shuffled = mechanism(
            *((tuple(m.reactants[i]), tuple(m.products[i]), float(np.exp(m.log_rates[i]))) for i in order)
        )
        assert reaction_texts(ordered(shuffled)) == expected
    assert mechanism_lines(ordered(m))[0] == "0 -> A    @ 4"


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.20013, 0.0004, "0.20013 ± 0.00040"),
        (2.7e-4, 2e-5, "(2.70 ± 0.20)e-4"),
        (123.4, 15.0, "123 ± 15"),
        (1.5, 0.0, "1.5"),
        (1.5, float("inf"), "1.5"),
        (1e-9, 1.0, "1e-09 (undetermined)"),
    ],
)
def test_numbers_show_the_digits_that_their_error_allows(value, error, text):
    assert with_error(value, error) == text


def test_an_interval_is_symmetric_in_the_logarithm():
    low, high = interval(np.log(2.0), 0.1, 1.96)
    assert low * high == pytest.approx(4.0)
    assert high == pytest.approx(2.0 * np.exp(0.196))
    assert short(float("nan")) == ""


def test_a_reaction_is_as_sure_as_the_candidates_that_have_it():
    both = mechanism(((1, 0), (0, 1), 0.3), ((2, 0), (0, 2), 0.3))
    assert inclusion_probabilities([DECAY, both, PAIRS], [0.5, 0.3, 0.2]) == pytest.approx(
        {"A -> B": 0.8, "2 A -> 2 B": 0.5}
    )
