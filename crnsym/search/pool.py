"""Every mechanism that was fitted to one problem, and the limit on the time."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.search.score import Score
from crnsym.training.stopping import stop_if_asked

Structure = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]

DEADLINE: ContextVar[float] = ContextVar("deadline", default=float("inf"))  # of time.monotonic(), in this process
WATCH: ContextVar[Callable[["Pool"], None] | None] = ContextVar("watch", default=None)  # told of every better answer


class OutOfTime(Exception):
    """The time limit of the search is reached."""


@dataclass(slots=True)
class Pool:
    """Fits by structure, best first on demand; every fit goes in at once, wherever it came from.

    Attributes
    ----------
    problem, score
        What is fitted to, and how fits are judged.
    complete
        Adds the reactions that every mechanism must have.
    fits, scores
        By structure.
    best
        Structure of the lowest score.
    made
        Number of fits that were made, those to other problems included.
    rtol
        Relative tolerance of the integration.
    """

    problem: FitProblem
    score: Score
    complete: Callable[[Mechanism], Mechanism] = lambda mechanism: mechanism
    fits: dict[Structure, Fit] = field(default_factory=dict)
    scores: dict[Structure, float] = field(default_factory=dict)
    best: Structure | None = None
    made: int = 0
    rtol: float = 1e-5

    def beside(self, problem: FitProblem) -> "Pool":
        """Return an empty pool of the same data with further species."""
        return Pool(problem, self.score.widened(problem), self.complete)

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
        if time.monotonic() > DEADLINE.get():
            raise OutOfTime
        stop_if_asked()
        self.made += 1
        target = self.problem if problem is None else problem
        mechanism = self.complete(mechanism)
        fit = fit_mechanism(mechanism, target, initial=initial, iterations=iterations, give_up=give_up, rtol=self.rtol)
        score = self.score if target is self.problem else replace(self.score, count=target.count)
        value = score.mechanism(fit.mechanism, fit.chi2)
        if target is self.problem:
            self.keep(fit, value)
        return fit, value

    def keep(self, fit: Fit, value: float) -> None:
        """Remember a fit if it is the best of its structure."""
        key = fit.mechanism.structure()
        if fit.ok and value < self.scores.get(key, np.inf):
            self.fits[key], self.scores[key] = fit, value
            if self.best is None or value < self.scores[self.best]:
                self.best = key
                watch = WATCH.get()
                if watch is not None:
                    watch(self)

    @property
    def best_score(self) -> float:
        """Score of the best fit so far, infinite if there is none."""
        return np.inf if self.best is None else self.scores[self.best]

    @property
    def best_fit(self) -> Fit | None:
        """The best fit so far."""
        return None if self.best is None else self.fits[self.best]

    def chi2_at(self, value: float, mechanism: Mechanism) -> float:
        """Return the chi2 with which a mechanism would have this score."""
        price = self.score.structure(mechanism.reactants, mechanism.net_stoichiometry) + self.score.further
        with np.errstate(over="ignore"):
            return float(self.score.count * np.exp((value - price) / self.score.count))

    def rescore(self, score: Score) -> None:
        """Judge everything that was fitted by another score."""
        self.score = score
        self.scores = {key: score.mechanism(fit.mechanism, fit.chi2) for key, fit in self.fits.items()}
        self.best = min(self.scores, key=lambda key: self.scores[key], default=None)

    def ranked(self) -> list[tuple[float, Fit]]:
        """All fits, best score first."""
        order = sorted(self.scores, key=lambda key: self.scores[key])
        return [(self.scores[key], self.fits[key]) for key in order]
