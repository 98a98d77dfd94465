"""From measurements to a ranked list of mechanisms: the stages in order."""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from . import __version__
from .comparison.compare import assemble
from .comparison.explain import propose
from .comparison.faults import without_faults
from .comparison.faults.answer import seen_in_the_answer
from .comparison.faults.mixed_runs import runs_apart
from .comparison.faults.runs import RunCheck, RunsDisagree
from .comparison.finish import finish
from .comparison.known_rates import knowledge
from .comparison.mixed_columns import rank_remark, told_of_columns
from .comparison.mixed_remarks import mixed_remarks
from .comparison.options import Learner, are_given, check_options
from .comparison.rate_laws.proposed import with_rate_law
from .comparison.record import record
from .comparison.remarks import remarks
from .comparison.reporting import reporting
from .comparison.restrictions import Restrictions
from .comparison.result import Discovery
from .data.charges import charges
from .data.noise import FORMS, NoiseModel, estimate_noise
from .data.operation.attach import Operations, check_species, with_operation
from .data.sources import Measurements, as_trajectories
from .data.trajectories import data_hash
from .errors import UnsupportedError
from .files import alone
from .formats import read
from .network.network import Network
from .refit.observables import mixtures_of
from .refit.warm import warm_up
from .search.alike import first_of_each
from .search.learned import learned_starts
from .search.question import Question, ask, ask_mixtures
from .search.renewed import search_again
from .search.run import SearchResult, search
from .search.score import Vessel
from .search.strategies import MIXTURES, ORDER, Strategy
from .training.progress import as_progress
from .training.records import Record
from .training.tasks import Tasks

RECORD = "search.record"
SEARCHING, LEAST = 0.85, 0.5  # part of the time limit that the search may take, and seconds that it has at least
GRACE = 5.0  # seconds to fit what a learner has found when it was interrupted


