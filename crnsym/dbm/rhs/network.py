"""A small neural network for dθ/dt."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class SmallNetwork(eqx.Module):
    """dθ/dt = unit * MLP((θ - centre) / scale, context), two hidden layers with tanh.

    Parameters
    ----------
    params
        Number of parameters θ.
    key
        Random start.
    centre, scale
        ``(params,)``: where θ lies, and how far it spreads.
    unit
        ``(params,)``: typical size of dθ/dt.
    width
        Of the hidden layers.
    context
        Length of the context, such as rate constants; 0 for none.
    """

    mlp: eqx.nn.MLP
    centre: np.ndarray
    scale: np.ndarray
    unit: np.ndarray

    def __init__(self, params: int, *, key: jax.Array, centre=0.0, scale=1.0, unit=1.0, width=48, context=0) -> None:
        self.mlp = eqx.nn.MLP(params + context, params, width, 2, jnp.tanh, key=key)
        self.centre, self.scale, self.unit = (
            np.broadcast_to(np.asarray(value, float), (params,)).copy() for value in (centre, scale, unit)
        )

    def __call__(self, theta: Float[Array, " params"], context=None) -> Float[Array, " params"]:
        """Return dθ/dt."""
        x = (theta - self.centre) / self.scale
        found = self.mlp(x if context is None else jnp.concatenate([x, jnp.atleast_1d(context)]))
        return jnp.asarray(self.unit) * found
