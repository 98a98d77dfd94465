"""The right-hand side dy/dt = N v(t, y) of a network, with its structure as arrays."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .programs import Program


class DenseStoichiometry(eqx.Module):
    """Net stoichiometry as a matrix: fastest for small networks."""

    matrix: Float[Array, "species reactions"]

    @property
    def count(self) -> int:
        """Number of species, padding included."""
        return self.matrix.shape[0]

    def __call__(self, rates: Float[Array, " reactions"]) -> Float[Array, " species"]:
        """Return the matrix times the rates."""
        return self.matrix @ rates


class SparseStoichiometry(eqx.Module):
    """Net stoichiometry by its entries, sorted by species; the last row is that of the dummy species."""

    species: Int[Array, " entries"]
    reactions: Int[Array, " entries"]
    changes: Float[Array, " entries"]
    count: int = eqx.field(static=True)

    def __call__(self, rates: Float[Array, " reactions"]) -> Float[Array, " species"]:
        """Return the sum of changes times rates, species by species."""
        terms = self.changes * rates[self.reactions]
        return jax.ops.segment_sum(terms, self.species, self.count, indices_are_sorted=True)


class VectorField(eqx.Module):
    """dy/dt of a network: ``field(t, y)``, a pytree whose arrays are its structure and constants.

    Networks of the same shape are arguments of the same compiled function. Mass action gathers and multiplies
    concentrations, so zero concentrations give rates that are exactly zero, with finite slopes. Call it under
    ``jax.enable_x64(True)``; the arrays are numpy arrays in double precision.

    Attributes
    ----------
    reactants
        Positions of the reactant molecules of each mass-action reaction, one column a molecule, padded with
        the dummy species (position ``species``, fixed at 1).
    rate_constants
        Of the mass-action reactions, concentration^(1 - order) / time.
    stoichiometry
        Net change of each species by one turnover; zero for species that are held fixed.
    parameters
        Values of the parameters that the other rate laws use, in the order of the network.
    positions
        Position of each reaction of the network among the mass-action reactions and then the others.
    laws
        The other rate laws, or None.
    """

    reactants: Int[Array, "reactions order"]
    rate_constants: Float[Array, " reactions"]
    stoichiometry: DenseStoichiometry | SparseStoichiometry
    parameters: Float[Array, " params"]
    positions: Int[Array, " all_reactions"]
    laws: Program | None = eqx.field(static=True)

    def __call__(self, t: Any, y: Float[Array, " species"], args: Any = None) -> Float[Array, " species"]:
        """Return dy/dt, concentration per time; ``args`` is there for diffrax and not used."""
        del args
        return self.stoichiometry(self._rates(t, y))

    def rates(self, t: Any, y: Float[Array, " species"]) -> Float[Array, " all_reactions"]:
        """Return the rate of every reaction in the order of the network, concentration per time."""
        return self._rates(t, y)[self.positions]

    def _rates(self, t: Any, y: Float[Array, " species"]) -> Float[Array, " reactions"]:
        """Return rates in the order of the columns of ``stoichiometry``."""
        concentrations = jnp.append(y, 1.0)
        rates = jnp.asarray(self.rate_constants)
        for column in range(self.reactants.shape[1]):
            rates = rates * concentrations[self.reactants[:, column]]
        if self.laws is None:
            return rates
        others = self.laws(t, y, jnp.asarray(self.parameters))
        return jnp.concatenate([rates, jnp.stack([jnp.asarray(rate, rates.dtype) for rate in others])])
