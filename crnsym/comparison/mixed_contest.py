"""Fits of given networks to columns that are mixtures of species, with coefficients that are found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories
from ..errors import UnsupportedError
from ..network.network import Network
from ..refit.fit import Fit, fit_mechanism
from ..refit.general.setting import Setting
from ..refit.knowledge import Knowledge
from ..refit.mixtures import Mixtures
from ..refit.problem import FitProblem
from ..search.score import Score
from ..training.progress import Progress
from ..training.tasks import Tasks
from .candidate import Candidate
from .contest import with_own_names
from .given import given_mechanism, is_plain
from .heldout import left_out_errors
from .polish import refit
from .ranking import in_order, make_candidate

TRIALS, SPREAD, SHORT = 8, 1.5, 12  # starts beside the given one, spread of their log rates, iterations that choose


@dataclass(frozen=True)
class MixedContest:
    """Given networks, and the columns that they are fitted to.

    Attributes
    ----------
    networks, labels, mechanisms
        The networks, their names, and each as a mechanism of the species of the mixtures.
    data, mixtures
        The columns, and what they are.
    measured
        Whether species that are columns of their own start from their first row.
    seed, tasks, reporter, knowledge
        As in `Contest`.
    """

    networks: Sequence[Network]
    labels: Sequence[str]
    mechanisms: Sequence[Mechanism]
    data: Trajectories
    mixtures: Mixtures
    measured: bool
    seed: int
    tasks: Tasks
    reporter: Any
    knowledge: Knowledge | None = None

    remarks: tuple[str, ...] = ()

    def problem(self, model: NoiseModel) -> FitProblem:
        """Arrange the columns, with a model of their noise."""
        return self.mixtures.problem(self.data, model, fixed=self.measured, knowledge=self.knowledge)

    def ranked(self, model: NoiseModel) -> tuple[list[Candidate], list[str]]:
        """Fit all networks: candidates by BIC, best first, and the labels of those that failed."""
        problem = self.problem(model)
        jobs = [(mechanism, self.seed + i) for i, mechanism in enumerate(self.mechanisms)]
        results = self.tasks.run(_refitted, problem, jobs, "fits of given mechanisms", self.reporter)
        fits: list[Fit] = [result["fit"] for result in results]
        errors = left_out_errors(fits, self.data, model, seed=self.seed, tasks=self.tasks)
        seen = problem.observation
        score = Score(problem.count, len(self.mixtures.species), numbers=problem.numbers)
        shift = 0.0 if seen is None else float(np.log(seen.weights[seen.informative]).sum())
        found, failed = [], []
        for network, label, result, error in zip(self.networks, self.labels, results, errors, strict=True):
            fit = result["fit"]
            if not fit.ok:
                failed.append(label)
                continue
            own = with_own_names(make_candidate(in_order(fit), score, name=label), network, fit)
            likelihood = own.log_likelihood + shift
            more = {"score": own.bic, "log_likelihood": likelihood, "test_error": error, "seconds": result["seconds"]}
            found.append(replace(own, **more))
        return sorted(found, key=lambda c: (c.score, c.name)), failed


def mixed_contest(
    networks: Sequence[Network],
    labels: Sequence[str],
    data: Trajectories,
    mixtures: Mixtures,
    measured: bool,
    seed: int,
    tasks: Tasks,
    reporter: Progress,
    knowledge: Knowledge | None = None,
) -> MixedContest:
    """Make networks ready to be fitted to mixtures.

    Raises
    ------
    UnsupportedError
        A network that is no mass action with one free rate constant a reaction.
    """
    pretended = _falling(mixtures, data)
    for network, label in zip(networks, labels, strict=True):
        if not is_plain(network, pretended, Setting()):
            raise UnsupportedError(
                f"{label}: spectra and factors of runs need mass action with one rate constant a reaction; for other "
                "rate laws say what every column is by observables"
            )
    mechanisms = [given_mechanism(n, pretended, label) for n, label in zip(networks, labels, strict=True)]
    return MixedContest(networks, labels, mechanisms, data, mixtures, measured, seed, tasks, reporter, knowledge)


def _falling(mixtures: Mixtures, data: Trajectories) -> Trajectories:
    """Return courses of the species that tell no more than how large concentrations are."""
    starts = np.nan_to_num(mixtures.starts).max(axis=1)
    sizes = np.where(starts > 0, starts, 1.0)
    values = tuple(
        np.linspace(size, 0.0, len(times))[:, None] * np.ones(len(mixtures.species))
        for size, times in zip(sizes, data.times, strict=True)
    )
    courses = mixtures.courses(data)
    return replace(courses, values=values)


def _refitted(problem: FitProblem, job: tuple[Mechanism, int]) -> dict[str, Any]:
    """Fit from the best of a few starts: courses behind mixtures have more than one optimum."""
    mechanism, seed = job
    begin, rng = perf_counter(), np.random.default_rng([seed, len(mechanism.log_rates)])
    best = mechanism
    least = np.inf
    for trial in range(TRIALS + 1):
        shift = SPREAD * rng.standard_normal(len(mechanism.log_rates)) if trial else 0.0
        start = replace(mechanism, log_rates=mechanism.log_rates + shift)
        short = fit_mechanism(start, problem, iterations=SHORT)
        if short.ok and short.chi2 < least:
            best, least = short.mechanism, short.chi2
    return {"fit": refit(best, problem), "seconds": perf_counter() - begin}
