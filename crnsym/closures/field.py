"""Rates of change of densities and pairs: the exact equations, with three-site motifs closed and then corrected."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..errors import UnsupportedError
from ..network.moments.motifs import Motif, Site
from .processes import Processes

LEAST = 1e-12  # a density that is divided by
WIDTH = 24


class ClosureField(eqx.Module):
    """Closed equations of the moments of a lattice.

    A motif of three sites a-b-c is taken as P(ab) P(bc) / P(b), the pair approximation. What process c then does to
    moment i is W T (see `crnsym.closures.processes`), and is corrected to W T + |W| T g, where g, between -1 and 1, is
    learned: a function of densities, conditional probabilities of neighbours and ratios of rates. So nothing happens to
    what is absent, the correction scales with its rate, and the units of time do not matter.

    Attributes
    ----------
    linear, open
        Those of `Processes`.
    one, two
        Linear maps from moments to states of single sites and of neighbours.
    ends, middle
        States of the outer sites of each motif, and of the one between.
    place
        Where each moment stands among the probabilities of one site, followed by those of two.
    corrected
        Positions of the entries (process, moment) of g.
    mlp
        Learned.
    centre, scale
        Of its inputs.
    """

    linear: Array
    open: Array
    one: Array
    two: Array
    ends: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True)
    middle: tuple[int, ...] = eqx.field(static=True)
    place: tuple[int, ...] = eqx.field(static=True)
    corrected: tuple[tuple[int, ...], tuple[int, ...]] = eqx.field(static=True)
    mlp: eqx.nn.MLP
    centre: Array
    scale: Array

    def __call__(self, moments: Float[Array, " moments"], rates: Float[Array, " processes"]) -> Array:
        """Return dm/dt."""
        return self.exact(moments, rates) + rates @ self.corrections(moments, rates)

    def unlearned(self) -> "ClosureField":
        """Return the pair approximation as a field of the same form."""
        last: Any = self.mlp.layers[-1]
        zeros = tuple(jnp.zeros_like(x) for x in (last.weight, last.bias))
        return eqx.tree_at(lambda f: (f.mlp.layers[-1].weight, f.mlp.layers[-1].bias), self, zeros)

    def exact(self, moments: Array, rates: Array) -> Array:
        """Return dm/dt by the pair approximation."""
        known = self.linear[:, :, :-1] @ moments + self.linear[:, :, -1]
        return rates @ (known + self.open @ self.motifs(moments))

    def corrections(self, moments: Array, rates: Array) -> Float[Array, "processes moments"]:
        """Return what is learned of the change of each moment by each process of rate 1."""
        sizes = jnp.abs(self.open) @ self.motifs(moments)
        return jnp.zeros_like(sizes).at[self.corrected].set(self.learned(moments, rates)) * sizes

    def learned(self, moments: Array, rates: Array) -> Float[Array, " corrected"]:
        """Return the corrections g."""
        return jnp.tanh(self.mlp((self.features(moments, rates) - self.centre) / self.scale))

    def probabilities(self, moments: Array) -> tuple[Array, Array]:
        """Return the probabilities of states of a site and of neighbours, kept within their bounds."""
        full = jnp.append(moments, 1.0)
        one = jnp.clip(self.one @ full, 0.0, 1.0)
        two = jnp.clip(self.two @ full, 0.0, jnp.minimum(one[:, None], one[None, :]))
        return one, two

    def motifs(self, moments: Array) -> Float[Array, " motifs"]:
        """Return the probabilities of motifs by the pair approximation."""
        one, two = self.probabilities(moments)
        middle = np.array(self.middle, dtype=int)
        joined = two[np.array(self.ends[0], dtype=int), middle] * two[middle, np.array(self.ends[1], dtype=int)]
        return joined / jnp.maximum(one[middle], LEAST)

    def features(self, moments: Array, rates: Array) -> Float[Array, " inputs"]:
        """Return densities, conditional probabilities and log ratios of rates."""
        one, two = self.probabilities(moments)
        given = two / jnp.maximum(one, LEAST)[:, None]
        logs = jnp.log(jnp.maximum(rates, LEAST))
        return jnp.concatenate([one, given.ravel(), logs - logs.mean()])

    def mean_field(self, densities: Float[Array, " species"], rates: Array) -> Array:
        """Return the rates of change of densities where neighbours are independent."""
        one = jnp.concatenate([1 - densities.sum(keepdims=True), densities])
        return self.exact(self.unstructured(one), rates)[: len(densities)]

    def unstructured(self, one: Float[Array, " states"]) -> Float[Array, " moments"]:
        """Return the moments of molecules on random sites."""
        return jnp.concatenate([one, jnp.outer(one, one).ravel()])[np.array(self.place)]


def blank_field(processes: Processes, seed: int = 0, width: int = WIDTH) -> ClosureField:
    """Return the pair approximation as a field with nothing learned.

    Raises
    ------
    UnsupportedError
        Motifs of more than three sites in a row.
    """
    ends, middle = _chains(processes.higher)
    rows = np.abs(processes.open).sum(axis=2) > 0
    which, moment = np.nonzero(rows)
    corrected = tuple(map(int, which)), tuple(map(int, moment))
    one, two = processes.states
    inputs = len(one) + len(one) ** 2 + len(processes.names)
    mlp = eqx.nn.MLP(inputs, len(corrected[0]), width, 2, jnp.tanh, key=jax.random.key(seed))
    linear, opened, one, two = (jnp.asarray(x) for x in (processes.linear, processes.open, one, two))
    rows = np.concatenate([one, two.reshape(-1, two.shape[-1])])
    place = tuple(int(np.flatnonzero((rows == unit).all(axis=1))[0]) for unit in np.eye(rows.shape[1])[:-1])
    scaling = jnp.zeros(inputs), jnp.ones(inputs)
    return ClosureField(linear, opened, one, two, ends, middle, place, corrected, mlp, *scaling).unlearned()


def _chains(motifs: Sequence[Motif]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, ...]]:
    """Return the outer states and the inner one of motifs of three sites."""
    ends, middle = [], []
    for motif in motifs:
        inner = [i for i, (site, _) in enumerate(motif) if sum(_near(site, other) for other, _ in motif) == 2]
        if len(motif) != 3 or len(inner) != 1:
            raise UnsupportedError(f"the equations need a motif of {len(motif)} sites, which no closure here has")
        middle.append(motif[inner[0]][1])
        ends.append([s for i, (_, s) in enumerate(motif) if i != inner[0]])
    return (tuple(e[0] for e in ends), tuple(e[1] for e in ends)), tuple(middle)


def _near(one: Site, other: Site) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 1
