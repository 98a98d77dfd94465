"""Structures with one or two species that were not measured: modules, depots, catalysed steps."""

from itertools import product

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import complexes, reaction_cost
from crnsym.search.score import has_positive_law

RISE, FRACTION = 6.0, 0.1  # a species moves if that fraction of its points is that many sigmas from its start

Structure = tuple[np.ndarray, np.ndarray]  # reactants, products


def modules(n: int) -> list[Structure]:
    """All modules on n measured species as (reactants, products), ``(3, n + 1)`` each: bind, release, consume."""
    found = []
    order_one = complexes(n, 1)
    for a, w in product(complexes(n, 2)[1:], order_one):
        for v, p in product([*order_one, None], complexes(n, 2)):
            left = np.append(np.zeros(n, np.int64), 2) if v is None else np.append(v, 1)
            right = np.append(p, 0)
            bound, free = np.append(w, 1), np.append(a, 0)
            if np.array_equal(left, bound) and np.array_equal(right, free):
                continue
            found.append((np.array([free, bound, left]), np.array([bound, free, right])))
    return found


def depots(n: int) -> list[Structure]:
    """All pairs of a reaction that empties a hidden store, Z (+ v) -> products, and a step of one measured species."""
    found = []
    order_one = complexes(n, 1)
    for v, p in product(order_one, complexes(n, 2)[1:]):
        for y, q in product(order_one[1:], complexes(n, 2)):
            if not np.array_equal(y, q) and not np.array_equal(v, p):
                left = np.array([np.append(v, 1), np.append(y, 0)])
                found.append((left, np.array([np.append(p, 0), np.append(q, 0)])))
    return found


def catalysed(n: int) -> list[Structure]:
    """All pairs of half reactions of a catalyst E on n measured species: E + a <-> Z + w, Z (+ v) -> E + products.

    The last two columns are E and Z; products of the second step are at most two measured molecules.
    """
    found = []
    order_one = complexes(n, 1)
    for a, w in product(order_one[1:], order_one):
        if np.any(a * w):
            continue
        for v, p in product(order_one, complexes(n, 2)):
            # what the cycle as a whole does must be something
            if np.array_equal(a + v, w + p) or np.any(v * p):
                continue
            free, bound = np.append(a, [1, 0]), np.append(w, [0, 1])
            found.append((np.array([free, bound, np.append(v, [0, 1])]), np.array([bound, free, np.append(p, [1, 0])])))
    return found


def moving(problem: FitProblem) -> tuple[np.ndarray, np.ndarray]:
    """Which measured species rise above, and which fall below, their start in the data."""
    sigma = problem.noise.sigma(problem.values)
    change = (problem.values - problem.start[:, None, :]) / np.maximum(sigma, 1e-300)
    seen = np.maximum(problem.present.sum(axis=(0, 1)), 1)
    up = (problem.present & (change > RISE)).sum(axis=(0, 1)) / seen > FRACTION
    down = (problem.present & (change < -RISE)).sum(axis=(0, 1)) / seen > FRACTION
    return up, down


def plausible(
    problem: FitProblem, structures: list[Structure], open_system: bool, laws: np.ndarray | None = None
) -> list[Structure]:
    """Keep the structures that make what rises, use what falls and, in a closed system, conserve mass; simplest first.

    Parameters
    ----------
    problem
        Of the measured species.
    structures
        Their first columns are the measured species.
    open_system
        Mass need not be conserved.
    laws
        ``(laws, species)`` hypotheses about the measured species: what the hidden ones carry must be able to close
        the balance of each.
    """
    up, down = moving(problem)
    n = len(problem.species)
    kept = []
    for reactants, products in structures:
        net = (products - reactants)[:, :n]
        if np.all((net > 0).any(axis=0) | ~up) and np.all((net < 0).any(axis=0) | ~down):
            kept.append((reactants, products))
    if laws is not None and len(laws):
        lawful = [m for m in kept if content(m[1] - m[0], laws) is not None]
        kept = lawful or kept
    if not open_system:
        closed = [m for m in kept if has_positive_law(tuple(map(tuple, (m[1] - m[0]).tolist())))]
        kept = closed or kept
    kept.sort(key=lambda m: float(reaction_cost(m[0], m[1] - m[0]).sum()))
    return kept[: EFFORT.modules]


def content(net: np.ndarray, laws: np.ndarray) -> np.ndarray | None:
    """Solve for what each hidden species carries of every law, ``(laws, hidden)``; None if nothing balances.

    The first of the hidden species is taken as empty where the reactions leave that open, as a catalyst is.
    """
    n = laws.shape[1]
    missing = -(net[:, :n] @ laws.T).astype(float)
    carried = np.linalg.lstsq(net[:, n:].astype(float), missing, rcond=None)[0]
    if np.abs(net[:, n:] @ carried - missing).max(initial=0.0) > 1e-9:
        return None
    if not net[:, n:].sum(axis=1).any():
        carried = carried - carried[0]
    return np.round(carried.T, 9)
