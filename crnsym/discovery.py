"""From measurements to a ranked list of mechanisms: the stages in order."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .comparison.candidate import Candidate
from .comparison.compare import assemble, polished
from .comparison.criteria import weights
from .comparison.describe import mechanism_lines, ordered
from .comparison.equivalents import equivalent_mechanisms
from .comparison.explain import propose
from .comparison.heldout import left_out_errors
from .comparison.inclusion import inclusion_probabilities
from .comparison.known_rates import knowledge
from .comparison.ranking import rank
from .comparison.remarks import remarks
from .comparison.restrictions import Restrictions
from .comparison.result import Discovery
from .data.laws import mine_laws, near_laws
from .data.mechanism import Mechanism
from .data.noise import NoiseModel, estimate_noise
from .data.smoothing import smooth
from .data.trajectories import Trajectories, data_hash
from .errors import FitError, UnsupportedError
from .network.network import Network
from .refit.fit import Fit, fit_mechanism
from .refit.temperature import Temperatures
from .refit.warm import warm_up
from .search.pool import Pool
from .search.replay import Replay
from .search.run import SearchResult, search
from .training.progress import Progress, as_progress
from .training.tasks import Tasks

LEARNERS = ("regression", "crnn", "all")
STARTS = ("fitted", "measured")
SHOWN = 20  # candidates reported
GRACE = 5.0  # seconds to fit what a learner has found when it was interrupted
PLAUSIBLE_GAP, MOST_REFITS = 50.0, 12  # score units within which candidates get a final fit, and how many do
TESTED = 5  # candidates tried on left-out runs
ALTERNATIVES = 5  # candidates whose equivalents are listed
ROUNDED, NETWORKS = 12, 3  # starts taken from each of the learner's best networks


def discover(
    data: Trajectories,
    *,
    seed: int = 0,
    max_order: int | None = None,
    hidden: int | None = None,
    known: Network | None = None,
    formulas: Mapping[str, str] | None = None,
    rates: Mapping[str, Any] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    detailed_balance: bool = False,
    restarts: int = 8,
    learner: str = "regression",
    noise: str = "auto",
    starts: str = "fitted",
    time_budget: float = 60.0,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> Discovery:
    """Find the reactions behind concentration-time data.

    Parameters
    ----------
    data
        One or more runs. Where their temperatures differ, every reaction has an activation energy too, and its rate
        constant holds at a central temperature (`Candidate.energies`, `Candidate.reference`).
    seed
        The same seed gives the same table.
    max_order
        Largest molecularity of a reaction; by default 1, 2 and 3, higher where lower does not suffice.
    hidden
        Species that were not measured: 0 for none, 1 for one intermediate or store, 2 or more for a catalyst and its
        bound forms too. By default all are searched beside the others for up to three measured species, and for more
        where nothing else fits.
    known
        Reactions that every candidate must have (mass action; values are start values).
    formulas
        {species: formula}; only reactions that balance are tried. A name that was not measured is a hidden species
        of that composition; ``"H2O solvent"`` or ``"C2O4^2- excess"`` stands for what is there in any amount: it
        balances, but has no concentration. An excess reactant counts as one of the two molecules of a step.
    rates
        {rate constant of ``known``, or reaction such as ``"A + B -> C"``: (value, standard error)} of rates that were
        measured otherwise, with the temperature in kelvin as a third number where the runs differ in theirs; a value
        alone is fixed. They count in every mechanism that has the reaction.
    bounds
        {rate constant of ``known``, or reaction: (lowest, highest)}.
    detailed_balance
        Tie the rates of reversible steps on cycles as equilibrium demands (Wegscheider's conditions). Without it the
        result says whether the fitted rates obey them.
    restarts
        Random starts of the neural network learner.
    learner
        ``"regression"`` (weak form and local search), ``"crnn"`` (chemical reaction neural network, then local search
        from its roundings) or ``"all"``.
    noise
        Form of the noise, see `estimate_noise`: ``"auto"``, ``"absolute"`` (plain least squares) or ``"relative"``.
    starts
        ``"fitted"`` (the first row of a run has noise like the others) or ``"measured"`` (a run starts from its first
        row as recorded, as smoothed or weighed-in data do).
    time_budget
        Seconds of computing for the search, up to twice as many on a busy machine; then the best so far is ranked.
    executor
        Runs the restarts of the learner and all fits after the search in parallel; any
        ``concurrent.futures.Executor``. Results do not depend on it.
    progress
        Reporter or function ``(stage, fraction, best)``; the best answer so far as text, a reaction a line.
    checkpoint, resume
        Folder that records finished fits, and whether to go on from it.

    Returns
    -------
    Discovery
        Ctrl-C returns what there is, with ``complete = False``.

    Raises
    ------
    DataError, FitError, NetworkError, UnsupportedError
        Data or options that cannot be used.
    """
    began = time.monotonic()
    reporter = as_progress(progress)
    restrictions = Restrictions.of(data, known, formulas, max_order)
    _check(data, hidden, learner, restarts, time_budget)
    if starts not in STARTS:
        raise FitError(f"starts='{starts}' is not known; choose {' or '.join(STARTS)}")
    told = knowledge(data, rates, bounds, detailed_balance, () if known is None else (known,))
    composed = restrictions.composition
    if composed is not None and len(composed.species) == len(data.species):
        if hidden:
            raise UnsupportedError(
                f"hidden={hidden} together with formulas: name each species that was not measured in the formulas"
            )
        hidden, composed = 0, None
    options = {
        "seed": seed,
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else str(known),
        "formulas": None if formulas is None else dict(formulas),
        "rates": None if rates is None else {k: np.ravel(v).tolist() for k, v in rates.items()},
        "bounds": None if bounds is None else {k: list(v) for k, v in bounds.items()},
        "detailed_balance": detailed_balance,
        "restarts": restarts,
        "learner": learner,
        "noise": noise,
        "starts": starts,
    }
    reporter.report("noise and conservation laws", None, "")
    model = estimate_noise(data, noise)
    courses = smooth(data, model)
    laws = mine_laws(data, model, courses)
    exact = laws[-1] if laws else np.zeros((0, len(data.species)), np.int64)
    balances = near_laws(data, courses, exact)
    header = {**options, "data": data_hash(data), "crnsym": version()}
    replay = None if checkpoint is None else Replay(checkpoint, header, resume)
    folder = None if checkpoint is None else Path(checkpoint) / "tasks"
    tasks = executor if isinstance(executor, Tasks) else Tasks(executor, folder, resume)
    reporter.report("loading compiled programs (the first time they are compiled)", None, "")
    warm_up()
    learned, interrupted = _learned(
        data, model, learner, restarts, seed, max_order, reporter, checkpoint, resume, tasks
    )
    try:
        result = search(
            data,
            model,
            laws=laws,
            max_order=max_order,
            allowed=restrictions.allowed,
            complete=restrictions.complete,
            starts=(*restrictions.starts, *learned),
            fixed_starts=starts == "measured",
            knowledge=told,
            seed=seed,
            hidden=hidden,
            balances=balances,
            composed=composed,
            weak_form_routes=learner != "crnn",
            time_budget=GRACE if interrupted else time_budget,
            report=_reporting(reporter),
            fitter=replay or fit_mechanism,
        )
        candidates, finished = _finish(result, data, restrictions, seed, tasks, reporter)
    finally:
        if replay is not None:
            replay.close()
    complete = result.complete and finished and not interrupted
    notes = remarks(result, laws, balances, data.species, complete)
    found = assemble(candidates, data, result.problem, notes, laws, tasks=tasks)
    details = {
        "options": {**options, "time_budget": time_budget},
        "data": {"sha256": header["data"], "runs": len(data), "values": data.count, "species": list(data.species)},
        "noise": {
            s: {"relative": float(r), "absolute": float(a)}
            for s, r, a in zip(data.species, model.relative, model.absolute, strict=True)
        },
        "laws": [law.tolist() for law in laws],
        "versions": {"crnsym": version(), "python": platform.python_version(), "numpy": np.__version__},
        "stages": [{"stage": s, "seconds": round(t, 2), "score": _number(v)} for s, t, v in result.stages],
        "fits": len(result.ranked),
        "tasks": {"computed": tasks.computed, "reused": tasks.reused},
        "seconds": round(time.monotonic() - began, 2),
        "complete": complete,
        "interrupted": interrupted or not finished or any(s == "interrupted" for s, _, _ in result.stages),
    }
    if not details["interrupted"]:
        found = propose(found, seed, tasks, reporter)
    return replace(found, details=details, complete=complete, inclusion=_inclusion(found.candidates, result.ranked))


def _inclusion(candidates: Sequence[Candidate], ranked: Sequence[tuple[float, Fit]]) -> dict[str, float]:
    """Probabilities of reactions over all mechanisms that were fitted, not only those that are listed."""
    listed = {m.structure() for c in candidates for m in (c.mechanism, *c.alternatives)}
    others = [(score, f.mechanism) for score, f in ranked if f.ok and f.mechanism.structure() not in listed]
    scores = [*(c.score for c in candidates), *(score for score, _ in others)]
    mechanisms = [*(c.mechanism for c in candidates), *(m for _, m in others)]
    return inclusion_probabilities(mechanisms, weights(scores).tolist())


def _finish(
    result: SearchResult,
    data: Trajectories,
    restrictions: Restrictions,
    seed: int,
    tasks: Tasks,
    reporter: Progress,
) -> tuple[list[Candidate], bool]:
    """Polish the plausible candidates, rank, test on left-out runs, list equivalents; Ctrl-C keeps what there is."""
    finished = True
    pool = _shown(result.ranked, len(data.species))
    best = pool[0][0] if pool else 0.0
    plausible = [f for s, f in pool if s - best < PLAUSIBLE_GAP][: MOST_REFITS if result.complete else 3]
    fits = [f for _, f in pool]
    try:
        for i, fit in tasks.each(polished, restrictions, plausible, "final fits", reporter, lambda: _lines(fits)):
            fits[i] = fit
    except KeyboardInterrupt:
        finished = False
    scale = np.maximum(np.nanmean(np.abs(np.concatenate(data.values)), axis=0), 1e-300)
    candidates = rank(fits, result.score, scale)
    try:
        tested = candidates[:TESTED]
        reporter.report("left-out runs", None, _best(candidates))
        errors = left_out_errors([c.fit for c in tested], data, result.problem.noise, seed=seed, tasks=tasks)
        for i, error in enumerate(errors):
            candidates[i] = replace(candidates[i], test_error=error)
    except KeyboardInterrupt:
        finished = False
    for i, c in enumerate(candidates[:ALTERNATIVES]):
        others = {m.structure(): m for m in (*c.alternatives, *equivalent_mechanisms(c.mechanism))}
        candidates[i] = replace(c, alternatives=tuple(ordered(m) for m in others.values()))
    return candidates, finished


def _shown(ranked: list[tuple[float, Fit]], measured: int) -> list[tuple[float, Fit]]:
    """Return the best fits; the best of the measured species alone is always among them, for comparison."""
    ranked = [item for item in ranked if len(item[1].mechanism.log_rates)]
    shown = ranked[:SHOWN]
    visible = [item for item in ranked if len(item[1].mechanism.species) == measured][:1]
    return shown if not visible or any(item is visible[0] for item in shown) else [*shown[:-1], *visible]


def _learned(
    data: Trajectories,
    noise: NoiseModel,
    learner: str,
    restarts: int,
    seed: int,
    max_order: int | None,
    reporter: Progress,
    checkpoint: str | os.PathLike[str] | None,
    resume: bool,
    tasks: Tasks,
) -> tuple[tuple[Mechanism, ...], bool]:
    """Integer mechanisms near the networks that the neural learner found, and whether it was interrupted."""
    if learner == "regression":
        return (), False
    from .crnn.learn import train_networks
    from .rounding.candidates import round_network
    from .rounding.intermediates import intermediates

    state = None if checkpoint is None else Path(checkpoint) / "crnn.eqx"
    trained = train_networks(
        data,
        restarts=restarts,
        seed=seed,
        noise=noise,
        executor=tasks,
        progress=reporter,
        checkpoint=state,
        resume=resume,
    )
    best = sorted(trained.networks, key=lambda n: n.loss)[:NETWORKS]
    typical = np.maximum(np.nanmean(np.abs(np.concatenate(data.values)), axis=0), 1e-300)
    networks = [n.fractional() for n in best]
    mechanisms = [m for n in networks for m in round_network(n, max_order=max_order, limit=ROUNDED, data=data)]
    if max_order in (None, 3):
        mechanisms += [i.reaction for n in networks for i in intermediates(n, typical) if i.reaction.order <= 3]
    unique = {m.structure(): m for m in reversed(mechanisms)}
    return tuple(reversed(unique.values())), trained.interrupted


def _check(data: Trajectories, hidden: int | None, learner: str, restarts: int, time_budget: float) -> None:
    if hidden is not None and hidden < 0:
        raise FitError(f"hidden={hidden} cannot be negative; give 0, 1 or more species that were not measured")
    if learner not in LEARNERS:
        raise FitError(f"learner='{learner}' is not known; choose {', '.join(LEARNERS)}")
    if restarts < 1:
        raise FitError(f"restarts={restarts} must be at least 1")
    if not time_budget > 0:
        raise FitError(f"time_budget={time_budget} must be a positive number of seconds")
    Temperatures.of(data)  # refuses what cannot be used before anything else is done


def _reporting(reporter: Progress) -> Any:
    def report(stage: str, pool: Pool) -> None:
        fit = pool.best_fit
        if fit is not None:
            lines = [*mechanism_lines(ordered(fit.mechanism)), f"chi2/N {fit.reduced:.3f}, {len(pool.fits)} fits"]
            reporter.report(stage, None, "\n".join(lines))

    return report


def _best(candidates: list[Candidate]) -> str:
    return "\n".join(mechanism_lines(candidates[0].mechanism)) if candidates else ""


def _lines(fits: list[Fit]) -> str:
    return "\n".join(mechanism_lines(ordered(fits[0].mechanism))) if fits else ""


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def version() -> str:
    """Version of crnsym."""
    from . import __version__

    return __version__
