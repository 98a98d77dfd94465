"""Analytic closure of one species on a chain: reactions as motifs whose rates add up.

For the chain with weights exp(h Σ s_i + J Σ s_i s_(i+1)), s = 0 or 1, the transfer matrix gives the density ρ, the
nearest pairs n = <s s'>, the triplets t = n²/ρ and the pairs two apart c = ρ² + ρ(1-ρ)(λ-/λ+)².  Every reaction moves
(ρ, n) at a rate that these express exactly, and the Jacobian of (ρ, n) turns that into d(h, J)/dt (O. K. Ernst, T. M.
Bartol, T. J. Sejnowski, E. Mjolsness, J. Chem. Phys. 149, 034107, 2018).
"""

from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from crnsym.errors import FitError

MOTIFS = {
    "death": lambda m: (-m.density, -2 * m.pairs),  # A -> 0
    "annihilation": lambda m: (-2 * m.pairs, -m.pairs - 2 * m.triplets),  # 2 A -> 0, per pair
    "coagulation": lambda m: (-m.pairs, -m.pairs - m.triplets),  # 2 A -> A, either survives
    "hop": lambda m: (0.0 * m.pairs, 2 * (m.next_pairs - m.pairs)),  # per bond and direction, to an empty site
    "branching": lambda m: (  # A -> 2 A, to a random neighbour if that is empty
        m.density - m.pairs,
        m.density - m.pairs + m.next_pairs - m.triplets,
    ),
}
"""(dρ/dt, dn/dt) at rate 1, by name."""


class ChainMoments(NamedTuple):
    """Moments per site of the infinite chain."""

    density: jax.Array
    pairs: jax.Array
    triplets: jax.Array
    next_pairs: jax.Array


def eigenvalues(theta: Float[Array, " 2"]) -> tuple[jax.Array, jax.Array]:
    """Return the eigenvalues λ+ > λ- of the transfer matrix at θ = (h, J)."""
    h, bond = theta[0], theta[0] + theta[1]
    root = jnp.sqrt((1 - jnp.exp(bond)) ** 2 + 4 * jnp.exp(h))
    return (1 + jnp.exp(bond) + root) / 2, (1 + jnp.exp(bond) - root) / 2


def chain_moments(theta: Float[Array, " 2"]) -> ChainMoments:
    """Return density, nearest pairs, triplets in a row and next-nearest pairs at θ = (h, J)."""
    density, pairs = jax.grad(lambda x: jnp.log(eigenvalues(x)[0]))(theta)
    high, low = eigenvalues(theta)
    return ChainMoments(density, pairs, pairs**2 / density, density**2 + density * (1 - density) * (low / high) ** 2)


class Motifs(eqx.Module):
    """d(h, J)/dt of a superposition of motifs on a chain.

    Parameters
    ----------
    rates
        {name of `MOTIFS`: rate}.

    Raises
    ------
    FitError
        A name that is no motif.
    """

    rates: Float[Array, " motifs"]
    names: tuple[str, ...] = eqx.field(static=True)

    def __init__(self, rates: Mapping[str, float]) -> None:
        for name in rates:
            if name not in MOTIFS:
                raise FitError(f"{name!r} is no motif; choose from {', '.join(MOTIFS)}")
        self.names, self.rates = tuple(rates), jnp.asarray([float(k) for k in rates.values()])

    # one signature for every right-hand side
    def __call__(self, theta: Float[Array, " 2"], context=None) -> Float[Array, " 2"]:  # as all F
        """Return d(h, J)/dt; this right-hand side has no use for the ``context`` of the common signature."""
        moments = chain_moments(theta)
        flow = self.rates @ jnp.stack([jnp.stack(MOTIFS[name](moments)) for name in self.names])
        jacobian = jax.hessian(lambda x: jnp.log(eigenvalues(x)[0]))(theta)
        return jnp.linalg.solve(jacobian, flow)


class BirthDeath(eqx.Module):
    """Well-mixed 0 <- A -> 2 A with p(n) ∝ exp(-ν n): dν/dt = (death - birth) (1 - exp(-ν)), exactly."""

    birth: Float[Array, ""]
    death: Float[Array, ""]

    # one signature for every right-hand side
    def __call__(self, theta: Float[Array, " 1"], context=None) -> Float[Array, " 1"]:  # as all F
        """Return dν/dt; this right-hand side has no use for the ``context`` of the common signature."""
        return (self.death - self.birth) * (1 - jnp.exp(-theta))
