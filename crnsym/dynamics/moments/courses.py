"""What solved moment equations return."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from ...arguments import checked
from ...errors import NetworkError
from ...network.moments.closed import ClosedMoments


@dataclass(frozen=True, eq=False)
class _Courses:
    """Moments over time.

    Attributes
    ----------
    closed
        The equations.
    times
        ``(times,)``.
    values
        ``(times, variables)``, in the order of ``closed.names``.
    """

    closed: ClosedMoments
    times: np.ndarray
    values: np.ndarray

    @property
    def species(self) -> tuple[str, ...]:
        """Names of all species of the network."""
        return self.closed.network.species_names

    def __getitem__(self, name: str) -> np.ndarray:
        """Return one variable over time, ``(times,)``."""
        if name not in self.closed.names:
            raise NetworkError(f"{name} is no variable of these equations; there are {', '.join(self.closed.names)}")
        return self.values[:, self.closed.names.index(name)]


class MomentCourses(_Courses):
    """Moments of a well-mixed network over time, in molecules.

    Examples
    --------
    >>> import crnsym as cs
    >>> closed = cs.moment_equations(cs.network("2 A -> B @ 0.1; init A = 20, B = 0")).close("normal")
    >>> courses = cs.simulate_moments(closed, (0, 1, 3))
    >>> courses.mean().shape, courses.sd().shape
    ((3, 2), (3, 2))
    """

    def mean(self) -> np.ndarray:
        """Return the mean numbers of molecules, ``(times, species)``; NaN for species held fixed."""
        found = np.full((len(self.times), len(self.species)), np.nan)
        for column, powers in enumerate(self._powers):
            if len(powers) == 1:
                found[:, powers[0]] = self.values[:, column]
        return found

    def covariance(self) -> np.ndarray:
        """Return the covariances, ``(times, species, species)``; NaN for species held fixed.

        Raises
        ------
        NetworkError
            The equations are of order 1.
        """
        moments: Any = self.closed.moments
        if moments.order < 2:
            raise NetworkError("equations of order 1 have no covariances; take order=2")
        count, means = len(self.species), self.mean()
        found = np.full((len(self.times), count, count), np.nan)
        for column, powers in enumerate(self._powers):
            if len(powers) == 2:
                i, j = powers
                value = self.values[:, column] - (0 if moments.central else means[:, i] * means[:, j])
                found[:, i, j] = found[:, j, i] = value
        return found

    def sd(self) -> np.ndarray:
        """Return the standard deviations, ``(times, species)``; NaN where a closure made a variance negative."""
        variance = np.diagonal(self.covariance(), axis1=1, axis2=2)
        return np.sqrt(np.where(variance >= 0, variance, np.nan))

    @property
    def _powers(self) -> tuple[tuple[int, ...], ...]:
        return self.closed.moments.powers  # type: ignore[union-attr]  # (sympy: Basic)


@checked
class LatticeMomentCourses(_Courses):
    """Moments of lattice motifs over time; numbers as `crnsym.LatticeRuns` counts them.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 20")
    >>> closed = cs.lattice_moment_equations(net, (8, 8)).close("pair")
    >>> courses = cs.simulate_moments(closed, (0, 2, 3))
    >>> courses.counts().shape
    (3, 1)
    """

    def counts(self) -> np.ndarray:
        """Return the mean numbers of molecules, ``(times, species)``."""
        moments: Any = self.closed.moments
        origin = (0,) * len(moments.shape)
        columns = [self[moments.name([(origin, s)])] for s in self.species]
        return prod(moments.shape) * np.stack(columns, axis=-1)

    def nearest(self, one: str, other: str) -> np.ndarray:
        """Return the mean number of bonds between nearest neighbours that join the two species, ``(times,)``."""
        return self._pairs(one, other, 1)

    def next_nearest(self, one: str, other: str) -> np.ndarray:
        """Return the mean number of pairs two bonds apart, ``(times,)``; needs equations of reach 2."""
        return self._pairs(one, other, 2)

    def _pairs(self, one: str, other: str, reach: int) -> np.ndarray:
        moments: Any = self.closed.moments
        origin, sites, orders = (0,) * len(moments.shape), prod(moments.shape), 1 if one == other else 2
        found = np.zeros(len(self.times))
        for displacement in moments.displacements(reach):
            found += sites * orders * self[moments.name([(origin, one), (displacement, other)])]
        return found
