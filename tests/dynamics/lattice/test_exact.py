"""The exact process against the whole master equation of a small ring, and against exact moments."""

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from crnsym import network, simulate_lattice

BIRTH, DEATH, EAT, HOP, SPLIT, MEET, INFLOW = 0.7, 0.4, 0.9, 0.6, 0.3, 0.5, 0.2
LOTKA = network(
    f"P -> 2 P @ {BIRTH}; H -> 0 @ {DEATH}; P + H -> 2 H @ {EAT}; H -> P + Q @ {SPLIT}; 2 P -> Q @ {MEET}"
    f"; 0 -> Q @ {INFLOW}"
)
P, H, Q = 1, 2, 3


def moves(state):
    """All (rate, next state) of the ring, written out by hand."""
    n = len(state)

    def changed(*pairs):
        following = list(state)
        for site, value in pairs:
            following[site % n] = value
        return tuple(following)

    for i, s in enumerate(state):
        if s == 0:
            yield INFLOW, changed((i, Q))
        if s == H:
            yield DEATH, changed((i, 0))
        for j in (i - 1, i + 1):
            other = state[j % n]
            if s == P and other == 0:
                yield BIRTH / 2, changed((j, P))
            if s == H and other == 0:
                yield SPLIT / 4, changed((i, P), (j, Q))
                yield SPLIT / 4, changed((i, Q), (j, P))
            if s and other == 0:
                yield HOP, changed((i, 0), (j, s))
            if s == P and other == H:
                yield EAT, changed((i, H), (j, H))
            if s == P and other == P:
                yield MEET / 2, changed((i, Q), (j, 0))  # each bond is met twice: once for either site of Q


def generator(states, moves):
    """Return the matrix of the master equation of these states."""
    index = {s: i for i, s in enumerate(states)}
    found = np.zeros((len(states), len(states)))
    for state, i in index.items():
        for rate, following in moves(state):
            found[index[following], i] += rate
            found[i, i] -= rate
    return found


def test_a_small_ring_follows_its_master_equation():
    sites, runs, t = 4, 12_000, 1.3
    states = list(itertools.product(range(4), repeat=sites))
    start = np.array([sorted(s) == [0, 0, P, H] for s in states], dtype=float)
    exact = expm(generator(states, moves) * t) @ (start / start.sum())

    initial = {"P": 1, "H": 1}
    found = simulate_lattice(LOTKA, sites, [0, t], runs, seed=1, initial=initial, hops=HOP).sites[:, 1]
    index = {s: i for i, s in enumerate(states)}
    frequencies = np.bincount([index[tuple(s)] for s in found.tolist()], minlength=len(states)) / runs
    expected = np.sqrt(2 * exact * (1 - exact) / (np.pi * runs)).sum() / 2  # of the total variation by chance
    assert abs(frequencies - exact).sum() / 2 < 1.3 * expected
    assert (abs(frequencies - exact) / np.sqrt(exact * (1 - exact) / runs + 1e-300))[exact > 1e-3].max() < 4.5


FILL, MIX, SWAP, TURN, AWAY = 0.8, 0.5, 0.7, 0.9, 0.6
SITE_RULES = {"(A, B) -> (B, A)": SWAP, "(A, 0) -> (B, 0)": TURN, "(B, B) -> (A, 0) or turned round": AWAY}


def moves_of_two(state):
    """All (rate, next state) of a ring with adsorption of pairs, exchange, and conversion beside an empty site."""
    n = len(state)
    for i in range(n):
        j = (i + 1) % n
        outcomes = {
            (0, 0): [(FILL, (1, 1)), (MIX / 2, (1, 2)), (MIX / 2, (2, 1))],
            (1, 2): [(SWAP, (2, 1))],
            (2, 1): [(SWAP, (1, 2))],
            (1, 0): [(TURN, (2, 0))],
            (0, 1): [(TURN, (0, 2))],
            (2, 2): [(AWAY / 2, (1, 0)), (AWAY / 2, (0, 1))],
        }
        for rate, (a, b) in outcomes.get((state[i], state[j]), []):
            following = list(state)
            following[i], following[j] = a, b
            yield rate, tuple(following)


@pytest.mark.parametrize("method", ["exact", "stepper"])
def test_rules_that_name_both_sites_follow_their_master_equation(method):
    sites, runs, t = 4, 12_000, 1.0
    states = list(itertools.product(range(3), repeat=sites))
    start = np.array([sorted(s) == [0, 0, 0, 1] for s in states], dtype=float)
    exact = expm(generator(states, moves_of_two) * t) @ (start / start.sum())
    net = network(f"0 -> 2 A @ {FILL}; 0 -> A + B @ {MIX}")
    options = {"hops": 0.0, "rules": SITE_RULES, "method": method}
    found = simulate_lattice(net, sites, [0, t], runs, 1, {"A": 1}, **options).sites[:, 1]
    index = {s: i for i, s in enumerate(states)}
    frequencies = np.bincount([index[tuple(s)] for s in found.tolist()], minlength=len(states)) / runs
    expected = np.sqrt(2 * exact * (1 - exact) / (np.pi * runs)).sum() / 2  # of the total variation by chance
    assert abs(frequencies - exact).sum() / 2 < 1.4 * expected


@pytest.mark.parametrize("method", ["exact", "stepper"])
def test_independent_death_is_exponential_and_pairs_die_twice_as_fast(method):
    found = simulate_lattice(network("A -> 0 @ 0.5"), (30, 20), [0, 1, 2], 200, 2, {"A": 450}, hops=0.0, method=method)
    survival = np.exp(-0.5 * found.times)
    np.testing.assert_allclose(found.counts().mean(axis=0)[:, 0], 450 * survival, rtol=0.02)
    density = 450 * 449 / (600 * 599)
    np.testing.assert_allclose(found.nearest("A", "A").mean(axis=0), 1200 * density * survival**2, rtol=0.03)


def test_hops_mix_a_profile_as_the_heat_equation_says():
    # With single occupancy the density of hopping molecules still obeys the linear heat equation.
    size, t = 8, 0.9
    net = network("A -> B @ 0.8; B -> A @ 0.3")
    found = simulate_lattice(net, size, [0, t], 6000, 3, {"A": 3}, hops=1.0)
    first = (found.sites[:, 0] > 0).astype(float)
    laplacian = np.roll(np.eye(size), 1, 0) + np.roll(np.eye(size), -1, 0) - 2 * np.eye(size)
    covariance = np.array([(first[:, 0] * (found.sites[:, 1, j] > 0)).mean() for j in range(size)])
    start = np.array([(first[:, 0] * first[:, j]).mean() for j in range(size)])
    np.testing.assert_allclose(covariance, expm(laplacian * t) @ start, atol=0.02)
    assert (found.counts()[:, 1].sum(axis=1) == 3).all()