@alone
def discover(
    data: Measurements,
    *,
    seed: int = 0,
    max_order: int | None = None,
    hidden: int | None = None,
    known: Network | None = None,
    formulas: Mapping[str, str] | None = None,
    library: Network | str | os.PathLike[str] | None = None,
    excluded: Network | None = None,
    vessel: Vessel = "auto",
    rates: Mapping[str, Any] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    detailed_balance: bool = False,
    restarts: int = 8,
    learner: Learner = "regression",
    noise: str | float | Mapping[str, float | str] = "auto",
    starts: Any = "fitted",
    operation: Operations | None = None,
    observables: Mapping[str, Any] | None = None,
    spectra: Any = None,
    per_run: Sequence[str] = (),
    time_budget: float = 600.0,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> Discovery:
    """Find the reactions behind concentration-time data.

    Parameters
    ----------
    data
        One or more runs, as `read_table` returns them, or what it reads: a path, a frame, a dict of columns. Where
        their temperatures differ, every reaction has an activation energy too, and its rate constant holds at a central
        temperature (`Candidate.energies`, `Candidate.reference`).
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
    library
        Reactions beside which there are none but those of ``known`` (mass action; values do not matter), as a network
        or a file of one; of those with ``<->`` each direction counts by itself. Species in it that were not measured
        are hidden ones that start at zero.
    excluded
        Reactions of measured species that no candidate may have (mass action; values do not matter).
    vessel
        ``"open"``: matter is fed or drained, so that steps such as ``0 -> A`` and ``A -> 0`` are as likely as others;
        ``"closed"``: no reactions that make or destroy matter are tried; ``"auto"``: they are, at a price.
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
        Form of the noise, see `estimate_noise`: ``"auto"``, ``"absolute"`` (plain least squares) or ``"relative"``; or
        the noise itself: a standard deviation, a share of the value (``"2%"``), or one a species. A form is fitted to
        the roughness of the courses, then to what the answer leaves; where that is clearly another noise, the search
        is repeated with it.
    starts
        ``"fitted"`` (the first row of a run has noise like the others) or ``"measured"`` (a run starts from its first
        row as recorded, as smoothed or weighed-in data do); or the concentrations that the runs start from, as
        ``{"A": 1.0, "B": [0.5, 1.0]}`` (for all runs, or one a run), ``{run: {species: value}}``, or a file of them,
        also of species that have no column.
    operation
        What was done to the vessel of each run: an `Operation`, {experiment: Operation}, or a table of it (additions,
        feeds, withdrawals, stirred flow, plug flow).
    observables
        {column: what it is} where columns are no concentrations: ``"s*(A + 2*AA) + b"``, ``"100*(1 - A/A0)"``. Linear
        in species (capital letters, or those in ``starts``) and in coefficients (other names), which are solved for;
        ``A0`` is the start of A.
    spectra
        Names of the species that absorb, where every column is an absorbance at one wavelength: ``("A", "B")``; or
        ``"auto"`` for as many as the data show, {name: pure spectrum or None}, or a file of pure spectra.
        ``"background"`` among the names stands for what absorbs all the time.
    per_run
        Coefficients of ``observables`` that are others in every run, such as the factor of a detector.
    time_budget
        Seconds after which the best so far is ranked; a search that has settled ends by itself long before.
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

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.discover(data, max_order=1, hidden=0)
    >>> found[0].reactions, found.verdict
    (['A -> B'], 'decided')
    """
    began = time.monotonic()
    table = as_trajectories(data)
    if library is not None and not isinstance(library, Network):
        library = read(library)
    named = [name for network in (known, library) if network is not None for name in network.species_names]
    charged = starts if are_given(starts) else None
    plain = charged is None and not observables and spectra is None
    table = with_operation(table, operation, [*named, *(formulas or ())] if plain else None)
    if plain:
        told_names = {
            *named,
            *(() if excluded is None else excluded.species_names),
            *(noise if isinstance(noise, Mapping) else ()),
            *(formulas or ()),
        }
        table = without_faults(table, table.species if rates or bounds else told_names)
    fed = [name for done in table.operation or () for name in done.species]
    chemistry = [n for n in dict.fromkeys([*named, *(formulas or ()), *fed]) if n not in table.species]
    table, mixtures = told_of_columns(table, observables, spectra, charged, chemistry)
    if per_run:
        mixtures = (mixtures or mixtures_of(table, {})).per_run(per_run, table.experiments)
    reporter = as_progress(progress)
    how = starts if charged is None else "fitted"
    measured = check_options(table, hidden, learner, restarts, how, time_budget, vessel, mixtures is not None)
    species = table if mixtures is None else mixtures.courses(table)
    for label, done in zip(table.experiments, table.operation or (), strict=False):
        check_species(done, (*species.species, *named, *(formulas or ())), label)
    restrictions = Restrictions.of(species, known, formulas, max_order, library, vessel, excluded)
    told = knowledge(species, rates, bounds, detailed_balance, () if known is None else (known,))
    unmeasured = restrictions.unmeasured(len(species.species))
    if unmeasured is None and (formulas is not None or library is not None):
        if hidden:
            what = "the library" if library is not None else "formulas"
            raise UnsupportedError(
                f"hidden={hidden} together with {what}: name each species that was not measured in {what}"
            )
        hidden = 0
    options = {
        "seed": seed,
        "max_order": max_order,
        "hidden": hidden,
        "known": None if known is None else str(known),
        "formulas": None if formulas is None else dict(formulas),
        "library": None if library is None else str(library),
        "excluded": None if excluded is None else str(excluded),
        "vessel": vessel,
        "rates": None if rates is None else {k: np.ravel(v).tolist() for k, v in rates.items()},
        "bounds": None if bounds is None else {k: list(v) for k, v in bounds.items()},
        "detailed_balance": detailed_balance,
        "restarts": restarts,
        "learner": learner,
        "noise": noise,
        "starts": starts if charged is None else charges(charged, table),
        "observables": None if observables is None else {k: str(v) for k, v in observables.items()},
        "spectra": None if spectra is None else str(spectra),
        "per_run": list(per_run),
    }
    reporter.report("noise and conservation laws", None, "")

    def asked(runs: Sequence[int], found: NoiseModel | None = None) -> Question:
        part = table.select(runs)
        asking = ask if mixtures is None else partial(ask_mixtures, mixtures=mixtures.select(runs))
        return asking(
            part,
            estimate_noise(part, noise) if found is None else found,
            fixed_starts=measured,
            knowledge=told,
            chemistry=restrictions,
            max_order=max_order,
            hidden=hidden,
            unmeasured=unmeasured,
            vessel=vessel,
            starts=restrictions.starts,
            weak_form=learner != "crnn",
            seed=seed,
        )

    question = asked(range(len(table)))
    folder = None if checkpoint is None else Path(checkpoint)
    if folder is not None:
        Record(folder / RECORD, {**options, "data": data_hash(table), "crnsym": __version__}, resume).close()
    tasks = executor if isinstance(executor, Tasks) else Tasks(executor, folder and folder / "tasks", resume)
    reporter.report("loading compiled programs (the first time they are compiled)", None, "")
    warm_up()
    learned, interrupted = (), False
    if learner != "regression":
        learned, interrupted = learned_starts(
            table,
            noise=question.view.noise,
            max_order=max_order,
            restarts=restarts,
            seed=seed,
            tasks=tasks,
            reporter=reporter,
            checkpoint=checkpoint,
            resume=resume,
        )
    learned = [m for m in map(restrictions.kept, learned) if len(m.log_rates)]
    question = replace(question, starts=(*question.starts, *learned))
    check = RunCheck(lambda runs: replace(asked(runs), starts=question.starts))
    order = MIXTURES if mixtures is not None else check.among(ORDER)
    spoiled: tuple[str, ...] = ()
    report = reporting(reporter)

    def searched(about: Question, strategies: Sequence[Strategy] = ORDER) -> SearchResult:
        left = GRACE if interrupted else max(SEARCHING * time_budget - (time.monotonic() - began), LEAST)
        return search(about, strategies=strategies, time_budget=left, tasks=tasks, report=report)

    try:
        result = searched(question, order)
    except RunsDisagree as fault:
        kept = [run for run in range(len(table)) if run != fault.run]
        question, table, spoiled = check.again(kept), table.select(kept), (fault.sentence,)
        result = searched(question)
    if mixtures is None and noise in FORMS and table.errors is None:
        whole, starts_from = range(len(table)), question.starts
        renewed, result = search_again(
            result, table, noise, lambda known: replace(asked(whole, known), starts=starts_from), searched
        )
        question = renewed or question
    candidates, finished = finish(result, table, restrictions, seed, tasks, reporter, began + time_budget)
    complete = result.settled and finished and not interrupted
    laws = list(question.laws)
    notes = () if mixtures is None else mixtures.remarks
    if mixtures is not None and candidates:
        notes += tuple(mixed_remarks(candidates[0], mixtures))
        notes += tuple(runs_apart(candidates[0].fit, table.experiments))
    if mixtures is not None and spectra is not None:
        notes += (rank_remark(table, question.view.problem.column_noise, mixtures),)
    notes += remarks(result, laws, question.balances, species.species, complete)
    fitted = result.ranked if mixtures is None else first_of_each(result.ranked)
    found = assemble(
        candidates,
        table,
        result.problem,
        notes,
        laws,
        tasks=tasks,
        fitted=fitted,
        complete=complete,
        unrivalled=result.unrivalled,
    )
    details = {
        "options": {**options, "time_budget": time_budget},
        **record(table, question.view.problem.column_noise, laws, result),
        "tasks": {"computed": tasks.computed, "reused": tasks.reused},
        "seconds": round(time.monotonic() - began, 2),
        "complete": complete,
        "interrupted": interrupted or not finished or result.interrupted,
    }
    if not details["interrupted"] and time.monotonic() < began + time_budget:
        reporter.report("rate laws", None, "")
        found = propose(with_rate_law(found, seed, tasks), seed, tasks, reporter)
    seen = seen_in_the_answer(candidates, table, complete) if mixtures is None else ()
    told_first = (*spoiled, *(() if result.explained else check.notes), *seen)
    return replace(found, details=details, remarks=(*told_first, *found.remarks))
