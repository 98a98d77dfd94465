"""From fits to a ranked list of candidates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..data.frames import Tidy
from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories
from ..network.network import Network
from ..refit.fit import Fit
from ..refit.limits import lower_bound, partner
from ..refit.problem import FitProblem
from ..refit.profile import Interval
from ..rounding.to_network import default_energy_names, default_rate_names, to_network
from ..search.score import Score
from ..training.tasks import Tasks
from . import criteria
from .describe import in_reading_order, reaction_texts
from .groups import same_vector_field, tie_width

if TYPE_CHECKING:
    from rich.panel import Panel

    from .identifiability import Identifiability
    from .proposal import Experiment
    from .table import TerminalTable


@dataclass(frozen=True, eq=False)
class Candidate:
    """One mechanism with its rates and what speaks for it.

    Attributes
    ----------
    network
        With parameters k1, k2, ... in the order of the reactions.
    fit
        The fit on all runs, reactions in the same order.
    rates, standard_errors
        By parameter name, in the units of the data.
    chi2, count, n_parameters
        Sum of squared residuals in units of the noise, number of values, number of rates (and activation energies).
    log_likelihood, bic, aicc
        See `crnsym.comparison.criteria`.
    score
        What the list is ranked by: BIC with the price of choosing among many possible reactions.
    weight
        Probability among the candidates, from the score.
    test_error
        Mean error on left-out runs as a part of the range; NaN if none was left out.
    provenance
        How it was found, a remark a step.
    group
        Number of its class of equal vector fields.
    alternatives
        Mechanisms with exactly the same vector field.
    name
        ``"01"``, ``"02"``, ... in rank order, or the name of the network that was given.
    bounds
        {parameter: smallest value the data allow, one-sided 95 %} of the rates at their fast limit, which are bounded
        and not estimated: ``rates`` holds the large value that stands for infinity.
    energies, energy_errors
        {parameter: activation energy in kJ/mol}, and standard errors, where the runs have several temperatures;
        ``rates`` then hold at `reference`.
    ceilings
        {parameter: largest value the data allow, one-sided 95 %} of those that may be as small as they like.
    undetermined
        Parameters of which the data say nothing.
    seconds
        How long its fit took; NaN where that was not measured.
    one_rate_each
        Whether the rates are one a reaction, in their order.
    """

    network: Network
    fit: Fit
    rates: Mapping[str, float]
    standard_errors: Mapping[str, float]
    chi2: float
    count: int
    n_parameters: int
    log_likelihood: float
    bic: float
    aicc: float
    score: float
    weight: float = float("nan")
    test_error: float = float("nan")
    provenance: tuple[str, ...] = ()
    group: int = 0
    alternatives: tuple[Mechanism, ...] = ()
    name: str = ""
    bounds: Mapping[str, float] = field(default_factory=dict)
    energies: Mapping[str, float] = field(default_factory=dict)
    energy_errors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)
    undetermined: tuple[str, ...] = ()
    seconds: float = float("nan")
    one_rate_each: ClassVar[bool] = True

    @property
    def reference(self) -> float | None:
        """Temperature in kelvin at which the rates hold, where the runs have several."""
        return self.mechanism.reference if self.energies else None

    @property
    def mechanism(self) -> Mechanism:
        """The mechanism as arrays."""
        return self.fit.mechanism

    @property
    def reactions(self) -> list[str]:
        """The reactions as text, in order."""
        return reaction_texts(self.mechanism)

    @property
    def tied(self) -> dict[str, str]:
        """{parameter: parameter at its fast limit} of rates that count only divided by the other."""
        names = list(self.rates)
        pairs = {j: partner(self.mechanism, j) for j in self.fit.pinned}
        return {names[i]: names[j] for j, i in pairs.items() if i is not None and i not in pairs}

    @property
    def hidden_species(self) -> tuple[str, ...]:
        """Species of the mechanism that were not measured."""
        seen = np.atleast_1d(self.fit.problem.present.any(axis=(0, 1)))
        return tuple(s for s, flag in zip(self.mechanism.species, seen, strict=True) if not flag)

    @property
    def reduced(self) -> float:
        """chi2 per value; about 1 or below when the noise is reached."""
        return self.chi2 / max(self.count, 1)

    def __rich__(self) -> "Panel":
        from .card import terminal_card

        return terminal_card(self)

    def _repr_html_(self) -> str:
        from .card import html_card

        return html_card(self)

    def __repr__(self) -> str:
        from .card import plain_card

        return plain_card(self)


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
        ``"decided"``, ``"tie"``, ``"undecided"`` or ``"not reached"``.
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

    def __getitem__(self, index: int) -> Candidate:
        return self.candidates[index]

    def __len__(self) -> int:
        return len(self.candidates)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.candidates)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one dict a candidate: the columns of ``candidates.csv``."""
        from .table import rows

        return rows(self.candidates, self.ties)

    def __rich__(self) -> "TerminalTable":
        from .table import TerminalTable

        return TerminalTable(self)

    def _repr_html_(self) -> str:
        from .table import html_table

        return html_table(self)

    def __repr__(self) -> str:
        from .table import plain_text

        return plain_text(self)


