"""A run that differs from the others: slower or faster as a whole, or with two columns exchanged."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from scipy.optimize import minimize_scalar

from crnsym.refit.fit import Fit, fit_mechanism
from crnsym.refit.problem import FitProblem
from crnsym.search.findings import Findings
from crnsym.search.pool import DEADLINE
from crnsym.search.question import Question
from crnsym.search.run import search
from crnsym.search.strategies import DOUBTFUL, LIKELY, Strategy
from crnsym.search.strategies.given import Given
from crnsym.search.strategies.lawful import Lawful
from crnsym.search.task import Task

LEAST_RUNS = 3
SUSPECT, SUSPECTS = 0.6, 2  # chi2/N without a run over that with it, below which a run is suspected; how many at most
STRANGE, EXPLAINED = 6.0, 2.0  # chi2/N of a run that does not fit, and of one that does
LARGEST, SMALLEST = 30.0, 1.3  # factors that are tried, and that are worth a word
GRID = 11  # factors from which the best is refined


class RunsDisagree(Exception):
    """One run is explained by a fault, and all others by a mechanism."""

    def __init__(self, run: int, sentence: str) -> None:
        super().__init__(sentence)
        self.run, self.sentence = run, sentence


@dataclass(slots=True)
class RunCheck:
    """A strategy that looks for a run at fault, once no likely mechanism explains all runs.

    It comes after unmeasured species have been tried: what the others do without one, a good run may not.

    Attributes
    ----------
    again
        Asks the same about the runs with these indices.
    notes
        Sentences about runs that differ, for which no fault was found.

    Raises
    ------
    RunsDisagree
        When one factor on all rates of a run, or two exchanged columns in it, explain it.
    """

    again: Callable[[list[int]], Question]
    notes: list[str] = field(default_factory=list)
    name: str = "a run that differs"

    @property
    def order(self) -> tuple[Strategy, ...]:
        """The order of the work with this strategy in its place."""
        return (*LIKELY, self, *DOUBTFUL)

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield nothing: the suspects are looked at here."""
        if len(question.view.problem.lengths) >= LEAST_RUNS and question.weak_form and not findings.explained():
            for run in self._suspects(question, findings):
                self._look_at(run, question, findings)
        yield from ()

    def _suspects(self, question: Question, findings: Findings) -> list[int]:
        """Return runs without which some mechanism fits far better, or without which there are more laws."""
        problem = question.view.problem
        runs = range(len(problem.lengths))
        small: dict[int, Fit] = {}
        for _, fit in findings.visible.ranked():
            small.setdefault(len(fit.mechanism.log_rates), fit)
        ratios = [min((_without(fit, run) for fit in small.values()), default=1.0) for run in runs]
        if not question.laws or not small:
            strict = _laws(question)
            for run in runs:
                more = _laws(self.again([r for r in runs if r != run])) > strict
                ratios[run] = 0.0 if more else ratios[run]
        order = sorted(runs, key=lambda run: ratios[run])
        return [run for run in order if ratios[run] < SUSPECT][:SUSPECTS]

    def _look_at(self, run: int, question: Question, findings: Findings) -> None:
        problem = question.view.problem
        rest = [r for r in range(len(problem.lengths)) if r != run]
        patience = max(DEADLINE.get() - time.monotonic(), 0.0)
        result = search(self.again(rest), strategies=(Given(), Lawful()), time_budget=patience)
        best = next((fit for _, fit in result.ranked if len(fit.mechanism.species) == len(problem.species)), None)
        if not result.explained or best is None:
            return
        alone = problem.thin(np.array([run]))
        plain = held(best, alone)
        if plain.reduced < STRANGE:
            return
        before = np.inf if findings.best is None else findings.best.reduced
        label = question.view.data.experiments[run]
        sentence = explanation(best, alone, label)
        figures = f"chi2/N of all others is {best.reduced:.2f}, of {label} {plain.reduced:.3g} by the same rates"
        figures += f", and {before:.3g} was the best for all runs together" if np.isfinite(before) else ""
        if sentence:
            raise RunsDisagree(run, f"{sentence}; {figures}; {label} is left out")
        self.notes.append(f"{label} does not fit the others, which one mechanism explains: {figures}")


def explanation(fit: Fit, alone: FitProblem, label: str) -> str:
    """Say which fault makes a run fit the mechanism and the rates of the others; empty if none does.

    Parameters
    ----------
    fit
        To the other runs.
    alone
        The measurements of the run.
    label
        Its name.
    """
    found = []
    factor, slowed = best_factor(fit, alone)
    if max(factor, 1.0 / factor) > SMALLEST:
        way = f"{1.0 / factor:.3g} times slower" if factor < 1 else f"{factor:.3g} times faster"
        why = "look at its temperature, its stirring, its time column, and at a catalyst that was not measured"
        found.append((slowed.reduced, f"{label} is {way} than the other runs", why))
    for first, second in combinations(range(len(alone.species)), 2):
        names = f"the columns {alone.species[first]} and {alone.species[second]}"
        chi2 = held(fit, exchanged(alone, first, second)).reduced
        found.append((chi2, f"in {label} {names} seem to be exchanged", "look at the labels"))
    reduced, what, why = min(found, default=(np.inf, "", ""))
    return f"{what}: with that its chi2/N is {reduced:.2f} ({why})" if reduced < EXPLAINED else ""


def best_factor(fit: Fit, alone: FitProblem) -> tuple[float, Fit]:
    """Find the common factor on all rates with which a run fits best, and that fit."""

    def scaled(log_factor: float) -> Fit:
        return held(fit, alone, log_factor)

    grid = np.linspace(-np.log(LARGEST), np.log(LARGEST), GRID)
    start = float(grid[np.argmin([scaled(x).chi2 for x in grid])])
    width = float(grid[1] - grid[0])
    bounds = (start - width, start + width)
    found = minimize_scalar(lambda x: scaled(x).chi2, bounds=bounds, method="bounded", options={"xatol": 0.01})
    return float(np.exp(found.x)), scaled(float(found.x))


def held(fit: Fit, alone: FitProblem, log_factor: float = 0.0) -> Fit:
    """Fit nothing but the initial states of a run, by the rates of the other runs times a factor."""
    mechanism = replace(fit.mechanism, log_rates=fit.mechanism.log_rates + log_factor)
    return fit_mechanism(mechanism, alone, pinned=tuple(range(len(mechanism.log_rates))), iterations=12, prior=0.0)


def exchanged(alone: FitProblem, first: int, second: int) -> FitProblem:
    """Return the measurements of a run with two columns exchanged."""
    order = np.arange(len(alone.species))
    order[[first, second]] = second, first
    return replace(
        alone,
        values=alone.values[..., order],
        present=alone.present[..., order],
        weights=None if alone.weights is None else alone.weights[..., order],
        start=alone.start[:, order],
        free=alone.free[:, order],
        guide=tuple(g[:, order] for g in alone.guide),
    )


def _without(fit: Fit, run: int) -> float:
    """chi2/N of a mechanism fitted without a run, over that with it."""
    others = np.delete(np.arange(len(fit.problem.lengths)), run)
    part = fit.problem.thin(others)
    trained = fit_mechanism(fit.mechanism, part, initial=fit.initial_states[others], iterations=12)
    return trained.reduced / max(fit.reduced, 1e-300) if trained.ok else 1.0


def _laws(question: Question) -> int:
    return len(question.laws[-1]) if question.laws else 0
