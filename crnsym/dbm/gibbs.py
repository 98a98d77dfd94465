"""Gibbs sampling of a deep Boltzmann machine by table look-up.

The units of one layer are independent given the layers next to it, P(α) = exp(A_α) / (1 + Σ exp(A_γ)) with
A_α = b_α + Σ of the couplings to the joined units.  A_α depends on *how many* of these units hold each species, which
is one small integer when a unit with species β adds (bonds + 1)^(β-1); so a conditional is one row of a table.
Chains lie side by side, innermost, so that the processor updates many at once.
"""

from typing import NamedTuple

import numpy as np

from ..dynamics.stochastic.threefry import threefry
from ..errors import FitError
from ..files.compiled import njit
from .model import Layers

LARGEST_TABLE = 2**20
LANES = 64
"""Chains that are updated together; a fixed number, so that every loop over them becomes whole vectors."""


class Wiring(NamedTuple):
    """The structure in the form that the compiled sampler reads.

    Attributes
    ----------
    first
        ``(layers + 1,)``: units of layer l are ``first[l]:first[l + 1]``.
    joined
        For each unit, the joined units below and then above; all layers in one array.
    bonds
        ``(layers, 3)``: bonds down, bonds up, where the layer begins in ``joined``.
    bases
        ``(layers,)``: a unit with species n adds ``bases[l] ** (n - 1)`` to what its neighbours see.
    strides
        ``(layers,)``: what the layer above counts in the number of a table row.
    rows
        ``(layers,)``: rows of each table.
    sizes
        ``(layers,)``: species.
    """

    first: np.ndarray
    joined: np.ndarray
    bonds: np.ndarray
    bases: np.ndarray
    strides: np.ndarray
    rows: np.ndarray
    sizes: np.ndarray


def wiring(layers: Layers) -> Wiring:
    """Return the structure for the sampler.

    Raises
    ------
    FitError
        So many species and bonds that a table would not fit into the cache.
    """
    count = len(layers.sizes)
    down = [0] + [layers.bonds_down] * (count - 1)
    up = [layers.bonds_up] * (count - 1) + [0]
    first = np.concatenate([[0], np.cumsum(layers.units)]).astype(np.int64)
    parts, starts, position = [], [], 0
    for layer in range(count):
        tables = []
        if layer > 0:
            tables.append(layers.below[layer - 1] + first[layer - 1])
        if layer + 1 < count:
            tables.append(layers.above[layer] + first[layer + 1])
        flat = np.concatenate(tables, axis=1).ravel() if tables else np.zeros(0)
        starts.append(position)
        position += len(flat)
        parts.append(flat)
    base = max(layers.bonds_down, layers.bonds_up) + 1
    strides, rows = [], []
    for layer in range(count):
        lower, upper = (
            bonds * base ** (layers.sizes[other] - 1) + 1 if bonds else 1
            for bonds, other in ((down[layer], layer - 1), (up[layer], min(layer + 1, count - 1)))
        )
        strides.append(lower)
        rows.append(lower * upper)
        if rows[-1] > LARGEST_TABLE:
            raise FitError(
                f"layer {layer} needs a table of {rows[-1]} rows for its {down[layer] + up[layer]} bonds, more than "
                f"{LARGEST_TABLE}; take fewer species or smaller blocks"
            )
    return Wiring(
        first,
        np.concatenate(parts).astype(np.int64),
        np.array([down, up, starts], dtype=np.int64).T.copy(),
        np.full(count, base, dtype=np.int64),
        np.array(strides, dtype=np.int64),
        np.array(rows, dtype=np.int64),
        np.array(layers.sizes, dtype=np.int64),
    )


