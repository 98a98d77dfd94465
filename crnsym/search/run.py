"""The search in order: weak-form starts, local search, a second route for confirmation, then wider nets."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from threadpoolctl import threadpool_limits

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.knowledge import Knowledge
from crnsym.refit.problem import FitProblem, fit_problem
from crnsym.regression.composition import Composition
from crnsym.regression.library import Library, build_library
from crnsym.search.pool import OutOfTime, Pool, busy_clock
from crnsym.search.routes import Routes
from crnsym.search.score import Score

GIVEN = 2  # of the given starts, that many are searched from
MOST_HIDDEN = 10  # fits with a hidden species that are reported for each hypothesis about its start


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """Every fit by score, and what happened on the way."""

    ranked: list[tuple[float, Fit]]
    problem: FitProblem
    score: Score
    stages: tuple[tuple[str, float, float], ...]
    complete: bool


def search(
    data: Trajectories,
    noise: NoiseModel,
    *,
    laws: Sequence[np.ndarray] = (),
    max_order: int | None = None,
    allowed: Callable[[Library], Library] = lambda library: library,
    starts: tuple[Mechanism, ...] = (),
    weak_form_routes: bool = True,
    hidden: int | None = None,
    balances: np.ndarray | None = None,
    composed: Composition | None = None,
    fixed_starts: bool = False,
    knowledge: Knowledge | None = None,
    seed: int = 0,
    time_budget: float = 60.0,
    report: Callable[[str, Pool], None] = lambda _stage, _pool: None,
    fitter: Callable[..., Fit] = fit_mechanism,
    complete: Callable[[Mechanism], Mechanism] = lambda mechanism: mechanism,
) -> SearchResult:
    """Find the mechanisms that explain the measurements.

    Parameters
    ----------
    data, noise
        Measurements and their noise model.
    laws
        Sets of conservation laws ``(laws, species)`` to try as hypotheses, never as facts.
    max_order
        Largest molecularity of a reaction; by default 1, 2 and 3, higher where lower does not suffice.
    allowed
        Restricts a library (known chemistry, forbidden reactions).
    starts
        Further mechanisms to start from (rounded from a learner).
    weak_form_routes
        False searches from ``starts`` alone.
    hidden
        0, 1 or more species that were not measured; by default mechanisms with them are searched beside the others
        for up to three measured species, and for more where nothing else fits.
    balances
        ``(laws, species)`` sums that are at least nearly conserved: what forms of a hidden catalyst may carry.
    composed
        Formulas that name hidden species: only those are searched for.
    fixed_starts
        Every run starts from its first row as recorded, see `fit_problem`.
    knowledge
        What is known of rates beside the data.
    seed
        Of random starts, where a route has any.
    time_budget
        Seconds of computing after which the best so far is returned; on a machine that is busy with other things it may
        take up to twice as long.
    report
        Called with a stage name and the pool whenever the best answer improves.
    fitter, complete
        See `Pool`.

    Ctrl-C ends the search as the time budget does: with everything that was fitted so far.
    """
    # the matrices are small: threads inside the linear algebra cost many times what they bring
    # and a number that overflows is a failed fit, which every stage checks for
    with threadpool_limits(1, "blas"), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        began, clock = time.monotonic(), busy_clock()
        guide = smooth(data, noise)
        problem = replace(fit_problem(data, noise, guide, fixed=fixed_starts), knowledge=knowledge)
        totals = {tuple(map(int, law)) for hypothesis in laws[:1] for law in hypothesis if np.all(law > 0)}
        score = Score(problem.count, len(data.species), tuple(sorted(totals)), numbers=problem.numbers)
        pool = Pool(problem, score, time_budget, report, fitter, complete, clock=clock)
        stages: list[tuple[str, float, float]] = []

        def note(stage: str) -> None:
            best = pool.scores[pool.best] if pool.best else np.inf
            stages.append((stage, time.monotonic() - began, float(best)))

        finished = True
        balances = np.zeros((0, len(data.species)), np.int64) if balances is None else balances
        routes = Routes(data, noise, guide, pool, note, laws, hidden, balances, composed, seed)
        try:
            order = min(max_order or 2, 2)
            if not weak_form_routes:
                order = max_order or max([2, *(m.order for m in starts)])
            library = allowed(build_library(len(data.species), order))
            given = sorted((pool.fit(m) for m in starts), key=lambda item: item[1])
            if given:
                routes.improve([f for f, _ in given[:GIVEN] if f.ok], library)
                note("given starts")
            if weak_form_routes:
                routes.climb([allowed(build_library(len(data.species), o)) for o in range(1, (max_order or 3) + 1)])
            routes.unseen()
        except (OutOfTime, KeyboardInterrupt) as stop:
            finished = False
            note("time budget used up" if isinstance(stop, OutOfTime) else "interrupted")
        counts = [found.score.count for found in routes.hidden_pools or ()]
        score = replace(score, count=min([score.count, *counts]))
        pool.rescore(score)  # all on one scale: a pool may have found that fewer samples are independent
        unseen = [item for found in routes.hidden_pools or () for item in distinct(found.ranked(), len(data.species))]
        ranked = sorted([*pool.ranked(), *unseen], key=lambda item: item[0])
        return SearchResult(ranked, problem, score, tuple(stages), finished)


def distinct(ranked: list[tuple[float, Fit]], measured: int) -> list[tuple[float, Fit]]:
    """Best fits that use every hidden species, one of each set that differs by their names alone."""
    seen: set[frozenset[tuple[tuple[int, ...], tuple[int, ...]]]] = set()
    kept = []
    for value, fit in ranked:
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
        if len(kept) == MOST_HIDDEN:
            break
    return kept
