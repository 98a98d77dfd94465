"""Pieces of a search that run by themselves, in this process or another, and what they bring home."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.search.pool import OutOfTime, Pool
from crnsym.search.question import Question


class Task(Protocol):
    """A data class of this package with a problem to fit to and a way to search."""

    @property
    def problem(self) -> FitProblem:
        """What mechanisms are fitted to."""
        ...

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """What a task found.

    Attributes
    ----------
    fits
        The best.
    count
        Number of mechanisms that were fitted.
    independent
        Number of values that are independent of each other.
    """

    fits: tuple[Fit, ...]
    count: int
    independent: int


class Stopped(Exception):
    """A task was ended from outside; ``explored`` is what it had by then."""

    def __init__(self, explored: Explored, interrupted: bool) -> None:
        super().__init__("stopped")
        self.explored, self.interrupted = explored, interrupted


def carry_out(question: Question, task: Task) -> Explored:
    """Search for one task."""
    pool = Pool(task.problem, question.score(task.problem), complete=question.chemistry.complete)
    # a number that overflows is a failed fit, which every stage checks for
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        try:
            task.search(question, pool)
        except (KeyboardInterrupt, OutOfTime) as stop:
            raise Stopped(explored(pool), isinstance(stop, KeyboardInterrupt)) from stop
    return explored(pool)


def explored(pool: Pool) -> Explored:
    """Return what a pool hands over."""
    return Explored(tuple(fit for _, fit in pool.ranked()[: EFFORT.handed_over]), pool.made, pool.score.count)
