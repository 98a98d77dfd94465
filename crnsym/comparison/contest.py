"""Fits of given networks with one noise model, whichever kernel they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel, estimate_noise
from ..data.split import split_experiments
from ..data.trajectories import Trajectories
from ..errors import UnsupportedError
from ..network.network import Network
from ..refit.fit import Fit
from ..refit.general.build import law_mechanism
from ..refit.general.setting import Setting
from ..refit.knowledge import Knowledge
from ..refit.problem import FitProblem
from ..refit.reweigh import column_criterion, noise_left_by
from ..search.score import Score
from ..training.progress import Progress
from ..training.tasks import Tasks
from .candidate import Candidate
from .describe import in_reading_order
from .given import given_mechanism, is_plain
from .heldout import left_out_errors
from .known_noise import given_problem, in_units_of_data
from .laws import LawTask, fit_of, law_candidate, left_out_error_of, species_of
from .polish import refit
from .ranking import in_order, make_candidate

FITTED = "fitted"


@dataclass(frozen=True)
class Contest:
    """Given networks and the data that they are fitted to.

    Attributes
    ----------
    networks, labels, jobs
        The networks, their names, and each as a `Mechanism` or, where that cannot express it, a `LawTask`.
    data
        The measurements.
    measured
        Whether every run starts from its first row, which then is no measurement.
    seed
        Chooses the runs left out, and where fits start.
    tasks, reporter
        Where fits run, and who is told.
    knowledge
        What is known of rates beside the data.
    """

    networks: Sequence[Network]
    labels: Sequence[str]
    jobs: Sequence[Any]
    data: Trajectories
    measured: bool
    seed: int
    tasks: Tasks
    reporter: Any
    knowledge: Knowledge | None = None

    @property
    def remarks(self) -> list[str]:
        """What was noticed while the networks were made ready."""
        return [r for job in self._laws for r in job.mechanism.prepared.remarks]

    @property
    def _plain(self) -> list[Mechanism]:
        return [job for job in self.jobs if isinstance(job, Mechanism)]

    @property
    def _laws(self) -> list[Any]:
        return [job for job in self.jobs if not isinstance(job, Mechanism)]

    def problem(self, model: NoiseModel) -> FitProblem:
        """Arrange the data, with a noise model."""
        return replace(given_problem(self.data, model, self.measured), knowledge=self.knowledge)

    def fitted_noise(self) -> NoiseModel:
        """Find one standard deviation a column from what the most likely of all fits leaves."""
        model = estimate_noise(self.data, "auto")
        laws = [replace(job, reweigh=True) for job in self._laws]
        run = self.tasks.run
        found = run(_reweighed, self.problem(model), self._plain, "noise of given mechanisms", self.reporter)
        found += run(fit_of, (self.data, model), laws, "noise of given rate laws", self.reporter)
        return min(found, key=lambda result: result["criterion"])["noise"]

    def ranked(self, model: NoiseModel) -> tuple[list[Candidate], list[str]]:
        """Fit all networks: candidates by BIC, best first, and the labels of those that failed."""
        found = [*self._plain_candidates(model), *self._law_candidates(model)]
        shift = in_units_of_data(self.problem(model))
        kept = [replace(c, score=c.bic, log_likelihood=c.log_likelihood + shift) for _, c in found if c is not None]
        return sorted(kept, key=lambda c: (c.score, c.name)), [label for label, c in found if c is None]

    def _plain_candidates(self, model: NoiseModel) -> list[tuple[str, Candidate | None]]:
        problem = self.problem(model)
        results = self.tasks.run(_refitted, problem, self._plain, "fits of given mechanisms", self.reporter)
        fits = [result["fit"] for result in results]
        errors = left_out_errors(fits, self.data, model, seed=self.seed, tasks=self.tasks)
        score = Score(problem.count, len(self.data.species), numbers=problem.numbers)
        entries = zip(self.labels, self.networks, self.jobs, strict=True)
        plain = [(label, network) for label, network, job in entries if isinstance(job, Mechanism)]
        found: list[tuple[str, Candidate | None]] = []
        for (label, network), fit, result, error in zip(plain, fits, results, errors, strict=True):
            candidate = None
            if fit.ok:
                candidate = with_own_names(make_candidate(in_order(fit), score, name=label), network, fit)
            found.append((label, candidate and replace(candidate, test_error=error, seconds=result["seconds"])))
        return found

    def _law_candidates(self, model: NoiseModel) -> list[tuple[str, Candidate | None]]:
        data, jobs = self.data, self._laws
        results = self.tasks.run(fit_of, (data, model), jobs, "fits of given rate laws", self.reporter)
        train, left_out = split_experiments(data, seed=self.seed)
        errors = [float("nan")] * len(jobs)
        if left_out is not None and jobs:
            shared, pairs = (data, train, left_out, model), [(j, r["fit"]) for j, r in zip(jobs, results, strict=True)]
            errors = self.tasks.run(left_out_error_of, shared, pairs, "left-out runs of rate laws")
        found: list[tuple[str, Candidate | None]] = []
        for job, result, error in zip(jobs, results, errors, strict=True):
            fit = result["fit"]
            candidate = law_candidate(fit, job.label) if fit.ok else None
            found.append((job.label, candidate and replace(candidate, test_error=error, seconds=result["seconds"])))
        return found


def contest(
    networks: Sequence[Network],
    labels: Sequence[str],
    data: Trajectories,
    setting: Setting,
    measured: bool,
    seed: int,
    tasks: Tasks,
    reporter: Progress,
    knowledge: Knowledge | None = None,
) -> Contest:
    """Make networks ready to be fitted; what cannot be fitted is refused here."""
    everywhere = species_of(networks)
    conditions = {e: {n: float(v) for n, v in values.items()} for e, values in setting.conditions.items()}
    programmed = any(operation.program for operation in data.operation or ())
    for n, label in zip(networks, labels, strict=True):
        if programmed and not is_plain(n, data, setting):
            raise UnsupportedError(
                f"{label}: a temperature program needs mass action of measured species with one rate constant a "
                "reaction, and no other settings"
            )
        if knowledge is not None and not is_plain(n, data, setting):
            raise UnsupportedError(
                f"{label}: rates= and detailed_balance= need mass action of measured species with one rate constant a "
                "reaction, and no other settings; use fixed= and bounds= here"
            )
    jobs = [
        given_mechanism(n, data, label)
        if is_plain(n, data, setting)
        else LawTask(law_mechanism(n, data, setting, label, everywhere), label, conditions, seed, measured)
        for n, label in zip(networks, labels, strict=True)
    ]
    return Contest(networks, labels, jobs, data, measured, seed, tasks, reporter, knowledge)


def with_own_names(candidate: Candidate, network: Network, fit: Fit) -> Candidate:
    """Call the rates of a candidate as its network does, where each is one symbol.

    ``fit`` has the reactions in the order of the network, the candidate in reading order.
    """
    constants = [reaction.rate_constant for reaction in network.reactions]
    if candidate.energies or not all(k.is_Symbol for k in constants):
        return candidate
    order = in_reading_order(fit.mechanism)
    names = dict(zip(candidate.rates, (str(constants[i]) for i in order), strict=True))

    def renamed(values: Mapping[str, float]) -> dict[str, float]:
        return {names[key]: value for key, value in values.items()}

    own = candidate.network.rename(names)
    if errors := own.metadata.get("standard_errors"):
        own = replace(own, metadata={**own.metadata, "standard_errors": renamed(errors)})
    return replace(
        candidate,
        network=own,
        rates=renamed(candidate.rates),
        standard_errors=renamed(candidate.standard_errors),
        bounds=renamed(candidate.bounds),
    )


def _refitted(problem: FitProblem, mechanism: Mechanism) -> dict[str, Any]:
    begin = perf_counter()
    return {"fit": refit(mechanism, problem), "seconds": perf_counter() - begin}


def _reweighed(problem: FitProblem, mechanism: Mechanism) -> dict[str, Any]:
    fit = refit(mechanism, problem)
    columns = len(problem.species)
    for _ in range(2):
        noise = noise_left_by(fit, columns)
        again = refit(fit.mechanism, replace(problem, noise=noise))
        fit = again if again.ok else fit
    return {"criterion": column_criterion(fit) if fit.ok else np.inf, "noise": noise_left_by(fit, columns)}
