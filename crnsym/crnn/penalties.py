"""Penalties that pull a network towards reactions one can write down."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def order_penalty(orders: Float[Array, "reactions species"], cap: "float | Array" = 2.0) -> Float[Array, ""]:
    """Hinge on the total order of each reaction, sum_j relu(sum_i n_ji - cap).

    With cap = 2 a network of elementary steps is asked for.
    """
    return jnp.sum(jnp.maximum(jnp.sum(orders, axis=1) - cap, 0.0))


def sparsity_penalty(net: Float[Array, "reactions species"], width: float = 0.1) -> Float[Array, ""]:
    """Smooth count of the entries that are not zero, sum |s| / (|s| + width).

    Unlike a sum of absolute values it hardly shrinks the entries that are needed.
    """
    size = jnp.abs(net)
    return jnp.sum(size / (size + width))


def integer_penalty(values: Float[Array, "..."]) -> Float[Array, ""]:
    """Attraction to integers, sum sin^2(pi a); zero exactly at integers."""
    return jnp.sum(jnp.sin(jnp.pi * values) ** 2)


def late_ramp(fraction: "Array | float", start: float = 0.6) -> Array:
    """Zero until ``start`` of the training is done, then linear to one: integers attract only what has found them."""
    return jnp.clip((fraction - start) / (1.0 - start), 0.0, 1.0)
