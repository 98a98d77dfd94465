"""Sparse LU factors with a fixed pattern, their last block dense.

A time step needs the factors of I - h J hundreds of times with the same pattern, so pattern and pivots are chosen
once and only numbers are computed after that. Pivots stay on the diagonal: for a short enough step the matrix is
close to the identity, and a step whose pivots fail is a step to shorten.
"""

from typing import NamedTuple

import numpy as np

from ...files.compiled import njit
from .ordering import eliminate

_PANEL = 48  # columns of the dense block that are eliminated at a time


class Factors(NamedTuple):
    """Where the numbers of the factors stand, for numba.

    The factors are one vector: first the rows of the sparse part, then the dense block row by row. Species are
    numbered in the order of elimination: ``order[i]`` is the species that is i-th.

    Attributes
    ----------
    order
        Species in the order of elimination.
    starts, columns, diagonal
        Rows of the sparse part, columns ascending; in rows of the dense block only what stands left of it.
    sparse
        Number of pivots before the dense block.
    places
        Place of each entry of the Jacobian in the vector, then of each element of the diagonal.
    size
        Length of the vector.
    """

    order: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    diagonal: np.ndarray
    sparse: int
    places: np.ndarray
    size: int


def plan(species: int, entries: np.ndarray) -> Factors:
    """Choose pivots and lay out the factors of a matrix with these entries ``(row, column)`` and a full diagonal."""
    elimination = eliminate(species, entries)
    sparse = len(elimination.rows)
    order = np.array(elimination.order, dtype=np.int64)
    rank = np.empty(species, dtype=np.int64)
    rank[order] = np.arange(species)
    patterns: list[list[int]] = [[] for _ in range(species)]
    for i, (row, column) in enumerate(zip(elimination.rows, elimination.columns, strict=True)):
        patterns[i] += [i, *rank[row].tolist()]
        for below in rank[column].tolist():
            patterns[below].append(i)
    starts = np.zeros(species + 1, dtype=np.int64)
    starts[1:] = np.cumsum([len(p) for p in patterns])
    columns = np.array([c for p in patterns for c in sorted(p)], dtype=np.int32)
    row_of = np.repeat(np.arange(species), np.diff(starts))
    diagonal = np.full(species, starts[-1], dtype=np.int64)
    on_diagonal = np.flatnonzero(row_of == columns)
    diagonal[row_of[on_diagonal]] = on_diagonal

    dense = species - sparse
    keys = row_of.astype(np.int64) * species + columns  # ascending
    pairs = np.concatenate([rank[entries.reshape(-1, 2)], np.arange(species)[rank][:, None].repeat(2, axis=1)])
    i, j = pairs[:, 0], pairs[:, 1]
    places = np.where(
        (i >= sparse) & (j >= sparse),
        starts[-1] + (i - sparse) * dense + (j - sparse),
        np.searchsorted(keys, i * species + j),
    )
    size = int(starts[-1]) + dense * dense
    order, starts, columns, diagonal, places = (a.astype(np.uint32) for a in (order, starts, columns, diagonal, places))
    return Factors(order, starts, columns, diagonal, sparse, places, size)


@njit(cache=True)
def assemble(factors, jacobian, scale, shift, lu):
    """Write ``shift I + scale J`` into ``lu``, where the factors are computed in place."""
    lu[:] = 0.0
    places, count = factors.places, len(jacobian)
    for e in range(count):
        lu[places[e]] += scale * jacobian[e]
    for e in range(count, len(places)):
        lu[places[e]] += shift


@njit(cache=True, error_model="numpy")
def factorise(factors, lu, work):
    """Compute the factors in place, diagonal inverted; return whether all pivots were usable."""
    starts, columns, diagonal, sparse = factors.starts, factors.columns, factors.diagonal, factors.sparse
    species = len(diagonal)
    dense, first = species - sparse, starts[-1]
    # Row by row (Doolittle): a row is spread out over ``work``, where rows above it are taken off without searching
    # for columns, and gathered again; the pattern holds all that fills in.
    for i in range(species):
        for p in range(starts[i], starts[i + 1]):
            work[columns[p]] = lu[p]
        stop = starts[i + 1]
        if i >= sparse:
            base = first + (i - sparse) * dense
            for j in range(dense):
                work[sparse + j] = lu[base + j]
        else:
            stop = diagonal[i]
        for p in range(starts[i], stop):
            k = columns[p]
            factor = work[k] * lu[diagonal[k]]
            work[k] = factor
            if factor != 0.0:
                for q in range(diagonal[k] + 1, starts[k + 1]):
                    work[columns[q]] -= factor * lu[q]
        for p in range(starts[i], starts[i + 1]):
            lu[p] = work[columns[p]]
        if i < sparse:
            inverse = 1.0 / lu[diagonal[i]]
            if not np.isfinite(inverse):
                return False
            lu[diagonal[i]] = inverse
        else:
            for j in range(dense):
                lu[base + j] = work[sparse + j]
    return _factorise_dense(lu[first:].reshape(dense, dense)) if dense else True


@njit(cache=True, error_model="numpy")
def _factorise_dense(a):
    """Factor a dense block without exchanges, panel by panel; the bulk of the work is matrix products."""
    n = len(a)
    for begin in range(0, n, _PANEL):
        end = min(begin + _PANEL, n)
        for k in range(begin, end):
            inverse = 1.0 / a[k, k]
            if not np.isfinite(inverse):
                return False
            a[k, k] = inverse
            for i in range(k + 1, n):
                factor = a[i, k] * inverse
                a[i, k] = factor
                if factor != 0.0:
                    for j in range(k + 1, end):
                        a[i, j] -= factor * a[k, j]
        if end == n:
            break
        for k in range(begin, end):
            for i in range(k + 1, end):
                factor = a[i, k]
                if factor != 0.0:
                    for j in range(end, n):
                        a[i, j] -= factor * a[k, j]
        # The rest of the block less a product of panels, in strips whose copies stay in the cache.
        above = a[begin:end, end:].copy()
        for low in range(end, n, 4 * _PANEL):
            high = min(low + 4 * _PANEL, n)
            a[low:high, end:] -= np.dot(a[low:high, begin:end].copy(), above)
    return True


@njit(cache=True)
def solve(factors, lu, b, work):
    """Solve in place for ``b``, species in the order of the network; ``work`` holds one number a species."""
    order, starts, columns, diagonal = factors.order, factors.starts, factors.columns, factors.diagonal
    sparse, species = factors.sparse, len(order)
    dense, first = species - sparse, starts[-1]
    # L w = b downwards, then U x = w upwards, first through the dense block; diagonals are inverted already.
    for i in range(species):
        value = b[order[i]]
        for p in range(starts[i], diagonal[i] if i < sparse else starts[i + 1]):
            value -= lu[p] * work[columns[p]]
        if i >= sparse:
            base = first + (i - sparse) * dense
            for j in range(i - sparse):
                value -= lu[base + j] * work[sparse + j]
        work[i] = value
    for i in range(species - 1, sparse - 1, -1):
        base = first + (i - sparse) * dense
        value = work[i]
        for j in range(i - sparse + 1, dense):
            value -= lu[base + j] * work[sparse + j]
        work[i] = value * lu[base + i - sparse]
    for i in range(sparse - 1, -1, -1):
        value = work[i]
        for p in range(diagonal[i] + 1, starts[i + 1]):
            value -= lu[p] * work[columns[p]]
        work[i] = value * lu[diagonal[i]]
    for i in range(species):
        b[order[i]] = work[i]
