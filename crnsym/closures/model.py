"""A learned closure, and the courses that it predicts."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from ..arguments import checked
from ..errors import NetworkError
from .domain import Domain
from .field import ClosureField
from .processes import Processes


@dataclass(frozen=True, eq=False)
class LearnedClosure:
    """Closed equations of the densities and neighbouring pairs of a lattice, for ranges of rates and compositions.

    Attributes
    ----------
    processes
        The exact equations.
    field
        What closes them, an Equinox module.
    domain
        Where it holds.
    scores
        {quantity: {closure: relative L2 distances of the conditions that were left out}}; the closures are
        ``"learned"``, ``"pair approximation"``, ``"mean field"`` and ``"noise"``, what the scatter of those runs makes.
    seconds
        Processor time of ``"simulation"``, where there was one, and ``"training"``.

    Examples
    --------
    >>> model = fit_closure(net, rates={"k": (0.1, 1)})  # doctest: +SKIP
    >>> model.quantities, model.worse()                   # doctest: +SKIP
    """

    processes: Processes
    field: ClosureField
    domain: Domain
    scores: Mapping[str, Mapping[str, np.ndarray]] = dataclasses.field(default_factory=dict)
    seconds: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def species(self) -> tuple[str, ...]:
        """Names."""
        return self.processes.network.species_names

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the moments: ``A``, or ``A-B neighbours``."""
        return moment_names(self.processes)

    def worse(self) -> dict[str, int]:
        """Return in how many of the conditions left out each rival is nearer in a quantity, beyond noise."""
        found = {}
        for quantity, rows in self.scores.items():
            for rival in ("pair approximation", "mean field"):
                if rival in rows:
                    worse = (rows["learned"] > rows[rival]) & (rows["learned"] > 2 * rows["noise"])
                    found[f"{quantity}: {rival}"] = int(worse.sum())
        return found

    def __repr__(self) -> str:
        """Return what it holds for, and how well."""
        rates = ", ".join(
            f"{name} {low:g} to {high:g}" for name, (low, high) in self.domain.rates.items() if low < high
        )
        lines = [
            f"LearnedClosure of {', '.join(self.species)}, {rates or 'fixed rates'}, {self.domain.duration:g} long"
        ]
        for quantity, rows in self.scores.items():
            parts = ", ".join(f"{name} {np.median(values):.3f}" for name, values in rows.items())
            lines.append(f"  {quantity}: off by {parts} (medians over {len(rows['learned'])} conditions left out)")
        worse = [f"{name} in {count}" for name, count in self.worse().items() if count]
        return "\n".join(lines + ([f"  nearer than the learned one: {'; '.join(worse)}"] if worse else []))


@checked
@dataclass(frozen=True, eq=False)
class ClosureCourses:
    """Means of a lattice over time, predicted by a closure; numbers as `crnsym.LatticeRuns` counts them.

    Attributes
    ----------
    processes
        The equations.
    rates
        {parameter: value}.
    times
        ``(times,)``.
    values
        ``(times, moments)``: densities, then probabilities of two species on given neighbours.
    shape
        Sides of the lattice whose numbers are returned.
    outside
        What of this lies outside the domain of the closure; empty where nothing does.

    Examples
    --------
    >>> courses = simulate_closure(model, (0, 20, 21), {"A": 300}, {"k": 0.4})  # doctest: +SKIP
    >>> courses.counts(), courses.nearest("A", "A"), courses.outside             # doctest: +SKIP
    """

    processes: Processes
    rates: Mapping[str, float]
    times: np.ndarray
    values: np.ndarray
    shape: tuple[int, ...]
    outside: tuple[str, ...] = ()

    @property
    def species(self) -> tuple[str, ...]:
        """Names."""
        return self.processes.network.species_names

    def density(self) -> np.ndarray:
        """Return molecules per site, ``(times, species)``."""
        return self.values[:, : len(self.species)]

    def counts(self) -> np.ndarray:
        """Return the mean numbers of molecules, ``(times, species)``."""
        return prod(self.shape) * self.density()

    def nearest(self, one: str, other: str) -> np.ndarray:
        """Return the mean number of bonds between nearest neighbours that join the two species, ``(times,)``."""
        bonds = prod(self.shape) * len(self.shape) * (1 if one == other else 2)
        return bonds * self.values[:, pair_column(self.processes, one, other)]


def pair_column(processes: Processes, one: str, other: str) -> int:
    """Return the position of a pair of neighbours among the moments."""
    origin = (0,) * len(processes.shape)
    name = processes.moments.name([(origin, one), ((*origin[:-1], 1), other)])
    return [s.name for s in processes.moments.equations].index(name)


def moment_names(processes: Processes) -> tuple[str, ...]:
    """Return names of the moments in words."""
    names = processes.network.species_names
    found = []
    for motif in processes.moments.motifs:
        held = [names[s - 1] for _, s in motif]
        found.append(held[0] if len(held) == 1 else f"{'-'.join(sorted(held, key=names.index))} neighbours")
    return tuple(found)


def check_closure_model(model: object) -> None:
    """Refuse anything but a learned closure.

    Raises
    ------
    NetworkError
    """
    if not isinstance(model, LearnedClosure):
        raise NetworkError(f"expected a closure from fit_closure, got {type(model).__name__}")
