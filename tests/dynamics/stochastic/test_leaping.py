import numpy as np
import pytest

from crnsym import network, simulate_stochastic

BIRTH_DEATH = "0 -> A @ 1000; A -> 0 @ 1; init A = 500"


@pytest.mark.parametrize("method", ["tau", "langevin"])
def test_birth_and_death_has_the_exact_mean_and_variance(method):
    found = simulate_stochastic(network(BIRTH_DEATH), [0, 0.5, 6], runs=1500, seed=1, method=method)
    for row, t in ((1, 0.5), (2, 6.0)):
        survival = np.exp(-t)
        mean, variance = 1000 - 500 * survival, 1000 * (1 - survival) + 500 * survival * (1 - survival)
        assert found.mean()[row, 0] == pytest.approx(mean, abs=4 * np.sqrt(variance / 1500) + 1)
        assert found.sd()[row, 0] ** 2 == pytest.approx(variance, rel=0.15)


@pytest.mark.parametrize("method", ["tau", "langevin"])
def test_dimerisation_agrees_with_the_exact_method(method):
    net = network("2 A -> B @ 0.0005; B -> 2 A @ 0.2; init A = 2000")
    found, exact = (simulate_stochastic(net, [0, 0.5, 3], 300, 2, method=m) for m in (method, "exact"))
    np.testing.assert_allclose(found.counts[..., 0] + 2 * found.counts[..., 1], 2000)
    np.testing.assert_allclose(found.mean(), exact.mean(), rtol=0.02)
    np.testing.assert_allclose(found.sd()[1:], exact.sd()[1:], rtol=0.2)


def test_leaps_take_far_fewer_steps_than_there_are_events_and_stay_above_zero():
    net = network("A -> B @ 1; B -> C @ 50; A + C -> D @ 1; init A = 5000")
    found = simulate_stochastic(net, (0, 10, 11), runs=20, method="tau")
    assert found.counts.min() == 0
    assert (found.counts @ [1, 1, 1, 2] == 5000).all()


def test_few_molecules_fall_back_on_exact_steps():
    found = simulate_stochastic(network("A -> 2 A @ 1; init A = 1"), [0, 2], runs=3000, seed=5, method="tau")
    assert found.mean()[1, 0] == pytest.approx(np.exp(2), rel=0.08)
    assert (found.counts[:, 1, 0] == 1).mean() == pytest.approx(np.exp(-2), rel=0.15)


def test_a_run_is_the_same_however_many_there_are():
    one, many = (simulate_stochastic(network(BIRTH_DEATH), runs=n, seed=3, method="tau") for n in (2, 4))
    np.testing.assert_array_equal(one.counts, many.counts[:2])
