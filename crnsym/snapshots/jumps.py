"""Counts and pair counts of a lattice with their expected changes by every rule, exact for each snapshot."""

from collections.abc import Sequence

import numpy as np

from ..data.snapshots import Snapshots
from .geometry import distances, parts, shell
from .misread import corrected
from .observed import Jumps, Squares, all_pairs
from .rules import Rule
from .sums import Layout, collect


def lattice_jumps(
    shots: Snapshots, rules: Sequence[Rule], counts_only: bool = False, misread: np.ndarray | None = None
) -> Jumps:
    """Return counts and pair counts of lattice snapshots with their expected changes by every rule.

    Parameters
    ----------
    shots
        Of a lattice; parts of it count as runs where `parts` divides it.
    rules
        The library.
    counts_only
        Leave the pair counts out.
    misread
        ``(states, states)``: chance that a site of the second state is taken for the first. Sums are those that sites
        read without errors would have in the mean; second moments, to which errors add, are left out.
    """
    species, times = len(shots.species), len(shots.times)
    counted = distances(shots)
    squares = (*counted, *sorted({r.apart for r in rules} - set(counted)))
    tables = [shell(shots.shape, shots.periodic, square, shots.lattice) for square in squares]
    reach = 1 + max(squares.index(r.apart) for r in rules)
    layout = Layout(species, len(counted), squares, reach)
    part = parts(shots, max(1, *(int(np.ceil(r.apart**0.5)) for r in rules)))
    divided = int(part.max()) + 1
    sums = np.zeros((shots.runs * times, divided, layout.size))
    flat = np.ascontiguousarray(shots.values.reshape(shots.runs * times, -1), dtype=np.int8)
    sizes = np.array([t.shape[1] for t in tables])
    collect(flat, np.hstack(tables), sizes, len(counted), reach, layout.states, part, sums)
    sums = sums.reshape(shots.runs, times, divided, -1).swapaxes(1, 2).reshape(shots.runs * divided * times, -1)
    if misread is not None:
        sums = corrected(sums, layout, misread)
    kept = species if counts_only else species + len(layout.pairs)
    leading = shots.runs * divided, times
    changes = _read(sums, np.stack([layout.changes(r)[:, :kept] for r in rules], axis=-1)).reshape(
        *leading, kept, len(rules)
    )
    values = (sums @ layout.observables()[:, :kept]).reshape(*leading, kept)
    chances = sums.mean(axis=0) @ np.stack([layout.places(r) for r in rules], axis=-1)
    second = None
    if misread is None and not counts_only:
        pairs = all_pairs(species)
        products = np.stack([[layout.squares(r)[:, a, b] for a, b in pairs] for r in rules], axis=-1).swapaxes(0, 1)
        jumps = _read(sums, products).reshape(*leading, len(pairs), len(rules))
        second = Squares(values[..., :species], changes[:, :, :species], jumps, pairs)
    return Jumps(values, changes, chances, second)


def _read(sums: np.ndarray, read_out: np.ndarray) -> np.ndarray:
    """Return ``sums @ read_out``, of which most rows are empty, flattened behind the first axis."""
    used = np.flatnonzero(read_out.any(axis=(1, 2)))
    return sums[:, used] @ read_out[used].reshape(len(used), -1)
