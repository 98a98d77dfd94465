"""Moments of lattices: how many molecules, and how many pairs at given displacements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ..dynamics.lattice.runs import Displacement, LatticeRuns, nearest_displacements, next_nearest_displacements
from ..dynamics.lattice.sites import check_size
from ..errors import DataError
from ..files.compiled import njit


@dataclass(frozen=True, eq=False)
class Observables:
    """Moments that are fitted or reported: all counts, then pairs.

    Parameters
    ----------
    species, shape
        Names, and the sides of the periodic lattice.
    pairs
        {name: (one, other, displacements)}, one of each displacement and its opposite; both orders of different
        species count.

    Raises
    ------
    DataError
        A name that is no species.
    NetworkError
        A lattice on which a displacement would meet itself.
    """

    species: tuple[str, ...]
    shape: tuple[int, ...]
    pairs: dict[str, tuple[str, str, Sequence[Displacement]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds, tables = [], []
        grid = np.arange(np.prod(self.shape)).reshape(self.shape)
        for name, (one, other, displacements) in self.pairs.items():
            if one not in self.species or other not in self.species:
                raise DataError(f"{name}: {one} and {other} must be among the species {', '.join(self.species)}")
            for displacement in displacements:
                check_size(self.shape, True, max(map(abs, displacement)))
                kinds.append((len(tables), self.species.index(one) + 1, self.species.index(other) + 1))
                moved = np.roll(grid, [-d for d in displacement], tuple(range(len(self.shape))))
                tables.append(moved.ravel())
        ends = np.cumsum([len(displacements) for *_, displacements in self.pairs.values()])
        object.__setattr__(self, "_kinds", np.array(kinds, dtype=np.int64).reshape(-1, 3))
        object.__setattr__(self, "_tables", np.array(tables, dtype=np.int32).reshape(-1, grid.size))
        object.__setattr__(self, "_starts", np.concatenate([[0], ends]).astype(int))

    @property
    def names(self) -> tuple[str, ...]:
        """The species, then the pairs."""
        return (*self.species, *self.pairs)

    def of_state(self, state: np.ndarray) -> np.ndarray:
        """Return the moments of lattices that lie side by side, ``(sites, chains)``, as ``(chains, moments)``."""
        # set in __post_init__
        singles, pairs = _moments(state, self._kinds, self._tables, len(self.species))  # type: ignore[attr-defined]  # as below
        starts = self._starts  # type: ignore[attr-defined]  # (set in __init__ of a frozen class)
        sums = [pairs[a:b].sum(axis=0) for a, b in pairwise(starts)]
        return np.concatenate([singles, np.array(sums).reshape(-1, state.shape[1])]).T.astype(float)

    def of_runs(self, runs: LatticeRuns) -> np.ndarray:
        """Return the moments of every snapshot, ``(runs, times, moments)``."""
        found = [
            self.of_state(np.ascontiguousarray(runs.sites[:, t].reshape(len(runs), -1).T))
            for t in range(len(runs.times))
        ]
        return np.stack(found, axis=1)


def neighbour_moments(species: tuple[str, ...], shape: tuple[int, ...]) -> Observables:
    """Return the counts, and nearest and next-nearest pairs (two bonds apart) of all species."""
    both = [(a, b) for i, a in enumerate(species) for b in species[i:]]
    near, far = nearest_displacements(len(shape)), next_nearest_displacements(len(shape))
    pairs: dict[str, tuple[str, str, Sequence[Displacement]]] = {f"{a}-{b} nearest": (a, b, near) for a, b in both}
    pairs |= {f"{a}-{b} next": (a, b, far) for a, b in both}
    return Observables(species, shape, pairs)


@njit(cache=True, nogil=True)
def _moments(state, kinds, tables, species):
    """Count molecules ``(species, chains)`` and pairs ``(kinds, chains)``."""
    sites, chains = state.shape
    singles = np.zeros((species, chains), dtype=np.int32)
    pairs = np.zeros((len(kinds), chains), dtype=np.int32)
    for i in range(sites):
        for m in range(species):
            for c in range(chains):
                singles[m, c] += state[i, c] == m + 1
        for k in range(len(kinds)):
            j, one, other = tables[kinds[k, 0], i], kinds[k, 1], kinds[k, 2]
            for c in range(chains):
                pairs[k, c] += (state[i, c] == one) & (state[j, c] == other)
            if one != other:
                for c in range(chains):
                    pairs[k, c] += (state[i, c] == other) & (state[j, c] == one)
    return singles, pairs
