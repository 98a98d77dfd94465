"""Moments of lattice motifs against the whole generator of tiny lattices, and against simulation."""

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from crnsym import lattice_moment_equations, network, simulate_lattice, simulate_moments
from crnsym.errors import NetworkError

from ..lattice.test_exact import HOP, LOTKA, generator, moves


def scattered(states, counts):
    """Return the distribution of molecules on random sites."""
    wanted = sorted(np.repeat(np.arange(len(counts) + 1), [len(states[0]) - sum(counts), *counts]))
    start = np.array([sorted(s) == wanted for s in states], dtype=float)
    return start / start.sum()


def probability(states, p, motif, size):
    """Return the probability of a motif, averaged over the shifts of a ring."""
    holds = [
        np.mean([all(s[(x[0] + shift) % size] == kind for x, kind in motif) for shift in range(size)]) for s in states
    ]
    return p @ np.array(holds)


@pytest.mark.parametrize("size", [3, 4])
def test_the_whole_hierarchy_of_a_ring_is_its_master_equation(size):
    states, t = list(itertools.product(range(4), repeat=size)), 1.3
    p = expm(generator(states, moves) * t) @ scattered(states, [1, 1, 0])
    equations = lattice_moment_equations(LOTKA, size, hops=HOP, reach=None)
    assert equations.is_closed
    found = simulate_moments(equations.close(), [0, t], {"P": 1, "H": 1}, rtol=1e-10)
    wanted = [probability(states, p, motif, size) for motif in equations.motifs]
    np.testing.assert_allclose(found.values[1], wanted, atol=1e-9)


def test_the_whole_hierarchy_of_a_small_torus_is_its_master_equation():
    birth, meet, hop, t, side = 0.7, 0.5, 0.6, 0.8, 3
    sites = list(itertools.product(range(side), repeat=2))
    place = {x: i for i, x in enumerate(sites)}
    around = [[place[(x + a) % side, (y + b) % side] for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))] for x, y in sites]

    def torus_moves(state):
        for i, j in ((site, other) for site in range(9) for other in around[site]):
            grown, left = list(state), list(state)
            if state[i] and state[j]:
                left[i] = left[j] = 0
                yield meet / 2, tuple(left)
            elif state[i]:
                grown[j], left[i], left[j] = 1, 0, 1
                yield birth / 4, tuple(grown)
                yield hop, tuple(left)

    states = list(itertools.product(range(2), repeat=9))
    p = expm(generator(states, torus_moves) * t) @ scattered(states, [4])
    net = network(f"A -> 2 A @ {birth}; 2 A -> 0 @ {meet}; init A = 4")
    closed = lattice_moment_equations(net, (3, 3), hops=hop, reach=None).close()
    found = simulate_moments(closed, [0, t])
    filled = np.array(states)
    bonds = sum((filled[:, i] * filled[:, j] for i in range(9) for j in around[i]), np.zeros(len(states))) / 2
    assert found.counts()[1, 0] == pytest.approx(p @ filled.sum(axis=1), rel=1e-7)
    assert found.nearest("A", "A")[1] == pytest.approx(p @ bonds, rel=1e-7)


def test_independent_death_is_exponential_and_pairs_die_twice_as_fast():
    closed = lattice_moment_equations(network("A -> 0 @ 0.5; init A = 450"), (30, 20), hops=0, reach=2).close()
    assert closed.closure == "exact"
    found, density = simulate_moments(closed, [0, 1, 2]), 450 * 449 / (600 * 599)
    np.testing.assert_allclose(found.counts()[:, 0], 450 * np.exp(-0.5 * found.times), rtol=1e-7)
    np.testing.assert_allclose(found.nearest("A", "A"), 1200 * density * np.exp(-found.times), rtol=1e-6)
    np.testing.assert_allclose(found.next_nearest("A", "A"), 2400 * density * np.exp(-found.times), rtol=1e-6)


