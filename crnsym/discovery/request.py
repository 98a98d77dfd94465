"""What a user asks of a discovery, beside the measurements: as given, and as it goes on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..comparison.mixed_columns import Spectra
from ..comparison.options import Learner, Starts, are_given
from ..data.charges import GivenCharges, charges
from ..data.given_noise import GivenNoise
from ..data.operation.attach import Operations
from ..data.trajectories import Trajectories
from ..network.network import Network
from ..search.score import Vessel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """The arguments of `crnsym.discover` that decide its answer; each is described there."""

    seed: int
    max_order: int | None
    hidden: int | None
    known: Network | None
    formulas: Mapping[str, str] | None
    library: Network | None
    excluded: Network | None
    vessel: Vessel
    rates: Mapping[str, Any] | None
    bounds: Mapping[str, tuple[float, float]] | None
    detailed_balance: bool
    restarts: int
    learner: Learner
    noise: GivenNoise
    starts: Starts | GivenCharges
    operation: Operations | None
    observables: Mapping[str, Any] | None
    spectra: Spectra | None
    per_run: Sequence[str]

    @property
    def charged(self) -> GivenCharges | None:
        """The concentrations that the runs start from, as given; None where ``starts`` is a way to start."""
        return self.starts if are_given(self.starts) else None

    @property
    def plain(self) -> bool:
        """Whether every column is the concentration of a species, as far as anybody said."""
        return self.charged is None and not self.observables and self.spectra is None

    def named(self) -> list[str]:
        """Return the species of reactions and formulas, in that order, each once."""
        networks = (self.known, self.library)
        names = [name for network in networks if network is not None for name in network.species_names]
        return list(dict.fromkeys([*names, *(self.formulas or ())]))

    def recorded(self, table: Trajectories) -> dict[str, Any]:
        """Return every field as plain values, but the operation, which the table holds: what `resume` compares."""
        found = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "operation"}
        written: dict[str, Any] = {
            "known": _text(self.known),
            "formulas": None if self.formulas is None else dict(self.formulas),
            "library": _text(self.library),
            "excluded": _text(self.excluded),
            "rates": None if self.rates is None else {k: np.ravel(v).tolist() for k, v in self.rates.items()},
            "bounds": None if self.bounds is None else {k: list(v) for k, v in self.bounds.items()},
            "starts": self.starts if self.charged is None else charges(self.charged, table),
            "observables": None if self.observables is None else {k: str(v) for k, v in self.observables.items()},
            "spectra": _text(self.spectra),
            "per_run": list(self.per_run),
        }
        return found | written


def _text(value: object) -> str | None:
    return None if value is None else str(value)
