"""The answer of a discovery: final fits, ranking, remarks and what goes on record."""

import time
from dataclasses import replace
from typing import Any

from ..comparison.candidate import Candidate
from ..comparison.compare import assemble
from ..comparison.explain import propose
from ..comparison.faults.answer import seen_in_the_answer
from ..comparison.faults.mixed_runs import runs_apart
from ..comparison.finish import finish
from ..comparison.mixed_columns import rank_remark
from ..comparison.mixed_remarks import mixed_remarks
from ..comparison.rate_laws.proposed import with_rate_law
from ..comparison.record import record
from ..comparison.remarks import drift, remarks
from ..comparison.result import Discovery
from ..search.alike import first_of_each
from .searching import Searched
from .work import Work


def answer(searched: Searched, options: dict[str, Any], work: Work) -> Discovery:
    """Rank what a search found, say what the data decide, and propose rate laws where there is time.

    Parameters
    ----------
    searched
        Where the search has ended.
    options
        What was asked, for the record.
    work
        How it is carried out.
    """
    prepared, question, result = searched.prepared, searched.question, searched.result
    table, mixtures, seed = prepared.table, prepared.mixtures, prepared.request.seed
    candidates, finished = finish(result, table, prepared.restrictions, seed, work.tasks, work.reporter, work.until)
    complete = result.settled and finished and not searched.interrupted
    laws = list(question.laws)
    near = question.balances[len(laws[-1]) if laws else 0 :]
    found = assemble(
        candidates,
        table,
        result.problem,
        (*_of_mixtures(searched, candidates), *remarks(result, laws, question.balances, prepared.species, complete)),
        laws,
        tasks=work.tasks,
        fitted=result.ranked if mixtures is None else first_of_each(result.ranked),
        complete=complete,
        unrivalled=result.unrivalled,
        named=prepared.unmeasured is not None,
        drift=drift(candidates[0].mechanism, near, prepared.species) if candidates and mixtures is None else "",
    )
    interrupted = searched.interrupted or not finished or result.interrupted
    details = {
        "options": {**options, "time_budget": work.time_budget},
        **record(table, question.view.problem.column_noise, laws, result),
        "tasks": {"computed": work.tasks.computed, "reused": work.tasks.reused},
        "seconds": round(work.seconds, 2),
        "complete": complete,
        "interrupted": interrupted,
    }
    if not interrupted and time.monotonic() < work.until:
        work.reporter.report("rate laws", None, "")
        found = propose(with_rate_law(found, seed, work.tasks), seed, work.tasks, work.reporter)
    strange = () if result.explained else searched.strange
    seen = seen_in_the_answer(candidates, table, complete) if mixtures is None else ()
    return replace(found, details=details, remarks=(*searched.spoiled, *strange, *seen, *found.remarks))


def _of_mixtures(searched: Searched, candidates: list[Candidate]) -> tuple[str, ...]:
    """Say what holds of columns that are mixtures of species."""
    mixtures, table = searched.prepared.mixtures, searched.prepared.table
    if mixtures is None:
        return ()
    notes = list(mixtures.remarks)
    if candidates:
        notes += mixed_remarks(candidates[0], mixtures)
        notes += runs_apart(candidates[0].fit, table.experiments)
    if searched.prepared.request.spectra is not None:
        notes.append(rank_remark(table, searched.question.view.problem.column_noise, mixtures))
    return tuple(notes)