def test_hops_keep_molecules_scattered():
    closed = lattice_moment_equations(network("A -> B @ 0.5; B -> A @ 0.2; init A = 400, B = 200"), (30, 30), reach=1)
    found = simulate_moments(closed.close("pair"), [0, 5], rtol=1e-9)
    density = found.counts()[1] / 900
    assert density.sum() == pytest.approx(600 / 900)
    # Every arrangement of the molecules stays equally likely, and hops do not see the kind.
    together = found.nearest("A", "A") + found.nearest("A", "B") + found.nearest("B", "B")
    np.testing.assert_allclose(together, 1800 * 600 * 599 / (900 * 899), rtol=1e-3)


def test_each_longer_reach_comes_nearer_to_the_simulation():
    net = network("P -> 2 P @ 0.3; H -> 0 @ 0.3; P + H -> 2 H @ 0.4; init P = 120, H = 60")
    runs = simulate_lattice(net, (24, 24), (0, 6, 7), 60, seed=4, hops=1.0)
    counts = runs.counts().mean(axis=0)
    error = {}
    for closure, reach in (("mean_field", 0), ("pair", 1), ("pair", 2)):
        found = simulate_moments(
            lattice_moment_equations(net, (24, 24), hops=1.0, reach=reach).close(closure), (0, 6, 7)
        )
        error[reach] = abs(found.counts() - counts).max()
        np.testing.assert_allclose(found.counts()[0], counts[0], rtol=1e-12)
    assert error[1] < 0.7 * error[0]
    assert error[2] < 0.7 * error[1]
    np.testing.assert_allclose(found.nearest("P", "H")[0], runs.nearest("P", "H")[:, 0].mean(), rtol=0.05)
    np.testing.assert_allclose(found.next_nearest("P", "H")[0], runs.next_nearest("P", "H")[:, 0].mean(), rtol=0.05)


def test_pair_annihilation_on_a_chain_follows_its_motif_equations_until_half_is_gone():
    net = network("2 A -> 0 @ 1; init A = 120")
    closed = lattice_moment_equations(net, 200, hops=4.0).close("pair")
    runs = simulate_lattice(net, 200, (0, 1.2, 7), 200, seed=5, hops=4.0)
    found = simulate_moments(closed, runs.times)
    assert found.counts()[-1, 0] < 60
    np.testing.assert_allclose(found.counts(), runs.counts().mean(axis=0), rtol=0.05)
    np.testing.assert_allclose(found.nearest("A", "A"), runs.nearest("A", "A").mean(axis=0), rtol=0.1)


def test_a_species_may_be_absent_or_die_out():
    net = network("P -> 2 P @ 0.3; H -> 0 @ 30; P + H -> 2 H @ 0.4; init P = 20, H = 20")
    for reach in (1, 2):
        equations = lattice_moment_equations(net, (20, 20), reach=reach)
        died = simulate_moments(equations.close("pair"), (0, 4, 3))
        never = simulate_moments(equations.close("pair"), (0, 4, 3), {"H": 0})
        assert np.isfinite(died.values).all()
        assert died.counts()[-1, 1] == pytest.approx(0, abs=1e-6)
        assert never.counts()[:, 1] == pytest.approx(0, abs=1e-12)


def test_what_the_moments_of_a_lattice_cannot_say_is_refused():
    closed = lattice_moment_equations(network("A -> B @ 1; init A = 4"), (5, 5), reach=1).close()
    found = simulate_moments(closed, [0, 1])
    with pytest.raises(NetworkError, match="C is no species of the lattice"):
        found.nearest("A", "C")
    with pytest.raises(NetworkError, match=r"⟨A\(0,0\) B\(0,2\)⟩ is no variable"):
        found.next_nearest("A", "B")
    with pytest.raises(NetworkError, match="26 molecules do not fit on the 25 sites"):
        simulate_moments(closed, [0, 1], {"A": 26})
