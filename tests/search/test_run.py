"""Rounds of tasks: a limit on the time, workers, and what is kept when somebody ends the search."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from crnsym.data.noise import estimate_noise
from crnsym.search.findings import Findings
from crnsym.search.pool import OutOfTime
from crnsym.search.question import Question, ask
from crnsym.search.run import search
from crnsym.search.strategies import ORDER
from crnsym.search.strategies.given import FromGiven
from crnsym.search.strategies.lawful import Lawful
from crnsym.search.strategies.rivals import Rivals
from crnsym.search.task import Task
from crnsym.training.tasks import Tasks
from tests.benchmarks.discovery import right
from tests.engine import CASCADE, measured

DATA = measured(CASCADE)


@pytest.fixture(scope="module")
def question() -> Question:
    return ask(DATA, estimate_noise(DATA), hidden=0)


@dataclass(frozen=True, slots=True)
class Guess:
    """A strategy in one file: it fits what it is told."""

    name: str = "a guess"

    def rounds(self, _question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield two tasks in one round."""
        task = FromGiven(findings.visible.problem, (CASCADE,))
        yield [task, task]


def test_a_new_strategy_is_an_object_with_one_method(question):
    found = search(question, strategies=(Guess(),))
    assert right(found.ranked[0][1].mechanism, CASCADE)
    assert found.settled
    assert [stage for stage, _, _ in found.stages] == ["a guess"]


def test_the_order_of_the_work_is_one_list():
    assert len({strategy.name for strategy in ORDER}) >= len(ORDER) - 1
    assert isinstance(ORDER[-1], Rivals)


def test_workers_find_what_one_process_finds(question):
    alone = search(question, strategies=(Lawful(), Guess(), Rivals()))
    with ThreadPoolExecutor(2) as executor:
        together = search(question, strategies=(Lawful(), Guess(), Rivals()), tasks=Tasks(executor))
    assert [value for value, _ in together.ranked] == [value for value, _ in alone.ranked]


def test_a_time_limit_is_kept_and_leaves_the_best_so_far(question):
    began = time.process_time()
    found = search(question, time_budget=0.05)
    assert time.process_time() - began < 5.0
    assert not found.settled
    assert not found.interrupted
    assert found.stages[-1][0] == "time budget used up"


@dataclass(frozen=True, slots=True)
class Slow:
    """A strategy whose first task does not end in time, as in a process that is starved."""

    name: str = "slow"

    def rounds(self, _question: Question, _findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield nothing in time."""
        raise OutOfTime
        yield ()


def test_there_is_an_answer_though_no_task_has_ended(question):
    found = search(question, strategies=(Slow(),))
    assert found.ranked
    assert (found.settled, found.interrupted) == (False, False)
    assert found.ranked[0][1].reduced < 50


def test_progress_is_told_of_every_better_answer_and_of_every_round(question):
    seen = []

    def told(stage, pool, count):
        seen.append((stage, None if pool is None else pool.best_fit.chi2, count))

    found = search(question, strategies=(Lawful(),), report=told)
    assert {stage for stage, _, _ in seen} == {"under conservation laws"}
    assert seen[0][1:] == (None, 0)  # a round begins
    assert seen[-1][1:] == (found.ranked[0][1].chi2, found.fits)  # and has ended
    assert seen[-1][1] < seen[1][1]
    assert [count for _, _, count in seen] == sorted(count for _, _, count in seen)
