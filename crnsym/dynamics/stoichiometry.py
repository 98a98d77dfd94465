"""Net stoichiometry times rates: a matrix for small networks, rows sorted by length for large ones."""

from typing import Any

import equinox as eqx
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


class SlicedStoichiometry(eqx.Module):
    """Net stoichiometry species by species, those with about as many reactions in one slice.

    A slice is a table of reactions and one of changes, ``(species, longest)``, padded with changes of 0; as each
    slice holds species of up to twice as many reactions, a hub with hundreds does not widen the rows of the others.

    Attributes
    ----------
    reactions, changes
        The slices.
    positions
        Where each species stands in the slices put one behind the other.
    """

    reactions: tuple[Int[Array | np.ndarray, "slice width"], ...]
    changes: tuple[Float[Array | np.ndarray, "slice width"], ...]
    positions: Int[Array | np.ndarray, " species"]

    @property
    def count(self) -> int:
        """Number of species."""
        return len(self.positions)

    def __call__(self, rates: Float[Array, "reactions ..."]) -> Float[Array, "species ..."]:
        """Return the sum of changes times rates of each species."""
        parts = []
        for reactions, changes in zip(self.reactions, self.changes, strict=True):
            # Column by column: what is added up stays in registers, and further axes stay contiguous.
            total: Any = 0.0
            for column in range(changes.shape[1]) if changes.shape[1] <= 64 else ():
                weights = changes[:, column].reshape(-1, *(1,) * (rates.ndim - 1))
                total = total + weights * rates[reactions[:, column]]
            if changes.shape[1] > 64:
                weights = changes.reshape(*changes.shape, *(1,) * (rates.ndim - 1))
                total = (weights * rates[reactions]).sum(axis=1)
            parts.append(total)
        return jnp.concatenate(parts)[self.positions]


def slices(species: np.ndarray, reactions: np.ndarray, changes: np.ndarray, count: int) -> SlicedStoichiometry:
    """Sort entries of a net stoichiometry of ``count`` species into slices."""
    sorting = np.lexsort((reactions, species))
    reactions, changes = reactions[sorting], changes[sorting]
    lengths = np.bincount(species, minlength=count)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    kinds = np.ceil(np.log2(np.maximum(lengths, 1))).astype(int)
    tables, weights, order = [], [], []
    for kind in np.unique(kinds):
        rows = np.flatnonzero(kinds == kind)
        longest = int(lengths[rows].max())
        at = starts[rows][:, None] + np.arange(longest)
        inside = np.arange(longest) < lengths[rows][:, None]
        at = np.where(inside, at, 0)
        tables.append(np.where(inside, reactions[at] if len(reactions) else 0, 0).astype(np.int32))
        weights.append(np.where(inside, changes[at] if len(changes) else 0.0, 0.0))
        order.append(rows)
    positions = np.empty(count, dtype=np.int32)
    positions[np.concatenate([np.zeros(0, int), *order])] = np.arange(count)
    return SlicedStoichiometry(tuple(tables), tuple(weights), positions)
