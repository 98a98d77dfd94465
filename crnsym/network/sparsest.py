"""The fewest reactions at one complex that make a net vector."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import combinations

import numpy as np

from .cones import exact_weights, nonnegative_solution

_BIG = (1e2, 1e5)  # bounds of a rate, in units of its net vector
_EFFORT = 2000  # sets of reactions tried beside the mixed-integer program, whose numbers are not exact


def sparsest_solution(steps: list[list[Fraction]], target: list[Fraction]) -> list[Fraction] | None:
    """Return rates with the smallest support: a mixed-integer program, then everything shorter if that is little."""
    best = nonnegative_solution(steps, target)
    if best is None:
        return None
    for big in _BIG:
        found = _mixed_integer(steps, target, big)
        if found is not None and _length(found) < _length(best):
            best = found
    effort = 0
    for size in range(1, _length(best)):
        for chosen in combinations(range(len(steps)), size):
            effort += 1
            if effort > _EFFORT:
                return best
            weights = exact_weights([steps[j] for j in chosen], target, [1.0] * size)
            if weights is not None:
                return _spread(weights, chosen, len(steps))
    return best


def _length(rates: list[Fraction]) -> int:
    return sum(k > 0 for k in rates)


def _spread(weights: list[Fraction], chosen: Iterable[int], n: int) -> list[Fraction]:
    rates = dict(zip(chosen, weights, strict=True))
    return [rates.get(j, Fraction(0)) for j in range(n)]


def _mixed_integer(steps: list[list[Fraction]], target: list[Fraction], big: float) -> list[Fraction] | None:
    """Minimise sum b, b in {0, 1}, 0 <= k <= big b; None where the answer is not confirmed in fractions."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = len(steps)
    matrix, goal, units = _floats(steps, target)
    balance = np.hstack([matrix, np.zeros((len(goal), n))])
    found = milp(
        np.r_[np.zeros(n), 1 + 1e-4 * np.arange(n) / n**2],  # products are sorted: small ones first
        integrality=np.r_[np.zeros(n), np.ones(n)],
        bounds=Bounds(np.zeros(2 * n), np.r_[np.full(n, np.inf), np.ones(n)]),  # type: ignore[arg-type]  # arrays are fine, the stubs say numbers
        constraints=[
            LinearConstraint(balance, goal, goal),  # type: ignore[arg-type]  # (sympy: Basic)  # as above
            LinearConstraint(np.hstack([np.eye(n), -big * np.eye(n)]), -np.inf, 0),
        ],
    )
    if found.x is None:
        return None
    chosen = [j for j in range(n) if found.x[n + j] > 0.5]
    weights = exact_weights([steps[j] for j in chosen], target, np.maximum(found.x[:n] * units, 1e-300)[chosen])
    return None if weights is None else _spread(weights, chosen, n)


def _floats(steps: list[list[Fraction]], target: list[Fraction]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the system with entries of about 1, and what its solution is to be multiplied with to get rates.

    Rates of very different size meet in one net vector; each species is counted in units of its target.
    """
    matrix = np.array([[float(x) for x in step] for step in steps], float).T
    goal = np.array([float(x) for x in target], float)
    used = np.abs(matrix).max(axis=1, initial=0.0) + np.abs(goal) > 0
    matrix, goal = matrix[used], goal[used]
    matrix = matrix / np.where(goal, np.abs(goal), np.abs(goal).max(initial=0.0) or 1.0)[:, None]
    sizes = np.abs(matrix).max(axis=0)
    matrix = matrix / sizes
    rows = np.where(goal, 1.0, np.maximum(np.abs(matrix).max(axis=1), 1e-300))
    return matrix / rows[:, None], np.sign(goal), 1 / sizes
