"""From the fits of a search to its candidates: final fits, left-out runs, equivalents."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..data.trajectories import Trajectories
from ..deciding import EFFORT, THRESHOLDS
from ..refit.fit import Fit
from ..search.findings import without_idle
from ..search.run import SearchResult
from ..training.progress import Progress
from ..training.tasks import Tasks
from .candidate import Candidate
from .describe import mechanism_lines, ordered
from .equivalents import equivalent_mechanisms
from .heldout import left_out_errors
from .polish import polished
from .ranking import rank, sizes
from .restrictions import Restrictions

SHOWN = 20  # candidates reported
ALTERNATIVES = 5  # candidates whose equivalents are listed


def finish(
    result: SearchResult,
    data: Trajectories,
    restrictions: Restrictions,
    seed: int,
    tasks: Tasks,
    reporter: Progress,
    until: float = float("inf"),
) -> tuple[list[Candidate], bool]:
    """Polish the plausible candidates, rank, test on left-out runs, list equivalents; Ctrl-C keeps what there is.

    What is not done when ``until`` of ``time.monotonic()`` is reached stays undone.
    """
    finished = True
    pool = _shown(result.ranked, len(result.problem.species))
    best = pool[0][0] if pool else 0.0
    plausible = [f for s, f in pool if s - best < EFFORT.final_gap][: EFFORT.final_fits if result.settled else 3]
    fits = [f for _, f in pool]
    try:
        each = tasks.each(polished, restrictions, plausible, "final fits", reporter, lambda: _lines(fits), until)
        for i, fit in each:
            own = without_idle(fit, result.problem)  # dropped steps may leave a species that never reacts
            fits[i] = own if restrictions.allows(own.mechanism) else fit
            if time.monotonic() > until:
                break
    except KeyboardInterrupt:
        finished = False
    except TimeoutError:
        pass
    candidates = rank(fits, result.score, sizes(data, result.problem))
    try:
        tested = candidates[: EFFORT.left_out] if time.monotonic() < until else []
        reporter.report("left-out runs", None, _lines([c.fit for c in candidates]))
        errors = left_out_errors([c.fit for c in tested], data, result.problem.noise, seed=seed, tasks=tasks)
        for i, error in enumerate(errors):
            candidates[i] = replace(candidates[i], test_error=error)
        candidates = failing_last(candidates)
    except KeyboardInterrupt:
        finished = False
    for i, c in enumerate(candidates[:ALTERNATIVES]):
        same = [m for m in equivalent_mechanisms(c.mechanism) if restrictions.allows(m)]
        others = {m.structure(): m for m in (*c.alternatives, *same)}
        candidates[i] = replace(c, alternatives=tuple(ordered(m) for m in others.values()))
    return candidates, finished


def failing_last(candidates: list[Candidate]) -> list[Candidate]:
    """Put candidates that fail on left-out runs behind all others, so that none of them leads."""
    errors = [c.test_error for c in candidates if np.isfinite(c.test_error)]
    least = min(errors, default=0.0)
    fails = [
        np.isfinite(c.test_error) and c.test_error > max(THRESHOLDS.fails * least, THRESHOLDS.failure)
        for c in candidates
    ]
    return [c for c, bad in zip(candidates, fails, strict=True) if not bad] + [
        replace(c, score=max(c.score, max(o.score for o in candidates)))
        for c, bad in zip(candidates, fails, strict=True)
        if bad
    ]


def _shown(ranked: list[tuple[float, Fit]], measured: int) -> list[tuple[float, Fit]]:
    """Return the best fits; the best of the measured species alone is always among them, for comparison."""
    ranked = [item for item in ranked if len(item[1].mechanism.log_rates)]
    shown = ranked[:SHOWN]
    visible = [item for item in ranked if len(item[1].mechanism.species) == measured][:1]
    return shown if not visible or any(item is visible[0] for item in shown) else [*shown[:-1], *visible]


def _lines(fits: Sequence[Fit]) -> str:
    return "\n".join(mechanism_lines(ordered(fits[0].mechanism))) if fits else ""
