"""Which rates, or products of powers of rates, the data determine, and which nothing of this kind can.

Two questions are kept apart. *Structural*: what no data of this kind can tell, see `crnsym.comparison.structural`.
*Practical*: directions that these measurements leave open, from the covariance of the log rates; a product is looked
for among small whole powers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..refit.fit import Fit
from ..refit.freedom import two_sided
from ..refit.limits import SLOPPY
from ..refit.profile import Interval
from .candidate import Candidate, require_candidate
from .products import identified_exponents, named_powers, product_text, require_logarithms
from .structural import structural, up_and_down


@dataclass(frozen=True, slots=True)
class Combination:
    """A product of powers of rates that the data determine.

    Attributes
    ----------
    text
        Such as ``k1``, ``k1/k2`` or ``k1*k3/k2``.
    exponents
        {parameter: power}.
    interval
        Laplace interval; `profile_intervals` gives the one of the profile likelihood.
    """

    text: str
    exponents: Mapping[str, int]
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Identifiability:
    """What can be known of the rates of a mechanism.

    Attributes
    ----------
    identified
        Independent combinations that these data determine, single rates first.
    sloppy
        Directions that these data leave open, in words.
    structural
        What no data of this kind can tell, in words.
    spectrum
        Standard errors of the principal directions of the log rates, the best known first.
    parameters
        Number of rates.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> known = cs.identifiability(found[0])
    >>> known.parameters, known.sloppy, known.structural
    (1, (), ())
    """

    identified: tuple[Combination, ...]
    sloppy: tuple[str, ...]
    structural: tuple[str, ...]
    spectrum: np.ndarray
    parameters: int

    def __str__(self) -> str:
        known = ", ".join(
            f"{c.text} = {c.interval.value:.3g} ({c.interval.low:.3g} to {c.interval.high:.3g})"
            for c in self.identified
        )
        count = f"{len(self.identified)} of {self.parameters} numbers to {100 * SLOPPY:.0f} %"
        lines = [f"The data determine {count}: {known or 'none'}."]
        return "\n".join([*lines, *self.structural, *self.sloppy])


def identifiability(candidate: Candidate, level: float = 0.9) -> Identifiability:
    """Say which rates and products of rates are determined.

    Parameters
    ----------
    candidate
        A fitted mechanism.
    level
        Probability of the intervals.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> known = cs.identifiability(found[0])
    >>> known.parameters, len(known.identified)
    (1, 1)
    """
    require_candidate(candidate, "identifiability")
    fit = candidate.fit
    require_logarithms(fit)
    names = list(candidate.rates)
    chosen = identified_exponents(fit)
    quantile = two_sided(level, fit.degrees_of_freedom)
    identified = tuple(_combination(fit, names, a, quantile, level) for a in chosen)
    free = np.setdiff1d(np.arange(len(names)), fit.pinned)
    values, vectors = np.linalg.eigh(fit.rate_covariance[np.ix_(free, free)])
    spread = np.sqrt(np.maximum(values, 0.0))
    sloppy = tuple(
        _direction([names[j] for j in free], vectors[:, i], spread[i])
        for i in range(len(free))
        if not spread[i] < 2 * SLOPPY
    )
    fast = tuple(f"{names[j]} is at its fast limit: the data set a lower bound only." for j in fit.pinned)
    return Identifiability(identified, (*fast, *sloppy), tuple(structural(fit, names)), spread, len(names))


def _combination(fit: Fit, names: Sequence[str], a: np.ndarray, quantile: float, level: float) -> Combination:
    powers = named_powers(names, a)
    best, error = float(a @ fit.mechanism.log_rates), float(np.sqrt(max(a @ fit.rate_covariance @ a, 0.0)))
    ends = np.exp(best + quantile * error * np.array([-1.0, 1.0]))
    return Combination(
        product_text(powers), powers, Interval(float(np.exp(best)), float(ends[0]), float(ends[1]), error, level)
    )


def _direction(names: Sequence[str], vector: np.ndarray, spread: float) -> str:
    together = up_and_down(names, vector)
    factor = float(np.exp(min(spread * np.abs(vector).max(), 50.0)))
    size = f"a factor {factor:.2g}" if factor < 1e3 else "any factor"
    return f"These data leave open {together}, by {size} either way (one standard error)."
