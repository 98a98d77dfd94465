"""Non-negative and positive solutions of linear equations, in exact numbers.

The systems here are small (a row a species, a column a reaction at one complex) but their numbers may span many
orders of magnitude, which floating-point linear programs do not survive.
"""

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from ..errors import NetworkError

Vector = Sequence[Fraction]


def exact_fraction(value: sp.Expr | int, who: str) -> Fraction:
    """Return a number of sympy as a fraction.

    Raises
    ------
    NetworkError
        A symbol, as of a rate constant without value; says ``who`` needs one.
    """
    if isinstance(value, int):
        return Fraction(value)
    if not isinstance(value, sp.Rational):
        raise NetworkError(f"{who} rates with values, and {value} has none; use with_parameters")
    return Fraction(int(value.p), int(value.q))


def nonnegative_solution(columns: Sequence[Vector], target: Vector) -> list[Fraction] | None:
    """Return weights >= 0 with ``sum w_j column_j = target``, at most as many positive ones as rows, or None.

    Phase one of the simplex method in fractions, with Bland's rule against cycling.
    """
    n = len(columns)
    signs = [-1 if x < 0 else 1 for x in target]
    rows = [[s * c[i] for c in columns] + [s * target[i]] for i, s in enumerate(signs)]
    basis = [n + i for i in range(len(rows))]  # artificial variables, which never come back once they left
    while True:
        infeasible = [row for row, b in zip(rows, basis, strict=True) if b >= n]
        entering = next((j for j in range(n) if sum(row[j] for row in infeasible) > 0), None)
        if entering is None:
            break
        leaving = min((r[-1] / r[entering], b, i) for i, (r, b) in enumerate(zip(rows, basis, strict=True))
                      if r[entering] > 0)[2]  # fmt: skip
        _pivot(rows, leaving, entering)
        basis[leaving] = entering
    if any(row[-1] for row, b in zip(rows, basis, strict=True) if b >= n):
        return None
    weights = [Fraction(0)] * n
    for row, b in zip(rows, basis, strict=True):
        if b < n:
            weights[b] = row[-1]
    return weights


def positive_combination(columns: Sequence[Vector]) -> list[Fraction] | None:
    """Return weights, all positive, with ``sum w_j column_j = 0``, or None if there are none."""
    if not columns:
        return []
    # The condition is homogeneous: w = 1 + u with u >= 0.
    found = nonnegative_solution(columns, [-sum(row, Fraction(0)) for row in zip(*columns, strict=True)])
    return None if found is None else [1 + u for u in found]


def widest_solution(columns: Sequence[Vector], target: Vector) -> list[Fraction] | None:
    """Return weights >= 0 with ``sum w_j column_j = target`` and as many positive ones as possible, or None.

    Column j can be positive if ``column_j + sum u column = s target`` for some u, s >= 0; the mean of a solution
    for each column is positive wherever any is.
    """
    base = nonnegative_solution(columns, target)
    if base is None:
        return None
    total, parts = list(base), Fraction(1)
    for j, column in enumerate(columns):
        if total[j]:
            continue
        found = nonnegative_solution([*columns, [-x for x in target]], [-x for x in column])
        if found is not None:
            found[j] += 1
            total = [a + b for a, b in zip(total, found[:-1], strict=True)]
            parts += found[-1]
    return [w / parts for w in total]


def exact_weights(columns: Sequence[Vector], target: Vector, guess: Sequence[float]) -> list[Fraction] | None:
    """Return positive fractions near a guess that solve ``sum w_j column_j = target`` exactly, or None.

    The largest weights are solved for, the others take a short fraction near the guess.
    """
    order = sorted(range(len(columns)), key=lambda j: -guess[j])
    rows = [[columns[j][i] for j in order] + [target[i]] for i in range(len(target))]
    pivots = _reduce(rows, len(order))
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    for digits in (1, 3, 6, 12):
        weights = [Fraction(f"{float(guess[j]):.{digits}g}") for j in order]
        for row, p in zip(rows, pivots, strict=False):
            others = (row[j] * weights[j] for j in range(len(order)) if j != p and j not in pivots)
            weights[p] = row[-1] - sum(others, Fraction(0))
        if all(w > 0 for w in weights):
            result = [Fraction(0)] * len(order)
            for j, w in zip(order, weights, strict=True):
                result[j] = w
            return result
    return None


def _reduce(rows: list[list[Fraction]], width: int) -> list[int]:
    """Bring an augmented matrix to reduced row echelon form, in place; return the pivot columns."""
    pivots: list[int] = []
    for column in range(width):
        top = len(pivots)
        row = next((i for i in range(top, len(rows)) if rows[i][column]), None)
        if row is None:
            continue
        rows[top], rows[row] = rows[row], rows[top]
        _pivot(rows, top, column)
        pivots.append(column)
    return pivots


def _pivot(rows: list[list[Fraction]], row: int, column: int) -> None:
    """Make a column a unit vector with its 1 in a row."""
    head = rows[row][column]
    rows[row] = [x / head for x in rows[row]]
    for i in range(len(rows)):
        factor = rows[i][column]
        if i != row and factor:
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[row], strict=True)]
