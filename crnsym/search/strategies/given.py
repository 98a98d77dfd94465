"""Search from mechanisms that somebody gave, or that a learner found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT
from crnsym.refit.problem import FitProblem
from crnsym.search.findings import Findings
from crnsym.search.local import local_search
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.task import Task


@dataclass(frozen=True, slots=True)
class Given:
    """The mechanisms of the question, and what lies near the best of them."""

    name: str = "given mechanisms"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task, if mechanisms are given."""
        if question.starts:
            yield [FromGiven(findings.visible.problem, question.starts)]


@dataclass(frozen=True, slots=True, eq=False)
class FromGiven:
    """Fit all mechanisms and search from the best."""

    problem: FitProblem
    starts: tuple[Mechanism, ...]

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        fits = sorted((pool.fit(start) for start in self.starts), key=lambda item: item[1])
        order = max(start.order for start in self.starts)
        library = question.library(max(order, min(question.max_order or 2, 2)))
        for fit, _ in fits[: EFFORT.given_searched]:
            if fit.ok and len(fit.mechanism.log_rates):
                local_search(fit, pool, library.including(fit.mechanism))
