"""The search: strategies in order, each in rounds of tasks, until the answer has settled."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol, runtime_checkable

from crnsym.deciding import EFFORT
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.search.alike import Alike
from crnsym.search.findings import Findings
from crnsym.search.guess import first_guess
from crnsym.search.pool import DEADLINE, WATCH, OutOfTime, Pool
from crnsym.search.question import Question
from crnsym.search.score import Score, matter
from crnsym.search.strategies import ORDER, Strategy
from crnsym.search.task import Explored, Stopped, Task, carry_out
from crnsym.training.tasks import Tasks

EARLY = 3.0  # seconds in which rounds stay in this process: starting others takes as long
Report = Callable[[str, Pool | None, int], None]


@runtime_checkable
class SearchProgress(Protocol):
    """A reporter that wants to know more of a search than its best answer as text."""

    def searching(self, stage: str, pool: Pool | None, fits: int) -> None:
        """Tell where the search stands, as `search` says of ``report``; must return quickly and never raise."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """Every fit by score, and what happened on the way.

    Attributes
    ----------
    ranked
        (score, fit), the best first.
    problem, score
        Of the measured species.
    stages
        (strategy, seconds since the start, best score) after every round of tasks.
    fits
        Number of mechanisms that were fitted.
    settled
        Whether the search ended by itself.
    interrupted
        Whether somebody ended it.
    explained
        Whether the best answer leaves nothing but noise.
    unrivalled
        Whether no hypothesis about an unmeasured species promised more than the measured ones alone.
    """

    ranked: list[tuple[float, Fit]]
    problem: FitProblem
    score: Score
    stages: tuple[tuple[str, float, float], ...]
    fits: int
    settled: bool
    interrupted: bool
    explained: bool
    unrivalled: bool = False


def search(
    question: Question,
    *,
    strategies: Sequence[Strategy] = ORDER,
    time_budget: float = 600.0,
    tasks: Tasks | None = None,
    report: Report = lambda _stage, _pool, _count: None,
) -> SearchResult:
    """Find the mechanisms that explain the measurements.

    Parameters
    ----------
    question
        Measurements and knowledge.
    strategies
        In the order of the work.
    time_budget
        Seconds after which the best so far is returned.
    tasks
        Where the tasks of a round run, and where they are remembered; by default here, one after the other.
    report
        Called with a stage name, the pool that holds the best answer (None before there is one) and the number of
        fits: when a round of tasks begins or ends, and whenever the best answer improves.

    Ctrl-C ends the search as the time budget does: with everything that was found so far.
    """
    runner = tasks or Tasks()
    findings = Findings(question)
    began = time.monotonic()
    stages: list[tuple[str, float, float]] = []
    ended, interrupted = True, False

    def better(pool: Pool) -> None:
        if pool.best_score < findings.best_score:
            report(strategy.name, pool, findings.fits + pool.made)

    deadline, watch = DEADLINE.set(began + time_budget), WATCH.set(better)
    try:
        for strategy in strategies:
            for batch in strategy.rounds(question, findings):
                runner.alone = len(batch) == 1 or time.monotonic() < began + EARLY
                report(strategy.name, findings.leading, findings.fits)
                _round(batch, question, findings, runner, began + time_budget)
                report(strategy.name, findings.leading, findings.fits)
                stages.append((strategy.name, time.monotonic() - began, findings.best_score))
    except (Stopped, OutOfTime, KeyboardInterrupt) as stop:
        ended = False
        interrupted = stop.interrupted if isinstance(stop, Stopped) else isinstance(stop, KeyboardInterrupt)
        if isinstance(stop, Stopped):
            findings.take(stop.explored)
        if findings.best is None and not interrupted:  # on a busy machine no task may have ended
            findings.take(first_guess(question))
        name = "interrupted" if interrupted else "time budget used up"
        stages.append((name, time.monotonic() - began, findings.best_score))
    finally:
        runner.alone = time.monotonic() < began + EARLY
        DEADLINE.reset(deadline)
        WATCH.reset(watch)
    return SearchResult(
        ranked(findings),
        findings.visible.problem,
        findings.visible.score,
        tuple(stages),
        findings.fits,
        ended,
        interrupted,
        findings.explained(),
        findings.unrivalled,
    )


def _round(batch: Sequence[Task], question: Question, findings: Findings, runner: Tasks, deadline: float) -> None:
    """Carry out tasks that do not depend on each other; what they found is added in their order."""
    done: dict[int, Explored] = {}
    try:
        for index, explored in runner.each(carry_out, question, batch, "search", until=deadline):
            done[index] = explored
    except TimeoutError:
        raise OutOfTime from None
    finally:
        findings.brought = tuple(done[index] for index in sorted(done))
        for explored in findings.brought:
            findings.take(explored)


def ranked(findings: Findings) -> list[tuple[float, Fit]]:
    """All fits by score; of those with hidden species the best few, one of each set that differs by names alone.

    In a closed vessel those that make or destroy matter are left out.
    """
    measured = findings.question.species
    rows = []
    for pool in findings.pools.values():
        own = pool.ranked()
        if findings.question.vessel == "closed":
            own = [(s, f) for s, f in own if matter(f.mechanism.reactants, f.mechanism.net_stoichiometry) == "kept"]
        if pool.problem.observation is not None:
            own = Alike.of(pool.problem).one_of_each(own)
            rows += own if len(pool.problem.species) == measured else using(own, measured)
        else:
            rows += own if len(pool.problem.species) == measured else distinct(own, measured)
    return sorted(rows, key=lambda item: item[0])


def using(found: list[tuple[float, Fit]], measured: int) -> list[tuple[float, Fit]]:
    """Best fits that use every species that nobody named."""
    return [(s, f) for s, f in found if f.mechanism.net_stoichiometry[:, measured:].any(axis=0).all()][
        : EFFORT.reported_hidden
    ]


def distinct(found: list[tuple[float, Fit]], measured: int) -> list[tuple[float, Fit]]:
    """Best fits that use every hidden species, one of each set that differs by their names alone."""
    seen: set[frozenset[tuple[tuple[int, ...], tuple[int, ...]]]] = set()
    kept = []
    for value, fit in found:
        mechanism = fit.mechanism
        n = len(mechanism.species)
        if not mechanism.net_stoichiometry[:, measured:].any(axis=0).all():
            continue
        start = fit.problem.start[0]
        names = [
            p
            for p in permutations(range(measured, n))
            if all(start[i] == start[j] for i, j in zip(p, range(measured, n), strict=True))
        ]
        orders = [(*range(measured), *p) for p in names]
        keys = [
            frozenset(
                (tuple(a), tuple(b))
                for a, b in zip(mechanism.reactants[:, o].tolist(), mechanism.products[:, o].tolist(), strict=True)
            )
            for o in orders
        ]
        if not seen.intersection(keys):
            seen.add(keys[0])
            kept.append((value, fit))
        if len(kept) == EFFORT.reported_hidden:
            break
    return kept
