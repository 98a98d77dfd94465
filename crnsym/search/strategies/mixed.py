"""Mechanisms behind mixtures of species: small ones by size, each fitted through what was observed.

Columns that mix species have no derivatives that a library could be regressed on, so mechanisms are enumerated: those
of one and of two reactions that can run, on few samples. The best are fitted to all, and grow from there: by the
landscape of their trajectories, and by intermediates put into their steps.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.stats import f as f_distribution

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.search.alike import Alike, first_of_each
from crnsym.search.beam import Beam
from crnsym.search.findings import Findings, correlation
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.score import has_positive_law
from crnsym.search.task import Task
from crnsym.search.widen import hidden_name, with_unmeasured

RUNS, TIMES = 4, 14  # of the part on which mechanisms are enumerated
SHORT = 8  # steps of a fit there
USUAL = 3.0  # turnovers of a typical amount in a run, with which a fit starts
OTHERS = ((0.3, 3.0), (30.0, 3.0), (3.0, 0.3), (3.0, 30.0))  # with which the most promising start, too
LONG = 25  # steps of a fit there


@dataclass(frozen=True, slots=True)
class Mixed:
    """Search by size among the named species, then with further ones, as long as noise is not reached."""

    name: str = "mechanisms by size"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task for each number of species that nobody named."""
        problem = question.view.problem
        if problem.observation is None:
            return
        most = EFFORT.mixed_hidden if question.hidden is None else question.hidden
        for _ in range(most + 1):
            yield [BySize(problem)]
            if enough(findings.best):
                return
            problem = with_unmeasured(problem, [hidden_name(problem.species)], [0.0])


@dataclass(frozen=True, slots=True, eq=False)
class BySize:
    """Search among the species of one problem."""

    problem: FitProblem

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        order = min(question.max_order or 2, 2)
        library = question.library(order, 2, None, len(self.problem.species))
        if question.vessel != "open" and len(self.problem.species) > 1:
            library = between_species(library)
        alike, plain = Alike.of(self.problem), plain_steps(library)
        part = few(self.problem)
        ones = _screened(_singles(plain, part), plain, part, pool)
        pairs = _pairs(plain, part, alike)
        twos = _screened(pairs[: EFFORT.mixed_pairs], plain, part, pool)
        for mechanism in (*ones[: EFFORT.mixed_kept], *twos[: EFFORT.mixed_kept]):
            pool.fit(mechanism)
        beam = Beam(pool, library)
        beam.run()
        if _grow(pool, alike):
            beam.run()


def enough(fit: Fit | None) -> bool:
    """Whether a fit leaves so little, by such plain steps, that no further species is looked for.

    One column of few values tells little of its own noise; every third value counts for the estimate (F test).
    """
    if fit is None or not fit.ok or not plausible(fit.mechanism):
        return False
    most = float(f_distribution.isf(THRESHOLDS.chance, fit.count, max(fit.count / 3.0, 1.0)))
    alike = THRESHOLDS.independent + 3.0 / np.sqrt(fit.count)
    return fit.reduced < max(THRESHOLDS.explained, most) and correlation(fit) < alike


def plausible(mechanism: Mechanism) -> bool:
    """Whether nothing stands on both sides of a step, no step is a multiple of another, and matter is kept.

    What becomes of the only species that was named is no matter.
    """
    left, right, net = mechanism.reactants, mechanism.products, mechanism.net_stoichiometry
    if np.any(np.minimum(left, right)):
        return False
    if len(mechanism.species) == 1:
        return True
    single = bool((np.gcd.reduce(np.abs(net), axis=1) == 1).all())
    return single and has_positive_law(tuple(map(tuple, net.tolist())))


def few(problem: FitProblem) -> FitProblem:
    """Return a few samples of a few runs."""
    runs = np.unique(np.linspace(0, len(problem.lengths) - 1, RUNS).round().astype(int))
    return problem.thin(runs).sample(TIMES)


def between_species(library: Library) -> Library:
    """Return the reactions from something to something: what vanishes is a product that nobody named."""
    left = library.complexes[library.source]
    return library.restrict(np.asarray(left.any(axis=1) & (left + library.net).any(axis=1)))


def plain_steps(library: Library) -> Library:
    """Return the steps that need something, without spectators."""
    left = library.complexes[library.source]
    return library.restrict(left.any(axis=1) & ~np.any((left > 0) & (left + library.net > 0), axis=1))


def _singles(library: Library, problem: FitProblem) -> list[np.ndarray]:
    left = library.complexes[library.source]
    there = (problem.start != 0).any(axis=0) | problem.free.any(axis=0)
    return [np.array([j]) for j in np.flatnonzero(np.all(there | (left == 0), axis=1))]


