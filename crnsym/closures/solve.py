"""Solve closed equations in time, stiff or not, in a way that gradients pass through.

The method is RODAS3, linearly implicit, of order 3 with an embedded one of order 2 (A. Sandu and others, Atmospheric
Environment 31 (1997) 3459).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

GAMMA = 0.5
MOST_STEPS = 20_000  # between two outputs
SAFETY, SHRINK, GROW = 0.9, 0.2, 5.0

STAGES = (
    np.array([[0, 0, 0, 0], [0, 0, 0, 0], [0, 2, 0, 0], [1, 0, 2, 0]], dtype=float),  # of the state, newest first
    np.array([[0, 0, 0, 0], [4, 0, 0, 0], [-1, 1, 0, 0], [-8 / 3, -1, 1, 0]]),  # of the slopes, divided by the step
    np.array([0.0, 1.0, 0.0, 0.0]),  # whether the rate before is taken again
)

Right = Callable[[Array], Array]


def rosenbrock_step(right: Right, y: Array, length: Array | float) -> tuple[Array, Array]:
    """Return the state one step later, and the estimated error.

    Parameters
    ----------
    right
        dy/dt of a state ``(size,)``.
    """
    matrix = jnp.eye(len(y)) / (GAMMA * length) - jax.jacfwd(right)(y)
    inverse = jnp.linalg.inv(matrix)

    def stage(found, coefficients):  # in a loop, so that the equations are compiled once
        places, mixed, again = coefficients
        value = jnp.where(again > 0, found[1], right(y + places @ found[0]))
        k = inverse @ (value + mixed @ found[0] / length)
        return (jnp.roll(found[0], 1, axis=0).at[0].set(k), value), None

    (stages, _), _ = jax.lax.scan(stage, (jnp.zeros((4, len(y))), y), STAGES)
    four, three, _, one = stages
    return y + 2 * one + three + four, four


def march(right: Right, start: Array, times: Float[Array, " times"], substeps: int) -> Float[Array, "times size"]:
    """Return the states at given times by so many equal steps between two of them; for reverse gradients."""

    def between(y, length):
        part = jnp.maximum(length, 1e-12) / substeps
        after, _ = jax.lax.scan(lambda z, _: (rosenbrock_step(right, z, part)[0], None), y, None, substeps)
        after = jnp.where(length > 0, after, y)
        return after, after

    _, later = jax.lax.scan(jax.checkpoint(between), start, jnp.diff(times))
    return jnp.concatenate([start[None], later])


def integrate(
    right: Right, start: Array, times: Float[Array, " times"], rtol: float = 1e-6, atol: float = 1e-9
) -> Float[Array, "times size"]:
    """Return the states at given times within tolerances; NaN from where that fails. For forward gradients.

    Times may stand still, as where a shorter list of times was filled up.
    """

    def close_enough(found):
        _, t, _, end, count = found
        return (t < end) & (count < MOST_STEPS)

    def step(found):
        y, t, h, end, count = found
        last = t + h >= end
        length = jnp.where(last, end - t, h)
        new, error = rosenbrock_step(right, y, length)
        size = jnp.sqrt(jnp.mean((error / (atol + rtol * jnp.maximum(jnp.abs(y), jnp.abs(new)))) ** 2))
        good = size <= 1.0  # false for NaN
        factor = jnp.clip(SAFETY * jnp.maximum(size, 1e-8) ** (-1 / 3), SHRINK, GROW)
        grown = length * jnp.where(jnp.isfinite(size), factor, SHRINK)
        follow = jnp.where(last & good, jnp.maximum(h, grown), grown)
        return jnp.where(good, new, y), jnp.where(good, jnp.where(last, end, t + length), t), follow, end, count + 1

    def between(carried, end):
        y, t, h = carried
        y, reached, h, _, _ = jax.lax.while_loop(close_enough, step, (y, t, h, end, 0))
        y = jnp.where(reached < end, jnp.nan, y)
        return (y, end, h), y

    first = jnp.where(times[-1] > times[0], times[-1] - times[0], 1.0) * 1e-4
    _, later = jax.lax.scan(between, (start, times[0], first), times[1:])
    return jnp.concatenate([start[None], later])
