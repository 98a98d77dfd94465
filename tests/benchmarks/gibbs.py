"""Speed of Gibbs sweeps: table look-up beside a one-hot formulation, in the same run.

Run by hand: ``python -m tests.benchmarks.gibbs``, a few seconds on one idle core.  The one-hot sampler is the usual way
to write it with arrays: activations by einsum over shifted one-hot lattices, states by ``jax.random.categorical``.
Most of its time goes into Gumbel noise and logarithms, so a second one draws one uniform number a unit.  Times are
CPU time of the process for one chain, the least of several; the published C++ program takes 230 µs.
"""

import argparse
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from crnsym.dbm import gibbs
from crnsym.dbm.model import Layers
from crnsym.dbm.sampling import Chains

SWEEPS = 10


def look_up(layers: Layers, theta: np.ndarray, chains: int, repeats: int) -> float:
    bank = Chains(layers, chains, 1).run(theta, 1)
    wires = gibbs.wiring(layers)
    limits = gibbs.thresholds(gibbs.tables(layers, wires, theta))
    room = gibbs.workspace(wires)
    least = np.inf
    for _ in range(repeats):
        start = time.process_time()
        gibbs.sweep(tuple(wires), limits, bank.state, room, SWEEPS, False, 1, 0, 0)
        least = min(least, time.process_time() - start)
    return 1e6 * least / SWEEPS / chains


def one_hot(layers: Layers, theta: np.ndarray, chains: int, repeats: int, draw: Callable) -> tuple[float, np.ndarray]:
    biases, couplings = layers.split(theta.astype(np.float32))
    count = len(layers.sizes)
    offsets = [(a, b) for a in (0, 1) for b in (0, 1)]

    def block(x, sign):  # sum over the joined units of the layer below (sign -1) or above (+1)
        return sum(jnp.roll(x, (sign * a, sign * b), (1, 2)) for a, b in offsets)

    def update(states, layer, key):
        activation = jnp.broadcast_to(biases[layer], states[layer].shape)
        if layer > 0:
            activation = activation + jnp.einsum("nxyb,ba->nxya", block(states[layer - 1], -1), couplings[layer - 1])
        if layer + 1 < count:
            activation = activation + jnp.einsum("nxyb,ab->nxya", block(states[layer + 1], 1), couplings[layer])
        logits = jnp.pad(activation, ((0, 0),) * 3 + ((1, 0),))
        return jax.nn.one_hot(draw(key, logits), layers.sizes[layer] + 1)[..., 1:]

    @jax.jit
    def run(states, key):
        def sweep(n, states):
            for layer in (*range(1, count, 2), *range(0, count, 2)):
                states[layer] = update(states, layer, jax.random.fold_in(key, 8 * n + layer))
            return states

        return jax.lax.fori_loop(0, SWEEPS, sweep, states)

    shapes = [(chains, *shape, size) for shape, size in zip(layers.shapes, layers.sizes, strict=True)]
    states = jax.block_until_ready(run([jnp.zeros(shape, jnp.float32) for shape in shapes], jax.random.key(0)))
    least = np.inf
    for n in range(repeats):
        start = time.process_time()
        states = jax.block_until_ready(run(states, jax.random.key(n)))
        least = min(least, time.process_time() - start)
    return 1e6 * least / SWEEPS / chains, np.asarray(states[0]).sum(axis=(1, 2)).mean(axis=0)


def one_uniform(key: jax.Array, logits: jax.Array) -> jax.Array:
    """Draw states by inverting the cumulative probabilities."""
    ends = jnp.cumsum(jax.nn.softmax(logits), axis=-1)[..., :-1]
    return (jax.random.uniform(key, (*logits.shape[:-1], 1)) > ends).sum(axis=-1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--chains", type=int, default=64)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    layers = Layers(("A", "B"), (40, 40), (2, 2))
    theta = np.random.default_rng(0).normal(0, 0.5, len(layers.names))
    mine = look_up(layers, theta, arguments.chains, arguments.repeats)
    repeats = max(2, arguments.repeats // 5)
    peer, means = one_hot(layers, theta, arguments.chains, repeats, jax.random.categorical)
    lean, _ = one_hot(layers, theta, arguments.chains, repeats, one_uniform)
    print(f"sweep of 40x40, three layers of two species, {arguments.chains} chains: µs of CPU time a chain")
    print(f"table look-up {mine:8.1f}  (at most 120), {1e3 * mine / sum(layers.units):.2f} ns an update")
    print(f"one-hot       {peer:8.1f}  {peer / mine:.0f} times as long (at least 30)")
    print(f"  with one uniform number a unit {lean:8.1f}  {lean / mine:.0f} times as long")
    found = Chains(layers, 200, 5).run(theta, 100)
    ones = [(found.lattices() == s).sum(axis=(1, 2)).mean() for s in (1, 2)]
    print(f"mean numbers of visible species: {np.round(ones, 1)} and {np.round(means, 1)}")


if __name__ == "__main__":
    main()
