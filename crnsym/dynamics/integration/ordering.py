"""Which species to eliminate first, so that the factors of a sparse Jacobian stay sparse.

Pivots are taken from the diagonal by Markowitz' rule (1957): the fewest products (row length times column length) at
every step, ties to the first species. On signalling networks, whose Jacobians are far from symmetric, this fills in
a third of what a symmetric minimum-degree ordering does. Rows and columns of the graph are whole numbers used as
sets of bits.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

_DENSE = 0.6  # what is left is factored as a dense block once this part of it is filled


class Elimination(NamedTuple):
    """Species in the order of elimination, and the positions that the factors fill.

    ``rows[i]`` and ``columns[i]`` are the species in the row and in the column of the i-th pivot when it is
    eliminated; the last ``len(order) - len(rows)`` species form a dense block.
    """

    order: list[int]
    rows: list[list[int]]
    columns: list[list[int]]


def eliminate(species: int, entries: np.ndarray) -> Elimination:
    """Choose pivots for a matrix with entries at ``(row, column)`` and a full diagonal."""
    rows, columns = [0] * species, [0] * species
    for i, j in entries.tolist():
        if i != j:
            rows[i] |= 1 << j
            columns[j] |= 1 << i
    row_counts = np.array([r.bit_count() for r in rows], dtype=np.int64)
    column_counts = np.array([c.bit_count() for c in columns], dtype=np.int64)
    cost = row_counts * column_counts
    never = np.iinfo(np.int64).max
    order, row_sets, column_sets = [], [], []
    left, filled = species, int(row_counts.sum())
    while left and filled + left < _DENSE * left * left:
        pivot = int(np.argmin(cost))
        row, column, keep = rows[pivot], columns[pivot], ~(1 << pivot)
        order.append(pivot)
        row_sets.append(list(_bits(row)))
        column_sets.append(list(_bits(column)))
        filled -= int(row_counts[pivot])
        cost[pivot] = never
        for i in column_sets[-1]:
            rows[i] = (rows[i] | (row & ~(1 << i))) & keep
            filled -= int(row_counts[i])
            row_counts[i] = rows[i].bit_count()
            filled += int(row_counts[i])
            cost[i] = row_counts[i] * column_counts[i]
        for j in row_sets[-1]:
            columns[j] = (columns[j] | (column & ~(1 << j))) & keep
            column_counts[j] = columns[j].bit_count()
            cost[j] = row_counts[j] * column_counts[j]
        left -= 1
    taken = set(order)
    return Elimination(order + [i for i in range(species) if i not in taken], row_sets, column_sets)


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
