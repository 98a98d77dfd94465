"""An answer for a search whose time was up before any task had ended: what the weak form favours, in a second."""

import time

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.search.beam import Beam
from crnsym.search.pool import DEADLINE, OutOfTime, Pool
from crnsym.search.question import Question
from crnsym.search.task import Explored, explored

SECONDS = 1.0  # after which no further fit begins


def first_guess(question: Question) -> Explored:
    """Fit sets of reactions about the elbow of the weak form, within the conservation laws."""
    problem = question.view.problem
    pool = Pool(problem, question.score(problem), complete=question.chemistry.complete)
    laws = question.laws[-1] if question.laws else np.zeros((0, question.species), np.int64)
    view = question.view.under(laws, "first guess")
    order = min(2, max(question.orders))
    library = question.library(order, order, view.laws)
    if question.weak_form and 0 < len(library.source) <= EFFORT.library:
        token = DEADLINE.set(time.monotonic() + SECONDS)
        try:
            Beam(pool, library).start(view)
        except OutOfTime:
            pass
        finally:
            DEADLINE.reset(token)
    return explored(pool)
