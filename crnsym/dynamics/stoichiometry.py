"""Net stoichiometry times rates: a matrix for small networks, entry by entry for large ones."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int


class DenseStoichiometry(eqx.Module):
    """Net stoichiometry as a matrix: fastest for small networks."""

    matrix: Float[Array | np.ndarray, "species reactions"]

    @property
    def count(self) -> int:
        """Number of species."""
        return self.matrix.shape[0]

    def __call__(self, rates: Float[Array, "reactions ..."]) -> Float[Array, "species ..."]:
        """Return the matrix times the rates."""
        return jnp.tensordot(jnp.asarray(self.matrix), rates, 1)


class SparseStoichiometry(eqx.Module):
    """Net stoichiometry by its entries, sorted by species.

    Tables of rows of like length were measured too: on networks of thousands of reactions they are at best a fifth
    faster for one state, and twice as slow for a batch.
    """

    species: Int[Array | np.ndarray, " entries"]
    reactions: Int[Array | np.ndarray, " entries"]
    changes: Float[Array | np.ndarray, " entries"]
    count: int = eqx.field(static=True)

    def __call__(self, rates: Float[Array, "reactions ..."]) -> Float[Array, "species ..."]:
        """Return the sum of changes times rates of each species."""
        terms = jnp.asarray(self.changes).reshape(-1, *(1,) * (rates.ndim - 1)) * rates[self.reactions]
        return jax.ops.segment_sum(terms, self.species, self.count, indices_are_sorted=True)
