"""A warning where jax would compute with seven digits."""

import warnings

import jax.numpy as jnp


def warn_if_single(what: str) -> None:
    """Warn where jax is in single precision; at a jitted call, only while it is compiled."""
    if jnp.result_type(float) != jnp.float64:
        warnings.warn(
            f"{what} is evaluated with float64 off, in single precision: seven digits, and sums over many reactions "
            "lose more; call it under 'with jax.enable_x64(True):'",
            stacklevel=3,
        )