def _pairs(library: Library, problem: FitProblem, alike: Alike) -> list[np.ndarray]:
    """List the pairs of which one can run at the start, the other then, and both keep some mass; one of each kind."""
    left = library.complexes[library.source]
    right = left + library.net
    there = (problem.start != 0).any(axis=0) | problem.free.any(axis=0)
    found: dict[object, np.ndarray] = {}
    for (first,), second in product(_singles(library, problem), range(len(left))):
        able = np.all(there | (right[first] > 0) | (left[second] == 0))
        if first == second or not able:
            continue
        pair = np.array([first, second])
        key = alike.key(left[pair], right[pair])
        if key not in found and has_positive_law(tuple(map(tuple, library.net[pair].tolist()))):
            found[key] = pair
    return sorted(found.values(), key=lambda pair: float(library.cost[pair].sum()))


def _screened(sets: Sequence[np.ndarray], library: Library, part: FitProblem, pool: Pool) -> list[Mechanism]:
    """Fit sets of reactions to a part of the problem, the most promising from several starts; the best first."""
    score = replace(pool.score, count=part.count)
    found: list[tuple[float, int, Mechanism]] = []
    lowest = np.inf

    def tried(index: int, turnovers: Sequence[float]) -> None:
        nonlocal lowest
        start = _started(sets[index], library, part, turnovers)
        fit = pool.fit(start, problem=part, iterations=SHORT, give_up=EFFORT.hopeless * lowest)[0]
        if fit.ok:
            lowest = min(lowest, fit.chi2)
            found.append((score.mechanism(fit.mechanism, fit.chi2), index, fit.mechanism))

    for index, chosen in enumerate(sets):
        tried(index, (USUAL,) * len(chosen))
    found.sort(key=lambda item: item[:2])
    for _, index, _ in found[: 2 * EFFORT.mixed_kept]:
        for turnovers in OTHERS:
            tried(index, turnovers[: len(sets[index])])
    best: dict[int, Mechanism] = {}
    for _, index, mechanism in sorted(found, key=lambda item: item[:2]):
        best.setdefault(index, mechanism)
    return list(best.values())


def _started(chosen: np.ndarray, library: Library, part: FitProblem, turnovers: Sequence[float]) -> Mechanism:
    """Make a mechanism in which each reaction turns a typical amount over so many times in a run."""
    left = library.complexes[library.source[chosen]]
    rates = np.log(turnovers) - np.log(part.horizon) - (left.sum(axis=1) - 1) * np.log(part.typical)
    return Mechanism(part.species, left, left + library.net[chosen], rates, ("by size",))


def _grow(pool: Pool, alike: Alike) -> bool:
    """Put an unused species as an intermediate into each step of the best mechanisms of every size.

    Returns whether one became the best.
    """
    before, sizes = pool.best, Counter[int]()
    have = set(pool.fits)
    for _, fit in first_of_each(alike.one_of_each(pool.ranked())):
        sizes[len(fit.mechanism.log_rates)] += 1
        if sizes[len(fit.mechanism.log_rates)] > EFFORT.mixed_grown:
            continue
        for mechanism in _lengthened(fit):
            if mechanism.structure() not in have:
                pool.fit(mechanism, initial=fit.initial_states, iterations=LONG)
    return pool.best != before


def _lengthened(fit: Fit) -> Iterator[Mechanism]:
    """Yield mechanisms in which one step goes through a species that nothing used: early, late, or back as well."""
    mechanism = fit.mechanism
    used = mechanism.reactants.any(axis=0) | mechanism.products.any(axis=0) | (fit.initial_states != 0).any(axis=0)
    if used.all():
        return
    through = np.zeros(len(used), np.int64)
    through[np.flatnonzero(~used)[0]] = 1
    turnover = float(np.log(USUAL / fit.problem.horizon))
    for j, rate in enumerate(mechanism.log_rates):
        rest = mechanism.take(np.delete(np.arange(len(mechanism.log_rates)), j))
        left, right = mechanism.reactants[j], mechanism.products[j]
        steps = np.array([left, through]), np.array([through, right])
        for first, second in ((0.0, 1.0), (1.0, 0.0), (0.7, 0.0)):
            yield rest.extended(*steps, np.array([rate + first, turnover + second]))
        back = np.array([left, through, through]), np.array([through, right, left])
        for first, second in ((1.0, 0.0), (1.0, -1.0)):
            yield rest.extended(*back, np.array([rate + first, turnover + second, turnover]))
