"""Whole distributions against exact answers; every engine must pass each."""

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from crnsym import network, simulate_stochastic

ENGINES = ["sequential", "batched"]
RUNS = 4000


def p_value(found, probabilities):
    """Chi-square test of counts against probabilities, with rare outcomes put together."""
    frequencies = np.bincount(found, minlength=len(probabilities)).astype(float)
    assert len(frequencies) == len(probabilities), "an impossible count"
    expected = probabilities * len(found)
    common = expected > 8
    observed = [*frequencies[common], frequencies[~common].sum()]
    wanted = [*expected[common], expected[~common].sum()]
    if wanted[-1] < 1:
        observed, wanted = observed[:-1], wanted[:-1]
    return stats.chisquare(observed, np.array(wanted) * sum(observed) / sum(wanted)).pvalue


@pytest.mark.parametrize("engine", ENGINES)
def test_birth_and_death_is_poisson_at_all_times(engine):
    net = network("0 -> A @ 20; A -> 0 @ 2; init A = 0")
    found = simulate_stochastic(net, [0, 0.1, 0.7, 3], RUNS, seed=1, engine=engine)
    for row, t in enumerate(found.times[1:], 1):
        exact = stats.poisson.pmf(np.arange(80), 10 * (1 - np.exp(-2 * t)))
        assert p_value(found.counts[:, row, 0], exact) > 1e-3


@pytest.mark.parametrize("engine", ENGINES)
def test_dimerisation_follows_the_master_equation(engine):
    k, back, total = 0.02, 0.3, 21
    net = network(f"2 A -> B @ {k}; B -> 2 A @ {back}; init A = {total}")
    found = simulate_stochastic(net, [0, 0.3, 1, 4], RUNS, seed=2, engine=engine)
    assert (found.counts[..., 0] + 2 * found.counts[..., 1] == total).all()
    pairs = total // 2 + 1
    generator = np.zeros((pairs, pairs))
    for b in range(pairs):
        a = total - 2 * b
        for to, rate in ((b + 1, k * a * (a - 1)), (b - 1, back * b)):
            if rate:
                generator[to, b] += rate
                generator[b, b] -= rate
    for row, t in enumerate(found.times[1:], 1):
        assert p_value(found.counts[:, row, 1], expm(generator * t)[:, 0]) > 1e-3


@pytest.mark.parametrize("engine", ENGINES)
def test_linear_birth_is_geometric(engine):
    found = simulate_stochastic(network("A -> 2 A @ 1; init A = 1"), [0, 1, 2.5], RUNS, seed=3, engine=engine)
    for row, t in enumerate(found.times[1:], 1):
        exact = np.append(0, stats.geom.pmf(np.arange(1, 400), np.exp(-t)))
        assert p_value(found.counts[:, row, 0], exact) > 1e-3


def test_a_large_network_of_isomers_is_multinomial():
    size, walkers, t = 150, 3000, 0.8
    lines = [f"S{i} -> S{(i + 1) % size} @ {1 + i % 3}" for i in range(size)]
    net = network("\n".join([*lines, f"init S0 = {walkers}, S1 = 0"]))
    generator = np.zeros((size, size))
    for i in range(size):
        generator[(i + 1) % size, i] += 1 + i % 3
        generator[i, i] -= 1 + i % 3
    exact = expm(generator * t)[:, 0]
    found = simulate_stochastic(net, [0, t], 20, seed=4).counts[:, 1]
    order = [net.species_names.index(f"S{i}") for i in range(size)]
    assert p_value(np.repeat(np.arange(size), found.sum(axis=0)[order]), exact) > 1e-3


def test_a_free_rate_law_equals_mass_action_written_out():
    plain = network("2 A -> B @ 0.1; B -> 0 @ 1; init A = 40")
    free = network("2 A -> B @= k*A*(A - 1); B -> 0 @= B^2/sqrt(B^2); param k = 0.1; init A = 40")
    one, other = (simulate_stochastic(net, [0, 1, 2], 20, seed=5, engine="sequential") for net in (plain, free))
    np.testing.assert_array_equal(one.counts, other.counts)


def test_a_free_rate_law_does_not_fire_without_its_reactants():
    found = simulate_stochastic(network("2 A -> B @= 5; init A = 7"), [0, 100], 3)
    assert found.counts[:, -1].tolist() == [[1, 3]] * 3


def test_species_that_are_held_fixed_stay():
    found = simulate_stochastic(network("const A; A -> A + B @ 1; A -> B @ 1; init A = 5"), [0, 2, 4], 50, seed=6)
    assert (found.counts[..., 0] == 5).all()
    assert found.mean()[-1, 1] == pytest.approx(40, abs=5)
