import numpy as np
import pytest

from crnsym.dynamics.stochastic.threefry import below, open_stream, threefry, uniform, word

# Known answers for 13 rounds, from the tables that come with the authors' Random123 library.
KNOWN = [
    ((0, 0), (0, 0), (0x9D1C5EC6, 0x8BD50731)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0xFD36D048, 0x2D17272C)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xBA3E4725, 0xF27D669E)),
]


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN)
def test_the_published_known_answers_come_out(key, counter, answer):
    assert threefry(*map(np.uint32, (*key, *counter))) == answer


def test_a_stream_hands_out_all_words_of_successive_counters():
    words, state = open_stream(7, 3)
    found = sorted(int(word(words, state)) for _ in range(512))
    wanted = [threefry(*map(np.uint32, (7, 3, c, 0))) for c in range(256)]
    assert found == sorted(int(w) for pair in wanted for w in pair)


def test_counters_go_on_beyond_32_bits():
    words, state = open_stream(7, 3)
    state[2] = 2**32
    assert word(words, state) == threefry(*map(np.uint32, (7, 3, 0, 1)))[0]


def test_uniform_numbers_fill_the_open_unit_interval():
    words, state = open_stream(1, 0)
    found = np.array([uniform(words, state) for _ in range(20_000)])
    assert 0 < found.min() < 1e-3
    assert 1 - 1e-3 < found.max() < 1
    counts = np.histogram(found, 20, (0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # 99.9 % of chi-square with 19 degrees of freedom


def test_integers_below_a_bound_are_equally_frequent():
    words, state = open_stream(2, 0)
    counts = np.bincount([below(words, state, 7) for _ in range(14_000)], minlength=7)
    assert len(counts) == 7
    assert ((counts - 2000) ** 2 / 2000).sum() < 22.5
