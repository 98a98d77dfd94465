"""The Jacobian of a network in jax, entry by entry of its sparse pattern."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .evaluation import evaluate
from .integration.system import System
from .precision import warn_if_single
from .programs import Program


class SparseJacobian(eqx.Module):
    """Entries of d(dy/dt)/dy: ``jacobian(t, y)`` stand at the rows and columns of ``pattern``.

    Slopes of mass action are products of gathered concentrations, as the rates are. Those of the other laws come
    from one forward derivative a colour, where no law depends on two species of a colour: a handful of passes
    instead of one a species.

    Attributes
    ----------
    pattern
        Row and column of each entry, in the order of rows.
    reactants, rate_constants
        As in `VectorField`.
    slopes, changes, places
        For each product of a slope and a net change: which slope (mass action molecule by molecule, then those of
        the other laws), the change, and the entry it is added to.
    owners
        Law of each slope of the other laws.
    seeds
        One direction a colour.
    colours
        Colour of each slope of the other laws.
    laws, parameters
        The other laws, or None, and the values of their parameters.
    """

    pattern: Int[Array | np.ndarray, "entries 2"]
    reactants: Int[Array | np.ndarray, "reactions order"]
    rate_constants: Float[Array | np.ndarray, " reactions"]
    slopes: Int[Array | np.ndarray, " products"]
    changes: Float[Array | np.ndarray, " products"]
    places: Int[Array | np.ndarray, " products"]
    owners: Int[Array | np.ndarray, " slopes"]
    seeds: Float[Array | np.ndarray, "colours species"]
    colours: Int[Array | np.ndarray, " slopes"]
    laws: Program | None = eqx.field(static=True)
    parameters: Float[Array | np.ndarray, " params"]

    @classmethod
    def of(cls, system: System, laws: Program | None, parameters: np.ndarray) -> Self:
        """Build from the arrays of a network and the program of its laws that are not mass action."""
        count, width = system.reactants.shape
        laws_of_slopes = np.repeat(np.arange(len(system.law_starts) - 1), np.diff(system.law_starts))
        reactions = np.concatenate([np.repeat(np.arange(count), width), count + laws_of_slopes])
        starts = system.starts.astype(np.int64)
        lengths = np.diff(starts)[reactions]
        slopes = np.repeat(np.arange(len(reactions)), lengths)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        changes = system.changes[starts[reactions][slopes] + within]
        places = system.places.astype(np.int64)
        sorting = np.argsort(places, kind="stable")
        seeds = (system.colours == np.arange(system.colour_count)[:, None]).astype(float)
        return cls(
            system.entries,
            system.reactants.astype(np.int32),
            system.constants,
            slopes[sorting],
            changes[sorting],
            places[sorting],
            laws_of_slopes,
            seeds,
            system.colours[system.law_inputs],
            laws,
            parameters,
        )

    def __call__(self, t: float | Array, y: Float[Array, " species"]) -> Float[Array, " entries"]:
        """Return the entries, 1 / time."""
        warn_if_single("a SparseJacobian")
        concentrations = jnp.append(y, 1.0)
        factors = [concentrations[self.reactants[:, j]] for j in range(self.reactants.shape[1])]
        parts = []
        for j in range(len(factors)):
            slope = jnp.asarray(self.rate_constants)
            for other, factor in enumerate(factors):
                slope = slope if other == j else slope * factor
            parts.append(slope)
        slopes = jnp.stack(parts, axis=1).reshape(-1)
        if self.laws is not None:
            slopes = jnp.concatenate([slopes, self._other_slopes(t, y)])
        products = self.changes * slopes[self.slopes]
        entries = len(self.pattern)  # products of the dummy go behind the last
        return jax.ops.segment_sum(products, self.places, entries + 1, indices_are_sorted=True)[:entries]

    def _other_slopes(self, t: float | Array, y: Float[Array, " species"]) -> Float[Array, " slopes"]:
        def rates(y: Array) -> Array:
            assert self.laws is not None
            values = evaluate(self.laws, t, y, jnp.asarray(self.parameters))
            return jnp.stack([jnp.asarray(v, y.dtype) for v in values])

        along = jax.vmap(lambda seed: jax.jvp(rates, (y,), (seed,))[1])(jnp.asarray(self.seeds))
        return along[self.colours, self.owners]

    def dense(self, t: float | Array, y: Float[Array, " species"]) -> Float[Array, "species species"]:
        """Return the Jacobian as a matrix."""
        return jnp.zeros((len(y), len(y))).at[self.pattern[:, 0], self.pattern[:, 1]].set(self(t, y))
