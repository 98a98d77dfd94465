"""Sign-constrained least squares on Gram matrices, and backward elimination of groups of unknowns."""

import numpy as np
from numba import njit

RIDGE = 1e-11


@njit(cache=True)
def bounded_least_squares(gram, moment, bounded, passive):
    """Minimise x' gram x - 2 moment' x with x >= 0 where ``bounded``.

    Block principal pivoting with single exchanges when a block exchange stops helping (Kim & Park 2011).
    ``passive`` is the initial guess of the support, updated in place.

    Returns
    -------
    The solution, ``(unknowns,)``.
    """
    n = len(moment)
    scale = np.empty(n)
    for i in range(n):
        scale[i] = 1.0 / np.sqrt(gram[i, i]) if gram[i, i] > 0 else 0.0
        if not bounded[i]:
            passive[i] = scale[i] > 0
        if scale[i] == 0:
            passive[i] = False
    best, patience = n + 1, 5
    x = np.zeros(n)
    for _ in range(5 * n + 20):
        index = np.flatnonzero(passive)
        m = len(index)
        x[:] = 0.0
        if m > 0:
            a = np.empty((m, m))
            b = np.empty(m)
            for r in range(m):
                for c in range(m):
                    a[r, c] = gram[index[r], index[c]] * scale[index[r]] * scale[index[c]]
                a[r, r] += RIDGE
                b[r] = moment[index[r]] * scale[index[r]]
            solution = np.linalg.solve(a, b)
            for r in range(m):
                x[index[r]] = solution[r] * scale[index[r]]
        wrong = np.zeros(n, np.bool_)
        count = 0
        largest = -1
        gradient = moment - gram @ x
        for i in range(n):
            if not bounded[i] or scale[i] == 0:
                continue
            if (passive[i] and x[i] < 0) or (
                not passive[i] and gradient[i] * scale[i] > 1e-9 * (1 + abs(moment[i]) * scale[i])
            ):
                wrong[i] = True
                count += 1
                largest = i
        if count == 0:
            break
        if count < best:
            best, patience = count, 5
        else:
            patience -= 1
        if patience > 0:
            for i in range(n):
                if wrong[i]:
                    passive[i] = not passive[i]
        else:
            passive[largest] = not passive[largest]
    for i in range(n):
        if bounded[i] and x[i] < 0:
            x[i] = 0.0
    return x


def nonnegative(gram: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, float]:
    """Minimise over x >= 0; returns x and the (negative) value x' gram x - 2 moment' x."""
    bounded = np.ones(len(moment), np.bool_)
    x = bounded_least_squares(gram, moment, bounded, np.ones(len(moment), np.bool_))
    return x, float(x @ gram @ x - 2.0 * moment @ x)


def eliminate_groups(
    gram: np.ndarray,
    moment: np.ndarray,
    bounded: np.ndarray,
    group: np.ndarray,
    blocks: list[np.ndarray],
    keep: int = 1,
) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Drop groups of unknowns one by one, cheapest first.

    Parameters
    ----------
    gram, moment
        Least-squares problem of all unknowns.
    bounded
        Which unknowns must not be negative.
    group
        ``(unknowns,)`` group of each unknown.
    blocks
        Index sets of unknowns that do not interact (the Gram matrix is block diagonal in them).
    keep
        Stop when this many groups are left.

    Returns
    -------
    list of (groups left, solution, value)
        From the full set down; value is x' gram x - 2 moment' x, comparable along the path.
    """
    alive = np.unique(group)
    supports = [np.ones(len(b), np.bool_) for b in blocks]
    path = []
    active = [b.copy() for b in blocks]
    while len(alive) >= keep and len(alive):
        x = np.zeros(len(moment))
        value = 0.0
        cost = np.zeros(int(group.max()) + 1)
        for b, index in enumerate(active):
            if not len(index):
                continue
            sub = np.ascontiguousarray(gram[np.ix_(index, index)])
            local = bounded_least_squares(sub, moment[index], bounded[index], supports[b])
            x[index] = local
            value += float(local @ sub @ local - 2.0 * moment[index] @ local)
            _add_group_costs(cost, sub, local, group[index])
        path.append((alive.copy(), x, value))
        if len(alive) == keep:
            break
        if len(alive) <= 9:
            drop = _cheapest_exactly(gram, moment, bounded, group, active, supports, alive, cost)
        else:
            drop = alive[np.argmin(cost[alive])]
        alive = alive[alive != drop]
        for b, index in enumerate(active):
            stay = group[index] != drop
            active[b], supports[b] = index[stay], supports[b][stay]
    return path


def _add_group_costs(cost: np.ndarray, gram: np.ndarray, x: np.ndarray, group: np.ndarray) -> None:
    """Add x_g' [(gram^-1)_gg]^-1 x_g on the support: what dropping group g would cost without the signs."""
    support = np.flatnonzero(x != 0.0)
    if not len(support):
        return
    scale = 1.0 / np.sqrt(np.diag(gram)[support])
    matrix = gram[np.ix_(support, support)] * scale[:, None] * scale
    matrix[np.arange(len(support)), np.arange(len(support))] += RIDGE
    inverse = np.linalg.inv(matrix)
    for g in np.unique(group[support]):
        members = np.flatnonzero(group[support] == g)
        v = x[support[members]] / scale[members]
        cost[g] += float(v @ np.linalg.solve(inverse[np.ix_(members, members)], v))


def _cheapest_exactly(
    gram: np.ndarray,
    moment: np.ndarray,
    bounded: np.ndarray,
    group: np.ndarray,
    active: list[np.ndarray],
    supports: list[np.ndarray],
    alive: np.ndarray,
    cost: np.ndarray,
) -> int:
    """Re-solve without each of the five cheapest groups and return the best to drop."""
    best, choice = np.inf, int(alive[np.argmin(cost[alive])])
    for g in alive[np.argsort(cost[alive])][:5]:
        value = 0.0
        for index, support in zip(active, supports, strict=True):
            stay = group[index] != g
            if not stay.any():
                continue
            rest = index[stay]
            sub = np.ascontiguousarray(gram[np.ix_(rest, rest)])
            x = bounded_least_squares(sub, moment[rest], bounded[rest], support[stay].copy())
            value += float(x @ sub @ x - 2.0 * moment[rest] @ x)
        if value < best:
            best, choice = value, int(g)
    return choice
