"""What a lattice simulation returns: snapshots, and the moments that are read off them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arguments import checked
from ...data.snapshots import Snapshots
from ...data.trajectories import Trajectories
from ...errors import DataError, NetworkError
from ...network.arguments import real
from .sites import check_size

Displacement = tuple[int, ...]


@checked
@dataclass(frozen=True, eq=False)
class LatticeRuns:
    """Runs of a lattice simulation.

    Attributes
    ----------
    species
        Names; the n-th is the number n in ``sites``, counted from 1.
    times
        ``(times,)``, shared by all runs.
    sites
        ``(runs, times, *shape)``, int8: what each site holds, 0 where it is empty.
    periodic
        Whether opposite faces are neighbours.
    numbers
        ``(runs,)``: numbers of the runs under this seed; those in between were discarded.
    discarded
        Numbers of the runs that were discarded because a species that had to survive died out.
    attempts
        Attempted hops (time-stepper), or events drawn (exact process), of all runs, the discarded ones included.
    seed
        As given.
    lattice
        ``"square"`` or ``"hexagonal"``.
    method
        ``"exact"`` or ``"stepper"``; empty where it is not known.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 20")
    >>> runs = cs.simulate_lattice(net, (8, 8), times=(0, 2, 3), runs=4, seed=1)
    >>> runs.counts().shape, int(runs.counts()[0, 0, 0])
    ((4, 3, 1), 20)
    >>> runs.nearest("A", "A").shape
    (4, 3)
    """

    species: tuple[str, ...]
    times: np.ndarray
    sites: np.ndarray
    periodic: bool
    numbers: tuple[int, ...]
    discarded: tuple[int, ...]
    attempts: int
    seed: int
    lattice: str = "square"
    method: str = ""

    def __len__(self) -> int:
        return len(self.sites)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sides of the lattice."""
        return self.sites.shape[2:]

    def counts(self) -> np.ndarray:
        """Return the numbers of molecules, ``(runs, times, species)``."""
        axes = tuple(range(2, self.sites.ndim))
        return np.stack([(self.sites == s + 1).sum(axis=axes) for s in range(len(self.species))], axis=-1)

    def trajectories(self) -> Trajectories:
        """Return the numbers of molecules as `Trajectories`, runs labelled by their numbers."""
        values = tuple(run.astype(float) for run in self.counts())
        labels = tuple(str(n) for n in self.numbers)
        return Trajectories(self.species, labels, tuple(self.times.copy() for _ in labels), values)

    def nearest(self, one: str, other: str) -> np.ndarray:
        """Return the number of bonds between nearest neighbours that join the two species, ``(runs, times)``."""
        return self.pairs(one, other, nearest_displacements(len(self.shape), self.lattice))

    def next_nearest(self, one: str, other: str) -> np.ndarray:
        """Return the number of pairs two bonds apart, ``(runs, times)``."""
        if self.lattice != "square":
            raise NetworkError("pairs two bonds apart are those of a square lattice; give displacements to pairs()")
        return self.pairs(one, other, next_nearest_displacements(len(self.shape)))

    def pairs(self, one: str, other: str, displacements: Sequence[Displacement]) -> np.ndarray:
        """Return the number of pairs of molecules at given displacements, ``(runs, times)``.

        Parameters
        ----------
        one, other
            Names of species; for different ones both orders count.
        displacements
            Whole steps along each axis; give only one of a displacement and its opposite.

        Raises
        ------
        NetworkError
            A name that is no species, or a displacement that does not fit on the lattice.
        """
        first, second = (self.sites == self._number(name) for name in (one, other))
        found = np.zeros(self.sites.shape[:2], dtype=np.int64)
        for displacement in displacements:
            self._check_displacement(displacement)
            check_size(self.shape, self.periodic, max(map(abs, displacement)))
            found += self._joined(first, second, displacement)
            if one != other:
                found += self._joined(second, first, displacement)
        return found

    def _check_displacement(self, displacement: Displacement) -> None:
        steps = [real(step) for step in displacement] if isinstance(displacement, Sequence | np.ndarray) else []
        if len(steps) != len(self.shape) or not all(s is not None and s == s // 1 for s in steps) or not any(steps):
            example = nearest_displacements(len(self.shape))[0]
            raise NetworkError(
                f"displacements: {displacement!r} is none on a lattice of {len(self.shape)} dimensions; give whole "
                f"steps along each axis, such as {example}"
            )

    def _joined(self, here: np.ndarray, there: np.ndarray, displacement: Displacement) -> np.ndarray:
        axes = tuple(range(2, self.sites.ndim))
        both = here & np.roll(there, [-d for d in displacement], axes)
        if not self.periodic:
            for axis, d in zip(axes, displacement, strict=True):
                size = both.shape[axis]
                both = both.take(range(max(-d, 0), size - max(d, 0)), axis=axis)
        return both.sum(axis=axes)

    def _number(self, name: str) -> int:
        if name not in self.species:
            raise NetworkError(f"{name} is no species of the lattice; there are {', '.join(self.species)}")
        return self.species.index(name) + 1


def as_lattice_runs(source: LatticeRuns | Snapshots) -> LatticeRuns:
    """Return lattice runs from themselves, or from snapshots, such as those of a file.

    Raises
    ------
    DataError
        Snapshots of counts, or of different runs at each time; or neither runs nor snapshots.
    """
    lattice = getattr(source, "lattice", "square")
    if lattice != "square":
        raise DataError(f"a model is learned on square lattices; these snapshots are of a {lattice} one")
    if isinstance(source, LatticeRuns):
        return source
    if not isinstance(source, Snapshots):
        raise DataError(
            f"expected lattice runs or snapshots of a lattice, got {type(source).__name__}; "
            "make snapshots by Snapshots(species, times, values)"
        )
    if source.kind != "lattice":
        raise DataError("these snapshots are counts (kind='counts'); snapshots of a lattice are needed")
    if source.window:
        raise DataError("these snapshots are of a window in a larger lattice; whole lattices are needed here")
    if not source.same_runs:
        raise DataError("these snapshots are of different runs at each time; runs must be followed in time here")
    numbers = tuple(range(len(source)))
    return LatticeRuns(source.species, source.times, source.values, source.periodic, numbers, (), 0, 0)


def nearest_displacements(dimensions: int, lattice: str = "square") -> list[Displacement]:
    """Return one displacement for each kind of bond."""
    along: list[Displacement] = [tuple(int(i == axis) for i in range(dimensions)) for axis in range(dimensions)]
    return [*along, (1, -1)] if lattice == "hexagonal" else along


def next_nearest_displacements(dimensions: int) -> list[Displacement]:
    """Return the displacements of two bonds, one of each opposite pair."""
    units = np.eye(dimensions, dtype=int)
    found = [2 * u for u in units]
    for a in range(dimensions):
        for b in range(a + 1, dimensions):
            found += [units[a] + units[b], units[a] - units[b]]
    return [tuple(map(int, d)) for d in found]
