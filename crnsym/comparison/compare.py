"""Given networks, refitted to the same data and ranked."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.noise import estimate_noise
from ..data.smoothing import smooth
from ..data.trajectories import Trajectories
from ..errors import FitError
from ..network.network import Network
from ..refit.fit import Fit, fit_mechanism
from ..refit.limits import limits
from ..refit.problem import FitProblem, fit_problem
from ..search.pieces import ladder
from ..search.score import Score
from ..training.progress import as_progress
from ..training.tasks import Tasks, as_tasks
from .given import given_mechanism
from .groups import vector_field_groups
from .heldout import left_out_errors
from .inclusion import inclusion_probabilities
from .ranking import Candidate, Discovery, count_ties, in_order, make_candidate, weigh, with_bounds
from .residuals import residuals
from .restrictions import Restrictions
from .statement import doubts, hidden_species, undetermined, verdict

POOR = 3.0  # chi2/N above which a fit is tried again from short pieces
BOUNDED = 5  # candidates whose rates at a limit get a bound


def compare(
    networks: Sequence[Network],
    data: Trajectories,
    *,
    names: Sequence[str] | None = None,
    noise: str = "auto",
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
) -> Discovery:
    """Refit the rates of given mechanisms to data and rank them.

    Parameters
    ----------
    networks
        Mass-action networks of the measured species.
    data
        The measurements.
    names
        One a network, for the table; by default their own names.
    noise
        Form of the noise, see `estimate_noise`; ``"absolute"`` is plain least squares.
    seed
        Chooses the runs that are left out for the test error.
    executor
        Runs the fits in parallel, or `Tasks`, which also keep what is finished; the result does not depend on it.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    Discovery
        Candidates best first; `Candidate.name` tells which network each is.

    Raises
    ------
    FitError
        No networks.
    NetworkError, UnsupportedError
        A network that cannot be refitted to these data.
    """
    if not networks:
        raise FitError("networks is empty; give at least one network to compare")
    labels = list(names) if names is not None else [n.name or f"network {i + 1}" for i, n in enumerate(networks)]
    mechanisms = [given_mechanism(n, data, label) for n, label in zip(networks, labels, strict=True)]
    model = estimate_noise(data, noise)
    problem = fit_problem(data, model, smooth(data, model))
    score = Score(problem.count, len(data.species), numbers=problem.numbers)
    tasks = as_tasks(executor)
    fits = tasks.run(_refitted, problem, mechanisms, "fits of given mechanisms", as_progress(progress))
    tests = left_out_errors(fits, data, model, seed=seed, tasks=tasks)
    candidates = [
        replace(make_candidate(in_order(f), score, name=label), test_error=e)
        for f, label, e in zip(fits, labels, tests, strict=True)
        if f.ok
    ]
    failed = [label for f, label in zip(fits, labels, strict=True) if not f.ok]
    candidates.sort(key=lambda c: (c.score, c.name))
    remarks = tuple(f"{label} could not be integrated over the runs" for label in failed)
    return assemble(candidates, data, problem, remarks, given=True, tasks=tasks)


def _refitted(problem: FitProblem, mechanism: Mechanism) -> Fit:
    return refit(mechanism, problem)


def refit(mechanism: Mechanism, problem: FitProblem) -> Fit:
    """Fit one mechanism as well as it can be, from short pieces of the runs where whole runs fail."""
    fit = fit_mechanism(mechanism, problem, iterations=30)
    if fit.reduced > POOR:
        for length in ladder(problem):
            piecewise = fit_mechanism(mechanism, problem.cut(length), iterations=15)
            mechanism = piecewise.mechanism if piecewise.ok else mechanism
        shot = fit_mechanism(mechanism, problem, iterations=30)
        fit = shot if shot.chi2 < fit.chi2 else fit
    return polish(fit, required=lambda _: False)


def polish(
    fit: Fit, fitter: Callable[..., Fit] = fit_mechanism, required: Callable[[Mechanism], bool] = lambda _: True
) -> Fit:
    """Fit to tight tolerances, and send the rates that the data leave open to their limits, see `limits`."""
    if not fit.ok:
        return fit
    final = fitter(
        fit.mechanism,
        fit.problem,
        initial=fit.initial_states,
        iterations=40,
        tolerance=1e-7,
        rtol=1e-6,
        pinned=fit.pinned,
    )
    return limits(final if final.ok else fit, fitter, required)


def polished(restrictions: Restrictions, fit: Fit) -> Fit:
    """Polish one fit as a task, see `crnsym.training.tasks`."""
    return polish(fit, required=restrictions.met_by)


def assemble(
    candidates: Sequence[Candidate],
    data: Trajectories,
    problem: FitProblem,
    remarks: tuple[str, ...] = (),
    laws: Sequence[np.ndarray] = (),
    given: bool = False,
    tasks: Tasks | None = None,
) -> Discovery:
    """Weigh ranked candidates and say how far the data decide; ``laws`` are hypotheses that the data obey."""
    scale = np.maximum(np.nanmean(np.abs(np.concatenate(data.values)), axis=0), 1e-300)
    groups = vector_field_groups([c.mechanism for c in candidates], scale)
    weighted = [replace(c, group=g) for c, g in zip(weigh(candidates), groups, strict=True)]
    weighted[:BOUNDED] = with_bounds(weighted[:BOUNDED], tasks or Tasks())
    ties = count_ties(weighted, problem) if weighted else 0
    left_over = residuals(weighted[0].fit) if weighted else None
    word, sentence = verdict(weighted, ties, left_over, problem, given)
    sentence += hidden_species(weighted, data.species)
    suspicions = doubts(weighted[0].mechanism, laws) if weighted else []
    if suspicions:
        sentence += " But " + "; and ".join(suspicions) + "."
    return Discovery(
        candidates=tuple(weighted),
        data=data,
        noise=problem.noise,
        problem=problem,
        statement=sentence,
        verdict=word,
        ties=ties,
        inclusion=inclusion_probabilities([c.mechanism for c in weighted], [c.weight for c in weighted]),
        laws=tuple(laws),
        remarks=(*data.remarks, *remarks, *(undetermined(weighted[0].fit) if weighted else ())),
    )
