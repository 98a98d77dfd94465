"""Hypotheses about unfollowed species: a course for each and the law behind it, ranked by the weak form."""

from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.deciding import EFFORT
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.regression.weak_form import WeakForm
from crnsym.search.balances import together
from crnsym.search.courses import Course, courses
from crnsym.search.question import Question
from crnsym.search.view import View
from crnsym.search.weak import first_landscape, weak_landscape
from crnsym.search.widen import hidden_name, with_unmeasured


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A view with courses of the unfollowed species, and how the weak form likes it: low is promising.

    Attributes
    ----------
    promise
        Score of the weak form of the followed species with all lawful reactions of two molecules.
    careful
        Score of the best few of them with all sources of error; infinite where it was not computed.
    """

    view: View
    promise: float
    careful: float = np.inf


def hypotheses(question: Question, hidden: int, laws: np.ndarray) -> list[Hypothesis]:
    """List views with courses of the species that were weighed in and of ``hidden`` others.

    ``laws`` ``(laws, species)`` are those that the followed species obey among themselves.
    """
    followed = np.array([i for i in range(question.species) if i not in question.weighed_in])
    starts = [np.array([v[0, i] for v in question.view.data.values]) for i in question.weighed_in]
    starts += [np.zeros(len(question.view.data))] * hidden
    signed = len(starts) > 1
    options = [courses(question.view, followed, laws[:, followed], start, signed=signed) for start in starts]

    def judged(choice: tuple[Course, ...]) -> Hypothesis:
        view = with_courses(question, followed, laws, choice, hidden)
        return Hypothesis(view, promise(question, view))

    return together(options, judged, lambda hypothesis: hypothesis.promise) if all(options) else []


def one_less(laws: np.ndarray) -> list[np.ndarray]:
    """Give up each law in turn, and all of them."""
    sets = [np.delete(laws, i, axis=0) for i in range(len(laws))] if len(laws) > 1 else []
    return [*sets, laws[:0]] if len(laws) else []


def in_order(question: Question, found: list[Hypothesis]) -> list[Hypothesis]:
    """Order hypotheses by promise, and the best of them by the careful weak form, in turns.

    Neither order is better: of 17 true hypotheses 4 came earlier by promise, 9 by the careful form.
    """
    quick = sorted(found, key=lambda hypothesis: hypothesis.promise)
    quick[: EFFORT.examined] = [replace(h, careful=carefully(question, h.view)) for h in quick[: EFFORT.examined]]
    careful = sorted(quick[: EFFORT.examined], key=lambda hypothesis: hypothesis.careful)
    turns = [one for pair in zip(quick, careful, strict=False) for one in pair] + quick
    return list({id(hypothesis): hypothesis for hypothesis in turns}.values())


def with_courses(
    question: Question, followed: np.ndarray, laws: np.ndarray, choice: tuple[Course, ...], hidden: int
) -> View:
    """Fill in the courses of the unfollowed species, and add the laws behind them."""
    base, charged = question.view, list(question.weighed_in)
    n = question.species + hidden
    columns = [*charged, *range(question.species, n)]
    problem = widened_problem(base.problem, hidden)
    values, guide = [], []
    for run, (v, g) in enumerate(zip(base.data.values, base.guide, strict=True)):
        wide, smooth = np.full((len(v), n), np.nan), np.zeros((len(v), n))
        wide[:, : v.shape[1]], smooth[:, : v.shape[1]] = v, g
        for column, course in zip(columns, choice, strict=True):
            wide[:, column], smooth[:, column] = course.values[run], course.smooth[run]
        values.append(wide)
        guide.append(smooth)
    absolute, relative = np.zeros(n), np.zeros(n)
    absolute[: question.species], relative[: question.species] = base.noise.absolute, base.noise.relative
    for column, course in zip(columns, choice, strict=True):
        absolute[column], relative[column] = course.sigma, 0.0
    rows = [np.concatenate([law, np.zeros(hidden, np.int64)]) for law in laws]
    for column, course in zip(columns, choice, strict=True):
        factor = max(w.denominator for w in course.weights)
        row = np.zeros(n, np.int64)
        row[followed] = [int(w * factor) for w in course.weights]
        row[column] = factor
        rows.append(row)
    data = Trajectories(
        problem.species,
        base.data.experiments,
        base.data.times,
        tuple(values),
        base.data.temperatures,
        operation=base.data.operation,
    )
    text = ", ".join(str([str(w) for w in course.weights]) for course in choice)
    own = tuple(np.asarray(g) for g in guide)
    problem = replace(problem, guide=own) if charged else problem
    return View(f"missing mass {text}", data, NoiseModel(relative, absolute), own, problem, np.array(rows))


def widened_problem(problem: FitProblem, hidden: int) -> FitProblem:
    """Return the problem with species that nobody measured and that start at zero."""
    names: list[str] = []
    for _ in range(hidden):
        names.append(hidden_name((*problem.species, *names)))
    return with_unmeasured(problem, names, [0.0] * hidden) if hidden else problem


def promise(question: Question, view: View) -> float:
    """Score of the weak form of the followed species with all lawful reactions of two molecules; low is promising."""
    library, form = lawful_form(question, view)
    if not len(library.source):
        return np.inf
    landscape = first_landscape(form, library, question.score(view.problem).of_library(library))
    rates, loss = landscape.solve(np.arange(len(library.source)))
    return landscape.score(loss, np.flatnonzero(rates > 0))


def carefully(question: Question, view: View, order: int = 2) -> float:
    """Score of the best few lawful reactions in the weak form with all sources of error; low is promising."""
    library, form = lawful_form(question, view, order)
    if not len(library.source):
        return np.inf
    prices = question.score(view.problem).of_library(library)
    return min(score for score, _ in weak_landscape(form, library, prices).path())


def without_laws(question: Question, order: int) -> tuple[float, float]:
    """Careful score of so many molecules of the measured species alone, and the loss a value that they leave.

    Both are infinite where the library is too large to ask.
    """
    view = question.view.under(np.zeros((0, question.species), np.int64), "no laws")
    library, form = lawful_form(question, view, order)
    if not 0 < len(library.source) <= EFFORT.library:
        return np.inf, np.inf
    landscape = weak_landscape(form, library, question.score(view.problem).of_library(library))
    score, chosen = min(landscape.path(), key=lambda option: option[0])
    return score, landscape.solve(chosen)[1] / landscape.count


def lawful_form(question: Question, view: View, order: int = 2) -> tuple[Library, WeakForm]:
    """Reactions of so many molecules that obey the laws of a view, and the weak form of the followed species."""
    library = question.library(min(order, max(question.orders)), order, view.laws, len(view.problem.species))
    form, _ = view.weak(library)
    # the balance itself gives the rows of an unfollowed species: they say nothing for the hypothesis
    known = [i for i in range(question.species) if i not in question.weighed_in]
    form.variance[:, np.setdiff1d(np.arange(form.variance.shape[1]), known)] = np.inf
    return library, form
