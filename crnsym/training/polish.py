"""Levenberg-Marquardt for many restarts at once, with parameters that belong to one experiment eliminated.

First-order training finds the valley; along its floor it crawls.  A few Gauss-Newton steps end it.
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

Residuals = Callable[[Any, Any, Any], jax.Array]


def polish(
    shared: PyTree,
    local: PyTree,
    fixed: PyTree,
    residuals: Residuals,
    experiments: PyTree,
    *,
    kinks: PyTree = False,
    steps: int = 40,
) -> tuple[Any, Any, jax.Array]:
    """Minimise the sum of squared residuals of every restart.

    Parameters
    ----------
    shared
        The trained part of the models, leaves with a leading axis ``restarts``.
    local
        An array ``(restarts, experiments, n)`` of parameters, the row e of which matters to experiment e alone; their
        normal equations are eliminated, so that the cost does not grow with the number of experiments.
    fixed
        The rest of the model, see :func:`crnsym.training.restarts.stack_restarts`.
    residuals
        ``residuals(model, local_row, experiment)`` returns a vector; masked values give 0.
    experiments
        A pytree with a leading axis ``experiments``.
    kinks
        True, or a pytree in the form of one model's trained part, marks parameters through abs or max(0, .) of which
        the residuals go.  A step that would carry one across zero leaves it just on the other side, and the other
        parameters take their step with that known; without this the search sticks at the edge.
    steps
        Number of steps, accepted or not.

    Returns
    -------
    shared, local, cost
        In the same form; ``cost`` (restarts,) is half the sum of squares.  A restart that cannot be improved (or
        whose residuals are not finite) comes back unchanged.
    """
    single = jax.tree.map(lambda leaf: leaf[0], shared)
    kinked = kinks if not isinstance(kinks, bool) else jax.tree.map(lambda leaf: jnp.full(leaf.shape, kinks), single)
    flags = ravel_pytree(jax.tree.map(lambda leaf: jnp.asarray(leaf, bool), kinked))[0]
    return _polish(shared, local, fixed, residuals, experiments, flags, jnp.asarray(steps))


@eqx.filter_jit
def _polish(shared, local, fixed, residuals, experiments, kinks, steps):
    number = jax.tree.leaves(experiments)[0].shape[0]
    width = local.shape[-1]

    def single(shared, local):
        start, unravel = ravel_pytree(shared)

        def vector(parameters, experiment):
            model = eqx.combine(unravel(parameters[:-width]), fixed)
            return residuals(model, parameters[-width:], experiment)

        def cost(flat, local):
            def one(row, experiment):
                return 0.5 * jnp.sum(vector(jnp.concatenate([flat, row]), experiment) ** 2)

            return jnp.sum(jax.vmap(one)(local, experiments))

        def normal(flat, local):
            def one(row, experiment):
                point = jnp.concatenate([flat, row])
                r, push = jax.linearize(lambda p: vector(p, experiment), point)
                jacobian = jax.vmap(push)(jnp.eye(point.size, dtype=point.dtype))  # (params, residuals)
                return jacobian @ jacobian.T, jacobian @ r

            return jax.vmap(one)(local, experiments)

        def step(_, carry):
            flat, local, current, damping, hessian, gradient = carry
            change, change_local = _solve(flat, kinks, hessian, gradient, damping, width)
            trial, trial_local = flat - change, local - change_local
            value = cost(trial, trial_local)
            better = value < current  # False for NaN
            flat, local = jnp.where(better, trial, flat), jnp.where(better, trial_local, local)
            hessian, gradient = normal(flat, local)
            damping = jnp.clip(jnp.where(better, damping / 4.0, damping * 5.0), 1e-9, 1e9)
            return flat, local, jnp.where(better, value, current), damping, hessian, gradient

        carry = (start, local, cost(start, local), jnp.asarray(1e-2, start.dtype), *normal(start, local))
        flat, local, current, *_ = jax.lax.fori_loop(0, steps, step, carry)
        return unravel(flat), local, current

    assert number == local.shape[1]
    return jax.vmap(single)(shared, local)


def _solve(flat, kinks, hessian, gradient, damping, width):
    """Solve the damped normal equations by the Schur complement of the experiments' own blocks."""
    diagonal = jnp.diagonal(hessian, axis1=1, axis2=2)
    eye = jnp.eye(width, dtype=hessian.dtype)
    own = jnp.maximum((1.0 + damping) * diagonal[:, -width:], 1e-10)
    blocks = hessian[:, -width:, -width:] * (1.0 - eye) + own[:, :, None] * eye
    cross = hessian[:, -width:, :-width]  # (experiments, local, shared)
    solved = jnp.linalg.solve(blocks, jnp.concatenate([cross, gradient[:, -width:, None]], axis=2))
    solved_cross, solved_gradient = solved[..., :-1], solved[..., -1]
    matrix = jnp.sum(hessian[:, :-width, :-width] - jnp.swapaxes(cross, 1, 2) @ solved_cross, axis=0)
    matrix += jnp.diag(damping * jnp.sum(diagonal[:, :-width], axis=0) + 1e-8)
    right = jnp.sum(gradient[:, :-width] - jnp.einsum("els,el->es", cross, solved_gradient), axis=0)
    change = jnp.linalg.solve(matrix, right)
    held = kinks & (flat * (flat - change) < 0.0)
    change = jnp.where(held, flat + jnp.copysign(JUST_ACROSS, flat), change)
    free = ~held
    reduced = jnp.where(free[:, None] & free[None, :], matrix, jnp.eye(flat.size, dtype=flat.dtype))
    rest = right - matrix @ jnp.where(held, change, 0.0)
    change = jnp.where(held, change, jnp.linalg.solve(reduced, jnp.where(free, rest, 0.0)))
    return change, solved_gradient - jnp.einsum("els,s->el", solved_cross, change)


JUST_ACROSS = 1e-4  # how far beyond zero a parameter with a kink there is left
