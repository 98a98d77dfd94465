"""What `discover` and `compare` return."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import checked
from ..data.frames import Tidy
from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories
from ..errors import FitError
from ..refit.problem import FitProblem
from ..refit.profile import Interval
from .candidate import Candidate
from .criteria import CRITERIA

if TYPE_CHECKING:
    from .identifiability import Identifiability
    from .pooled import PooledPrediction
    from .proposal import Experiment
    from .rate_laws.proposed import ProposedLaw
    from .rate_table import RateTable
    from .table import TerminalTable


@checked
@dataclass(frozen=True, eq=False)
class Discovery(Tidy):
    """What was found: candidates in rank order, and how far the data decide.

    Attributes
    ----------
    candidates
        Best first; each stands for all mechanisms with its vector field.
    data, noise, laws
        The measurements, their estimated noise, and the conservation laws that were tried as hypotheses.
    problem
        The measurements as they were fitted.
    statement
        The verdict in plain words.
    verdict
        ``"decided"``, ``"tie"``, ``"undecided"``, ``"not reached"``, or ``"unfinished"`` where the search did not end
        by itself.
    ties
        Number of candidates at the top that these data cannot tell apart.
    inclusion
        {reaction: probability}.
    remarks
        What else a reader should know.
    details
        Options, timings and versions, for the record.
    complete
        False when the search was cut short.
    identified, profiles
        What the data determine of the best mechanism, and {rate or product: interval}; see `explain`.
    proposal
        The run that would tell undecided mechanisms apart.
    rate_law
        The rate law of the only reaction, where mass action misfits and a law does better.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], data)
    >>> len(found), found[0].reactions
    (2, ['A -> B'])
    >>> found.predict({"A": 2.0}, (0, 4, 3)).mean.shape
    (3, 2)
    """

    candidates: tuple[Candidate, ...]
    data: Trajectories
    noise: NoiseModel
    problem: FitProblem
    laws: tuple[np.ndarray, ...] = ()
    statement: str = ""
    verdict: str = ""
    ties: int = 1
    inclusion: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    identified: "Identifiability | None" = None
    profiles: Mapping[str, Interval] = field(default_factory=dict)
    proposal: "Experiment | None" = None
    rate_law: "ProposedLaw | None" = None

    def __getitem__(self, index: int) -> Candidate:
        return self.candidates[index]

    def __len__(self) -> int:
        return len(self.candidates)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)

    def ranked_by(self, criterion: str) -> tuple[Candidate, ...]:
        """Return the candidates in the order of one of `crnsym.comparison.criteria.CRITERIA`, the best first.

        Raises
        ------
        FitError
            No such criterion.
        """
        if criterion not in CRITERIA:
            raise FitError(f"criterion='{criterion}' is not known; choose {', '.join(CRITERIA)}")
        return tuple(sorted(self.candidates, key=lambda candidate: candidate.criterion(criterion)))

    @property
    def rates(self) -> "RateTable":
        """Rate constants of all candidates as numbers, one a row: ``found.rates.to_pandas()``."""
        from .rate_table import RateTable

        return RateTable(self.candidates)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a candidate: the columns of ``candidates.csv``; for numbers of rates see `rates`."""
        from .table import rows

        return rows(self.candidates, self.ties)

    def predict(
        self, initial: Mapping[str, float], times: Sequence[float] | np.ndarray, kelvin: float | None = None
    ) -> "PooledPrediction":
        """Predict a new run by all candidates together, each with its weight.

        Parameters
        ----------
        initial
            {measured species: concentration at the first time}; those not named are absent.
        times
            From the start of the run on, or ``(start, stop, points)``.
        kelvin
            Temperature, where the candidates have activation energies.

        Returns
        -------
        PooledPrediction
            ``mean`` and ``spread`` between the candidates, ``(times, species)``; the spread does not hold the errors of
            the rates.

        Raises
        ------
        DataError, NetworkError, UnsupportedError
            What cannot be used.
        """
        from .pooled import pooled_prediction

        return pooled_prediction(self, initial, times, kelvin)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything into a JSON file, whole or not at all; `crnsym.load_discovery` reads it back.

        The file holds the measurements, all candidates with their fits, and what was said of them, with every bit of
        every number, and names its version.

        Raises
        ------
        ExportError
            The file cannot be written.
        """
        from .saved.file import save_discovery

        save_discovery(self, path)

    def __rich__(self) -> "TerminalTable":
        from .table import TerminalTable

        return TerminalTable(self)

    def _repr_html_(self) -> str:
        from .table import html_table

        return html_table(self)

    def __repr__(self) -> str:
        from .table import plain_text

        return plain_text(self)
