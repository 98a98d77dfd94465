"""Laws first: all orders inside the laws that the data fulfil, before anything that breaks one.

A law shrinks the library from thousands of reactions to tens, so that it can be searched to its end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from crnsym.refit.problem import FitProblem
from crnsym.search.beam import Beam
from crnsym.search.findings import Findings
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.task import Task
from crnsym.search.view import View

LARGEST = 1500  # reactions of a library that is searched in one piece
ALL_AT_ONCE = 9  # species up to which three molecules are tried beside two


@dataclass(frozen=True, slots=True)
class Lawful:
    """Search under each set of conservation laws."""

    name: str = "under conservation laws"

    def rounds(self, question: Question, findings: Findings) -> Iterator[Sequence[Task]]:
        """Yield a task for every set of laws; the third order of many species only where the others fail."""
        if not question.weak_form or question.weighed_in:
            return
        views = [question.view.under(laws, f"{len(laws)} laws") for laws in question.laws]
        if not views:
            return
        orders = question.orders
        if question.species > ALL_AT_ONCE:
            orders = tuple(o for o in orders if o <= 2)
        yield [Orders(view, orders) for view in views]
        rest = tuple(o for o in question.orders if o not in orders)
        if rest and not findings.explained():
            yield [Orders(view, rest) for view in views]


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Search the lawful libraries of some orders, one after the other, within one view."""

    view: View
    orders: tuple[int, ...]

    @property
    def problem(self) -> FitProblem:
        """What is fitted to."""
        return self.view.problem

    def search(self, question: Question, pool: Pool, /) -> bool:
        """Fill the pool; whether every library was small enough and searched to its end."""
        settled, species = True, len(self.problem.species)
        for order in self.orders:
            library = question.library(order, max(2, order), self.view.laws, species)
            if species <= ALL_AT_ONCE:
                wide = question.library(order, 3, self.view.laws, species)
                library = wide if len(wide.source) <= LARGEST else library
            if not len(library.source):
                continue
            if len(library.source) > LARGEST:
                settled = False
                continue
            beam = Beam(pool, library)
            beam.start(self.view)
            beam.run()
            settled &= beam.exhausted
        return settled


def no_laws(species: int) -> np.ndarray:
    """No conservation law, ``(0, species)``."""
    return np.zeros((0, species), np.int64)
