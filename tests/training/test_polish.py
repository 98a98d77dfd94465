"""Levenberg-Marquardt against scipy, and at kinks."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import least_squares

from crnsym.training.polish import polish


class Decay(eqx.Module):
    rate: jax.Array
    note: str = eqx.field(static=True, default="")


T = np.linspace(0.0, 3.0, 9)


def decay(model, local, experiment):
    return jnp.exp(local[0]) * jnp.exp(-model.rate[0] * T) + model.rate[1] - experiment


def test_shared_and_local_parameters_reach_the_minimum_that_scipy_finds():
    rng = np.random.default_rng(0)
    levels = np.array([1.0, 2.0, 0.5])
    data = levels[:, None] * np.exp(-0.8 * T) + 0.1 + 0.02 * rng.standard_normal((3, T.size))

    def flat(p):
        return (np.exp(p[2:, None]) * np.exp(-p[0] * T) + p[1] - data).ravel()

    reference = least_squares(flat, np.zeros(5), xtol=1e-12, ftol=1e-12)
    with jax.enable_x64(True):
        starts = jnp.array([[0.2, 0.0], [2.0, 0.5]])
        model, local, cost = polish(
            Decay(starts), jnp.zeros((2, 3, 1)), Decay(None), decay, jnp.asarray(data), steps=40
        )
    np.testing.assert_allclose(cost, reference.cost, rtol=1e-6)
    np.testing.assert_allclose(model.rate[0], reference.x[:2], atol=1e-4)
    np.testing.assert_allclose(local[1, :, 0], reference.x[2:], atol=1e-4)


def kinked(model, local, experiment):
    # The minimum at rate = (0, 1): the first parameter counts only while it is positive.
    first = jnp.maximum(model.rate[0], 0.0)
    return jnp.array([first * 2.0 + local[0], model.rate[1] + first - 1.0, 5.0 * local[0]]) * experiment


def test_a_parameter_that_wants_to_cross_a_kink_does_not_hold_up_the_others():
    with jax.enable_x64(True):
        start = Decay(jnp.array([[0.5, 3.0]]))
        model, _, cost = polish(
            start,
            jnp.zeros((1, 2, 1)),
            Decay(None),
            kinked,
            jnp.ones(2),
            kinks=Decay(jnp.array([True, False])),
            steps=20,
        )
    assert float(cost[0]) < 1e-6
    np.testing.assert_allclose(model.rate[0], [0.0, 1.0], atol=2e-3)


def test_a_start_that_is_not_finite_comes_back_unchanged():
    with jax.enable_x64(True):
        model, local, cost = polish(
            Decay(jnp.array([[-1e9, 0.0]])), jnp.zeros((1, 1, 1)), Decay(None), decay, jnp.ones((1, T.size)), steps=5
        )
    assert not np.isfinite(cost[0])
    np.testing.assert_array_equal(model.rate[0], [-1e9, 0.0])
    np.testing.assert_array_equal(local, 0.0)
