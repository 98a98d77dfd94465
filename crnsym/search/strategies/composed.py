"""Mechanisms with hidden species that somebody named: every possible step, fitted at once, pruned and exchanged.

Formulas, or a list of allowed reactions, leave so few steps that all of them can be fitted together. Many short fits
from random rates find the basin; steps that the data do not need are dropped (Hayashi 2025 fits the same library with
an L1 penalty). Then steps are exchanged. Where nothing reaches the noise, that goes on while time is left, and the
price of a step is set by leaving runs out: the likelihood of residuals that are no noise says little about it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.composition import Composition
from crnsym.regression.library import Library, build_library
from crnsym.search.exchange import Exchange
from crnsym.search.findings import Findings
from crnsym.search.left_out import priced_by_runs
from crnsym.search.local import local_search
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.score import Score
from crnsym.search.task import Task
from crnsym.search.widen import with_unmeasured

TIMES, SAMPLES = 10, 17  # samples a run in the short fits and in the exchange
SHORT = 8  # iterations of a short fit
SPREAD = 2.0  # standard deviation of ln k about a few turnovers a run
ROUGH, COARSE = 0.01, 1e-3  # noise relative to the range, and tolerance of the integration, in the rough fits
ORDER = 2
LEAST = 3  # steps to which starts are reduced, at the least


@dataclass(frozen=True, slots=True)
class Composed:
    """Hidden species whose formulas or reactions are known."""

    name: str = "unmeasured species that were named"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task where somebody named hidden species."""
        if question.unmeasured is not None:
            names = question.unmeasured.names
            yield [AllSteps(with_unmeasured(findings.visible.problem, names, [0.0] * len(names)))]


@dataclass(frozen=True, slots=True, eq=False)
class AllSteps:
    """Search among all steps that there can be."""

    problem: FitProblem

    def search(self, question: Question, own: Pool, /) -> None:
        """Fill the pool; the price of a step is set by left-out runs where nothing reaches the noise."""
        assert question.unmeasured is not None
        library = question.unmeasured.steps
        rough = _rough(own)
        found = _starts(rough, library, question.seed)
        starts = [
            thin_out(fit, own)
            for fit in (own.fit(f.mechanism, iterations=25)[0] for f in found[: EFFORT.composed_refined])
            if fit.ok
        ]
        starts.sort(key=lambda fit: own.score.mechanism(fit.mechanism, fit.chi2))
        for fit in starts[:2]:
            if fit.reduced < THRESHOLDS.poor:
                local_search(fit, own, library, refits=10)
        best = own.best_fit
        if best is None:
            return
        reached = best.reduced < THRESHOLDS.fits
        exchange = Exchange(rough, library, np.random.default_rng(question.seed))
        _reduce(exchange, found, EFFORT.composed_refined if reached else EFFORT.composed_reduced)
        if not reached and rough.best_fit is not None:
            fewer = independent(own.score, own.fit(rough.best_fit.mechanism, iterations=25)[0])
            rough.rescore(replace(rough.score, count=min(fewer.count, rough.score.count)))
        _exchange(exchange)
        self._finish(own, exchange, library, reached)

    def _finish(self, own: Pool, exchange: Exchange, library: Library, reached: bool) -> None:
        rows = exchange.best_of_size() if reached else exchange.near_best()
        finalists = [
            min((own.fit(fit.mechanism, iterations=25)[0] for fit in row), key=_chi2) for _, row in sorted(rows.items())
        ]
        if reached:
            best = own.best_fit
            if best is not None:
                local_search(best, own, library, refits=10)
        elif finalists:
            own.rescore(priced_by_runs(independent(own.score, min(finalists, key=_chi2)), finalists))


def _reduce(exchange: Exchange, starts: list[Fit], most: int) -> None:
    """Reduce the starts step by step."""
    pool = exchange.pool
    for number, fit in enumerate(starts[:most], 1):
        start = replace(fit.mechanism, provenance=(f"all possible steps, start {number}",))
        exchange.descend(pool.fit(start, iterations=25)[0], LEAST)


def _exchange(exchange: Exchange) -> None:
    """Exchange steps until that brings nothing."""
    pool, quiet = exchange.pool, 0
    for _ in range(EFFORT.exchanges):
        before = pool.best
        if quiet >= EFFORT.quiet_exchanges or not exchange.step():
            return
        quiet = quiet + 1 if pool.best == before else 0


def _rough(pool: Pool) -> Pool:
    """Pool of fits to fewer samples, no closer than a hundredth of the range, by coarser integration.

    Where nothing reaches the noise, a fit that is weighted by the noise has no use for the weak pull towards its start
    and runs away in rates that no data determine.
    """
    problem = pool.problem.sample(SAMPLES)
    level = np.where(problem.present, np.abs(problem.values), 0.0).max(axis=(0, 1))
    measured = level > 0
    sigma = problem.noise.sigma(level)[measured]
    factor = max(1.0, float((ROUGH * level[measured] / sigma).max()))
    noise = NoiseModel(problem.noise.relative * factor, problem.noise.absolute * factor)
    return replace(pool.beside(replace(problem, noise=noise)), rtol=COARSE)


def _chi2(fit: Fit) -> float:
    return fit.chi2


def steps(composition: Composition) -> Library:
    """All balanced elementary steps in which nothing stands on both sides."""
    library = composition.allowed(build_library(len(composition.species), ORDER, ORDER), ORDER)
    left = library.complexes[library.source]
    return library.restrict(left.any(axis=1) & ~np.any(left * (left + library.net), axis=1))


def _starts(pool: Pool, library: Library, seed: int) -> list[Fit]:
    """Short fits of the whole library to a thinned problem, best first."""
    problem = pool.problem
    part = problem.sample(TIMES)
    left = library.complexes[library.source]
    base = np.log(3.0 / problem.horizon) - (left.sum(axis=1) - 1) * np.log(problem.typical)
    rng = np.random.default_rng(seed)
    fits: list[Fit] = []
    for _ in range(EFFORT.composed_starts):
        rates = base + rng.normal(0.0, SPREAD, len(base))
        mechanism = Mechanism(problem.species, left, left + library.net, rates, ("all possible steps",))
        fits.append(pool.fit(mechanism, problem=part, iterations=SHORT)[0])
    return sorted((fit for fit in fits if fit.ok), key=_chi2)


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
    r = min(max(r, 0.0), THRESHOLDS.correlated)
    return replace(score, count=max(int(fit.count * (1.0 - r) / (1.0 + r)), 10))
