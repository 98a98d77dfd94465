"""One mechanism of the ranked list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import checked
from ..data.mechanism import Mechanism
from ..errors import FitError
from ..network.network import Network
from ..refit.coefficients import coefficient_errors, coefficients_of
from ..refit.fit import Fit
from ..refit.limits import partner
from . import criteria
from .describe import reaction_texts

if TYPE_CHECKING:
    from rich.panel import Panel


@checked
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
    n_parameters
        Number of rates (and activation energies).
    log_likelihood
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

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> best = found[0]
    >>> best.reactions, round(best.rates["k1"], 1)
    (['A -> B'], 0.5)
    >>> best.standard_errors["k1"] < 0.02
    True
    """

    network: Network
    fit: Fit
    rates: Mapping[str, float]
    standard_errors: Mapping[str, float]
    n_parameters: int
    log_likelihood: float
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
    def coefficients(self) -> dict[str, tuple[float, float]]:
        """{unknown coefficient of what was observed: (value, standard error)}, see `crnsym.refit.observation`."""
        seen = self.fit.problem.observation
        if seen is None:
            return {}
        values, errors = coefficients_of(self.fit), coefficient_errors(self.fit)
        return {n: (float(v), float(e)) for n, v, e in zip(seen.names, values, errors, strict=True)}

    @property
    def hidden_species(self) -> tuple[str, ...]:
        """Species of the mechanism that were not measured."""
        seen = np.atleast_1d(self.fit.problem.present.any(axis=(0, 1)))
        return tuple(s for s, flag in zip(self.mechanism.species, seen, strict=True) if not flag)

    @property
    def chi2(self) -> float:
        """Sum of squared residuals in units of the noise."""
        return self.fit.chi2

    @property
    def count(self) -> int:
        """Number of values."""
        return self.fit.count

    @property
    def bic(self) -> float:
        """Bayesian information criterion, see `crnsym.comparison.criteria`."""
        return self.criterion("bic")

    @property
    def aicc(self) -> float:
        """Akaike's criterion corrected for few data, see `crnsym.comparison.criteria`."""
        return self.criterion("aicc")

    def criterion(self, name: str) -> float:
        """Return one of `crnsym.comparison.criteria.CRITERIA`.

        Raises
        ------
        FitError
            Another name.
        """
        if name not in criteria.CRITERIA:
            raise FitError(f"criterion='{name}' is not known; choose {', '.join(criteria.CRITERIA)}")
        return criteria.CRITERIA[name](self.chi2, self.count, self.n_parameters)

    @property
    def reduced(self) -> float:
        """chi2 per value; about 1 or below when the noise is reached."""
        return self.chi2 / max(self.count, 1)

    def course(self, run: int, times: ArrayLike, rates: Mapping[str, float] | None = None) -> np.ndarray:
        """Return the course of a run that was fitted, from its fitted start, at any times.

        Parameters
        ----------
        run
            Which run of the data, counted from 0.
        times
            Increasing, the first at the start of the run.
        rates
            {parameter: value} of those that are to be other than fitted: what if?

        Returns
        -------
        ``(times, species)``, the measured species first; NaN where it cannot be integrated.

        Raises
        ------
        FitError
            A run or a parameter that there is not, times that do not increase, or a value that is not above 0.
        """
        from .course import course
        from .predict import rising

        return course(self, run, rising(times), rates or {})

    def __rich__(self) -> "Panel":
        from .card import terminal_card

        return terminal_card(self)

    def _repr_html_(self) -> str:
        from .card import html_card

        return html_card(self)

    def __repr__(self) -> str:
        from .card import plain_card

        return plain_card(self)


def require_candidate(given: object, verb: str) -> None:
    """Refuse what is no candidate, such as all of them.

    Raises
    ------
    FitError
        With what to give instead.
    """
    if not isinstance(given, Candidate):
        raise FitError(f"{verb} takes one candidate, such as found[0]; got a {type(given).__name__}")
