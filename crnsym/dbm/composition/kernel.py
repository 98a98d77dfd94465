"""Which pairs of sites a model joins: shells of displacements, and the neighbours of every site under them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...dynamics.lattice.runs import nearest_displacements, next_nearest_displacements
from ...dynamics.lattice.sites import check_size
from ...errors import UnsupportedError
from ...network.arguments import whole_number

Displacement = tuple[int, ...]


@dataclass(frozen=True)
class Kernel:
    """Pairs of sites, sorted into shells, on a lattice of one shape.

    Attributes
    ----------
    shape
        Sides of the lattice.
    periodic
        Whether opposite faces are neighbours.
    shells
        Displacements of each shell, one of each opposite pair; the first shell are the nearest neighbours.
    species
        Number of species.
    """

    shape: tuple[int, ...]
    periodic: bool
    shells: tuple[tuple[Displacement, ...], ...]
    species: int

    @property
    def sites(self) -> int:
        """Number of sites."""
        return int(np.prod(self.shape))

    @cached_property
    def pairs(self) -> list[tuple[int, int, int]]:
        """Every coupling as (shell, species, species), species counted from 1; the order of all pair arrays."""
        each = range(1, self.species + 1)
        return [(u, a, b) for u in range(len(self.shells)) for a in each for b in each if a <= b]

    @cached_property
    def index(self) -> np.ndarray:
        """Position in `pairs` of (shell, species, species), ``(shells, species + 1, species + 1)``; -1 for empty."""
        found = np.full((len(self.shells), self.species + 1, self.species + 1), -1, dtype=np.int64)
        for k, (u, a, b) in enumerate(self.pairs):
            found[u, a, b] = found[u, b, a] = k
        return found

    @cached_property
    def table(self) -> np.ndarray:
        """Sites at every displacement and its opposite, ``(sites, 2 displacements)``; -1 behind a wall."""
        grid = np.arange(self.sites).reshape(self.shape)
        columns = []
        for displacement in self._displacements:
            for sign in (1, -1):
                moved = np.roll(grid, [-sign * d for d in displacement], range(grid.ndim))
                if not self.periodic:
                    for axis, d in enumerate(displacement):
                        edge = [slice(None)] * grid.ndim
                        edge[axis] = slice(moved.shape[axis] - sign * d, None) if sign * d > 0 else slice(0, -sign * d)
                        moved[tuple(edge)] = -1
                columns.append(moved.ravel())
        return np.ascontiguousarray(np.stack(columns, axis=1))

    @cached_property
    def shell(self) -> np.ndarray:
        """Shell of each column of `table`."""
        sizes = [2 * len(shell) for shell in self.shells]
        return np.repeat(np.arange(len(self.shells)), sizes)

    @cached_property
    def bonds(self) -> np.ndarray:
        """Number of pairs of sites in each shell, ``(shells,)``."""
        present = (self.table >= 0).sum(axis=0)
        return np.bincount(self.shell, present) / 2

    @property
    def _displacements(self) -> list[Displacement]:
        return [d for shell in self.shells for d in shell]

    def expected(self, counts: np.ndarray) -> np.ndarray:
        """Return the numbers of pairs if molecules stood at random, ``(..., pairs)``, for counts ``(..., species)``."""
        n = np.asarray(counts, dtype=float)
        found = []
        for u, a, b in self.pairs:
            one, other = n[..., a - 1], n[..., b - 1]
            chance = one * (one - 1) if a == b else 2 * one * other
            found.append(self.bonds[u] * chance / (self.sites * max(self.sites - 1, 1)))
        return np.stack(found, axis=-1)


def make_kernel(shape: tuple[int, ...], periodic: bool, species: int, shells: int = 2) -> Kernel:
    """Return the kernel of nearest, or of nearest and next-nearest, neighbours.

    In one dimension each further shell is one more distance.

    Raises
    ------
    UnsupportedError
        More shells than there are for the dimension.
    NetworkError
        A lattice smaller than the kernel.
    """
    dimensions, shells = len(shape), whole_number("shells", shells, 1)
    if dimensions == 1:
        chosen = [((distance,),) for distance in range(1, shells + 1)]
    else:
        chosen = [tuple(nearest_displacements(dimensions)), tuple(next_nearest_displacements(dimensions))][:shells]
    if shells > len(chosen):
        raise UnsupportedError(
            f"shells={shells}: on a lattice of {dimensions} dimensions there are 1 (nearest neighbours) or 2 (next)"
        )
    check_size(shape, periodic, max(max(map(abs, d)) for shell in chosen for d in shell))
    return Kernel(shape, periodic, tuple(chosen), species)
