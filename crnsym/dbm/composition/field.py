"""The closed dynamics of one lattice: numbers of molecules, and how far their neighbourhoods are from random ones.

The state of a lattice is the numbers n of molecules and, for each kind of pair, the ratio c = sqrt((P + 1)/(E + 1)) of
the number of pairs P to the number E expected if molecules stood at random. Numbers change by *channels*: each reaction
of one molecule, of two neighbours, or of an empty site has an expected rate that is linear in n and the pairs of
nearest neighbours, so their drift is a sum of such features, and a small network corrects what is not linear. The
neighbourhoods relax towards what suits the composition, a learned function, so that

    dn = (B f(n, P) + n g(n, c)) dt + noise,        dc = rates (target(n, c) - c) dt + noise

is closed. Noise is constant in sqrt(n) and in c sqrt(E + 1), which is what the Poisson law of numbers and pairs makes
of it (M. S. Bartlett, "The square root transformation in analysis of variance", 1936).
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .kernel import Kernel

MOST = 30.0  # largest ratio c


class Small(eqx.Module):
    """A network of one hidden layer, zero at first."""

    weight: Float[Array, "width inputs"]
    shift: Float[Array, " width"]
    readout: Float[Array, "size width"]
    bias: Float[Array, " size"]

    def __call__(self, x: Float[Array, " inputs"]) -> Float[Array, " size"]:
        """Return the network's values."""
        return self.readout @ jnp.tanh(self.weight @ x + self.shift) + self.bias


