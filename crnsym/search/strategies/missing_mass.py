"""Species that were not followed, from the mass that is missing.

In a closed vessel something is conserved that an unfollowed species Z has a share in: Z(t) = Z(0) + m.(x(0) - x(t))
for small non-negative m, up to the laws that the followed species keep among themselves. Every m is a hypothesis: it
gives a course of Z, with which the weak form ranks it in a few milliseconds, and one more law. The best are searched
as if nothing was hidden; the fits know nothing of the course of Z, only its start. Where a vessel is fed or emptied the
balance is one of what reaction makes, and Z is diluted like everything.

Z is a species that nobody measured, which starts at zero, or one that was weighed in and not followed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.operation.courses import without_reaction
from crnsym.data.trajectories import Trajectories
from crnsym.refit.problem import FitProblem
from crnsym.search.findings import Findings
from crnsym.search.question import Question
from crnsym.search.strategies.lawful import Orders
from crnsym.search.task import Task
from crnsym.search.view import View
from crnsym.search.weak import first_landscape
from crnsym.search.widen import hidden_name, with_unmeasured

LARGEST = (3, 3, 3, 3, 3, 3, 2, 2, 1, 1, 1)  # coefficient of m, by number of followed species; then 1
MOST_VECTORS = 6000
NEGATIVE, OFTEN = 3.0, 0.02  # standard deviations below zero that count, and how often that may be
PRESENT = 2.0  # variance of Z, in units of its noise, above which it is there at all
PAIRED = 40  # courses of each of two species that are combined
ROUND, LEAST, MOST = 6, 3, 8  # hypotheses searched at once, and how many rounds of them
EXPANSIONS = 5  # of a hypothesis; the best answer is searched further as one that is doubted


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One hypothesis about one unfollowed species: its courses in the runs, and the law ``(followed,)`` behind them."""

    weights: tuple[Fraction, ...]
    values: tuple[np.ndarray, ...]
    smooth: tuple[np.ndarray, ...]
    sigma: float


