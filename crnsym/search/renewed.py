"""The noise as the residuals of an answer show it, and the search with that noise.

Before there is a mechanism the noise is what neighbouring samples do not share, and where few samples hold a transient
that is mostly curvature. An answer that explains the data leaves the noise alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.noise import NoiseModel, spans_of
from crnsym.data.noise_forms import FEW, most_likely
from crnsym.data.trajectories import Trajectories
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.search.findings import Findings, signature
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.run import SearchResult
from crnsym.search.strategies import ORDER, Strategy
from crnsym.search.task import Task


def search_again(
    result: SearchResult,
    data: Trajectories,
    form: str,
    asked: Callable[[NoiseModel, tuple[Fit, ...]], Question],
    searched: Callable[[Question, Sequence[Strategy]], SearchResult],
) -> tuple[Question | None, SearchResult]:
    """Search with the noise that the answer leaves, if it is clearly another one than that searched with.

    Parameters
    ----------
    result
        Of the first search.
    data
        The measurements.
    form
        Of the noise, as of `crnsym.data.noise.estimate_noise`.
    asked
        Asks the same question with another noise, and with what was found.
    searched
        Searches for an answer to a question with strategies in this order.

    Returns
    -------
    question, result
        The last question, None if the first was the last; and its answer, with the stages of all searches.
    """
    question = None
    for _ in range(EFFORT.noises):
        best = result.ranked[0][1] if result.ranked and result.explained and result.settled else None
        noise = None if best is None else noise_of(best, data, form)
        if best is None or noise is None or gain(best, noise) < THRESHOLDS.likelier_noise:
            break
        other = asked(noise, tuple(fit for _, fit in result.ranked[: EFFORT.fitted_again]))
        again = after(result, searched(other, (Again(), *ORDER)))
        if not again.settled:  # ended from outside: what the search before it found stays, all of one noise
            kept = {"settled": False, "interrupted": again.interrupted, "stages": again.stages, "fits": again.fits}
            return question, replace(result, **kept)
        question, result = other, again
    return question, result


def after(first: SearchResult, second: SearchResult) -> SearchResult:
    """Return the second of two searches with the stages and the fits of both."""
    began = first.stages[-1][1] if first.stages else 0.0
    stages = (*first.stages, *((name, began + seconds, score) for name, seconds, score in second.stages))
    return replace(second, stages=stages, fits=first.fits + second.fits)


def noise_of(fit: Fit, data: Trajectories, form: str) -> NoiseModel | None:
    """Estimate the noise from the residuals of a fit; None where there are too few of them.

    Parameters
    ----------
    fit
        An answer that explains the data.
    data
        The measurements.
    form
        As of `crnsym.data.noise.estimate_noise`.
    """
    measured = len(data.species)
    left = fit.degrees_of_freedom
    if left < FEW * measured:
        return None
    predicted = predictions(fit)
    if predicted is None:
        return None
    seen = fit.problem.informative[..., :measured]
    errors = (fit.problem.values[..., :measured] - predicted[..., :measured]) * np.sqrt(fit.count / left)
    each = [(np.abs(predicted[..., i][seen[..., i]]), errors[..., i][seen[..., i]]) for i in range(measured)]
    return NoiseModel(*most_likely(each, spans_of(data), np.concatenate(data.values), form))


def predictions(fit: Fit) -> np.ndarray | None:
    """Concentrations at the sampling times, ``(runs, times, species)``."""
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states)
    return None if here is None else here.states


def gain(fit: Fit, noise: NoiseModel) -> float:
    """By how much a noise is likelier than the one of a fit, whatever the scale of either: log likelihood a value."""
    predicted = predictions(fit)
    if predicted is None:
        return 0.0
    measured = len(noise.relative)
    seen = fit.problem.informative[..., :measured]
    values, predicted = fit.problem.values[..., :measured], predicted[..., :measured]

    def likelihood(model: NoiseModel) -> float:
        sigma = model.sigma(predicted)[seen]
        scaled = ((values - predicted)[seen] / sigma) ** 2
        return -float(np.log(sigma).mean()) - 0.5 * float(np.log(scaled.mean()))

    return likelihood(noise) - likelihood(fit.problem.noise.only(measured))


@dataclass(frozen=True, slots=True)
class Again:
    """Fit once more what an earlier search has found, with the noise of the question."""

    name: str = "with the noise of the residuals"

    def rounds(self, question: Question, _findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task for each problem: the measured species alone, or with others."""
        problems = {signature(fit.problem): fit.problem for fit in question.found}
        yield [
            Refit(
                renewed(problem, question.view.problem),
                tuple(fit for fit in question.found if signature(fit.problem) == key),
            )
            for key, problem in problems.items()
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """Fit mechanisms that were fitted to the same data with another noise."""

    problem: FitProblem
    fits: tuple[Fit, ...]

    def search(self, _question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        for fit in self.fits:
            pool.fit(fit.mechanism, initial=fit.initial_states)


def renewed(problem: FitProblem, measured: FitProblem) -> FitProblem:
    """Return a problem with the noise of that of the measured species."""
    relative, absolute = problem.noise.relative.copy(), problem.noise.absolute.copy()
    count = len(measured.species)
    relative[:count], absolute[:count] = measured.noise.relative, measured.noise.absolute
    return replace(problem, noise=NoiseModel(relative, absolute))
