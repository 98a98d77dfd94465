"""Complexes first: which reactant complexes there are, then which reactions start from each, then neighbours.

The strategy for libraries that no law makes small, as of open systems.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.regression.quadratic import Quadratic, elimination_path
from crnsym.regression.weak_form import weak_quadratic
from crnsym.search.findings import Findings
from crnsym.search.hypotheses import without_laws
from crnsym.search.linearise import linearise
from crnsym.search.local import local_search
from crnsym.search.pieces import grow, thin_out
from crnsym.search.pool import Pool, Structure
from crnsym.search.question import Question
from crnsym.search.starts import decoded_starts
from crnsym.search.strategies.missing_mass import least_careful, likeliest
from crnsym.search.task import Task
from crnsym.search.view import View


@dataclass(frozen=True, slots=True)
class ComplexFirst:
    """Search without laws, from the order that the weak form asks for until an answer leaves nothing but noise.

    Attributes
    ----------
    early
        Whether to work only where nothing is conserved and the weak form is content with the measured species, or only
        where an unmeasured species is the likelier reason.
    thorough
        Whether to go on where the first attempt fails, also to three molecules at once.
    """

    early: bool = False
    thorough: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "without laws, thoroughly" if self.thorough else "without laws"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task an order."""
        if not question.weak_form or question.weighed_in or findings.explained():
            return
        if not self.thorough and self.early != (not question.laws and measured_first(question)):
            return
        orders = [o for o in question.orders if self.thorough or o <= 2 or three_molecules(question)]
        libraries = [(o, question.library(o)) for o in orders]
        small = [
            (o, lib)
            for o, lib in libraries
            if len(lib.source) and (o < 2 or lib.complexes.size <= EFFORT.complex_library)
        ]
        if not small:
            return
        first = first_order(question.view, [lib for _, lib in small])
        for order, _ in small[first:]:
            yield [Branch(question.view, order, self.thorough)]
            if findings.explained():
                return


@lru_cache(maxsize=2)
def measured_first(question: Question) -> bool:
    """Whether the weak form gives a reason to look at the measured species alone before any that are not.

    It explains the data with two molecules, or likes two or three of them better than every hypothesis about what is
    unmeasured. Of 20 problems in which nothing is conserved the loss a value with two molecules was 0.7 to 1.03 in 13
    where all was measured, with one of third order (3.5, but a lower score than any hypothesis); where something was
    not, it was 1.5 to 1.7 in three and 0.9 to 1.2 in three (bench seeds 3500 to 3509, 9000 to 9002, textbook networks).
    """
    if without_laws(question, 2)[1] <= THRESHOLDS.explained:
        return True
    visible = min(without_laws(question, order)[0] for order in {min(o, max(question.orders)) for o in (2, 3)})
    return visible <= least_careful(likeliest(question))


