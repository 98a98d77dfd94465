"""Concentration-time measurements of several runs: ragged times, gaps as NaN."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from crnsym.arguments import checked
from crnsym.data.frames import Tidy
from crnsym.errors import DataError

if TYPE_CHECKING:
    from crnsym.data.operation.operation import Operation


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Trajectories(Tidy):
    """Measured (or simulated) time courses of one or more runs of the same system.

    Attributes
    ----------
    species
        Names of the measured species, in the order of the columns of ``values``.
    experiments
        One label a run.
    times
        One array ``(times,)`` a run, strictly increasing.
    values
        One array ``(times, species)`` a run; NaN where nothing was measured.
    temperatures
        One temperature in kelvin a run, or None when the runs are isothermal.
    remarks
        What the reader noticed and handled (negative values, constant species, gaps).
    errors
        Standard deviations of ``values`` that came with them, in the same shapes; NaN where there is none. None when
        the measurements came without.
    units
        Unit of each species as written by `crnsym.network.units`, ``""`` where it is not known; ``()`` for no units.
    time_unit
        Unit of ``times``, ``""`` where it is not known.
    wavelengths
        Of each column, where the columns are wavelengths: signals, not concentrations; ``()`` otherwise.
    operation
        What was done to the vessel of each run; None where nothing is known to have been.

    Examples
    --------
    >>> import numpy as np
    >>> import crnsym as cs
    >>> t, values = np.array([0.0, 1.0, 2.0]), np.array([[1.0, 0.0], [0.6, 0.4], [0.4, np.nan]])
    >>> data = cs.Trajectories(("A", "B"), ("run 1",), (t,), (values,), time_unit="s")
    >>> data.count, data.to_rows()[0]
    (5, {'experiment': 'run 1', 'time': 0.0, 'A': 1.0, 'B': 0.0})
    """

    species: tuple[str, ...]
    experiments: tuple[str, ...]
    times: tuple[np.ndarray, ...]
    values: tuple[np.ndarray, ...]
    temperatures: tuple[float, ...] | None = None
    remarks: tuple[str, ...] = ()
    errors: tuple[np.ndarray, ...] | None = None
    units: tuple[str, ...] = ()
    time_unit: str = ""
    wavelengths: tuple[float, ...] = ()
    operation: "tuple[Operation, ...] | None" = None

    def __len__(self) -> int:
        return len(self.experiments)

    def __iter__(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        return zip(self.experiments, self.times, self.values, strict=True)

    @property
    def count(self) -> int:
        """Number of values that were measured."""
        return int(sum(np.isfinite(v).sum() for v in self.values))

    def ranges(self) -> np.ndarray:
        """Largest minus smallest value of every species over all runs, ``(species,)``."""
        stacked = np.concatenate(self.values)
        return np.nanmax(stacked, axis=0) - np.nanmin(stacked, axis=0)

    def to_rows(self) -> list[dict[str, str | float]]:
        """Return one dict a row: experiment, time, temperature (where given), and every species."""
        rows: list[dict[str, str | float]] = []
        for i, (label, times, values) in enumerate(self):
            extra = {} if self.temperatures is None else {"temperature": self.temperatures[i]}
            for t, row in zip(times, values, strict=True):
                measured = dict(zip(self.species, map(float, row), strict=True))
                rows.append({"experiment": label, "time": float(t), **extra, **measured})
        return rows

    def select(self, indices: Sequence[int]) -> "Trajectories":
        """Return the runs with these indices.

        Raises
        ------
        DataError
            A run that there is not.
        """
        if missing := [i for i in indices if not -len(self.times) <= i < len(self.times)]:
            raise DataError(f"indices: there is no run {missing[0]}; there are {len(self.times)}, counted from 0")
        return replace(
            self,
            experiments=tuple(self.experiments[i] for i in indices),
            times=tuple(self.times[i] for i in indices),
            values=tuple(self.values[i] for i in indices),
            temperatures=None if self.temperatures is None else tuple(self.temperatures[i] for i in indices),
            errors=None if self.errors is None else tuple(self.errors[i] for i in indices),
            operation=None if self.operation is None else tuple(self.operation[i] for i in indices),
        )


def data_hash(data: Trajectories) -> str:
    """SHA-256 of names, labels and numbers."""
    digest = hashlib.sha256(repr((data.species, data.experiments, data.temperatures)).encode())
    for _, times, values in data:
        digest.update(np.ascontiguousarray(times).tobytes())
        digest.update(np.ascontiguousarray(values).tobytes())
    for errors in data.errors or ():
        digest.update(np.ascontiguousarray(errors).tobytes())
    if data.operation is not None:
        digest.update(repr(data.operation).encode())
    return digest.hexdigest()
