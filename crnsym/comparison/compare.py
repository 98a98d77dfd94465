"""Given networks, refitted to the same data and ranked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel, estimate_noise
from ..data.smoothing import smooth
from ..data.split import split_experiments
from ..data.trajectories import Trajectories
from ..errors import FitError
from ..network.network import Network
from ..refit.fit import Fit, fit_mechanism
from ..refit.general.setting import Setting
from ..refit.limits import limits
from ..refit.problem import FitProblem, fit_problem
from ..refit.reweigh import column_criterion, noise_left_by
from ..refit.temperature import temperature_remarks
from ..search.pieces import ladder
from ..search.score import Score
from ..training.progress import as_progress
from ..training.tasks import Tasks, as_tasks
from .evidence import evidence
from .given import given_mechanism, is_plain
from .groups import vector_field_groups
from .heldout import left_out_errors
from .inclusion import inclusion_probabilities
from .known_noise import in_units_of_data, known_noise
from .laws import (
    LawCandidate,
    fit_of,
    law_candidate,
    law_fit,
    law_remarks,
    law_task,
    left_out_error_of,
    mechanism_of,
    species_of,
)
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
    observables: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    fixed: Mapping[str, float] | Iterable[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
    conditions: Mapping[str, Mapping[str, float]] | None = None,
    noise: str | Mapping[str, float] | NoiseModel = "auto",
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
) -> Discovery:
    """Refit given mechanisms to data and rank them by BIC.

    Every column of the data is a species of the networks or an observable: of theirs, or of ``observables``. Numbers
    that stand alone as rate constants are fitted like named ones; other numbers stay.

    Parameters
    ----------
    networks
        Any rate laws, also of species that were not measured.
    data
        The measurements.
    names
        One a network, for the table; by default their own names.
    observables
        {column: expression of species, parameters and ``time``} such as ``"scale*(A + 2*AA)"``. New names are
        parameters and fitted.
    initial
        {species: initial value, or expression of parameters}, over those of the networks. By default species that are
        columns themselves start where they were measured, others as the networks say, or at 0.
    fixed
        Parameters that are not fitted: names, or {name: value}.
    bounds
        {parameter: (lowest, highest)}.
    conditions
        {experiment: {species or parameter: value}}: initial values and parameters that differ between runs. The
        temperatures of the runs are values of a parameter ``T``.
    noise
        Form of the noise, see `estimate_noise`; ``"absolute"`` is plain least squares; ``"fitted"`` finds one standard
        deviation a column from what the best mechanism leaves; {column: standard deviation}, or a model, if it is
        known.
    seed
        Chooses the runs that are left out for the test error, and where fits start.
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
        No networks; a setting that names nothing in the data.
    NetworkError, UnsupportedError
        A network that cannot be refitted to these data, or a name that no network has.
    """
    if not networks:
        raise FitError("networks is empty; give at least one network to compare")
    labels = list(names) if names is not None else [n.name or f"network {i + 1}" for i, n in enumerate(networks)]
    setting = Setting(observables or {}, initial or {}, fixed, bounds or {}, conditions or {})
    setting.check(networks, data.species, data.experiments)
    jobs: list[Any] = [
        given_mechanism(n, data, label)
        if is_plain(n, data, setting)
        else law_task(n, setting, label, species_of(networks), seed)
        for n, label in zip(networks, labels, strict=True)
    ]
    notes = [r for job in jobs if not isinstance(job, Mechanism) for r in mechanism_of(job, data).prepared.remarks]
    tasks, reporter = as_tasks(executor), as_progress(progress)
    model = known_noise(data, noise) or estimate_noise(data, "auto" if noise == FITTED else str(noise))
    if noise == FITTED:
        model = _fitted_noise(jobs, data, model, tasks, reporter)
    ranked, problem, failed = _ranked(jobs, labels, data, model, seed, tasks, reporter)
    remarks = (*notes, *(f"{label} could not be integrated over the runs" for label in failed))
    return assemble(ranked, data, problem, remarks, given=True, tasks=tasks)


FITTED = "fitted"


def _fitted_noise(jobs: list[Any], data: Trajectories, model: NoiseModel, tasks: Tasks, reporter: Any) -> NoiseModel:
    """Find one standard deviation a column from what the most likely of all fits leaves."""
    problem = fit_problem(data, model, smooth(data, model))
    plain = [job for job in jobs if isinstance(job, Mechanism)]
    other = [replace(job, reweigh=True) for job in jobs if not isinstance(job, Mechanism)]
    found = tasks.run(_reweighed, problem, plain, "noise of given mechanisms", reporter)
    found += tasks.run(fit_of, (data, model), other, "noise of given rate laws", reporter)
    return min(found, key=lambda result: result["criterion"])["noise"]


def _reweighed(problem: FitProblem, mechanism: Mechanism) -> dict[str, Any]:
    fit = refit(mechanism, problem)
    columns = len(problem.species)
    for _ in range(2):
        noise = noise_left_by(fit, columns)
        again = refit(fit.mechanism, replace(problem, noise=noise))
        fit = again if again.ok else fit
    return {"criterion": column_criterion(fit) if fit.ok else np.inf, "noise": noise_left_by(fit, columns)}


def _ranked(
    jobs: list[Any],
    labels: Sequence[str],
    data: Trajectories,
    model: NoiseModel,
    seed: int,
    tasks: Tasks,
    reporter: Any,
) -> tuple[list[Candidate], FitProblem, list[str]]:
    """Fit all jobs with one noise model: candidates best first, the problem, and the names of those that failed."""
    problem = fit_problem(data, model, smooth(data, model))
    plain = [i for i, job in enumerate(jobs) if isinstance(job, Mechanism)]
    other = [i for i, job in enumerate(jobs) if not isinstance(job, Mechanism)]
    results = tasks.run(_refitted, problem, [jobs[i] for i in plain], "fits of given mechanisms", reporter)
    described = tasks.run(fit_of, (data, model), [jobs[i] for i in other], "fits of given rate laws", reporter)
    train, left_out = split_experiments(data, seed=seed)
    tests = left_out_errors([r["fit"] for r in results], data, model, seed=seed, tasks=tasks)
    errors = [float("nan")] * len(other)
    if left_out is not None:
        pairs = [(jobs[i], result) for i, result in zip(other, described, strict=True)]
        errors = tasks.run(left_out_error_of, (data, train, left_out, model), pairs, "left-out runs of rate laws")
    score = Score(problem.count, len(data.species), numbers=problem.numbers)
    found: list[tuple[str, Candidate | None]] = []
    for i, result, error in zip(plain, results, tests, strict=True):
        fit, more = result["fit"], {"test_error": error, "seconds": result["seconds"]}
        found.append(
            (labels[i], replace(make_candidate(in_order(fit), score, name=labels[i]), **more) if fit.ok else None)
        )
    for i, result, error in zip(other, described, errors, strict=True):
        fit, more = law_fit(jobs[i], data, model, result), {"test_error": error, "seconds": result["seconds"]}
        found.append((labels[i], replace(law_candidate(fit, labels[i]), **more) if fit.ok else None))
    shift = in_units_of_data(problem)
    candidates = [replace(c, score=c.bic, log_likelihood=c.log_likelihood + shift) for _, c in found if c is not None]
    failed = [label for label, c in found if c is None]
    return sorted(candidates, key=lambda c: (c.score, c.name)), problem, failed


def _refitted(problem: FitProblem, mechanism: Mechanism) -> dict[str, Any]:
    begin = perf_counter()
    return {"fit": refit(mechanism, problem), "seconds": perf_counter() - begin}


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
    if given:
        sentence += evidence(weighted)
    best = weighted[0] if weighted else None
    open_ended = law_remarks(best) if isinstance(best, LawCandidate) else undetermined(best.fit) if best else []
    if not isinstance(best, LawCandidate):
        sentence += hidden_species(weighted, data.species)
        suspicions = doubts(best.mechanism, laws) if best else []
        if suspicions:
            sentence += " But " + "; and ".join(suspicions) + "."
    heat = problem.temperatures if any(c.energies for c in weighted) else None
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
        remarks=(*data.remarks, *temperature_remarks(data, heat), *remarks, *open_ended),
    )
