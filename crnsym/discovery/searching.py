"""The search of a discovery: from what a learner found, with a doubt about runs, again with the noise it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..comparison.faults.runs import RunCheck, RunsDisagree
from ..comparison.reporting import reporting
from ..data.mechanism import Mechanism
from ..data.noise import FORMS, NoiseModel
from ..refit.fit import Fit
from ..refit.warm import warm_up
from ..search.learned import learned_starts
from ..search.question import Question
from ..search.renewed import search_again
from ..search.run import SearchResult, search
from ..search.strategies import MIXTURES, ORDER, Strategy
from .prepared import Prepared
from .work import Work

GRACE = 5.0  # seconds to fit what a learner has found when it was interrupted


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """Where a search has ended.

    Attributes
    ----------
    prepared, question
        What was asked last: without a run at fault, with the noise that the answer leaves.
    result
        The answer.
    interrupted
        Whether a learner was.
    spoiled, strange
        Sentences about a run that was left out, and about runs that nothing found explains.
    """

    prepared: Prepared
    question: Question
    result: SearchResult
    interrupted: bool
    spoiled: tuple[str, ...]
    strange: tuple[str, ...]


def look_for(prepared: Prepared, question: Question, work: Work) -> Searched:
    """Search for the mechanisms behind what was prepared, asked first with this question."""
    work.reporter.report("loading compiled programs (the first time they are compiled)", None, "")
    warm_up()
    learned, interrupted = _learned(prepared, question, work)
    starts = (*question.starts, *learned)

    def asked(runs: Sequence[int] | None = None, noise: NoiseModel | None = None) -> Question:
        return replace(prepared.question(runs, noise), starts=starts)

    def searched(about: Question, strategies: Sequence[Strategy] = ORDER) -> SearchResult:
        left = GRACE if interrupted else work.for_the_search()
        return search(about, strategies=strategies, time_budget=left, tasks=work.tasks, report=report)

    report = reporting(work.reporter)
    check = RunCheck(asked)
    question = replace(question, starts=starts)
    spoiled: tuple[str, ...] = ()
    try:
        result = searched(question, check.order if prepared.mixtures is None else MIXTURES)
    except RunsDisagree as fault:
        kept = [run for run in range(len(prepared.table)) if run != fault.run]
        prepared, spoiled = replace(prepared, table=prepared.table.select(kept)), (fault.sentence,)
        question = asked()
        result = searched(question)
    noise = prepared.request.noise
    if prepared.mixtures is None and noise in FORMS and prepared.table.errors is None:

        def anew(known: NoiseModel, found: tuple[Fit, ...]) -> Question:
            return replace(asked(noise=known), found=found)

        renewed, result = search_again(result, prepared.table, noise, anew, searched)
        question = renewed or question
    return Searched(prepared, question, result, interrupted, spoiled, tuple(check.notes))


def _learned(prepared: Prepared, question: Question, work: Work) -> tuple[list[Mechanism], bool]:
    """Return the mechanisms that a learner found, as far as they are allowed, and whether it was interrupted."""
    request = prepared.request
    if request.learner == "regression":
        return [], False
    learned, interrupted = learned_starts(
        prepared.table,
        noise=question.view.noise,
        max_order=request.max_order,
        restarts=request.restarts,
        seed=request.seed,
        tasks=work.tasks,
        reporter=work.reporter,
        checkpoint=work.checkpoint,
        resume=work.resume,
    )
    return [m for m in map(prepared.restrictions.kept, learned) if len(m.log_rates)], interrupted
