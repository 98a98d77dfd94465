"""The direct method for many runs of a small network at once, branchless, by jax.

Runs are lanes of arrays ``(species, lanes)``. All lanes step until each has passed the next output time; a lane that
has passed it waits there and draws afresh afterwards, which is exact because waiting times have no memory. Blocks
are of at most 256 lanes: with more, XLA shares the tiny loops out among threads and loses most of the speed.

Counts are exact integers; clock and propensities are in single precision, which is three times faster. The
probability of a reaction is right to 1e-7 of the sum of all, and the clock of an output interval runs from 0 to 1.
"""

import functools
import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .direct import FINISHED, TOO_MANY
from .propensities import Propensities
from .threefry import PARITY, ROTATIONS, ROUNDS

LANES = 256
_EVENTS_OF_INTERVAL = 1 << 20
_LARGEST_COUNT = 1 << 30


def run_batched(
    p: Propensities, start: np.ndarray, times: np.ndarray, runs: int, seed: int, limit: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return counts (runs, times, species), events (runs,), and how it ended; mass action only.

    It ends as ``TOO_MANY`` also where an interval holds so many events that the clock would get coarse.
    """
    blocks = -(-runs // LANES)
    lanes = min(LANES, -(-runs // blocks // 16) * 16)
    structure = _structure(p, len(start))
    counts = np.empty((runs, len(times), len(start)), dtype=np.int64)
    events = np.empty(runs, dtype=np.int64)
    with jax.enable_x64(True):
        intervals = jnp.asarray(np.diff(times))
        for first in range(0, runs, lanes):
            last = min(first + lanes, runs)
            key = jnp.asarray(np.arange(first, first + lanes), jnp.uint32)
            x = jnp.asarray(np.repeat(start[:, None], lanes, axis=1), jnp.int32)
            found, fired, good = _run(structure, jnp.asarray(p.constants), x, intervals, jnp.uint32(seed), key)
            if not bool(good) or int(fired.max()) > limit:
                return counts, events, TOO_MANY
            counts[first:last, 0] = start
            counts[first:last, 1:] = np.asarray(found).transpose(2, 0, 1)[: last - first]
            events[first:last] = np.asarray(fired)[: last - first]
    return counts, events, FINISHED


def _structure(p: Propensities, species: int) -> tuple:
    """Return reactants and changes of every reaction as nested tuples, which key the compiled program."""
    found = []
    for i in range(p.reactions):
        factors = zip(p.reactants[i].tolist(), p.taken[i].tolist(), strict=True)
        entries = slice(p.change_starts[i], p.change_starts[i + 1])
        changes = zip(p.change_species[entries].tolist(), p.changes[entries].tolist(), strict=True)
        found.append((tuple(f for f in factors if f[0] < species), tuple(changes)))
    return tuple(found)


@functools.partial(jax.jit, static_argnums=0)
def _run(structure: tuple, constants: Array, x: Array, intervals: Array, seed: Array, run: Array) -> tuple:
    """Return counts at all outputs, events of all lanes, and whether none became too large."""
    lanes = x.shape[1]
    steps = _telescope([change for _, change in structure])

    def interval(carry: tuple, width: Array) -> tuple:
        x, row, fired = carry
        k = [(constant * width).astype(jnp.float32) for constant in constants]

        def step(state: tuple) -> tuple:
            x, t, counter = state
            sums = [_propensity(k[0], structure[0][0], x)]
            for constant, (factors, _) in zip(k[1:], structure[1:], strict=True):
                sums.append(sums[-1] + _propensity(constant, factors, x))
            first, second = _threefry(seed, run, counter, row)
            # x (x - 1) of no molecules is -0.0, by which the clock would run backwards for ever
            t = t - jnp.log(_unit(first)) / jnp.abs(sums[-1])
            active = t < 1
            target = jnp.where(active, _unit(second), jnp.float32(2)) * sums[-1]  # beyond all sums: nothing fires
            x = list(x)
            for total, changes in zip(sums, steps, strict=True):
                hit = target < total
                for species, by in changes:
                    x[species] = x[species] + jnp.where(hit, jnp.int32(by), jnp.int32(0))
            return tuple(x), t, counter + active.astype(jnp.uint32)

        def unfinished(state: tuple) -> Array:
            return jnp.any((state[1] < 1) & (state[2] < _EVENTS_OF_INTERVAL))

        start = (tuple(x), jnp.zeros(lanes, jnp.float32), jnp.zeros(lanes, jnp.uint32))
        x, _, counter = jax.lax.while_loop(unfinished, step, start)
        good = (counter.max() < _EVENTS_OF_INTERVAL) & (jnp.stack(x).max() < _LARGEST_COUNT)
        return (jnp.stack(x), row + jnp.uint32(1), fired + counter), (jnp.stack(x), good)

    carry = (x, jnp.uint32(0), jnp.zeros(lanes, jnp.int64))
    (_, _, fired), (found, good) = jax.lax.scan(interval, carry, intervals)
    return found, fired, good.all()


def _telescope(changes: list[tuple]) -> list[tuple]:
    """Return the change of each reaction less that of the next.

    All sums from that of the chosen reaction on are above the target, and these differences add up to its change.
    """
    tables = [dict(change) for change in changes] + [{}]
    found = []
    for one, following in itertools.pairwise(tables):
        names = sorted({*one, *following})
        differences = [(n, one.get(n, 0) - following.get(n, 0)) for n in names]
        found.append(tuple(d for d in differences if d[1]))
    return found


def _propensity(constant: Array, factors: tuple, x: list) -> Array:
    value = constant
    for species, taken in factors:
        value = value * (x[species] - taken).astype(jnp.float32)
    return value


def _unit(bits: Array) -> Array:
    return (bits.astype(jnp.float32) + jnp.float32(0.5)) * jnp.float32(2.0**-32)


def _threefry(k0: Array, k1: Array, c0: Array, c1: Array) -> tuple[Any, Any]:
    """Threefry-2x32 with 13 rounds; see threefry.py for the source."""
    keys = (k0, k1, k0 ^ k1 ^ jnp.uint32(PARITY))
    x0, x1 = c0 + keys[0], c1 + keys[1]
    for r in range(ROUNDS):
        x0 = x0 + x1
        rotation = ROTATIONS[r % 8]
        x1 = ((x1 << jnp.uint32(rotation)) | (x1 >> jnp.uint32(32 - rotation))) ^ x0
        if r % 4 == 3:
            turn = r // 4 + 1
            x0, x1 = x0 + keys[turn % 3], x1 + keys[(turn + 1) % 3] + jnp.uint32(turn)
    return x0, x1
