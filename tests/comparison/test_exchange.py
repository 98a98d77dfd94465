"""Feeds, losses, catalysts and matter that appears are said in words."""

import numpy as np
import pytest

from crnsym.comparison.exchange import feeds_and_losses, unusual_steps
from crnsym.data.mechanism import Mechanism

SPECIES = ("A", "B", "C")


def mechanism(*reactions: tuple[tuple[int, int, int], tuple[int, int, int]]) -> Mechanism:
    left, right = (np.array([r[side] for r in reactions], np.int64) for side in (0, 1))
    return Mechanism(SPECIES, left, right, np.zeros(len(reactions)))


CONVERSION = ((1, 0, 0), (0, 1, 0))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (((0, 0, 0), (1, 0, 0)), "0 -> A feeds it in"),
        (((0, 0, 0), (0, 0, 1)), "0 -> C feeds it in"),
        (((1, 0, 0), (0, 0, 0)), "A -> 0 loses it"),
        (((0, 1, 0), (0, 0, 0)), "B -> 0 loses it"),
    ],
)
def test_a_feed_or_loss_is_named(step: tuple[tuple[int, int, int], tuple[int, int, int]], words: str) -> None:
    assert words in feeds_and_losses(mechanism(CONVERSION, step))
    assert unusual_steps(mechanism(CONVERSION, step)) == []


def test_all_feeds_and_losses_stand_in_one_sentence() -> None:
    told = feeds_and_losses(mechanism(((0, 0, 0), (1, 0, 0)), ((1, 0, 0), (0, 0, 0)), ((0, 1, 0), (0, 0, 0))))
    assert "0 -> A feeds it in and A -> 0, B -> 0 lose it" in told
    assert told.count(".") == 1


@pytest.mark.parametrize(
    "step", [CONVERSION, ((1, 1, 0), (0, 0, 1)), ((2, 0, 0), (0, 1, 0)), ((1, 0, 0), (0, 1, 1)), ((0, 2, 0), (0, 0, 1))]
)
def test_nothing_is_said_of_steps_that_keep_matter(step: tuple[tuple[int, int, int], tuple[int, int, int]]) -> None:
    assert feeds_and_losses(mechanism(step)) == ""
    assert unusual_steps(mechanism(step)) == []


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (((1, 0, 1), (0, 1, 1)), "in A + C -> B + C, C is a catalyst"),
        (((0, 1, 1), (0, 1, 2)), "B + C -> B + 2 C makes matter"),
        (((1, 1, 0), (0, 2, 0)), "in A + B -> 2 B, B speeds its own formation"),
        (((1, 0, 0), (2, 0, 0)), "A -> 2 A makes matter"),
        (((1, 1, 0), (0, 1, 0)), "A + B -> B destroys matter"),
        (((0, 0, 0), (1, 1, 0)), "0 -> A + B makes matter"),
        (((2, 0, 0), (1, 0, 0)), "2 A -> A destroys matter"),
    ],
)
def test_an_unusual_step_is_said_in_words(step: tuple[tuple[int, int, int], tuple[int, int, int]], words: str) -> None:
    assert [text for text in unusual_steps(mechanism(step)) if text.startswith(words)]


def test_steps_that_only_together_make_matter_are_said_to() -> None:
    told = unusual_steps(mechanism(CONVERSION, ((0, 1, 0), (2, 0, 0))))
    assert told == ["its reactions together make or destroy matter: no weights of the species balance them all"]
