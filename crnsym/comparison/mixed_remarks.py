"""What was found beside reactions where columns are mixtures, and what such columns cannot tell."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from ..data.mechanism import Mechanism
from ..deciding import THRESHOLDS
from ..refit.coefficients import coefficient_errors, coefficients_of
from ..refit.fit import Fit, fit_mechanism
from ..refit.mixtures import Mixtures
from .candidate import Candidate
from .describe import complex_text, reaction_texts
from .numbers import with_error

LISTED = 8  # coefficients that are told in a sentence
MOST = 4  # reactions whose rates are exchanged
TOLD = 3  # sets of exchanged rates that are told
APART = 0.05  # least difference of log rates that are others


def mixed_remarks(candidate: Candidate, mixtures: Mixtures) -> list[str]:
    """Say the coefficients, what absorbs without reacting, and what is open whatever fits best.

    Parameters
    ----------
    candidate
        The best.
    mixtures
        What the columns are.
    """
    fit = candidate.fit
    return [
        *_coefficients(fit),
        *_idle(fit),
        *_unit(candidate, mixtures),
        *_partners(fit, mixtures),
        *_exchanged(candidate),
    ]


def other_rates(fit: Fit) -> list[Fit]:
    """Find other rates of the same mechanism that fit as well: those of its own steps, exchanged.

    Consecutive steps of first order show the same exponentials in whatever order they come; the spectrum or the amount
    of what is between them then makes up for it.
    """
    found: list[Fit] = []
    for start in _exchanges(fit.mechanism):
        other = fit_mechanism(start, fit.problem, initial=fit.initial_states, iterations=30, tolerance=1e-6, prior=0.0)
        if not other.ok or fit.count * np.log(other.chi2 / fit.chi2) > THRESHOLDS.lead:
            continue
        if all(_apart(other, known) for known in (fit, *found)):
            found.append(other)
    return sorted(found, key=lambda other: other.chi2)


def _exchanges(mechanism: Mechanism) -> Iterator[Mechanism]:
    """Yield the mechanism with the rates of reactions of one order exchanged."""
    orders = mechanism.reactants.sum(axis=1)
    if len(orders) > MOST:
        return
    usual = np.arange(len(orders))
    for order in map(np.array, permutations(usual.tolist())):
        if np.array_equal(orders[order], orders) and not np.array_equal(order, usual):
            yield replace(mechanism, log_rates=mechanism.log_rates[order])


def _apart(one: Fit, other: Fit) -> bool:
    return bool(np.abs(one.mechanism.log_rates - other.mechanism.log_rates).max() > APART)


def _coefficients(fit: Fit) -> list[str]:
    seen = fit.problem.observation
    if seen is None or not 0 < len(seen.names) <= LISTED:
        return []
    values, errors = coefficients_of(fit), coefficient_errors(fit)
    told = [f"{n} = {with_error(v, e)}" for n, v, e in zip(seen.names, values, errors, strict=True)]
    return [f"coefficients of the observables: {', '.join(told)}"]


def _idle(fit: Fit) -> list[str]:
    """Name species that were put in, or absorb, and take no part in any reaction."""
    mechanism, there = fit.mechanism, (fit.problem.start != 0).any(axis=0)
    used = mechanism.reactants.any(axis=0) | mechanism.products.any(axis=0)
    idle = [mechanism.species[i] for i in np.flatnonzero(there & ~used)]
    return [f"{', '.join(idle)} {'takes' if len(idle) == 1 else 'take'} part in no reaction"] if idle else []


def _unit(candidate: Candidate, mixtures: Mixtures) -> list[str]:
    """Say which constants depend on the amount that was set to 1."""
    if not mixtures.unit:
        return []
    orders = candidate.mechanism.reactants.sum(axis=1)
    scaled = [k for k, order in zip(candidate.rates, orders, strict=True) if order > 1]
    what = mixtures.unit
    if not scaled:
        return [f"how much {what} there was is open, and no constant depends on it"]
    listed = ", ".join(f"{k} × [{what}]0" for k in scaled)
    return [
        f"how much {what} there was is open: of {', '.join(scaled)} only {listed} is determined, the unit is [{what}]0"
    ]


def _partners(fit: Fit, mixtures: Mixtures) -> list[str]:
    """Say which partner would leave the same curves, where nobody said what was put in."""
    if not mixtures.unit:
        return []
    found = []
    for text, row in zip(reaction_texts(fit.mechanism), fit.mechanism.reactants, strict=True):
        name = complex_text(fit.mechanism.species, (row > 0).astype(np.int64))
        if row.sum() == 1:
            found.append(f"with a partner in excess the curve of {text} is the same")
        elif row.max() == 2:
            found.append(f"with a partner put in in the same amount as {name} the curve of {text} is the same")
    if not found:
        return []
    return [f"a reactant that nobody measured may be hidden: {'; '.join(found)} (runs with other amounts would tell)"]


def _exchanged(candidate: Candidate) -> list[str]:
    others = other_rates(candidate.fit)
    if not others:
        return []
    names = list(candidate.rates)
    sets = [
        ", ".join(f"{n} = {k:.3g}" for n, k in zip(names, np.exp(f.mechanism.log_rates), strict=True))
        + f" (χ²/N {f.reduced:.3g})"
        for f in others[:TOLD]
    ]
    more = f", and {len(others) - TOLD} more" if len(others) > TOLD else ""
    return [
        f"these columns do not tell which step has which rate: as well fit {'; '.join(sets)}{more}, against "
        f"{candidate.fit.reduced:.3g}, with other courses and coefficients of what lies between"
    ]
