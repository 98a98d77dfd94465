"""What snapshots say about the reactions: ranked sets of rules, and how far the data decide."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arguments import checked
from ..data.frames import Tidy
from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import UnsupportedError
from ..network.inputs import Shape, Times
from ..network.network import Network

TIE = 6.0  # difference in score below which two sets cannot be told apart
SHOWN = 5


@checked
@dataclass(frozen=True, eq=False)
class RuleSet:
    """One set of rules with its rates and what speaks for it.

    Attributes
    ----------
    rules
        As text: reactions, then movements.
    rates, standard_errors
        One a rule, in the units of a `Network` (of a reaction of one molecule per molecule, of two per pair of
        neighbours); of movements for each neighbour.
    loss
        Sum of squared mean residuals in units of their noise; about ``equations`` at the truth.
    score
        What the list is ranked by: the loss with the price of the rules.
    network
        The reactions, with the mean counts of the first snapshot as initial values.
    hops
        {species: rate of a hop to each empty neighbour}.
    placed
        Rules with a restriction on the sites that a `Network` cannot say, so that its simulation would differ.
    site_rules
        {rule as `simulate_lattice` reads it: rate} of those, exchange included.
    on_lattice
        The network without them.
    equivalents
        Sets of rules of the same size that generate exactly the same process with other rates.

    Examples
    --------
    >>> import crnsym as cs
    >>> runs = cs.simulate_stochastic(cs.network("A -> B @ 0.5; init A = 50"), (0, 5, 21), runs=40, seed=0)
    >>> found = cs.discover_snapshots(runs)
    >>> found[0].rules, bool(abs(found[0].rates[0] - 0.5) < 0.05)
    (('A -> B',), True)
    """

    rules: tuple[str, ...]
    rates: np.ndarray
    standard_errors: np.ndarray
    loss: float
    score: float
    network: Network
    hops: Mapping[str, float]
    on_lattice: Network
    placed: tuple[str, ...] = ()
    site_rules: Mapping[str, float] = field(default_factory=dict)
    equivalents: tuple[tuple[str, ...], ...] = ()

    def simulate(
        self, shape: Shape = (40, 40), times: Times = (0.0, 100.0, 101), runs: int = 1, **options: Any
    ) -> LatticeRuns:
        """Simulate the rules with their rates, hops and places, as `crnsym.simulate_lattice` does.

        Parameters
        ----------
        shape, times, runs, options
            As there.

        Raises
        ------
        UnsupportedError
            Hops farther than to a neighbour, which no lattice simulation makes.
        """
        from ..dynamics.lattice.simulate import simulate_lattice

        if far := [rule for rule in self.rules if rule.endswith(" far")]:
            raise UnsupportedError(f"'{far[0]}' cannot be simulated: molecules hop to neighbours alone")
        return simulate_lattice(
            self.on_lattice, shape, times, runs, hops=dict(self.hops), rules=self.site_rules, **options
        )

    @property
    def reactions(self) -> list[str]:
        """The rules that are not movements, as text."""
        return [r for r in self.rules if "->" in r]

    def lines(self) -> list[str]:
        """Return one line a rule, with rate and standard error."""
        width = max(map(len, self.rules), default=0)
        rows = zip(self.rules, self.rates, self.standard_errors, strict=True)
        return [f"{rule:<{width}}  @ {with_error(k, e)}" for rule, k, e in rows]


@dataclass(frozen=True, eq=False)
class SnapshotDiscovery(Tidy):
    """Sets of rules in rank order.

    Attributes
    ----------
    candidates
        Best first; each stands for all that generate the same process.
    snapshots
        The data.
    library
        All rules that were considered, as text.
    equations
        Number of equations of the regression.
    ties
        Number of candidates within 6 units of the best.
    verdict
        ``"decided"``, ``"tie"``, or ``"not reached"`` when no set explains the snapshots within their noise.
    statement
        The verdict in words.
    alternatives
        {rule of the best set: rules that could stand in its place within 6 units}.
    doubtful
        Rules that some candidate within 6 units adds to the best set.
    unresolved
        {species: (lowest, highest)}: rates of hops that explain the snapshots as well as the best, where they are far
        apart or the best set holds no hop. Infinite where nothing bounds them: a hop that changes nothing that
        snapshots show, or one so fast that molecules are mixed in every snapshot.
    remarks
        What else a reader should know: what was excluded, and what cannot be seen.
    details
        Numbers for the record.

    Examples
    --------
    >>> import crnsym as cs
    >>> runs = cs.simulate_stochastic(cs.network("A -> B @ 0.5; init A = 50"), (0, 5, 21), runs=40, seed=0)
    >>> found = cs.discover_snapshots(runs)
    >>> len(found) >= 1, found[0].reactions
    (True, ['A -> B'])
    """

    candidates: tuple[RuleSet, ...]
    snapshots: Snapshots
    library: tuple[str, ...]
    equations: int
    ties: int
    verdict: str
    statement: str
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    unresolved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, index: int) -> RuleSet:
        return self.candidates[index]

    def __len__(self) -> int:
        return len(self.candidates)

    def __iter__(self) -> Iterator[RuleSet]:
        return iter(self.candidates)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a candidate: the columns of ``candidates.csv``."""
        best = self.candidates[0].score if self.candidates else 0.0
        return [
            {
                "rank": i + 1,
                "rules": "; ".join(c.rules),
                "score": round(c.score, 4),
                "difference": round(c.score - best, 4),
                "loss_per_equation": float(f"{c.loss / self.equations:.6g}"),
                "undecided": "yes" if i < self.ties and self.ties > 1 else "",
                "rates": "; ".join(f"{k:.6g}" for k in c.rates),
                "standard_errors": "; ".join(f"{e:.3g}" for e in c.standard_errors),
                "same_process": " | ".join("; ".join(rules) for rules in c.equivalents),
            }
            for i, c in enumerate(self.candidates)
        ]

    def __repr__(self) -> str:
        blocks = [self.statement]
        best = self.candidates[0].score if self.candidates else 0.0
        for i, c in enumerate(self.candidates[:SHOWN]):
            difference = f"{c.score:.1f}" if i == 0 else f"+{c.score - best:.1f}"
            head = f"{i + 1}.  score {difference}  loss per equation {c.loss / self.equations:.2f}"
            blocks.append("\n".join([head, *("    " + line for line in c.lines())]))
        if len(self) > SHOWN:
            blocks.append(f"and {len(self) - SHOWN} more candidates")
        return "\n".join([*blocks, *(f"Note: {remark}" for remark in self.remarks)])


def with_error(value: float, error: float) -> str:
    """Write a rate with the digits that its standard error allows."""
    if not (np.isfinite(error) and error > 0):
        return f"{value:.4g}"
    digits = max(0, 1 - int(np.floor(np.log10(error))))
    return f"{value:.{digits}f} ± {error:.{digits}f}"
