"""The best answer is doubted: each of its reactions is forbidden in turn, and every neighbour is offered.

What is left when no rival wins tells how sure each reaction is; if one wins, it is doubted in its turn. The neighbours
may break the laws that the data fulfil, and have more molecules than the answer: the score decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library
from crnsym.search.beam import Beam
from crnsym.search.findings import Findings
from crnsym.search.landscape import of_trajectories
from crnsym.search.local import local_search
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.task import Task


@dataclass(frozen=True, slots=True)
class Rivals:
    """Doubt the best answer until none is better; ``wide``: neighbours of three products are offered, too."""

    name: str = "rivals of the best answer"
    wide: bool = True

    def rounds(self, _question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield one task for the best answer as long as it changes."""
        for _ in range(EFFORT.doubted):
            before = findings.best
            if before is None or not len(before.mechanism.log_rates):
                return
            yield [Doubt(before, self.wide)]
            best = findings.best
            if best is not None and best.mechanism.structure() == before.mechanism.structure():
                return


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """Search for rivals of one answer."""

    answer: Fit
    wide: bool = True

    @property
    def problem(self) -> FitProblem:
        """What is fitted to."""
        return self.answer.problem

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        fit = self.answer
        pool.keep(fit, pool.score.mechanism(fit.mechanism, fit.chi2))
        species = len(self.problem.species)
        laws = laws_of(fit)
        order = max(min(fit.mechanism.order, 3), 2) if question.max_order is None else question.max_order
        library = question.library(order, max(2, order), laws, species).including(fit.mechanism)
        if len(library.source) <= EFFORT.rival_library:
            without_each(fit, pool, library)
            beam = Beam(pool, library)
            beam.run()
        if not self.wide:
            return
        best = pool.best_fit
        wide = question.library(max(question.orders), 3, None, species)
        if wide.complexes.size > EFFORT.complex_library:
            wide = question.library(min(order, 2), 3, None, species)
        if best is not None and wide.complexes.size <= EFFORT.complex_library:
            local_search(best, pool, wide.including(best.mechanism), refits=8)


def laws_of(fit: Fit) -> np.ndarray:
    """All linear combinations of species that a mechanism keeps, ``(laws, species)``, as whole numbers."""
    import sympy as sp

    net = sp.Matrix(fit.mechanism.net_stoichiometry.tolist())
    rows = []
    for vector in net.nullspace():
        whole = vector * sp.ilcm(*[term.q for term in vector])
        rows.append([int(v) for v in whole])
    return np.array(rows, np.int64).reshape(len(rows), net.shape[1])


def without_each(fit: Fit, pool: Pool, library: Library) -> None:
    """Fit the best mechanisms that do without each reaction of an answer in turn."""
    landscape = of_trajectories(fit, library, pool.score.of_library(library))
    if landscape is None:
        return
    beam = Beam(pool, library)
    own = library.positions(fit.mechanism)
    for reaction in own:
        allowed = np.delete(np.arange(len(library.source)), reaction)
        part = landscape.within(allowed)
        rest = np.flatnonzero(np.isin(allowed, own))
        _, chosen = part.improved(rest)
        for choice in (allowed[chosen], allowed[rest]):
            rates, _ = landscape.solve(choice)
            if len(choice) and rates.any():
                rival = beam.mechanism(choice, rates, "without one reaction", library)
                if rival.structure() not in pool.fits:
                    pool.fit(rival.with_energies_of(fit.mechanism), initial=fit.initial_states)
