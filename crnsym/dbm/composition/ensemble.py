"""Snapshots as a fit needs them: one lattice, one clock, runs of several initial conditions."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ...data.snapshots import Snapshots
from ...dynamics.lattice.runs import LatticeRuns, as_lattice_runs
from ...errors import DataError
from .couplings import pair_counts
from .kernel import Kernel

Lattices: TypeAlias = LatticeRuns | Snapshots | ArrayLike | Sequence[LatticeRuns | Snapshots | ArrayLike]
"""Runs, snapshots, or arrays ``(runs, times, *shape)``; a sequence of these, one for each initial condition."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Runs of one lattice at the same times.

    Attributes
    ----------
    species
        Names.
    shape, periodic
        Of the lattice.
    times
        ``(times,)``.
    sites
        ``(runs, times, sites)``, int8.
    group
        ``(runs,)``: number of the initial condition, the position of its runs in what was given.
    """

    species: tuple[str, ...]
    shape: tuple[int, ...]
    periodic: bool
    times: np.ndarray
    sites: np.ndarray
    group: np.ndarray

    def numbers(self) -> np.ndarray:
        """Return the numbers of molecules, ``(runs, times, species)``."""
        each = range(1, len(self.species) + 1)
        return np.stack([(self.sites == s).sum(axis=2) for s in each], axis=-1).astype(float)

    def pairs(self, kernel: Kernel) -> np.ndarray:
        """Return the numbers of pairs, ``(runs, times, pairs)``."""
        return pair_counts(kernel, self.sites)

    def thinned(self, most: int) -> "Ensemble":
        """Return at most so many times and one: the first, and every second, third, ... from there."""
        if len(self.times) <= most + 1:
            return self
        stride = -(-(len(self.times) - 1) // most)
        kept = np.arange(0, len(self.times), stride)
        return Ensemble(self.species, self.shape, self.periodic, self.times[kept], self.sites[:, kept], self.group)


def gather(
    snapshots: Lattices, times: ArrayLike | None = None, species: Sequence[str] | None = None, periodic: bool = True
) -> Ensemble:
    """Return snapshots as an `Ensemble`.

    Parameters
    ----------
    snapshots
        `LatticeRuns` or `Snapshots`; an array ``(runs, times, *shape)`` of whole numbers, 0 for an empty site and n
        for the n-th species; or a sequence of these, one for each initial condition.
    times, species, periodic
        For arrays, which do not know them; ``times`` are 0, 1, 2, ... and species ``X1, X2, ...`` if not given.

    Raises
    ------
    DataError
        Snapshots of differing shapes, times, species or boundaries; states that are not whole, negative, or larger
        than the number of species; fewer than two times, or a single run.
    """
    if isinstance(snapshots, (str, os.PathLike)):
        raise DataError(f"snapshots={str(snapshots)!r} is a path; give read_snapshots({str(snapshots)!r})")
    many = isinstance(snapshots, Sequence)
    parts = list(snapshots) if many else [snapshots]
    if not parts:
        raise DataError("snapshots is empty; give LatticeRuns or an array (runs, times, *shape)")
    known = [_one(part, i, times, species, periodic) for i, part in enumerate(parts)]
    most = max(len(part.species) for part in known)
    known = [p if p.numbers_known else _Part(_names(most), p.times, p.sites, p.periodic, False) for p in known]
    first = known[0]
    for i, part in enumerate(known[1:], start=1):
        for what, one, other in (
            ("shape", first.sites.shape[2:], part.sites.shape[2:]),
            ("species", first.species, part.species),
            ("periodic", first.periodic, part.periodic),
            ("number of times", len(first.times), len(part.times)),
        ):
            if one != other:
                raise DataError(
                    f"snapshots differ in {what}: {one} in the first, {other} in snapshots[{i}]; fit them apart"
                )
        if not np.allclose(first.times, part.times):
            raise DataError(f"snapshots[0] and snapshots[{i}] differ in their times; take them at the same times")
    sites = np.concatenate([p.sites.reshape(*p.sites.shape[:2], -1) for p in known])
    if len(sites) < 2:
        raise DataError("snapshots have a single run; give 2 or more (20 and more for good spreads)")
    group = np.repeat(np.arange(len(known)), [len(p.sites) for p in known])
    return Ensemble(first.species, first.sites.shape[2:], first.periodic, first.times, sites, group)


@dataclass(frozen=True, eq=False)
class _Part:
    species: tuple[str, ...]
    times: np.ndarray
    sites: np.ndarray
    periodic: bool
    numbers_known: bool


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"X{n + 1}" for n in range(count))


def _one(
    part: LatticeRuns | Snapshots | ArrayLike,
    position: int,
    times: ArrayLike | None,
    species: Sequence[str] | None,
    periodic: bool,
) -> _Part:
    where = f"snapshots[{position}]"
    if isinstance(part, (LatticeRuns, Snapshots)):
        part = as_lattice_runs(part)
        _check_known(part, where, times, species)
        clock, names, found, periodic = part.times, part.species, part.sites, part.periodic
    else:
        found, names = _array(part, where), None if species is None else _distinct(species)
        clock = np.arange(found.shape[1], dtype=float) if times is None else _clock(times)
    if clock.shape != (found.shape[1],) or len(clock) < 2 or not (np.diff(clock) > 0).all():
        raise DataError(f"{where}: {found.shape[1]} snapshots a run need as many increasing times, 2 or more")
    largest, lowest = int(found.max(initial=0)), int(found.min(initial=0))
    if lowest < 0:
        raise DataError(f"{where}: a site holds {lowest}; states are 0 for an empty site, and 1, 2, ... for species")
    if names is not None and largest > len(names):
        raise DataError(f"{where}: a site holds {largest}, but there are {len(names)} species ({', '.join(names)})")
    if largest == 0:
        raise DataError(f"{where}: every site is empty; there is nothing to learn")
    return _Part(names or _names(largest), clock, found.astype(np.int8), periodic, names is not None)


def _check_known(part: LatticeRuns, where: str, times: ArrayLike | None, species: Sequence[str] | None) -> None:
    """Refuse times or species that contradict those that runs have of their own."""
    if species is not None and _distinct(species) != part.species:
        raise DataError(f"{where} has the species {', '.join(part.species)}, not {', '.join(map(str, species))}")
    if times is not None and not np.array_equal(_clock(times), part.times):
        raise DataError(f"{where} has times of its own, and others were given; leave times out")


def _distinct(species: Sequence[str]) -> tuple[str, ...]:
    names = tuple(map(str, [species] if isinstance(species, str) else species))
    if not names or len(set(names)) < len(names):
        raise DataError(f"species={', '.join(names) or 'none'}: give different names")
    return names


def _clock(times: ArrayLike | None) -> np.ndarray:
    try:
        clock = np.asarray(times, dtype=float)
    except (TypeError, ValueError):
        clock = np.full(1, np.nan)
    if clock.ndim != 1 or not np.isfinite(clock).all():
        raise DataError(f"times={times!r}: give finite numbers, one for each snapshot of a run")
    return clock


def _array(part: ArrayLike, where: str) -> np.ndarray:
    try:
        found = np.asarray(part)
    except ValueError:
        raise DataError(f"{where}: its snapshots have differing shapes; all must lie on one lattice") from None
    if found.dtype == object or found.dtype.kind not in "iufb":
        raise DataError(f"{where}: its snapshots have differing shapes or are no numbers; all must lie on one lattice")
    if not 3 <= found.ndim <= 5:
        raise DataError(f"{where} has shape {found.shape}; give (runs, times, *shape) with 1 to 3 sides")
    if found.size == 0:
        raise DataError(f"{where} has shape {found.shape}, which holds nothing")
    if not np.isfinite(found).all() or (found != np.rint(found)).any():
        raise DataError(f"{where}: a state is not a whole number; states are 0 for an empty site, and 1, 2, ...")
    if found.max() > 127:
        raise DataError(f"{where}: a site holds {found.max():g}; at most 127 species can be told apart")
    return found
