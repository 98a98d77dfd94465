"""Snapshots of stochastic systems: what every site of a lattice holds, or numbers of molecules, in many runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

from ..errors import DataError

KINDS = ("lattice", "counts")
LATTICES = ("square", "hexagonal")
MOST_SPECIES = 127  # of a lattice, whose sites are bytes


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Runs of the same system, all measured at the same times; checked when they are made.

    Attributes
    ----------
    species
        Names.
    times
        ``(times,)``, strictly increasing, two at least.
    values
        For ``kind="lattice"`` ``(runs, times, *sides)``: what each site holds, n for the n-th species and 0 where it
        is empty, in 1 to 3 dimensions. For ``kind="counts"`` ``(runs, times, species)``: numbers of molecules.
    kind
        ``"lattice"`` or ``"counts"``.
    periodic
        Whether opposite faces of the lattice are neighbours.
    lattice
        ``"square"`` (or cubic, or a chain), or ``"hexagonal"`` of two sides, whose axes are 60 degrees apart: the six
        neighbours of a site are at (1, 0), (0, 1), (1, -1) and opposite.
    window
        Whether the lattice goes on beyond its border, so that sites there have neighbours that were not imaged.
    same_runs
        Whether each run was followed in time; False where every snapshot is of a run of its own, as when measuring
        destroys the sample.

    Raises
    ------
    DataError
        Runs of differing shapes, states that are negative, not whole or of no species, fewer than two runs or two
        times, or a lattice on which a site is twice the neighbour of another.

    Examples
    --------
    >>> Snapshots(("A",), [0, 1], [[[5], [3]], [[5], [4]]], "counts").runs
    2
    """

    species: tuple[str, ...]
    times: np.ndarray
    values: np.ndarray
    kind: str = "lattice"
    periodic: bool = True
    same_runs: bool = True
    lattice: str = "square"
    window: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DataError(f"kind={self.kind!r} is unknown; choose one of {', '.join(KINDS)}")
        if self.lattice not in LATTICES:
            raise DataError(f"lattice={self.lattice!r} is unknown; choose one of {', '.join(LATTICES)}")
        given = [self.species] if isinstance(self.species, str) else self.species
        names = tuple(str(name).strip() for name in given) if isinstance(given, Iterable) else ()
        if not names or len(set(names)) < len(names) or not all(names):
            raise DataError(f"species={self.species!r}: snapshots need species with different names")
        values = _whole(_stacked(self.values))
        object.__setattr__(self, "species", names)
        object.__setattr__(self, "times", _checked_times(self.times))
        _check_shape(self, values)
        if self.kind == "lattice":
            if values.max() > len(names):
                raise DataError(
                    f"a site holds {values.max()}, but there are {len(names)} species ({', '.join(names)}); sites "
                    "hold the number of a species, or 0"
                )
            if len(names) > MOST_SPECIES:
                raise DataError(f"{len(names)} species; a site of a lattice can tell {MOST_SPECIES} apart")
            values = values.astype(np.int8)
        object.__setattr__(self, "values", values)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def runs(self) -> int:
        """Number of runs (of snapshots at each time)."""
        return len(self.values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sides of the lattice; empty for counts."""
        return self.values.shape[2:] if self.kind == "lattice" else ()

    @property
    def directions(self) -> int:
        """Number of neighbours of a site; 0 for counts."""
        return 6 if self.lattice == "hexagonal" else 2 * len(self.shape)

    def counts(self) -> np.ndarray:
        """Return the numbers of molecules, ``(runs, times, species)``."""
        if self.kind == "counts":
            return self.values
        axes = tuple(range(2, self.values.ndim))
        return np.stack([(self.values == s + 1).sum(axis=axes) for s in range(len(self.species))], axis=-1)


class Runs(Protocol):
    """Simulated runs of a lattice or of counted molecules; what else they hold tells which."""

    @property
    def species(self) -> tuple[str, ...]:
        """Names."""
        ...

    @property
    def times(self) -> np.ndarray | tuple[np.ndarray, ...]:
        """Of all runs, or of each."""
        ...


Shots: TypeAlias = Snapshots | Runs
"""What verbs take as snapshots: themselves, or simulated runs."""


def as_snapshots(source: Shots) -> Snapshots:
    """Return snapshots from themselves, or from the runs of a lattice or a stochastic simulation.

    Raises
    ------
    DataError
        Anything else, or runs that cannot be used.
    """
    if isinstance(source, Snapshots):
        return source
    runs: Any = source
    if all(hasattr(source, name) for name in ("sites", "periodic", "times", "species")):
        lattice = getattr(source, "lattice", "square")
        return Snapshots(runs.species, runs.times, runs.sites, "lattice", runs.periodic, lattice=lattice)
    counts = getattr(source, "counts", None)
    if isinstance(counts, np.ndarray) and hasattr(source, "times") and hasattr(source, "species"):
        return Snapshots(runs.species, runs.times, counts, "counts")
    if hasattr(source, "experiments"):
        times = runs.times[0]
        for label, other in zip(runs.experiments, runs.times, strict=True):
            if len(other) != len(times) or (np.asarray(other) != times).any():
                raise DataError(f"run {label} has other times than run {runs.experiments[0]}; snapshots share theirs")
        return Snapshots(runs.species, times, runs.values, "counts")
    raise DataError(f"expected Snapshots or simulated runs, got {type(source).__name__}")


def _stacked(values: object) -> np.ndarray:
    if not isinstance(values, np.ndarray):
        shapes = [_shape_of(run, i) for i, run in enumerate(values)] if isinstance(values, Sequence) else []
        odd = next((i for i, shape in enumerate(shapes) if shape != shapes[0]), None)
        if odd is not None:
            first, other = ("x".join(map(str, s)) for s in (shapes[0], shapes[odd]))
            raise DataError(f"run {odd} has the shape {other} and run 0 has {first}; snapshots of all runs are alike")
        values = np.array(values)
    if values.dtype.kind not in "biuf":
        raise DataError(f"values hold {values.dtype}; snapshots hold whole numbers, one a site or a species")
    return values


def _shape_of(run: Any, number: int) -> tuple[int, ...]:
    try:
        return np.shape(run)
    except ValueError:  # rows of differing lengths
        raise DataError(
            f"run {number} has snapshots of differing shapes; every time has the same sites or species, and a site "
            "holds one number"
        ) from None


def _whole(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f":
        if not (np.isfinite(values) & (values == np.rint(values))).all():
            wrong = values[~(np.isfinite(values) & (values == np.rint(values)))].flat[0]
            raise DataError(f"snapshots hold whole numbers, got {wrong:g}")
        if np.abs(values).max(initial=0) >= 2**53:
            raise DataError(f"snapshots hold {np.abs(values).max():g} molecules, more than can be counted")
        values = values.astype(np.int64)
    if values.size and values.min() < 0:
        raise DataError(f"snapshots hold no negative numbers, got {values.min()}")
    return values


def _checked_times(times: Sequence[float] | np.ndarray) -> np.ndarray:
    try:
        clock = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"times={times!r}: the times of snapshots must be numbers") from None
    if clock.ndim != 1 or len(clock) < 2:
        raise DataError(f"snapshots at {clock.size} time{'s' * (clock.size != 1)}: two or more are needed")
    if not (np.isfinite(clock).all() and (np.diff(clock) > 0).all()):
        odd = next((i for i in range(1, len(clock)) if not clock[i - 1] < clock[i] < np.inf), 0)
        raise DataError(f"the times of snapshots must be finite and increase; number {odd + 1} is {clock[odd]:g}")
    return clock


def _check_shape(shots: Snapshots, values: np.ndarray) -> None:
    expected = "(runs, times, *sides)" if shots.kind == "lattice" else "(runs, times, species)"
    dimensions = values.ndim - 2
    if not 1 <= dimensions <= (3 if shots.kind == "lattice" else 1):
        raise DataError(f"values have {values.ndim} axes; expected {expected}, a lattice with 1 to 3 sides")
    if shots.lattice == "hexagonal" and dimensions != 2:
        raise DataError(f"a hexagonal lattice has two sides; these snapshots have {dimensions}")
    if shots.window and shots.periodic:
        raise DataError("a window goes on beyond its border; give periodic=False with window=True")
    least = 2 if shots.kind == "counts" else 1
    if len(values) < least:
        needed = "two or more are" if least == 2 else "one or more is"
        raise DataError(f"snapshots of {len(values)} run{'s' * (len(values) != 1)}: {needed} needed")
    if values.shape[1] != len(shots.times):
        raise DataError(f"values have {values.shape[1]} snapshots a run, but there are {len(shots.times)} times")
    if shots.kind == "counts" and values.shape[2] != len(shots.species):
        raise DataError(f"values have {values.shape[2]} columns, but there are {len(shots.species)} species")
    least = 3 if shots.periodic else 2
    if shots.kind == "lattice" and min(values.shape[2:]) < least:
        sides = "x".join(map(str, values.shape[2:]))
        raise DataError(
            f"the {'periodic' if shots.periodic else 'walled'} lattice {sides} is smaller than its kernel of nearest "
            f"neighbours; every side needs {least} sites or more"
        )
