"""Other sets of laws that the data obey as well: where they are few or noisy, a law is easily taken for its neighbour.

The weak form tells them apart in milliseconds, by what the reactions that obey them can explain.
"""

from collections.abc import Iterator

import numpy as np

from crnsym.data.laws import holding
from crnsym.deciding import EFFORT
from crnsym.search.question import Question
from crnsym.search.relaxed import lawful, weak_score
from crnsym.search.view import View


def other_laws(question: Question, view: View, order: int) -> list[View]:
    """List views with other laws than those of a view that the weak form likes better, the best first.

    The last laws, which are the least likely, are left out until reactions can do what the others allow; then laws are
    exchanged for others that hold by themselves, one at a time.
    """
    laws = view.laws
    while len(laws) > 1 and not fulfillable(question, view.under(laws, "laws"), order):
        laws = laws[:-1]
    vectors = holding(question.view.data, question.view.noise, list(question.view.guide))[: EFFORT.swapped_laws]
    first = best = score_of(question, view.under(laws, "laws"), order)
    known = {span(laws)}
    found = [(first, laws)] if len(laws) < len(view.laws) else []
    improved = True
    while improved:
        improved = False
        for other in swaps(laws, vectors):
            key = span(other)
            if key in known:
                continue
            known.add(key)
            score = score_of(question, view.under(other, "laws"), order)
            if score < first:
                found.append((score, other))
            if score < best:
                best, laws, improved = score, other, True
    found.sort(key=lambda item: item[0])
    return [view.under(other, f"{len(other)} other laws") for _, other in found[: EFFORT.swapped_sets]]


def neighbouring(question: Question, view: View, order: int) -> list[View]:
    """List views in which one law is exchanged for another that holds by itself, the likeliest first.

    What a scarce species counts for in a law is below the noise: the weak form, whose rows it hardly moves either, may
    like the wrong coefficient better.
    """
    vectors = holding(question.view.data, question.view.noise, list(question.view.guide))[: EFFORT.swapped_laws]
    sets = {span(view.laws): (np.inf, view.laws)}
    for other in swaps(view.laws, vectors):
        if span(other) not in sets:
            sets[span(other)] = (score_of(question, view.under(other, "laws"), order), other)
    found = sorted((score, i, laws) for i, (score, laws) in enumerate(sets.values()) if np.isfinite(score))
    return [view.under(laws, "neighbouring laws") for _, _, laws in found]


def fulfillable(question: Question, view: View, order: int) -> bool:
    """Whether lawful reactions move the species in every direction that the laws leave open."""
    net = lawful(question, view, order).net
    return len(net) > 0 and int(np.linalg.matrix_rank(net)) == view.laws.shape[1] - len(view.laws)


def score_of(question: Question, view: View, order: int) -> float:
    """Weak-form score with as many molecules as leave a library that can be searched; infinite if none does."""
    for molecules in range(order, 0, -1):
        if len(lawful(question, view, molecules).source) <= EFFORT.library:
            return weak_score(question, view, molecules)[0]
    return np.inf


def swaps(laws: np.ndarray, vectors: np.ndarray) -> Iterator[np.ndarray]:
    """Yield independent sets in which one law is exchanged for one of the vectors."""
    for row in range(len(laws)):
        for vector in vectors:
            other = laws.copy()
            other[row] = vector
            if np.linalg.matrix_rank(other) == len(other):
                yield other


def span(laws: np.ndarray) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Return what is the same for all sets of laws that say the same: their reduced form, without its zeros."""
    from sympy import QQ
    from sympy.polys.matrices.sdm import SDM

    rows = {i: {j: QQ(int(v)) for j, v in enumerate(law) if v} for i, law in enumerate(laws)}
    reduced = SDM(rows, laws.shape, QQ).rref()[0]
    return tuple(tuple(sorted((j, str(v)) for j, v in row.items())) for _, row in sorted(reduced.items()))
