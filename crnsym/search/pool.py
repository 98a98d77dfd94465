"""Everything that was ever fitted, and the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.search.score import Score

Structure = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]


PATIENCE = 2.0  # how many times the budget a search may last on a machine that is busy with other things


def busy_clock() -> Callable[[], float]:
    """Return a clock of the computing time since now: a busy machine slows it down, by a factor of two at most."""
    wall, work = time.monotonic(), time.thread_time()
    return lambda: max(time.thread_time() - work, (time.monotonic() - wall) / PATIENCE)


class OutOfTime(Exception):
    """The time budget of the search is used up."""


@dataclass(slots=True)
class Pool:
    """Fits by structure, best first on demand; every fit goes in at once, wherever it came from.

    ``deadline`` is in seconds of ``clock``. ``fitter`` stands in for `fit_mechanism` (to replay fits from a
    checkpoint); ``complete`` adds the reactions that every mechanism must have.
    """

    problem: FitProblem
    score: Score
    deadline: float
    report: Callable[[str, "Pool"], None] = lambda _stage, _pool: None
    fitter: Callable[..., Fit] = fit_mechanism
    complete: Callable[[Mechanism], Mechanism] = lambda mechanism: mechanism
    fits: dict[Structure, Fit] = field(default_factory=dict)
    scores: dict[Structure, float] = field(default_factory=dict)
    best: Structure | None = None
    clock: Callable[[], float] = time.monotonic

    @property
    def left(self) -> float:
        """Seconds of the clock until the deadline."""
        return self.deadline - self.clock()

    def beside(self, problem: FitProblem) -> "Pool":
        """Return an empty pool of the same data with further species."""
        score = self.score.widened(problem)
        return Pool(problem, score, self.deadline, self.report, self.fitter, self.complete, clock=self.clock)

    def fit(
        self,
        mechanism: Mechanism,
        *,
        initial: np.ndarray | None = None,
        iterations: int = 12,
        give_up: float = np.inf,
        problem: FitProblem | None = None,
    ) -> tuple[Fit, float]:
        """Fit a mechanism on the full problem (kept) or on another one (only returned)."""
        if self.left < 0:
            raise OutOfTime
        mechanism = self.complete(mechanism)
        if problem is not None and problem is not self.problem:
            fit = self.fitter(mechanism, problem, initial=initial, iterations=iterations, give_up=give_up)
            return fit, replace(self.score, count=problem.count).mechanism(fit.mechanism, fit.chi2)
        fit = self.fitter(mechanism, self.problem, initial=initial, iterations=iterations, give_up=give_up)
        value = self.score.mechanism(fit.mechanism, fit.chi2)
        self.keep(fit, value)
        return fit, value

    def keep(self, fit: Fit, value: float) -> None:
        """Remember a fit if it is the best of its structure."""
        key = fit.mechanism.structure()
        if fit.ok and value < self.scores.get(key, np.inf):
            self.fits[key], self.scores[key] = fit, value
            if self.best is None or value < self.scores[self.best]:
                self.best = key
                self.report("search", self)

    def rescore(self, score: Score) -> None:
        """Judge everything that was fitted by another score."""
        self.score = score
        self.scores = {key: score.mechanism(fit.mechanism, fit.chi2) for key, fit in self.fits.items()}
        self.best = min(self.scores, key=lambda key: self.scores[key], default=None)

    def ranked(self) -> list[tuple[float, Fit]]:
        """All fits, best score first."""
        order = sorted(self.scores, key=lambda key: self.scores[key])
        return [(self.scores[key], self.fits[key]) for key in order]

    @property
    def best_fit(self) -> Fit | None:
        """The best fit so far."""
        return None if self.best is None else self.fits[self.best]
