"""Rate laws and observed columns as arrays, and the columns along a solution."""

from typing import NamedTuple

import numpy as np

from ...dynamics.integration.machine import differentiate, run
from ...files.compiled import njit


class Laws(NamedTuple):
    """Rate laws, what reactions change, and what is observed, as arrays.

    Inputs of the programs are the species, all parameters and the time, in this order.

    Attributes
    ----------
    species
        Number of species.
    rows, numbers, outputs
        Program of the rates, see `machine.Assembler`; one output a reaction.
    starts, changed, changes
        Which species each reaction changes, and by how much, from ``starts[j]`` to ``starts[j + 1]``.
    seen_rows, seen_numbers, seen
        Program of the observed columns.
    """

    species: int
    rows: np.ndarray
    numbers: np.ndarray
    outputs: np.ndarray
    starts: np.ndarray
    changed: np.ndarray
    changes: np.ndarray
    seen_rows: np.ndarray
    seen_numbers: np.ndarray
    seen: np.ndarray


@njit(cache=True, error_model="numpy")
def observe(laws, times, states, sensitivities, parameters, places, factors, seen, z_seen):
    """Fill ``seen`` ``(times, columns)`` and its derivatives ``z_seen`` from those of the species."""
    n, count = laws.species, len(parameters)
    x, seed = np.empty(n + count + 1), np.zeros(n + count + 1)
    x[n : n + count] = parameters
    values, slopes = np.empty(len(laws.seen_rows)), np.empty(len(laws.seen_rows))
    for k in range(len(times)):
        x[:n] = states[k]
        x[n + count] = times[k]
        run(laws.seen_rows, laws.seen_numbers, x, values)
        for c in range(len(laws.seen)):
            seen[k, c] = values[laws.seen[c]]
        if z_seen.shape[2] == 0:
            continue
        z_seen[k] = 0.0
        for i in range(n):
            seed[i] = 1.0
            differentiate(laws.seen_rows, seed, values, slopes)
            seed[i] = 0.0
            for c in range(len(laws.seen)):
                slope = slopes[laws.seen[c]]
                if slope != 0.0:
                    for q in range(z_seen.shape[2]):
                        z_seen[k, c, q] += slope * sensitivities[k, i, q]
        for p in range(len(places)):
            seed[places[p]] = factors[p]
            differentiate(laws.seen_rows, seed, values, slopes)
            seed[places[p]] = 0.0
            for c in range(len(laws.seen)):
                z_seen[k, c, p] += slopes[laws.seen[c]]
