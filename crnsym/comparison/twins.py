"""Reactions that the runs cannot tell from ones of lower order, because an amount never varies.

Where B is the same in all runs, k A B is k' A; where A + B is, k A A + k A B is. More samples of such runs do not help:
another run does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..data.mechanism import Mechanism
from ..deciding import EFFORT, THRESHOLDS
from ..refit.evaluate import evaluate
from ..refit.fit import Fit, fit_mechanism
from .describe import complex_text, reaction_texts

CONSTANT = 0.05  # standard deviation of an amount over its mean, up to which a twin is worth a fit
LEAST = 1e-6  # of the largest value: samples with less of a reactant say nothing


@dataclass(frozen=True, slots=True)
class Twin:
    """One reaction in place of one or two of higher order.

    Attributes
    ----------
    replaced
        What it stands for.
    reaction
        The reaction of lower order.
    amount
        What never varies.
    """

    replaced: tuple[str, ...]
    reaction: str
    amount: str

    def __str__(self) -> str:
        several = " with ".join(self.replaced)
        return (
            f"{self.reaction} fits as well in place of {several}: {self.amount} hardly varies in these runs, so that "
            f"they cannot tell; add a run with another amount of {self.amount}"
        )


def lower_order_twins(fit: Fit) -> list[Twin]:
    """Find the reactions of lower order that explain the runs as well as those of a fitted mechanism do.

    Parameters
    ----------
    fit
        Mass action with fitted initial states.

    Returns
    -------
    list of Twin
        Each was fitted, too.
    """
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states)
    if here is None or not fit.ok:
        return []
    states = np.maximum(here.states.reshape(-1, here.states.shape[-1]), 0.0)
    found: dict[frozenset[object], Twin] = {}
    tried = 0
    for members, lower, amount in _constant(fit.mechanism, states):
        if tried == EFFORT.twins:
            break
        tried += 1
        rest = np.setdiff1d(np.arange(len(fit.mechanism.log_rates)), members)
        net = fit.mechanism.net_stoichiometry[members[:1]]
        log_rate = fit.mechanism.log_rates[members].mean(keepdims=True) + np.log(amount[1])
        twin = fit.mechanism.take(rest).extended(lower[None], lower + net, log_rate)
        if twin.structure() in found or len(twin.structure()) < len(twin.log_rates):
            continue
        other = fit_mechanism(twin.with_energies_of(fit.mechanism), fit.problem, initial=fit.initial_states)
        if other.ok and fit.count * np.log(other.chi2 / fit.chi2) < THRESHOLDS.lead:
            texts, last = reaction_texts(fit.mechanism), reaction_texts(twin)[-1]
            found[twin.structure()] = Twin(tuple(texts[i] for i in members), last, amount[0])
    return list(found.values())


def _constant(mechanism: Mechanism, states: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, tuple[str, float]]]:
    """Yield reactions of equal effect, a complex of lower order, and what their rate is that of the complex times."""
    left, net = mechanism.reactants, mechanism.net_stoichiometry
    for size in (1, 2):
        for chosen in combinations(np.flatnonzero(left.sum(axis=1) > 1).tolist(), size):
            members = np.array(chosen)
            if np.any(net[members] != net[members[0]]):
                continue
            for i in np.flatnonzero(left[members[0]]):
                lower = left[members[0]] - np.eye(left.shape[1], dtype=np.int64)[i]
                others = left[members] - lower  # the amounts that should not vary, one molecule each
                possible = (
                    np.all(others >= 0) and np.all(others.sum(axis=1) == 1) and np.all(lower + net[members[0]] >= 0)
                )
                if not possible:
                    continue
                factor = np.exp(mechanism.log_rates[members] - mechanism.log_rates[members].mean())
                values = states @ others.T @ factor
                flux = np.prod(states**lower, axis=1)
                seen = flux > LEAST * flux.max(initial=0.0)
                mean = float(np.average(values[seen], weights=flux[seen])) if seen.any() else 0.0
                if mean > 0 and np.sqrt(np.average((values[seen] - mean) ** 2, weights=flux[seen])) < CONSTANT * mean:
                    yield members, lower, (complex_text(mechanism.species, others.sum(axis=0)), mean)
