"""The right-hand side dy/dt = N v(t, y) of a network, with its structure as arrays."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .evaluation import evaluate
from .groups import RateGroup
from .precision import warn_if_single
from .programs import Program
from .stoichiometry import DenseStoichiometry, SparseStoichiometry


class VectorField(eqx.Module):
    """dy/dt of a network: ``field(t, y)``, a pytree whose arrays are its structure and constants.

    Mass action gathers and multiplies concentrations, so zero concentrations give rates that are exactly zero,
    with finite slopes. ``y`` may have further axes behind the species, one state each: with the batch last, large
    networks are several times as fast as under ``jax.vmap``, which puts it first. Call it under
    ``jax.enable_x64(True)``, or be warned; the arrays are numpy arrays in double precision, and networks of the
    same shape are arguments of the same compiled function.

    Attributes
    ----------
    reactants
        Positions of the reactant molecules of each mass-action reaction, one column a molecule, padded with
        the dummy species (position ``species``, fixed at 1).
    rate_constants
        Of the mass-action reactions, concentration^(1 - order) / time.
    groups
        Kernels of the rate laws of one kind each.
    parameters
        Values of the parameters that the laws written out use, in the order of the network.
    laws
        The rate laws that are written out, or None.
    stoichiometry
        Net change of each species by one turnover; zero for species that are held fixed.
    positions
        Position of each reaction of the network among mass action, the groups and what is written out.

    Examples
    --------
    >>> import numpy as np
    >>> import jax
    >>> import crnsym as cs
    >>> field = cs.compile_network(cs.network("A -> B @ 0.5; B -> C @ 2"))
    >>> with jax.enable_x64(True):
    ...     rates = np.asarray(field.rates(0.0, np.array([2.0, 1.0, 0.0])))
    >>> rates.tolist()
    [1.0, 2.0]
    """

    reactants: Int[Array | np.ndarray, "reactions order"]
    rate_constants: Float[Array | np.ndarray, " reactions"]
    groups: tuple[RateGroup, ...]
    parameters: Float[Array | np.ndarray, " params"]
    laws: Program | None = eqx.field(static=True)
    stoichiometry: DenseStoichiometry | SparseStoichiometry
    positions: Int[Array | np.ndarray, " all_reactions"]

    def __call__(
        self, t: float | Array, y: Float[Array, "species ..."], args: object = None
    ) -> Float[Array, "species ..."]:
        """Return dy/dt, concentration per time; ``args`` is there for diffrax and not used."""
        del args
        warn_if_single("a VectorField")
        return self.stoichiometry(self._rates(t, y))

    def rates(self, t: float | Array, y: Float[Array, "species ..."]) -> Float[Array, "all_reactions ..."]:
        """Return the rate of every reaction in the order of the network, concentration per time."""
        return self._rates(t, y)[self.positions]

    def _rates(self, t: float | Array, y: Float[Array, "species ..."]) -> Float[Array, "all_reactions ..."]:
        """Return rates in the order of the columns of ``stoichiometry``."""
        concentrations = jnp.concatenate([y, jnp.ones((1, *y.shape[1:]), y.dtype)])
        rates = jnp.asarray(self.rate_constants).reshape(-1, *(1,) * (y.ndim - 1))
        rates = jnp.broadcast_to(rates, (len(rates), *y.shape[1:]))
        for column in range(self.reactants.shape[1]):
            rates = rates * concentrations[self.reactants[:, column]]
        parts = [rates, *(group(y) for group in self.groups)]
        if self.laws is not None:
            others = evaluate(self.laws, t, y, jnp.asarray(self.parameters))
            parts.append(jnp.stack([jnp.broadcast_to(jnp.asarray(v, y.dtype), y.shape[1:]) for v in others]))
        return jnp.concatenate(parts) if len(parts) > 1 else rates