def rank(fits: Sequence[Fit], score: Score, scale: np.ndarray) -> list[Candidate]:
    """Order fits by score and merge those with the same vector field.

    The best-scored of a class represents it; the others become its ``alternatives``, unless they only add reactions
    that do nothing.

    Parameters
    ----------
    fits
        Final fits.
    score
        The ranking score on these data.
    scale
        ``(species,)`` typical concentrations.
    """
    usable = [f for f in fits if f.ok]
    ordered = sorted(usable, key=lambda f: (score_of(f, score), reaction_texts(f.mechanism)))
    kept: list[Candidate] = []
    for fit in map(in_order, ordered):
        for i, other in enumerate(kept):
            if same_vector_field(other.mechanism, fit.mechanism, scale):
                if not other.mechanism.structure() < fit.mechanism.structure():
                    kept[i] = replace(other, alternatives=(*other.alternatives, fit.mechanism))
                break
        else:
            kept.append(make_candidate(fit, score, group=len(kept), name=f"{len(kept) + 1:02d}"))
    return weigh(kept)


def score_of(fit: Fit, score: Score) -> float:
    """Score a fit; a rate that is at its limit, fixed or tied to others is not a fitted number."""
    value = score.widened(fit.problem).mechanism(fit.mechanism, fit.chi2)
    return value - (len(fit.covariance) - fit.directions.shape[1]) * float(np.log(score.count))


def weigh(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give candidates their weights."""
    values = criteria.weights([c.score for c in candidates])
    return [replace(c, weight=float(w)) for c, w in zip(candidates, values, strict=True)]


def make_candidate(fit: Fit, score: Score, *, group: int = 0, name: str = "") -> Candidate:
    """Wrap one fit."""
    names = default_rate_names(fit.mechanism)
    rates = dict(zip(names, map(float, np.exp(fit.mechanism.log_rates)), strict=True))
    errors = {k: float(e) * rates[k] for k, e in zip(names, fit.standard_errors, strict=True)}
    errors.update({names[j]: float("inf") for j in fit.pinned})
    n = fit.directions.shape[1]
    hot = default_energy_names(fit.mechanism)
    energies = [] if fit.mechanism.energies is None else (fit.mechanism.energies / 1e3).tolist()
    energy_errors = dict(zip(hot, (fit.energy_errors / 1e3).tolist(), strict=True))
    energy_errors.update({hot[j]: float("inf") for j in fit.pinned if hot})
    return Candidate(
        network=to_network(fit.mechanism, names, fit.standard_errors, fit.energy_errors, initial=typical_start(fit)),
        fit=fit,
        rates=rates,
        standard_errors=errors,
        chi2=fit.chi2,
        count=fit.count,
        n_parameters=n,
        log_likelihood=criteria.log_likelihood(fit.chi2, fit.count),
        bic=criteria.bic(fit.chi2, fit.count, n),
        aicc=criteria.aicc(fit.chi2, fit.count, n),
        score=score_of(fit, score),
        provenance=fit.mechanism.provenance,
        group=group,
        name=name,
        bounds={names[j]: 0.0 for j in fit.pinned},
        energies=dict(zip(hot, energies, strict=True)),
        energy_errors=energy_errors,
    )


def typical_start(fit: Fit) -> dict[str, float]:
    """Return the initial concentrations of the first run: what a simulation of the network starts from."""
    return dict(zip(fit.mechanism.species, map(float, fit.initial_states[0]), strict=True))


def in_order(fit: Fit) -> Fit:
    """Put the reactions of a fit into reading order."""
    order = in_reading_order(fit.mechanism)
    pinned = tuple(int(np.flatnonzero(order == j)[0]) for j in fit.pinned)
    every = np.concatenate([order + i * len(order) for i in range(fit.problem.numbers)])
    return replace(
        fit, mechanism=fit.mechanism.take(order), covariance=fit.covariance[np.ix_(every, every)], pinned=pinned
    )


def with_bounds(candidates: Sequence[Candidate], tasks: Tasks) -> list[Candidate]:
    """Find the bounds of the rates at their fast limit, by profile likelihood."""
    todo = [(i, j) for i, c in enumerate(candidates) if c.one_rate_each for j in c.fit.pinned]
    found = tasks.run(_bound, None, [(candidates[i].fit, j) for i, j in todo], "bounds of fast rates")
    bounds: list[dict[str, float]] = [{} for _ in candidates]
    for (i, j), value in zip(todo, found, strict=True):
        bounds[i][list(candidates[i].rates)[j]] = value
    return [replace(c, bounds=b) if b else c for c, b in zip(candidates, bounds, strict=True)]


def _bound(_: None, task: tuple[Fit, int]) -> float:
    return lower_bound(*task)


def count_ties(candidates: Sequence[Candidate], problem: FitProblem) -> int:
    """Count the candidates at the top that these data cannot tell apart."""
    width = tie_width(problem)
    return sum(bool(c.score - candidates[0].score <= width) for c in candidates)
