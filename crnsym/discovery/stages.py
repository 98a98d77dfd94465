"""From measurements to a ranked list of mechanisms: the stages of `crnsym.discover` in order."""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from .. import __version__
from ..comparison.mixed_columns import Spectra
from ..comparison.options import Learner, Starts
from ..comparison.result import Discovery
from ..data.charges import GivenCharges
from ..data.given_noise import GivenNoise
from ..data.operation.attach import Operations
from ..data.sources import Measurements, as_trajectories
from ..data.trajectories import data_hash
from ..files import alone
from ..formats import read
from ..network.network import Network
from ..search.score import Vessel
from ..training.progress import Reporter, as_progress
from ..training.records import Record
from ..training.tasks import Tasks
from .answer import answer
from .prepared import prepare
from .request import Request
from .searching import look_for
from .work import Work

RECORD = "search.record"


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
    noise: GivenNoise = "auto",
    starts: Starts | GivenCharges = "fitted",
    operation: Operations | None = None,
    observables: Mapping[str, Any] | None = None,
    spectra: Spectra | None = None,
    per_run: Sequence[str] = (),
    time_budget: float = 600.0,
    executor: Executor | Tasks | None = None,
    progress: Reporter = None,
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
    request = Request(
        seed=seed,
        max_order=max_order,
        hidden=hidden,
        known=known,
        formulas=formulas,
        library=library if library is None or isinstance(library, Network) else read(library),
        excluded=excluded,
        vessel=vessel,
        rates=rates,
        bounds=bounds,
        detailed_balance=detailed_balance,
        restarts=restarts,
        learner=learner,
        noise=noise,
        starts=starts,
        operation=operation,
        observables=observables,
        spectra=spectra,
        per_run=per_run,
    )
    reporter = as_progress(progress)
    prepared = prepare(table, request, time_budget)
    options = prepared.request.recorded(prepared.table)
    reporter.report("noise and conservation laws", None, "")
    question = prepared.question()
    folder = None if checkpoint is None else Path(checkpoint)
    if folder is not None:
        header = {**options, "data": data_hash(prepared.table), "crnsym": __version__}
        Record(folder / RECORD, header, resume).close()
    tasks = executor if isinstance(executor, Tasks) else Tasks(executor, folder and folder / "tasks", resume)
    work = Work(began, time_budget, tasks, reporter, checkpoint, resume)
    return answer(look_for(prepared, question, work), options, work)
