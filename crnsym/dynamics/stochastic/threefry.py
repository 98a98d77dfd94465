"""Threefry-2x32 with 13 rounds, a counter-based random number generator, and streams of its output for numba.

J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11 (2011).
The key is (seed, run) and the counter runs from 0, so every run has its own stream of 2^65 words, whatever the
number of runs, of workers, and the engine that asks. Thirteen rounds pass TestU01's BigCrush (their table 2).
"""

import numpy as np

from ...files.compiled import njit

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
PARITY = 0x1BD11BDA
ROUNDS = 13

_PAIRS = 128
WORDS = 2 * _PAIRS
"""Words that a stream makes at once; `numba` turns the loop over them into vector instructions."""


@njit(inline="always")
def _rotate(x, r):
    return np.uint32((x << np.uint32(r)) | (x >> np.uint32(32 - r)))


@njit(inline="always")
def _four(x0, x1, a, b, c, d):
    x0 = np.uint32(x0 + x1)
    x1 = np.uint32(_rotate(x1, a) ^ x0)
    x0 = np.uint32(x0 + x1)
    x1 = np.uint32(_rotate(x1, b) ^ x0)
    x0 = np.uint32(x0 + x1)
    x1 = np.uint32(_rotate(x1, c) ^ x0)
    x0 = np.uint32(x0 + x1)
    x1 = np.uint32(_rotate(x1, d) ^ x0)
    return x0, x1


@njit(cache=True, inline="always")
def threefry(k0, k1, c0, c1):
    """Return the two words of the counter (c0, c1) under the key (k0, k1); all are uint32."""
    k2 = np.uint32(k0 ^ k1 ^ np.uint32(0x1BD11BDA))
    x0, x1 = np.uint32(c0 + k0), np.uint32(c1 + k1)
    x0, x1 = _four(x0, x1, 13, 15, 26, 6)
    x0, x1 = np.uint32(x0 + k1), np.uint32(x1 + k2 + np.uint32(1))
    x0, x1 = _four(x0, x1, 17, 29, 16, 24)
    x0, x1 = np.uint32(x0 + k2), np.uint32(x1 + k0 + np.uint32(2))
    x0, x1 = _four(x0, x1, 13, 15, 26, 6)
    x0, x1 = np.uint32(x0 + k0), np.uint32(x1 + k1 + np.uint32(3))
    x0 = np.uint32(x0 + x1)
    x1 = np.uint32(_rotate(x1, 17) ^ x0)
    return x0, x1


@njit(cache=True)
def open_stream(seed, run):
    """Return a stream: words made ahead, and (seed, run, next counter, words used up)."""
    state = np.array([seed, run, 0, WORDS], dtype=np.int64)
    return np.empty(WORDS, dtype=np.uint32), state


@njit(cache=True)
def _refill(words, state):
    k0, k1 = np.uint32(state[0]), np.uint32(state[1])
    low, high = np.uint32(state[2]), np.uint32(state[2] >> 32)
    for i in range(_PAIRS):  # the counter moves by 128, so its low word does not overflow within the loop
        words[i], words[_PAIRS + i] = threefry(k0, k1, np.uint32(low + np.uint32(i)), high)
    state[2] += _PAIRS
    state[3] = 0


@njit(cache=True, inline="always")
def word(words, state):
    """Return the next 32 random bits."""
    if state[3] >= WORDS:
        _refill(words, state)
    found = words[state[3]]
    state[3] += 1
    return found


@njit(cache=True, inline="always")
def uniform(words, state):
    """Return a double in the open interval (0, 1), from 53 random bits."""
    if state[3] > WORDS - 2:
        _refill(words, state)
    high, low = words[state[3]], words[state[3] + 1]
    state[3] += 2
    return (np.float64(high >> np.uint32(5)) * 67108864.0 + np.float64(low >> np.uint32(6)) + 0.5) / 9007199254740992.0


@njit(cache=True, inline="always")
def below(words, state, n):
    """Return an integer of 0, ..., n - 1; the probabilities are equal up to a part n / 2^32."""
    return np.int64((np.uint64(word(words, state)) * np.uint64(n)) >> np.uint64(32))
