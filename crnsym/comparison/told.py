"""What became of the rates that a user gave: used, not used, or contradicted by the data."""

from collections.abc import Sequence

import numpy as np

from ..data.mechanism import Mechanism
from ..refit.knowledge import KnownRate
from .candidate import Candidate
from .describe import complex_text

FAR = 3.0  # standard errors between the value given and that of the fit
AT = 1e-6  # in ln k: that close to an end is at it


def given_rates(candidates: Sequence[Candidate], poor: bool) -> list[str]:
    """Say which given rates the best mechanism contradicts or does without.

    Parameters
    ----------
    candidates
        Best first.
    poor
        Whether the best leaves more than noise: then a rate that is fixed, or at the end of its range, is suspicious.
    """
    known = candidates[0].fit.problem.knowledge if candidates else None
    if known is None:
        return []
    best = candidates[0].mechanism
    remarks = []
    for rate in known.rates:
        reaction = _reaction(rate, best)
        place = rate.position(best)
        if place is None:
            elsewhere = any(rate.position(c.mechanism) is not None for c in candidates)
            why = "the best mechanism has no such step" if elsewhere else "no candidate has such a step"
            remarks.append(f"the rate given for {reaction} was not used: {why}; if it should, check value and unit")
            continue
        kelvin = best.reference if rate.kelvin is None else rate.kelvin
        fitted = float(best.log_rates_at(np.array([kelvin]))[0, place])
        away = abs(fitted - rate.log_value) / rate.error
        if away > FAR:
            remarks.append(
                f"the data contradict the rate given for {reaction}: {np.exp(rate.log_value):.3g} was given, the fit "
                f"to both has {np.exp(fitted):.3g}, {away:.0f} standard errors away; check its unit"
            )
        elif poor and min(fitted - rate.low, rate.high - fitted) < AT:
            remarks.append(f"the fit is poor with the rate given for {reaction}: check its value and unit")
    return remarks


def _reaction(rate: KnownRate, mechanism: Mechanism) -> str:
    measured = mechanism.species[: len(rate.reactants)]
    return " -> ".join(complex_text(measured, np.array(side)) for side in (rate.reactants, rate.products))