@lru_cache(maxsize=2)
def three_molecules(question: Question) -> bool:
    """Whether the weak form asks for three molecules at once where nothing is conserved."""
    if question.laws or max(question.orders) < 3:
        return False
    return without_laws(question, 3)[0] < without_laws(question, 2)[0] - THRESHOLDS.higher_order


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """All routes through the library of one order."""

    view: View
    order: int
    thorough: bool

    @property
    def problem(self) -> FitProblem:
        """What is fitted to."""
        return self.view.problem

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool, until two routes end at the same plausible mechanism."""
        library = question.library(self.order)
        form, energies = self.view.weak(library)
        quadratic = weak_quadratic(form)
        path, elbow = elimination_path(quadratic, form.left.size)
        starts = decoded_starts(pool.problem.species, path, elbow, library, "weak form, decoded")
        if energies is not None:
            starts = [s.with_energies_of(energies) for s in starts]
        ends = follow(starts, pool, library, self.thorough)
        for _ in range(EFFORT.confirmations):
            best = pool.best_fit
            if agreed(ends, pool) or best is None or (best.reduced > THRESHOLDS.poor and not self.thorough):
                break
            before = pool.best
            ends += confirm(pool, library)
            if pool.best == before:
                break


def first_order(view: View, libraries: list[Library]) -> int:
    """Position of the first library worth a search.

    Order 1 while more complexes do not fit clearly better in the weak form; above order 2 only if *fewer* complexes
    fit clearly better.
    """
    form, _ = view.weak(libraries[-1])
    count = max(form.left.size, 1)
    quadratic = weak_quadratic(form)
    criteria, sizes = [], []
    for library in libraries:
        within = np.flatnonzero(libraries[-1].orders <= library.orders.max())
        path, elbow = elimination_path(quadratic, count, candidates=within)
        loss = quadratic.loss(path[elbow].net_vectors.ravel())
        sizes.append(len(path[elbow].active))
        criteria.append(count * np.log(loss / count) + 2.0 * sizes[-1] * np.log(count))
    if min(criteria) > criteria[0] - THRESHOLDS.higher_order:
        return 0
    chosen = min(1, len(libraries) - 1)
    for k in range(2, len(libraries)):
        if sizes[k] <= sizes[chosen] and criteria[k] < criteria[chosen] - THRESHOLDS.higher_order:
            chosen = k
    return chosen


def agreed(ends: list[Structure], pool: Pool) -> bool:
    """Whether two routes ended at the best mechanism, and it is plausible."""
    best = pool.best_fit
    return best is not None and best.reduced < THRESHOLDS.explained and ends.count(best.mechanism.structure()) >= 2


def follow(starts: list[Mechanism], pool: Pool, library: Library, thorough: bool) -> list[Structure]:
    """Fit the starts and search from the best; grow a mechanism on pieces of the runs where that fails."""
    fits = sorted((pool.fit(s) for s in starts), key=lambda item: item[1])
    if not thorough and fits and fits[0][0].reduced > THRESHOLDS.hopeless_start:
        return []
    chosen = [thin_out(f, pool) for f, _ in fits[: EFFORT.complex_starts] if f.ok]
    ends = [local_search(f, pool, library).mechanism.structure() for f in chosen]
    best = pool.best_fit
    if thorough and (best is None or best.reduced > THRESHOLDS.poor):
        grown = grow(pool, library)
        if grown.ok:
            ends.append(local_search(grown, pool, library).mechanism.structure())
    return ends


def confirm(pool: Pool, library: Library) -> list[Structure]:
    """Eliminate complexes in the metric of the best model's trajectories, decode, fit and search from there."""
    best = pool.best_fit
    linear = None if best is None else linearise(best, pool.problem, library.complexes)
    if best is None or linear is None:
        return []
    usable = _strongest(linear, np.unique(library.source), best)
    path, elbow = elimination_path(linear, pool.score.count, candidates=usable)
    starts = decoded_starts(pool.problem.species, path, elbow, library, "trajectory metric, decoded")
    starts = [s.with_energies_of(best.mechanism) for s in starts]
    fits = []
    for s in starts:
        known = s.structure()
        if known in pool.fits:
            fits.append((pool.fits[known], pool.scores[known]))
        else:
            fits.append(pool.fit(s, initial=best.initial_states))
    fits.sort(key=lambda item: item[1])
    ends = []
    for f, _ in fits[:2]:
        structure = f.mechanism.structure()
        if structure == pool.best:
            ends.append(structure)
        elif f.ok:
            ends.append(local_search(thin_out(f, pool), pool, library).mechanism.structure())
    return ends


def _strongest(linear: Quadratic, usable: np.ndarray, best: Fit) -> np.ndarray:
    """Choose the complexes of the model and those whose addition promises most."""
    used = {tuple(y) for y in best.mechanism.reactants.tolist()}
    rows = linear.rows(usable)
    gain = (linear.moment[rows] ** 2 / np.maximum(np.diag(linear.gram)[rows], 1e-300)).max(axis=1)
    gain[[tuple(linear.complexes[y]) in used for y in usable]] = np.inf
    return np.sort(usable[np.argsort(-gain, kind="stable")[: EFFORT.complexes]])
