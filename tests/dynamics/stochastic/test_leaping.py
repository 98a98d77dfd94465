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


LAWS = {
    "a catalyst that starts at nothing": ("0 -> A @ 10; 0 -> B @= A; init A = 0, B = 0", 10.0),
    "a catalyst that decays": ("A -> 0 @ 1; 0 -> B @= 2*A; init A = 400, B = 0", 2.0),
    "order four of a catalyst": ("A -> 0 @ 1; 0 -> B @= 1e-6*A^4; init A = 100, B = 0", 2.0),
    "Hill of a catalyst": ("A -> 0 @ 1; 0 -> B @= 500*A^8/(100^8 + A^8); init A = 300, B = 0", 2.0),
    "exponential of a count": ("0 -> A @ 20; 0 -> B @= exp(0.05*A); init A = 0, B = 0", 5.0),
    "a threshold": ("0 -> A @ 20; 0 -> B @= piecewise(50, A < 50, 5); init A = 0, B = 0", 5.0),
    "an inhibitor": ("0 -> I @ 50; A -> B @= 100*A/(10 + A)/(1 + I/20); init A = 500, I = 0", 6.0),
    "three of one kind": ("3 A -> B @ 1e-5; B -> 3 A @ 0.5; init A = 300", 1.0),
    "two catalysts": ("0 -> A @ 10; 0 -> C @ 10; 0 -> B @= 0.2*A*C; init A = 0, B = 0, C = 0", 5.0),
}


@pytest.mark.parametrize("method", ["tau", "langevin"])
@pytest.mark.parametrize("kind", LAWS)
def test_any_rate_law_has_the_mean_of_the_exact_process(kind, method):
    text, end = LAWS[kind]
    net = network(text)
    found, exact = (simulate_stochastic(net, [0, end], 400, 1, method=m) for m in (method, "exact"))
    error = np.sqrt((found.sd() ** 2 + exact.sd() ** 2) / 400)[1]
    assert (abs(found.mean() - exact.mean())[1] < 4 * error + 0.01 * exact.mean()[1] + 0.3).all()
    assert found.sd()[1] == pytest.approx(exact.sd()[1], rel=0.2, abs=1.0)


def test_the_step_of_a_law_still_spans_many_events():
    net = network("0 -> A @ 1000; A -> 0 @= A; 0 -> B @= A; init A = 1000, B = 0")
    exact = simulate_stochastic(net, [0, 5], 1, method="exact").events[0]
    assert simulate_stochastic(net, [0, 5], 1, method="langevin").events[0] < 0.1 * exact