class Field(eqx.Module):
    """Drift and noise of the state; see the module's text.

    Attributes
    ----------
    channels
        B, ``(species, features)``: numbers changed per time by each unit of a feature.
    mask
        Zero where a channel was found to be absent.
    growth, target
        Small networks of the scaled state: relative growth, and change of the target.
    affine, offset
        The linear part of the target.
    log_rates
        Logarithms of the rates of relaxation, ``(pairs,)``.
    noise
        Lower triangle of the noise's square root, per square root of time, ``(species + pairs,) * 2``.
    centre, scale
        Of the inputs of the networks.
    """

    channels: Float[Array, "species features"]
    mask: Float[Array, "species features"]
    growth: Small
    target: Small
    affine: Float[Array, "pairs inputs"]
    offset: Float[Array, " pairs"]
    log_rates: Float[Array, " pairs"]
    noise: Float[Array, "state state"]
    centre: Float[Array, " inputs"]
    scale: Float[Array, " inputs"]
    reborn: Float[Array, " species"]
    bonds: Float[Array, " pairs"]
    which: Float[Array, "2 pairs"]
    nearest: int = eqx.field(static=True)
    sites: int = eqx.field(static=True)

    def expected(self, numbers: Float[Array, " species"]) -> Float[Array, " pairs"]:
        """Return the numbers of pairs if molecules stood at random."""
        one, other = numbers[self.which[0].astype(int)], numbers[self.which[1].astype(int)]
        same = self.which[0] == self.which[1]
        chance = jnp.where(same, one * jnp.maximum(one - 1, 0), 2 * one * other)
        return self.bonds * chance / (self.sites * (self.sites - 1.0))

    def pairs(self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"]) -> Float[Array, " pairs"]:
        """Return the numbers of pairs of a state."""
        return jnp.maximum((self.expected(numbers) + 1) * ratio**2 - 1, 0)

    def ratio(self, numbers: Float[Array, " species"], pairs: Float[Array, " pairs"]) -> Float[Array, " pairs"]:
        """Return the ratios c of given numbers of pairs."""
        return jnp.sqrt((pairs + 1) / (self.expected(numbers) + 1))

    def features(self, numbers: Float[Array, " species"], pairs: Float[Array, " pairs"]) -> Float[Array, " features"]:
        """Return what channels are linear in: empty sites, numbers, and pairs of nearest neighbours."""
        empty = self.sites - numbers.sum()
        return jnp.concatenate([empty[None], numbers, pairs[: self.nearest]])

    def inputs(self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"]) -> Float[Array, " inputs"]:
        """Return what the networks see."""
        return jnp.clip((self.raw_inputs(numbers, ratio) - self.centre) / self.scale, -4.0, 4.0)

    def raw_inputs(self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"]) -> Float[Array, " inputs"]:
        """Return the inputs before they are centred and scaled."""
        return jnp.concatenate([jnp.sqrt((numbers + 0.1) / self.sites), jnp.log(jnp.maximum(ratio, 0.05))])

    def drift(self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"]) -> Float[Array, " species"]:
        """Return dn/dt."""
        found = (self.channels * self.mask) @ self.features(numbers, self.pairs(numbers, ratio))
        return found + numbers * self.growth(self.inputs(numbers, ratio))

    def settled(self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"]) -> Float[Array, " pairs"]:
        """Return the ratios towards which the neighbourhoods relax."""
        x = self.inputs(numbers, ratio)
        return jnp.clip(self.affine @ x + self.offset + self.target(x), 0.0, MOST)

    def step(
        self, numbers: Float[Array, " species"], ratio: Float[Array, " pairs"], length: float, normal: Array
    ) -> tuple[Array, Array]:
        """Return the state a time ``length`` later, given standard normal numbers ``(state,)``."""
        species = numbers.shape[0]
        kick = jnp.tril(self.noise) @ normal
        present = numbers > 0.5
        grown = jnp.maximum(numbers + length * self.drift(numbers, ratio), 1e-9)
        root = jnp.sqrt(grown) + jnp.sqrt(length) * kick[:species]
        new = jnp.where(present | (self.reborn > 0), jnp.maximum(root, 0.0) ** 2, 0.0)
        new = new * jnp.minimum(1.0, self.sites / jnp.maximum(new.sum(), 1e-9))
        settled, decay, spread = self.settled(numbers, ratio), *spread_of_ratio(self, numbers, length)
        moved = settled + (ratio - settled) * decay + spread * kick[species:]
        return new, jnp.clip(moved, 0.0, MOST)


def spread_of_ratio(field: Field, numbers: Array, length: float | Array) -> tuple[Array, Array]:
    """Return what a time ``length`` leaves of a deviation of c, and the factor of the noise that it adds.

    Those of an Ornstein-Uhlenbeck process.
    """
    rates = jnp.exp(field.log_rates)
    decay = jnp.exp(-rates * length)
    return decay, jnp.sqrt((1 - decay**2) / (2 * rates) / (field.expected(numbers) + 1))


def propagate(
    field: Field,
    numbers: Float[Array, "particles species"],
    ratio: Float[Array, "particles pairs"],
    lengths: Float[Array, " intervals"],
    key: Array,
) -> tuple[Float[Array, "particles times species"], Float[Array, "particles times pairs"]]:
    """Return numbers and pairs of an ensemble at the ends of the intervals, the start included; one step each."""
    particles = numbers.shape[0]

    def interval(state, given):
        length, one = given
        half = jax.random.normal(one, (-(-particles // 2), state[0].shape[1] + state[1].shape[1]))
        draws = jnp.concatenate([half, -half])[:particles]  # antithetic: means scatter less
        state = jax.vmap(field.step, (0, 0, None, 0))(state[0], state[1], length, draws)
        return state, (state[0], jax.vmap(field.pairs)(state[0], state[1]))

    keys = jax.random.split(key, lengths.shape[0])
    _, (later, pairs) = jax.lax.scan(interval, (numbers, ratio), (lengths, keys))
    first = jax.vmap(field.pairs)(numbers, ratio)
    every = jnp.concatenate([numbers[None], later]), jnp.concatenate([first[None], pairs])
    return jnp.swapaxes(every[0], 0, 1), jnp.swapaxes(every[1], 0, 1)


def blank_field(kernel: Kernel, key: Array, width: int = 24) -> Field:
    """Return a field in which nothing happens."""
    species, pairs, inputs = kernel.species, len(kernel.pairs), kernel.species + len(kernel.pairs)
    nearest = species * (species + 1) // 2
    one, other = jax.random.split(key)

    def small(size: int, key: Array) -> Small:
        weight = jax.random.normal(key, (width, inputs)) / inputs**0.5
        return Small(weight, jnp.zeros(width), jnp.zeros((size, width)), jnp.zeros(size))

    return Field(
        channels=jnp.zeros((species, 1 + species + nearest)),
        mask=jnp.ones((species, 1 + species + nearest)),
        growth=small(species, one),
        target=small(pairs, other),
        affine=jnp.zeros((pairs, inputs)),
        offset=jnp.ones(pairs),
        log_rates=jnp.zeros(pairs),
        noise=jnp.zeros((species + pairs, species + pairs)),
        centre=jnp.zeros(inputs),
        scale=jnp.ones(inputs),
        reborn=jnp.zeros(species),
        bonds=jnp.asarray([kernel.bonds[u] for u, _, _ in kernel.pairs]),
        which=jnp.asarray([[a - 1 for _, a, _ in kernel.pairs], [b - 1 for _, _, b in kernel.pairs]], dtype=float),
        nearest=nearest,
        sites=kernel.sites,
    )
