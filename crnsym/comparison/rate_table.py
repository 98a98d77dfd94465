"""All rate constants of all candidates as numbers, one a row."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..data.frames import Tidy

if TYPE_CHECKING:
    from .candidate import Candidate


@dataclass(frozen=True, eq=False)
class RateTable(Tidy):
    """Rate constants of ranked candidates; ``to_pandas()`` or ``to_polars()`` makes a frame of them.

    Attributes
    ----------
    candidates
        Best first.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> [(row["rate"], row["reaction"]) for row in found.rates.to_rows()]
    [('k1', 'A -> B')]
    """

    candidates: "tuple[Candidate, ...]"

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a rate constant.

        ``rank``, ``candidate``, ``weight``, ``reaction`` (empty where a constant belongs to several), ``rate``,
        ``value`` and ``standard_error`` in the units of the data, ``lower_bound`` and ``upper_bound`` (one-sided 95 %)
        where the data give no more than that, ``energy`` and ``energy_error`` in kJ/mol; NaN where there is none.
        """
        return [row for rank, c in enumerate(self.candidates, 1) for row in _rows(rank, c)]

    def __len__(self) -> int:
        return sum(len(c.rates) for c in self.candidates)

    def __repr__(self) -> str:
        lines = [
            f"{row['rank']:>4}  {row['rate']:<8} {row['value']:<12.6g} {row['standard_error']:<12.3g} {row['reaction']}"
            for row in self.to_rows()
        ]
        return "\n".join(["rank  rate     value        error        reaction", *lines])


def _rows(rank: int, candidate: "Candidate") -> list[dict[str, Any]]:
    reactions: Sequence[str] = candidate.reactions if candidate.one_rate_each else [""] * len(candidate.rates)
    return [
        {
            "rank": rank,
            "candidate": candidate.name,
            "weight": float(candidate.weight),
            "reaction": reaction,
            "rate": name,
            "value": float(value),
            "standard_error": float(candidate.standard_errors.get(name, math.nan)),
            "lower_bound": float(candidate.bounds.get(name, math.nan)),
            "upper_bound": float(candidate.ceilings.get(name, math.nan)),
            "energy": float(energy),
            "energy_error": float(error),
        }
        for (name, value), reaction, energy, error in zip(
            candidate.rates.items(), reactions, *_energies(candidate), strict=True
        )
    ]


def _energies(candidate: "Candidate") -> tuple[list[float], list[float]]:
    """Activation energies and their errors, in the order of the rates; NaN without them."""
    if not candidate.energies:
        none = [math.nan] * len(candidate.rates)
        return none, none
    return list(candidate.energies.values()), list(candidate.energy_errors.values())
