"""Mechanisms with hidden species of known composition: every balanced step, fitted at once, pruned and exchanged.

The formulas leave so few elementary steps that all of them can be fitted together. Many short fits from random rates
find the basin; steps that the data do not need are dropped, and exchanged for better ones (Hayashi 2025 fits the same
library with an L1 penalty). First every sample counts; then, from the best of that, only the independent ones do, which
leaves fewer steps.
"""

from dataclasses import replace
from itertools import count

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit
from crnsym.regression.composition import Composition
from crnsym.regression.library import Library, build_library
from crnsym.search.local import local_search
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.score import Score
from crnsym.search.screen import FITS
from crnsym.search.widen import typical, with_unmeasured

TIMES = 10  # samples a run in the short fits
SHORT = 8  # iterations of a short fit
SPREAD = 2.0  # standard deviation of ln k about a few turnovers a run
SHARE = 0.2  # of the time that is left, for the short fits of a round
ROUND = 0.4  # of the time, that must be left for another round
MOST_STARTS = 100
REFINED = 6  # starts that are searched from
ORDER = 2
TRIED = 5  # steps that may be dropped next
MOST_CORRELATED = 0.9  # neighbouring residuals


def search_composed(pool: Pool, results: list[Pool], composition: Composition, seed: int = 0) -> None:
    """Search among all steps of at most two reactants that balance.

    Parameters
    ----------
    pool
        Of the measured species: problem, score, clock and reporter.
    results
        The pool of the mechanisms with hidden species is appended, also when time runs out.
    composition
        Of the measured and the hidden species.
    seed
        Of the random starts.
    """
    measured = len(pool.problem.species)
    names = composition.species[measured:]
    problem = with_unmeasured(pool.problem, names, [0.0] * len(names))
    own = pool.beside(problem)
    results.append(own)
    library = steps(composition)
    every, budget = own.score, own.left
    # a round costs about as long as its short fits and as much again: begin no round that cannot end
    for turn in count():
        for start in _starts(own, library, seed + turn):
            own.rescore(every)
            fit = own.fit(start, iterations=25)[0]
            if fit.ok:
                local_search(thin_out(fit, own), own, library, refits=10)
            if own.best_fit is not None:
                own.rescore(independent(every, own.best_fit))
                local_search(_fewer(own.best_fit, own), own, library, refits=10)
        best = own.best_fit
        if (best is not None and best.reduced < FITS) or own.left < ROUND * budget:
            break


def _fewer(fit: Fit, pool: Pool) -> Fit:
    """Drop one step after the other, the best of the few that the data hold least, while the score improves."""
    value = pool.score.mechanism(fit.mechanism, fit.chi2)
    while True:
        m = fit.mechanism
        options = []
        for worst in np.argsort(-fit.standard_errors)[:TRIED]:
            rest = m.take(np.delete(np.arange(len(m.log_rates)), worst))
            options.append(pool.fit(rest, initial=fit.initial_states, iterations=20))
        best, best_value = min(options, key=lambda option: option[1])
        if not best.ok or best_value > value:
            return fit
        fit, value = best, best_value


def steps(composition: Composition) -> Library:
    """All balanced elementary steps in which nothing stands on both sides."""
    library = composition.allowed(build_library(len(composition.species), ORDER, ORDER), ORDER)
    left = library.complexes[library.source]
    return library.restrict(left.any(axis=1) & ~np.any(left * (left + library.net), axis=1))


def _starts(pool: Pool, library: Library, seed: int) -> list[Mechanism]:
    """Best of many short fits of the whole library to a thinned problem."""
    problem = pool.problem
    part = problem.sample(TIMES)
    left = library.complexes[library.source]
    base = np.log(3.0 / problem.horizon) - (left.sum(axis=1) - 1) * np.log(typical(problem))
    rng = np.random.default_rng(seed)
    rest = (1.0 - SHARE) * pool.left
    fits: list[Fit] = []
    for _ in range(MOST_STARTS):
        rates = base + rng.normal(0.0, SPREAD, len(base))
        mechanism = Mechanism(problem.species, left, left + library.net, rates, ("all balanced steps",))
        fits.append(pool.fit(mechanism, problem=part, iterations=SHORT)[0])
        if pool.left < rest:
            break
    fits.sort(key=lambda fit: fit.chi2)
    return [fit.mechanism for fit in fits[:REFINED]]


def independent(score: Score, fit: Fit) -> Score:
    """Count the residuals that are independent of each other: smoothed or densely sampled data have fewer.

    With the correlation r of neighbouring residuals, N (1 - r) / (1 + r) (Bayley & Hammersley 1946, first order).
    """
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states)
    if here is None:
        return score
    residuals = here.residuals
    square = float((residuals**2).sum())
    r = float((residuals[:, 1:] * residuals[:, :-1]).sum()) / max(square, 1e-300)
    r = min(max(r, 0.0), MOST_CORRELATED)
    return replace(score, count=max(int(fit.count * (1.0 - r) / (1.0 + r)), 10))