@dataclass(frozen=True, slots=True)
class MissingMass:
    """Search with the courses of unfollowed species that balances give."""

    name: str = "unmeasured species, from missing mass"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield rounds of hypotheses, those that the weak form favours first, until an answer convinces."""
        if not question.weak_form or question.unmeasured is not None:
            return
        charged = bool(question.weighed_in)
        asked = question.hidden is not None and question.hidden > 0
        if not charged and not asked and (question.hidden == 0 or findings.convincing()):
            return
        ranked = hypotheses(question, 0 if charged else 1)
        for first in range(0, min(len(ranked), ROUND * MOST), ROUND):
            orders = tuple(o for o in question.orders if o <= 2)
            yield [Orders(view, orders, EXPANSIONS) for view in ranked[first : first + ROUND]]
            if findings.convincing() and first + ROUND >= ROUND * LEAST:
                return
        if charged and not findings.explained() and max(question.orders) > 2:
            yield [Orders(view, (3,)) for view in ranked[:ROUND]]


def hypotheses(question: Question, hidden: int) -> list[View]:
    """List views with courses of the species that were weighed in and of ``hidden`` others, the best first."""
    followed = np.array([i for i in range(question.species) if i not in question.weighed_in])
    laws = question.laws[-1] if question.laws else np.zeros((0, question.species), np.int64)
    starts = [np.array([v[0, i] for v in question.view.data.values]) for i in question.weighed_in]
    starts += [np.zeros(len(question.view.data))] * hidden
    options = [courses(question.view, followed, laws[:, followed], start) for start in starts]
    if len(options) > 1:
        options = [option[:PAIRED] for option in options]
    ranked = []
    for number, choice in enumerate(product(*options)):
        view = with_courses(question, followed, laws, choice, hidden)
        if view is not None:
            ranked.append((promise(question, view, followed), number, view))
    return [view for _, _, view in sorted(ranked, key=lambda item: item[:2])]


def courses(view: View, followed: np.ndarray, laws: np.ndarray, start: np.ndarray) -> list[Course]:
    """All courses of one species that stay positive, simple balances first, each course once."""
    top = LARGEST[len(followed)] if len(followed) < len(LARGEST) else 1
    vectors = [m for m in product(range(top + 1), repeat=len(followed)) if any(m)][:MOST_VECTORS]
    halves = [m for m in vectors if max(m) <= 2 and any(a % 2 for a in m)]
    listed = [tuple(map(Fraction, m)) for m in vectors] + [tuple(Fraction(a, 2) for a in m) for m in halves]
    listed.sort(key=lambda m: (sum(m), max(a.denominator for a in m), m))
    reduce, runs = _Reduction(laws), missing(view, followed, start)
    seen, found = set(), []
    for weights in listed:
        key = reduce(weights)
        if key in seen or not any(key):
            continue
        seen.add(key)
        course = _course(runs, weights)
        if course is not None:
            found.append(course)
    return found


class Missing(NamedTuple):
    """What the followed species of one run say of an unfollowed one, before the weights are chosen.

    Attributes
    ----------
    start
        ``(times,)`` what is left of the unfollowed species at the start.
    smooth, measured
        ``(times, followed)`` what the followed species would be without reaction, less what they are, by the smoothed
        and by the measured courses.
    variance
        ``(times, followed)`` of the measurements.
    """

    start: np.ndarray
    smooth: np.ndarray
    measured: np.ndarray
    variance: np.ndarray


def missing(view: View, followed: np.ndarray, start: np.ndarray) -> list[Missing]:
    """Say for every run what an unfollowed species can be made of."""
    found = []
    for run, (guide, first) in enumerate(zip(view.guide, start, strict=True)):
        curve, values = guide[:, followed], view.data.values[run][:, followed]
        share, came = without_reaction(view.data, run)
        total = share[:, None] * curve[0] + came[:, followed]
        filled = np.where(np.isfinite(values), values, curve)
        variance = view.noise.sigma(guide)[:, followed] ** 2
        found.append(Missing((first if np.isfinite(first) else 0.0) * share, total - curve, total - filled, variance))
    return found


def _course(runs: list[Missing], weights: tuple[Fraction, ...]) -> Course | None:
    m = np.array([float(w) for w in weights])
    values, smooth, below, total, square, variances = [], [], 0, 0, 0.0, []
    for run in runs:
        made = run.smooth @ m
        z = run.start + made
        own = run.variance @ m**2 + run.variance[0] @ m**2
        below += int((z < -NEGATIVE * np.sqrt(own)).sum())
        total += len(z)
        square += float((made**2 / np.maximum(own, 1e-300)).sum())
        variances.append(own)
        smooth.append(np.maximum(z, 0.0))
        values.append(run.start + run.measured @ m)
    if below > OFTEN * total or square < PRESENT * total:
        return None
    return Course(weights, tuple(values), tuple(smooth), float(np.sqrt(np.mean(np.concatenate(variances)))))


class _Reduction:
    """What is left of a vector of weights when the laws among the followed species are taken away."""

    def __init__(self, laws: np.ndarray) -> None:
        import sympy as sp

        rows, self.pivots = sp.Matrix(laws.tolist()).rref() if len(laws) else (sp.zeros(0, 0), ())
        self.rows = [[Fraction(int(v.p), int(v.q)) for v in rows[i, :]] for i in range(len(self.pivots))]

    def __call__(self, weights: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
        left = list(weights)
        for pivot, row in zip(self.pivots, self.rows, strict=True):
            factor = left[pivot]
            if factor:
                left = [a - factor * b for a, b in zip(left, row, strict=True)]
        return tuple(left)


def with_courses(
    question: Question, followed: np.ndarray, laws: np.ndarray, choice: tuple[Course, ...], hidden: int
) -> View | None:
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


def promise(question: Question, view: View, followed: np.ndarray) -> float:
    """Score of the weak form of the followed species with all lawful reactions of two molecules; low is promising."""
    library = question.library(min(2, max(question.orders)), 2, view.laws, len(view.problem.species))
    if not len(library.source):
        return np.inf
    form, _ = view.weak(library)
    # the balance itself gives the rows of an unfollowed species: they say nothing for the hypothesis
    form.variance[:, np.setdiff1d(np.arange(form.variance.shape[1]), followed)] = np.inf
    landscape = first_landscape(form, library, question.score(view.problem).of_library(library))
    rates, loss = landscape.solve(np.arange(len(library.source)))
    return landscape.score(loss, np.flatnonzero(rates > 0))
