"""Which laws to give up: a slow reaction can hide in the noise of a law that it breaks.

The weak form tells. What the lawful reactions leave of it is compared with every reaction that breaks a law, and the
laws that the most promising one breaks are given up, one combination of them at a time, as long as that helps.
"""

import numpy as np

from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.regression.library import Library
from crnsym.regression.weak_form import WeakForm
from crnsym.search.question import Question
from crnsym.search.view import View
from crnsym.search.weak import first_landscape


def without_false_laws(question: Question, view: View, order: int) -> tuple[float, list[View]]:
    """List views with one law less each, as far as the weak form wants it, and its score without all of them."""
    found: list[View] = []
    score, left = weak_score(question, view, order)
    for _ in range(EFFORT.laws_given_up):
        options = []
        for broken in promising(question, view, left, order):
            laws = obeyed(view.laws, broken)
            wider = view.under(laws, f"{len(laws)} laws")
            if len(lawful(question, wider, order).source) <= EFFORT.library:
                options.append((*weak_score(question, wider, order), wider))
        better = sorted((o for o in options if o[0] <= score - THRESHOLDS.fewer_laws), key=lambda option: option[0])
        if not better:
            break
        score, left, view = better[0]
        found += [wider for _, _, wider in better[: 1 if found else EFFORT.laws_followed]]
    return score, found


def weak_score(question: Question, view: View, order: int) -> tuple[float, np.ndarray]:
    """Score of the best lawful reactions in the weak form, and what they leave of it, ``(rows, species)``."""
    library = lawful(question, view, order)
    form, _ = view.weak(library)
    if not len(library.source):
        return float(form.left.size * np.log(max((form.left**2 / form.variance).mean(), 1e-300))), form.left
    landscape = first_landscape(form, library, question.score(view.problem).of_library(library))
    score, chosen = min(landscape.path(), key=lambda option: option[0])
    rates, _ = landscape.solve(chosen)
    theta = np.zeros(form.complexes.shape)
    np.add.at(theta, library.source[chosen], rates[:, None] * library.net[chosen])
    return score, form.left - form.right @ theta


def lawful(question: Question, view: View, order: int) -> Library:
    """List the reactions of a view, with no more products than the order."""
    return question.library(order, order, view.laws, len(view.problem.species))


def promising(question: Question, view: View, left: np.ndarray, order: int) -> list[np.ndarray]:
    """List ways to break the laws, each ``(laws,)``: one by one, and as reactions do that explain much of the rest."""
    library = question.library(order, order, None, len(view.problem.species))
    form, _ = view.weak(library)
    gain = gains(form, library, left)
    broken = library.net @ view.laws.T
    gain[~broken.any(axis=1)] = 0.0
    # each law by itself, and as the reactions break them together
    found = {tuple(law.tolist()): law for law in np.eye(len(view.laws), dtype=np.int64)}
    for reaction in np.argsort(-gain, kind="stable"):
        if len(found) == EFFORT.laws_tried + len(view.laws) or gain[reaction] <= 0.0:
            break
        vector = broken[reaction] // np.gcd.reduce(np.abs(broken[reaction]))
        found.setdefault(max(tuple(vector.tolist()), tuple((-vector).tolist())), vector)
    return list(found.values())


def gains(form: WeakForm, library: Library, left: np.ndarray) -> np.ndarray:
    """By how much each reaction alone would lower the loss of what is left, ``(reactions,)``."""
    force = form.right.T @ (left / form.variance)
    size = (form.right**2).T @ (1.0 / form.variance)
    along = (library.net * force[library.source]).sum(axis=1)
    own = (library.net**2 * size[library.source]).sum(axis=1)
    return np.where(along > 0.0, along, 0.0) ** 2 / np.maximum(own, 1e-300)


def obeyed(laws: np.ndarray, broken: np.ndarray) -> np.ndarray:
    """Combine laws so that a reaction that breaks them by ``broken`` obeys every combination, one fewer than before."""
    import sympy as sp

    rows = []
    for vector in sp.Matrix([broken.tolist()]).nullspace():
        whole = vector * sp.ilcm(*[term.q for term in vector])
        rows.append([int(v) for v in whole])
    combined = np.array(rows, np.int64).reshape(len(rows), len(laws)) @ laws
    return combined // np.maximum(np.gcd.reduce(np.abs(combined), axis=1), 1)[:, None]
