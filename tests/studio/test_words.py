"""What a search does is said in plain words."""

import pytest

from crnsym.search.strategies import MIXTURES, ORDER
from crnsym.studio.words import STAGES, arrow, chance, sentence, stage


@pytest.mark.parametrize("name", sorted({strategy.name for strategy in (*ORDER, *MIXTURES)}))
def test_every_strategy_has_words_of_its_own(name):
    assert name in STAGES
    assert stage(name) == STAGES[name]


def test_what_has_no_words_of_its_own_begins_with_a_capital():
    assert stage("something new") == "Something new"


def test_reactions_are_written_with_arrows_and_nothing_as_an_empty_set():
    assert arrow("2 A -> B + C") == "2 A → B + C"
    assert arrow("0 -> A") == "∅ → A"
    assert sentence("A -> B or B -> C") == "A\u00a0→\u00a0B or B\u00a0→\u00a0C"


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "> 99 %"), (0.995, "> 99 %"), (0.99, "99 %"), (0.5, "50 %"), (0.005, "< 1 %")]
)
def test_a_probability_is_never_said_to_be_certain_or_impossible(value, text):
    assert chance(value) == text
