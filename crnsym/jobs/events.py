"""What a running discovery tells: where it stands, and the best answer so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..comparison.criteria import weights
from ..comparison.describe import in_reading_order, reaction_texts
from ..comparison.inclusion import inclusion_probabilities
from ..comparison.predict import predict_runs, rising
from ..refit.fit import Fit
from ..search.pool import Pool

MOST_FITS = 200  # the best ones, from which probabilities of reactions are estimated during a search


@dataclass(frozen=True, slots=True, eq=False)
class Leader:
    """The best mechanism so far.

    Attributes
    ----------
    reactions
        {reaction: rate constant}, in reading order.
    score
        What mechanisms are ranked by; lower is better.
    chi2_per_value
        About 1 where nothing but noise is left.
    probabilities
        {reaction: probability} over the mechanisms that were fitted so far, the surest first; of a whole search see
        `Discovery.inclusion`.
    species
        Of the mechanism, those that were measured first.
    """

    reactions: Mapping[str, float]
    score: float
    chi2_per_value: float
    probabilities: Mapping[str, float]
    species: tuple[str, ...]
    _fit: Fit = field(repr=False)

    @staticmethod
    def of(pool: Pool) -> "Leader | None":
        """Return the best of a pool."""
        fit = pool.best_fit
        if fit is None:
            return None
        mechanism = fit.mechanism.take(in_reading_order(fit.mechanism))
        rates = dict(zip(reaction_texts(mechanism), map(float, np.exp(mechanism.log_rates)), strict=True))
        fitted = pool.ranked()[:MOST_FITS]
        shares = weights([score for score, _ in fitted]).tolist()
        likely = inclusion_probabilities([other.mechanism for _, other in fitted], shares)
        return Leader(rates, pool.best_score, fit.reduced, likely, mechanism.species, fit)

    def course(self, run: int, times: np.ndarray) -> np.ndarray:
        """Return the fitted course of a run, counted from 0, at any times: ``(times, species)``."""
        return predict_runs(self._fit, [run], [rising(times)])[0]


@dataclass(frozen=True, slots=True, eq=False)
class DiscoveryEvent:
    """Where a discovery stands.

    Attributes
    ----------
    stage
        What is being done.
    seconds
        Since the start.
    fits
        Number of mechanisms that were fitted.
    fraction
        Part of the stage that is done, in [0, 1]; None when nobody knows.
    best
        The best mechanism so far; None before there is one.
    improved
        Whether `best` is another one than in the event before.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> for event in cs.start_discovery(data, max_order=1, hidden=0):  # doctest: +SKIP
    ...     print(event.stage, event.fits)
    """

    stage: str
    seconds: float
    fits: int = 0
    fraction: float | None = None
    best: Leader | None = None
    improved: bool = False

    def __str__(self) -> str:
        told = f"{self.seconds:.1f} s  {self.stage}"
        if self.best is None:
            return told
        lines = "; ".join(f"{text} @ {rate:.4g}" for text, rate in self.best.reactions.items())
        return f"{told}  {self.fits} fits, chi2/N {self.best.chi2_per_value:.3f}: {lines}"
