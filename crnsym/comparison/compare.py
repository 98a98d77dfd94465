"""Given networks, refitted to the same data and ranked."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from ..data.charges import GivenCharges
from ..data.noise import Noise, estimate_noise
from ..data.operation.attach import Operations, with_operation
from ..data.sources import Measurements, as_trajectories
from ..data.trajectories import Trajectories
from ..errors import FitError, UnsupportedError
from ..network.arguments import seed_number
from ..network.network import Network
from ..network.rate_units import with_units
from ..refit.fit import Fit
from ..refit.general.columns import named_constants
from ..refit.general.setting import Setting
from ..refit.problem import FitProblem
from ..refit.temperature import temperature_remarks
from ..training.progress import Reporter, as_progress
from ..training.tasks import Tasks, as_tasks
from .candidate import Candidate
from .certainty import Standing
from .contest import FITTED, contest
from .cycles import cycle_conditions
from .differences import difference_sentences
from .evidence import evidence
from .exchange import feeds_and_losses
from .groups import vector_field_groups
from .inclusion import inclusion_of_all, inclusion_probabilities
from .known_noise import known_noise
from .known_rates import knowledge
from .laws import LawCandidate, law_remarks, species_of
from .mixed_columns import Mixed, Spectra, rank_remark
from .mixed_contest import mixed_contest
from .mixed_remarks import mixed_remarks
from .nested import nested_tests
from .options import Starts, check_starts
from .ranking import count_ties, sizes, weigh, with_bounds
from .residuals import residuals
from .result import Discovery
from .statement import as_good_on_left_out_runs, doubts, undetermined, verdict, verdict_of_given
from .told import given_rates
from .twins import lower_order_twins
from .unmeasured import hidden_species

BOUNDED = 5  # candidates whose rates at a limit get a bound


def compare(
    networks: Sequence[Network],
    data: Measurements,
    *,
    names: Sequence[str] | None = None,
    observables: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    fixed: Mapping[str, float] | Iterable[str] = (),
    bounds: Mapping[str, tuple[float, float]] | None = None,
    conditions: Mapping[str, Mapping[str, float]] | None = None,
    rates: Mapping[str, Any] | None = None,
    detailed_balance: bool = False,
    noise: Noise = "auto",
    starts: Starts | GivenCharges = "fitted",
    spectra: Spectra | None = None,
    per_run: Sequence[str] = (),
    operation: Operations | None = None,
    seed: int = 0,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
) -> Discovery:
    """Refit given mechanisms to data and rank them by BIC.

    Every column of the data is a species of the networks or an observable: of theirs, or of ``observables``. Numbers
    that stand alone as rate constants are fitted like named ones; other numbers stay.

    Parameters
    ----------
    networks
        Any rate laws, also of species that were not measured.
    data
        The measurements, as `read_table` returns them, or what it reads: a path, a frame, a dict of columns.
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
    rates
        {rate constant, or reaction such as ``"A + B -> C"``: (value, standard error)} of rates that were measured
        otherwise; with the temperature as a third number where the runs differ in theirs. For mass action only.
    detailed_balance
        Tie the rates of reversible steps on cycles as equilibrium demands (Wegscheider's conditions). For mass action
        only; without it the result says whether the fitted rates obey them.
    noise
        Form of the noise, see `estimate_noise`; ``"absolute"`` is plain least squares; ``"fitted"`` finds one standard
        deviation a column from what the best mechanism leaves; a standard deviation, a share of the value (``"2%"``),
        one of these a column, ``{"A": 0.1, "B": "2%"}``, or a model, if it is known.
    starts
        ``"fitted"``: initial values of measured species are fitted within their noise; ``"measured"``: every run starts
        from its first row, which then counts as known and not as a measurement. With ``spectra`` or ``per_run``
        concentrations at the start, as for `discover`; by default those of the networks.
    spectra
        Every column is an absorbance at one wavelength: which species absorb, as for `discover`; the pure spectra are
        found. For mass action only.
    per_run
        Coefficients of ``observables`` that are others in every run, such as a factor; these observables are then
        linear, as for `discover`, and the networks mass action.
    operation
        What was done to the vessel of each run: an `Operation`, {experiment: Operation}, or a table of it.
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

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> ideas = [cs.network("A -> B"), cs.network("2 A -> 2 B")]
    >>> found = cs.compare(ideas, data, names=["first order", "second order"])
    >>> found[0].name, round(found[0].weight, 3)
    ('first order', 1.0)
    """
    if not networks:
        raise FitError("networks is empty; give at least one network to compare")
    seed = seed_number(seed, FitError)
    data = with_operation(as_trajectories(data), operation, species_of(networks))
    labels = list(names) if names is not None else [n.name or f"network {i + 1}" for i, n in enumerate(networks)]
    networks = [named_constants(n) for n in networks]
    if spectra is not None or per_run:
        refused = {"initial": initial, "fixed": fixed, "bounds": bounds, "conditions": conditions}
        mixed = Mixed(observables, spectra, per_run, starts, tuple(k for k, v in refused.items() if v))
        return _compared_through_mixtures(
            networks, labels, data, mixed, rates, detailed_balance, noise, seed, as_tasks(executor), progress
        )
    setting = Setting(observables or {}, initial or {}, fixed, bounds or {}, conditions or {})
    setting.check(networks, data.species, data.experiments)
    measured = check_starts(starts)
    tasks = as_tasks(executor)
    told = knowledge(data, rates, detailed_balance=detailed_balance, networks=networks)
    entries = contest(networks, labels, data, setting, measured, seed, tasks, as_progress(progress), told)
    known = known_noise(data, noise)
    model = known or (entries.fitted_noise() if noise == FITTED else estimate_noise(data, str(noise)))
    ranked, failed = entries.ranked(model)
    remarks = (*entries.remarks, *(f"{label} could not be integrated over the runs" for label in failed))
    found = assemble(ranked, data, entries.problem(model), remarks, given=True, tasks=tasks)
    tests = [asdict(t) | {"says": str(t)} for t in nested_tests(found.candidates)]
    details = {"compared": labels, "nested_tests": tests, "differences": difference_sentences(found.candidates)}
    return replace(found, details=details)


def _compared_through_mixtures(
    networks: Sequence[Network],
    labels: Sequence[str],
    data: Trajectories,
    mixed: Mixed,
    rates: Mapping[str, Any] | None,
    detailed_balance: bool,
    noise: Noise,
    seed: int,
    tasks: Tasks,
    progress: Reporter,
) -> Discovery:
    """Refit networks to columns that are mixtures of their species, see `Mixed`."""
    columns, mixtures, measured = mixed.of(data, networks)
    told = knowledge(mixtures.courses(columns), rates, detailed_balance=detailed_balance, networks=networks)
    entries = mixed_contest(networks, labels, columns, mixtures, measured, seed, tasks, as_progress(progress), told)
    if noise == FITTED:
        raise UnsupportedError(f"noise='{FITTED}' is for columns that are no mixtures; give a number, or 'auto'")
    model = known_noise(columns, noise) or estimate_noise(columns, str(noise))
    ranked, failed = entries.ranked(model)
    notes = [*mixtures.remarks, *(f"{label} could not be integrated over the runs" for label in failed)]
    if ranked:
        notes += mixed_remarks(ranked[0], mixtures)
    if mixed.spectra is not None:
        notes.append(rank_remark(columns, model, mixtures))
    found = assemble(ranked, columns, entries.problem(model), tuple(notes), given=True, tasks=tasks)
    tests = [asdict(t) | {"says": str(t)} for t in nested_tests(found.candidates)]
    details = {"compared": list(labels), "nested_tests": tests, "differences": difference_sentences(found.candidates)}
    return replace(found, details=details)


def assemble(
    candidates: Sequence[Candidate],
    data: Trajectories,
    problem: FitProblem,
    remarks: tuple[str, ...] = (),
    laws: Sequence[np.ndarray] = (),
    given: bool = False,
    tasks: Tasks | None = None,
    fitted: Sequence[tuple[float, Fit]] = (),
    complete: bool = True,
    unrivalled: bool = False,
    named: bool = False,
    drift: str = "",
) -> Discovery:
    """Weigh ranked candidates and say how far the data decide.

    ``laws`` are hypotheses that the data obey; ``fitted`` are all mechanisms that a search has fitted, with their
    scores; ``complete`` tells whether it ended by itself, ``unrivalled`` whether the measured species promise more than
    any hypothesis about others, ``named`` whether only unmeasured species were looked for that somebody named,
    ``drift`` which sum nearly stays although the best mechanism does not keep it.
    """
    scale = sizes(data, problem)
    groups = vector_field_groups([c.mechanism for c in candidates], scale)
    weighted = [replace(c, group=g) for c, g in zip(weigh(candidates), groups, strict=True)]
    weighted[:BOUNDED] = with_bounds(weighted[:BOUNDED], tasks or Tasks())
    units = {s: u for s, u in zip(data.species, data.units, strict=False) if s in problem.species}
    if units or data.time_unit:
        weighted = [replace(c, network=with_units(c.network, units, data.time_unit)) for c in weighted]
    ties = count_ties(weighted, problem) if weighted else 0
    left_over = residuals(weighted[0].fit) if weighted else None
    if fitted:
        inclusion = inclusion_of_all(weighted, fitted)
    else:
        inclusion = inclusion_probabilities([c.mechanism for c in weighted], [c.weight for c in weighted])
    if given:
        word, sentence = verdict_of_given(weighted, ties, left_over, problem)
        sentence += evidence(weighted)
    else:
        word, sentence = verdict(weighted, left_over, problem, inclusion, complete, unrivalled, named, drift)
        ties = Standing.of(weighted).ties if weighted else 0
    best = weighted[0] if weighted else None
    open_ended = law_remarks(best) if isinstance(best, LawCandidate) else undetermined(best.fit) if best else []
    if not isinstance(best, LawCandidate):
        sentence += hidden_species(weighted, problem.species)
        sentence += as_good_on_left_out_runs(weighted) if word == "not reached" and not given else ""
        open_ended = [*given_rates(weighted, word == "not reached"), *open_ended]
        open_ended += map(str, cycle_conditions(best)) if best else ()
        open_ended += map(str, lower_order_twins(best.fit)) if best and best.one_rate_each else ()
        sentence += feeds_and_losses(best.mechanism) if best else ""
        suspicions = doubts(best.mechanism, laws) if best else []
        if suspicions:
            sentence += " But " + "; and ".join(suspicions) + "."
    heat = problem.temperatures if any(c.energies for c in weighted) else None
    return Discovery(
        candidates=tuple(weighted),
        data=data,
        noise=problem.column_noise,
        problem=problem,
        statement=sentence,
        verdict=word,
        ties=ties,
        inclusion=inclusion,
        complete=complete,
        laws=tuple(laws),
        remarks=(*data.remarks, *temperature_remarks(data, heat), *remarks, *open_ended),
    )
