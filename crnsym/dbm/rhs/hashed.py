"""Hermite elements in more than three dimensions: only the vertices that have been visited are stored."""

from collections.abc import Sequence
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ...errors import FitError
from .hermite import corners, element_weights

_NOBODY = np.iinfo(np.int64).max


class HashedElements(eqx.Module):
    """F on an unbounded grid; it is zero where no vertex has been visited.

    The vertices lie in a table sorted by one whole number each, which is found by bisection.  Needs double precision
    (64-bit integers).

    Parameters
    ----------
    domain
        Numbers of the parameters that F depends on.
    outputs
        How many parameters it moves.
    origin
        ``(domain,)`` where a vertex lies.
    spacing
        Length of an edge, or one for each direction.
    capacity
        Room for vertices; it doubles when it is used up.
    """

    keys: "Int[Array, ' capacity'] | np.ndarray"
    coefficients: "Float[Array, 'capacity kinds outputs'] | np.ndarray"
    origin: np.ndarray
    spacing: np.ndarray
    domain: tuple[int, ...] = eqx.field(static=True)

    def __init__(self, domain: Sequence[int], outputs: int, origin, spacing=0.1, capacity: int = 1024) -> None:
        self.domain = tuple(int(k) for k in domain)
        self.origin = np.asarray(origin, float)
        self.spacing = np.broadcast_to(np.asarray(spacing, float), self.origin.shape).copy()
        if self.origin.shape != (len(self.domain),) or not (self.spacing > 0).all():
            raise FitError("origin and spacing need one number for each direction of the domain, the spacing positive")
        self.keys = np.full(capacity, _NOBODY)
        self.coefficients = np.zeros((capacity, 2 ** len(self.domain), outputs))

    # one signature for every right-hand side
    def __call__(self, theta: Float[Array, " params"], context=None) -> Float[Array, " outputs"]:  # noqa: ARG002  # as all F
        """Return dθ/dt; this right-hand side has no use for the ``context`` of the common signature."""
        origin, spacing = jax.lax.stop_gradient((jnp.asarray(self.origin), jnp.asarray(self.spacing)))
        place = (theta[jnp.array(self.domain)] - origin) / spacing
        cell = jnp.floor(place).astype(int)
        keys = self._packed(cell + corners(len(self.domain)))
        table = jnp.asarray(self.keys)
        slots = jnp.minimum(jnp.searchsorted(table, keys), len(table) - 1)
        known = table[slots] == keys
        return jnp.einsum(
            "vk,vko->o", element_weights(place - cell, spacing) * known[:, None], jnp.asarray(self.coefficients)[slots]
        )

    def visit(self, thetas: np.ndarray) -> Self:
        """Return the same F with room for the vertices around each θ of ``(..., params)``.

        Raises
        ------
        FitError
            A point so far away that its vertex has no number.
        """
        points = np.asarray(thetas)[..., list(self.domain)].reshape(-1, 1, len(self.domain))
        cells = np.floor((points - self.origin) / self.spacing).astype(np.int64) + corners(len(self.domain))
        if np.abs(cells).max() >= self._reach - 1:
            raise FitError("the parameters run away from the grid; take a larger spacing or smaller steps")
        old = np.asarray(self.keys)
        known = old < _NOBODY
        keys = np.union1d(old[known], np.asarray(self._packed(cells)).ravel())
        if len(keys) == known.sum():
            return self
        capacity = len(old)
        while capacity < len(keys):
            capacity *= 2
        padded = np.full(capacity, _NOBODY)
        padded[: len(keys)] = keys
        values = np.zeros((capacity, *self.coefficients.shape[1:]))
        values[np.searchsorted(keys, old[known])] = np.asarray(self.coefficients)[known]
        new = (padded, values)
        return eqx.tree_at(lambda m: (m.keys, m.coefficients), self, new)

    def around(self, thetas: np.ndarray) -> tuple[Self, Self, np.ndarray]:
        """Return F with room for these θ, the part of it that they need, and the rows of that part.

        The part has as many rows as n points can need, so that a compiled function can be used again.
        """
        whole = self.visit(thetas)
        points = np.asarray(thetas)[..., list(self.domain)].reshape(-1, 1, len(self.domain))
        cells = np.floor((points - self.origin) / self.spacing).astype(np.int64) + corners(len(self.domain))
        wanted = np.unique(np.asarray(self._packed(cells)))
        rows = np.searchsorted(np.asarray(whole.keys), wanted)
        keys = np.full(len(points) * 2 ** len(self.domain), _NOBODY)
        keys[: len(wanted)] = wanted
        values = np.zeros((len(keys), *self.coefficients.shape[1:]))
        values[: len(wanted)] = np.asarray(whole.coefficients)[rows]
        return whole, eqx.tree_at(lambda m: (m.keys, m.coefficients), whole, (keys, values)), rows

    def merged(self, part: Self, rows: np.ndarray) -> Self:
        """Put the rows of a part, see `around`, back in place, and return F: its table may be large."""
        self.coefficients[rows] = np.asarray(part.coefficients)[: len(rows)]  # type: ignore[index] - numpy here
        return self

    def copy(self) -> Self:
        """Return the same F with a table of its own."""
        return eqx.tree_at(lambda m: m.coefficients, self, np.array(self.coefficients))

    @property
    def _reach(self) -> int:
        return 2 ** (62 // len(self.domain) - 1)

    def _packed(self, vertices):
        key = vertices[..., 0] * 0
        for axis in range(len(self.domain)):
            key = key * (2 * self._reach) + vertices[..., axis] + self._reach
        return key
