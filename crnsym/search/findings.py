"""Everything that the strategies have found, each problem in a pool of its own."""

from dataclasses import dataclass, field, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import THRESHOLDS
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.score import matter
from crnsym.search.task import Explored
from crnsym.search.widen import narrowed


@dataclass(slots=True)
class Findings:
    """Pools by problem: which species there are and how they start.

    Attributes
    ----------
    question
        What was asked.
    pools
        One for the measured species alone, one for every hypothesis about others.
    fits
        Number of fits that were made.
    independent
        Number of values that are independent of each other, where a task found that they are fewer.
    unrivalled
        Whether the weak form prefers the measured species alone to every hypothesis about an unmeasured one.
    brought
        What each task of the last round found, in their order.
    """

    question: Question
    pools: dict[bytes, Pool] = field(default_factory=dict)
    fits: int = 0
    independent: float = np.inf
    unrivalled: bool = False
    brought: tuple[Explored, ...] = ()

    def pool(self, problem: FitProblem) -> Pool:
        """Return the pool of a problem."""
        key = signature(problem)
        if key not in self.pools:
            score, complete = self.question.score(problem), self.question.chemistry.complete
            self.pools[key] = Pool(problem, replace(score, count=min(score.count, self.independent)), complete)
        return self.pools[key]

    def take(self, explored: Explored) -> None:
        """Keep what a task found, each fit in the pool of its problem."""
        self.fits += explored.count
        if explored.independent < self.independent:
            self.independent = explored.independent
            for pool in self.pools.values():  # all on one scale
                pool.rescore(replace(pool.score, count=self.independent))
        for fit in explored.fits:
            own = without_idle(fit, self.visible.problem)
            if own is not fit and not self._allowed(own.mechanism):
                continue  # what it does without the hidden species is excluded
            pool = self.pool(own.problem)
            pool.keep(own, pool.score.mechanism(own.mechanism, own.chi2))

    def _allowed(self, mechanism: Mechanism) -> bool:
        """Whether chemistry leaves a mechanism as it is."""
        return self.question.chemistry.complete(mechanism).structure() == mechanism.structure()

    @property
    def best(self) -> Fit | None:
        """The best-scoring fit of all."""
        return None if self.leading is None else self.leading.best_fit

    @property
    def leading(self) -> Pool | None:
        """The pool that holds the best-scoring fit."""
        filled = [pool for pool in self.pools.values() if pool.best_fit is not None]
        return min(filled, key=lambda pool: pool.best_score, default=None)

    @property
    def best_score(self) -> float:
        """The lowest score."""
        return min((pool.best_score for pool in self.pools.values()), default=np.inf)

    @property
    def visible(self) -> Pool:
        """The pool of the measured species alone."""
        return self.pool(self.question.view.problem)

    def explained(self) -> bool:
        """Whether the best answer leaves nothing but noise, and makes no matter out of nothing.

        It may lose some: a by-product that takes no further part shows in no measured course. It may make some where
        no hypothesis about an unmeasured species promises more: what feeds it is there in plenty.
        """
        best = self.best
        if best is None or not leaves_noise(best):
            return False
        kind = matter(best.mechanism.reactants, best.mechanism.net_stoichiometry)
        usual = ("exchanged", "lost", "made") if self.unrivalled else ("exchanged", "lost")
        return kind == "kept" or (self.question.vessel != "closed" and kind in usual)

    def convincing(self) -> bool:
        """Whether the best answer explains the data so well that nothing hidden is looked for.

        By simple reactions, or by others if no hypothesis about a hidden species promises more.
        """
        return self.explained() and (self.unrivalled or self.simple())

    def simple(self) -> bool:
        """Whether the best answer is one of simple reactions."""
        return self.best is not None and is_simple(self.best.mechanism)


def without_idle(fit: Fit, visible: FitProblem) -> Fit:
    """Leave out each unmeasured species that never reacts: it is a by-product, of which the data say nothing."""
    measured, mechanism = len(visible.species), fit.mechanism
    keep = [i for i in range(len(mechanism.species)) if i < measured or mechanism.reactants[:, i].any()]
    if len(keep) == len(mechanism.species):
        return fit
    if len(keep) > measured and fit.problem.observation is not None:
        return fit
    problem = visible if len(keep) == measured else narrowed(fit.problem, keep)
    left, right = mechanism.reactants[:, keep], mechanism.products[:, keep]
    plain = replace(mechanism, species=problem.species, reactants=left, products=right)
    return replace(fit, mechanism=plain, problem=problem, initial_states=fit.initial_states[:, keep])


def is_simple(mechanism: Mechanism) -> bool:
    """Whether hardly anything simpler can do what a mechanism does.

    It needs as many reactions as directions in which the concentrations move; this one has hardly more (a reverse is
    not counted), and hardly one of three molecules or with a spectator.
    """
    net = mechanism.net_stoichiometry
    lines = {max(tuple(v), tuple(-v)) for v in net // np.maximum(np.gcd.reduce(np.abs(net), axis=1), 1)[:, None]}
    if unusual_steps(mechanism) > max(THRESHOLDS.unusual[0], THRESHOLDS.unusual[1] * len(net)):
        return False
    moving = int(np.linalg.matrix_rank(net))
    return len(lines) - moving <= max(THRESHOLDS.excess[0], THRESHOLDS.excess[1] * moving)


def unusual_steps(mechanism: Mechanism) -> int:
    """Count reactions of three molecules, and those with a spectator."""
    left, right = mechanism.reactants, mechanism.products
    return int(((left.sum(axis=1) > 2) | np.minimum(left, right).any(axis=1)).sum())


def signature(problem: FitProblem) -> bytes:
    """Return what tells problems of the same data apart: species and how they start."""
    names = "\0".join(problem.species)
    known = np.where(problem.fitted, 0.0, problem.start)
    return repr((names, problem.quasi_steady, problem.shared)).encode() + known.tobytes() + problem.free.tobytes()


def leaves_noise(fit: Fit) -> bool:
    """Whether the residuals of a fit are as small as noise and independent of their neighbours."""
    if not fit.ok or fit.reduced > THRESHOLDS.explained:
        return False
    return correlation(fit) < THRESHOLDS.independent + 3.0 / np.sqrt(max(fit.count, 1))


def correlation(fit: Fit) -> float:
    """Correlation of neighbouring residuals of the same species and run: about 0 for noise, positive for a misfit."""
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states)
    if here is None:
        return 1.0
    r, seen = here.residuals, fit.problem.informative
    both = seen[:, 1:] & seen[:, :-1]
    square = float((r[seen] ** 2).mean()) if seen.any() else 0.0
    return float((r[:, 1:] * r[:, :-1])[both].mean()) / square if both.any() and square > 0 else 0.0
