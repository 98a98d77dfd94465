"""Exact sums: all states of a small machine, and the transfer matrix of one on a ring of any length."""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from crnsym.dbm.model import Layers
from crnsym.errors import UnsupportedError

LARGEST = 2_000_000


def enumerate_states(layers: Layers) -> list[np.ndarray]:
    """Return all states, one array ``(visible, hidden, *shape)`` for each layer.

    Raises
    ------
    UnsupportedError
        More than two million states.
    """
    count = np.prod([(size + 1.0) ** n for size, n in zip(layers.sizes, layers.units, strict=True)])
    if count > LARGEST:
        raise UnsupportedError(f"the machine has {count:.2g} states; at most {LARGEST} can be enumerated")
    visible = _all(layers.sizes[0], layers.units[0])
    ranges = [range(size + 1) for size, n in zip(layers.sizes[1:], layers.units[1:], strict=True) for _ in range(n)]
    hidden = np.array(list(itertools.product(*ranges)), dtype=np.int8).reshape(-1, len(ranges))
    parts = np.split(hidden, np.cumsum(layers.units[1:])[:-1], axis=1) if layers.hidden else []
    shape = (len(visible), len(hidden))
    found = [np.broadcast_to(visible[:, None], (*shape, visible.shape[1]))]
    found += [np.broadcast_to(part[None], (*shape, part.shape[1])) for part in parts]
    return [f.reshape(*shape, *sides) for f, sides in zip(found, layers.shapes, strict=True)]


def _all(size: int, units: int) -> np.ndarray:
    return np.array(list(itertools.product(range(size + 1), repeat=units)), dtype=np.int8)


class Enumerated:
    """All states of a machine; the functions of θ are differentiable.

    Attributes
    ----------
    statistics
        ``(visible states, hidden states, params)``, see `Layers.statistics`.
    visible
        ``(visible states, *shape)``.
    """

    def __init__(self, layers: Layers) -> None:
        states = enumerate_states(layers)
        self.statistics = layers.statistics(states)
        self.visible = np.ascontiguousarray(states[0][:, 0])

    @partial(jax.jit, static_argnums=0)
    def log_partition(self, theta: Float[Array, " params"]) -> jax.Array:
        """Return log Z."""
        return jax.scipy.special.logsumexp(self.statistics @ theta)

    @partial(jax.jit, static_argnums=0)
    def log_probabilities(self, theta: Float[Array, " params"]) -> Float[Array, " visible"]:
        """Return log p̃ of each visible state."""
        weights = jax.scipy.special.logsumexp(self.statistics @ theta, axis=1)
        return weights - jax.scipy.special.logsumexp(weights)

    @partial(jax.jit, static_argnums=0)
    def moments(self, theta: Float[Array, " params"]) -> Float[Array, " params"]:
        """Return <m> of the machine (the sleep phase)."""
        weights = jax.nn.softmax((self.statistics @ theta).ravel())
        return weights @ self.statistics.reshape(-1, self.statistics.shape[-1])

    @partial(jax.jit, static_argnums=0)
    def clamped(self, theta: Float[Array, " params"]) -> Float[Array, "visible params"]:
        """Return <m> given each visible state (the wake phase)."""
        weights = jax.nn.softmax(self.statistics @ theta, axis=1)
        return jnp.einsum("vh,vhp->vp", weights, self.statistics)


@partial(jax.jit, static_argnums=0)
def log_partition_ring(layers: Layers, theta: Float[Array, " params"]) -> jax.Array:
    """Return log Z of a machine on a ring; its derivatives are the exact moments <m>.

    The units at one position of all layers make a column; the transfer matrix leads from column to column.

    Raises
    ------
    UnsupportedError
        More than one dimension, or other than blocks of 2 with stride 1.
    """
    if len(layers.shape) != 1 or layers.block != 2 or layers.stride != 1:
        raise UnsupportedError("the transfer matrix is for rings with blocks of side 2 and stride 1")
    columns = np.array(list(itertools.product(*(range(size + 1) for size in layers.sizes))))
    biases, couplings = layers.split(theta)
    padded = [jnp.pad(b, (1, 0)) for b in biases]
    joined = [jnp.pad(w, ((1, 0), (1, 0))) for w in couplings]
    within = jnp.stack([padded[k][columns[:, k]] for k in range(len(padded))]).sum(axis=0)
    between = jnp.zeros((len(columns), len(columns)), theta.dtype)
    for k, w in enumerate(joined):
        within = within + w[columns[:, k], columns[:, k + 1]]
        # the upper unit at this position is joined to the lower one at the next
        between = between + w[columns[None, :, k], columns[:, None, k + 1]]
    logarithm = within[:, None] + between
    power = jnp.eye(len(columns), dtype=theta.dtype)
    scale = jnp.zeros((), theta.dtype)
    square = jnp.max(logarithm)
    matrix = jnp.exp(logarithm - square)
    length = layers.shape[0]
    while length:
        if length & 1:
            power, scale = power @ matrix, scale + square
            size = jnp.max(power)
            power, scale = power / size, scale + jnp.log(size)
        matrix, square = matrix @ matrix, 2 * square
        size = jnp.max(matrix)
        matrix, square = matrix / size, square + jnp.log(size)
        length >>= 1
    return jnp.log(jnp.trace(power)) + scale