def tables(layers: Layers, wires: Wiring, theta: np.ndarray) -> np.ndarray:
    """Return cumulative probabilities for every row and species of each layer, flat.

    Entry ``α * rows + row`` of a layer is P(1) + ... + P(α + 1).
    """
    biases, couplings = layers.split(np.asarray(theta, dtype=float))
    found = []
    for layer in range(len(layers.sizes)):
        number = np.arange(wires.rows[layer])
        activation = np.repeat(biases[layer][:, None], len(number), axis=1)
        for code, other, strength in (
            (number % wires.strides[layer], layer - 1, couplings[layer - 1].T if layer else None),
            (number // wires.strides[layer], layer + 1, couplings[layer] if layer + 1 < len(layers.sizes) else None),
        ):
            if strength is not None:
                base = wires.bases[other]
                counts = np.stack([code // base**n % base for n in range(layers.sizes[other])])
                activation = activation + strength @ counts
        top = np.maximum(activation.max(axis=0), 0.0)
        weights = np.exp(activation - top)
        found.append((np.cumsum(weights, axis=0) / (weights.sum(axis=0) + np.exp(-top))).ravel())
    return np.concatenate(found)


def thresholds(probabilities: np.ndarray) -> np.ndarray:
    """Return what 32 random bits must lie below, biased by at most 2^-32."""
    return np.minimum(np.rint(probabilities * 2.0**32), 2.0**32 - 1).astype(np.uint32)


def workspace(wires: "Wiring | tuple") -> np.ndarray:
    """Return room for what every unit adds for its neighbours, in small integers where their sums fit."""
    first, _, bonds, bases, _, _, sizes = wires
    largest = bonds[:, :2].max() * bases.max() ** (sizes.max() - 1)
    return np.empty((first[-1], LANES), dtype=np.uint8 if largest < 256 else np.int32)


@njit(cache=True, nogil=True)
def sweep(wires, limits, state, value, sweeps, clamped, seed, stream, done):
    """Update all odd layers, then all even ones, ``sweeps`` times, in place.

    Parameters
    ----------
    wires, limits
        `wiring` as a plain tuple, and `thresholds` of `tables`.
    state
        ``(units of all layers, chains)`` int8 species.
    value
        Room to work in, see `workspace`.
    clamped
        Whether layer 0 stays as it is.
    seed, stream
        Key of the random numbers; equal keys mean equal random numbers, whatever the parameters.
    done
        Number of sweeps already made under this key.
    """
    first, joined, bonds, bases, strides, rows, sizes = wires
    layers = len(sizes)
    blocks = (state.shape[1] + LANES - 1) // LANES
    row, bits = np.zeros(LANES, np.uint32), np.zeros(LANES, np.uint32)
    low, high, steps = np.zeros_like(value[0]), np.zeros_like(value[0]), np.zeros(sizes.max(), value.dtype)
    limit = np.zeros(LANES, np.uint32)
    starts = np.zeros(layers + 1, dtype=np.int64)
    for layer in range(layers):
        starts[layer + 1] = starts[layer] + rows[layer] * sizes[layer]
    k0, k1 = np.uint32(seed), np.uint32(stream)
    for block in range(blocks):
        _load(first, sizes, bases, state, value, block * LANES)
        for n in range(done, done + sweeps):
            counter = np.uint32((n * blocks + block) * (LANES // 2))
            for parity in range(1, -1, -1):
                for layer in range(parity, layers, 2):
                    if clamped and layer == 0:
                        continue
                    down, up, size, stride = bonds[layer, 0], bonds[layer, 1], sizes[layer], np.uint32(strides[layer])
                    for m in range(size):
                        steps[m] = bases[layer] ** m - (bases[layer] ** (m + 1) if m + 1 < size else 0)
                    for i in range(first[layer], first[layer + 1]):
                        at = bonds[layer, 2] + (i - first[layer]) * (down + up)
                        _add(value, joined[at : at + down], low)
                        _add(value, joined[at + down : at + down + up], high)
                        _random(k0, k1, counter, np.uint32(i), bits)
                        for c in range(LANES):
                            row[c] = np.uint32(np.uint32(low[c]) + np.uint32(stride * np.uint32(high[c])))
                        _choose(limits[starts[layer] : starts[layer + 1]], size, row, bits, steps, limit, value[i])
        _store(first, sizes, bases, state, value, block * LANES)


@njit(cache=True)
def _load(first, sizes, bases, state, value, start):
    """Write what each unit adds for its neighbours; lanes beyond the last chain are empty."""
    width = min(LANES, state.shape[1] - start)
    value[:] = 0
    for layer in range(len(sizes)):
        for i in range(first[layer], first[layer + 1]):
            for m in range(sizes[layer]):
                added = bases[layer] ** m
                for c in range(width):
                    value[i, c] += added * (state[i, start + c] == m + 1)


@njit(cache=True)
def _store(first, sizes, bases, state, value, start):
    """Write the species of each unit back."""
    width = min(LANES, state.shape[1] - start)
    for layer in range(len(sizes)):
        for i in range(first[layer], first[layer + 1]):
            for c in range(width):
                state[i, start + c] = 0
            for m in range(sizes[layer]):
                added = bases[layer] ** m
                for c in range(width):
                    state[i, start + c] += value[i, c] >= added


@njit(cache=True, inline="always")
def _add(value, units, out):
    """Write the sum of what these units add."""
    for c in range(LANES):
        out[c] = 0
    for j in units:
        other = value[j]
        for c in range(LANES):
            out[c] += other[c]


@njit(cache=True, inline="always")
def _random(k0, k1, counter, unit, bits):
    """Fill ``bits`` with the random numbers of a unit."""
    for p in range(LANES // 2):
        bits[p], bits[LANES // 2 + p] = threefry(k0, k1, np.uint32(counter + np.uint32(p)), unit)


@njit(cache=True, inline="always")
def _choose(limits, size, row, bits, steps, limit, out):
    """Write what each unit adds for its neighbours; it has the first species below whose limit its random bits lie.

    Without branches, which nobody could predict: each limit passed, from the last one down, adds its step.  Rows are
    unsigned, so that sixteen limits are read by one instruction and no negative index is looked for.
    """
    rows = len(limits) // size
    for c in range(LANES):
        out[c] = 0
    for m in range(size):
        step, column = steps[m], limits[m * rows : (m + 1) * rows]
        for c in range(LANES):
            limit[c] = column[row[c]]
        for c in range(LANES):
            out[c] += step * (bits[c] < limit[c])


@njit(cache=True, nogil=True)
def scatter(first, sizes, state, from_layer, seed, stream):
    """Let every unit from a layer on hold a uniformly random species or none."""
    k0, k1 = np.uint32(seed), np.uint32(stream)
    for layer in range(from_layer, len(sizes)):
        for i in range(first[layer], first[layer + 1]):
            for c in range(state.shape[1]):
                bits = threefry(k0, k1, np.uint32(c), np.uint32(i) ^ np.uint32(0x80000000))[0]
                state[i, c] = (np.uint64(bits) * np.uint64(sizes[layer] + 1)) >> np.uint64(32)


def statistics(layers: Layers, wires: "Wiring | tuple", state: np.ndarray) -> np.ndarray:
    """Return the statistics m(s) of each chain, ``(chains, params)``, see `Layers.statistics`."""
    counts, joined = _count(tuple(wires), state)
    found = [counts[layer, 1 : size + 1] for layer, size in enumerate(layers.sizes)]
    found += [joined[layer, pairs[:, 0] + 1, pairs[:, 1] + 1] for layer, pairs in enumerate(layers.pairs)]
    return np.concatenate(found).T.astype(float)


@njit(cache=True, nogil=True)
def _count(wires, state):
    """Return how many units hold each species, and how many bonds join each two, by layer."""
    first, joined, bonds, _, _, _, sizes = wires
    layers, chains, most = len(sizes), state.shape[1], sizes.max() + 1
    counts = np.zeros((layers, most, chains), dtype=np.int32)
    both = np.zeros((layers - 1, most, most, chains), dtype=np.int32)
    for layer in range(layers):
        down, up = bonds[layer, 0], bonds[layer, 1]
        for i in range(first[layer], first[layer + 1]):
            at = bonds[layer, 2] + (i - first[layer]) * (down + up) + down
            for m in range(1, sizes[layer] + 1):
                for c in range(chains):
                    counts[layer, m, c] += state[i, c] == m
            for j in range(at, at + up):
                other = joined[j]
                for m in range(1, sizes[layer] + 1):
                    for n in range(1, sizes[layer + 1] + 1):
                        for c in range(chains):
                            both[layer, m, n, c] += (state[i, c] == m) & (state[other, c] == n)
    return counts, both
