"""Other sets of laws that the data obey as well: where they are few or noisy, a law is easily taken for its neighbour.

The weak form tells them apart in milliseconds, by what the reactions that obey them can explain.
"""

import numpy as np

from crnsym.data.laws import holding
from crnsym.search.question import Question
from crnsym.search.relaxed import LARGEST, lawful, weak_score
from crnsym.search.view import View

SWAPPED_IN = 14  # laws that may take the place of another, the likeliest first
MOST = 3  # sets that are searched


def other_laws(question: Question, view: View, order: int) -> list[View]:
    """List views with as many laws as a view has that the weak form likes better, the best first.

    Laws are exchanged for others that hold by themselves, one at a time, as long as that helps.
    """
    data = question.view.data
    vectors = holding(data, question.view.noise, list(question.view.guide))[:SWAPPED_IN]
    tried = {span(view.laws): weak_score(question, view, order)[0]}
    found: list[tuple[float, View]] = []
    here, best = view.laws, next(iter(tried.values()))
    first, improved = best, True
    while improved:
        improved = False
        for laws in swaps(here, vectors):
            key = span(laws)
            other = view.under(laws, f"{len(laws)} other laws")
            if key in tried or len(lawful(question, other, order).source) > LARGEST:
                continue
            tried[key] = weak_score(question, other, order)[0]
            found.append((tried[key], other))
            if tried[key] < best:
                best, here, improved = tried[key], laws, True
    found = sorted((item for item in found if item[0] < first), key=lambda item: item[0])
    return [other for _, other in found[:MOST]]


def swaps(laws: np.ndarray, vectors: np.ndarray) -> list[np.ndarray]:
    """List independent sets in which one law is exchanged for one of the vectors."""
    sets = []
    for row in range(len(laws)):
        for vector in vectors:
            other = laws.copy()
            other[row] = vector
            if np.linalg.matrix_rank(other) == len(other):
                sets.append(other)
    return sets


def span(laws: np.ndarray) -> tuple[tuple[str, ...], ...]:
    """Return what is the same for all sets of laws that say the same."""
    from sympy import ZZ
    from sympy.polys.matrices import DM

    reduced, _ = DM([[int(v) for v in law] for law in laws], ZZ).to_field().rref()
    return tuple(tuple(map(str, row)) for row in reduced.to_list())
