"""Sign-constrained least squares on Gram matrices, and backward elimination of groups of unknowns."""

import numpy as np

from ..files.compiled import in_one_form, njit

RIDGE = 1e-8  # on a unit diagonal: where unknowns depend on each other rounding, and so the units, must not decide
SWEEPS = 100  # of coordinate descent, at most, before the support that they leave is made exact
CLOSE = 1e-9  # relative force below which an unknown stays at zero


@in_one_form
@njit(cache=True)
def bounded_least_squares(gram, moment, bounded):
    """Minimise x' gram x - 2 moment' x with x >= 0 where ``bounded``.

    Active sets (Lawson & Hanson 1974), begun by coordinate descent. The value falls at every step, so that nearly
    dependent unknowns cannot make it wander, as block pivoting does among the thousands of a library.

    Returns
    -------
    The solution, ``(unknowns,)``.
    """
    n = len(moment)
    scale = np.zeros(n)
    for i in range(n):
        if gram[i, i] > 0.0:
            scale[i] = 1.0 / np.sqrt(gram[i, i])
    support = np.flatnonzero(scale > 0.0)
    x = np.zeros(n)
    best = _on_support(gram, moment, scale, support)
    if not np.any(bounded[support] & (best <= 0.0)):
        x[support] = best * scale[support]
        return x
    x = _descended(gram, moment, bounded, scale)
    for _ in range(3 * n + 20):
        _settle(gram, moment, bounded, scale, x)
        support = np.flatnonzero(x != 0.0)
        entering, largest = -1, 0.0
        for i in range(n):
            if x[i] != 0.0 or scale[i] == 0.0:
                continue
            force = moment[i]
            for j in support:
                force -= gram[i, j] * x[j] * scale[j]
            force *= scale[i]
            if bounded[i]:
                force = max(force, 0.0)
            if abs(force) > CLOSE * (1.0 + abs(moment[i]) * scale[i]) and abs(force) > abs(largest):
                entering, largest = i, force
        if entering < 0:
            break
        x[entering] = 1e-3 * largest  # the value falls along it
    return x * scale


@njit(cache=True)
def _on_support(gram, moment, scale, support):
    """Best values of some unknowns, on the scale on which the diagonal is 1."""
    m = len(support)
    a, b = np.empty((m, m)), np.empty(m)
    for r in range(m):
        for c in range(m):
            a[r, c] = gram[support[r], support[c]] * scale[support[r]] * scale[support[c]]
        a[r, r] += RIDGE
        b[r] = moment[support[r]] * scale[support[r]]
    return np.linalg.solve(a, b) if m else b


@njit(cache=True)
def _descended(gram, moment, bounded, scale):
    """Approach the minimum in one scaled unknown after the other."""
    n = len(moment)
    x = np.zeros(n)
    force = moment.copy()
    for _ in range(SWEEPS):
        moved = 0.0
        for i in range(n):
            step = force[i] * scale[i]
            if bounded[i]:
                step = max(step, -x[i])
            if step != 0.0:
                x[i] += step
                moved = max(moved, abs(step))
                force -= step * scale[i] * gram[i]
        if moved <= 1e-6 * np.max(np.abs(x)):
            break
    return x


@njit(cache=True)
def _settle(gram, moment, bounded, scale, x):
    """Move x to the best values on its support, which loses the unknowns that would have to be negative."""
    while True:
        support = np.flatnonzero(x != 0.0)
        wanted = _on_support(gram, moment, scale, support)
        share, leaving = 1.0, -1
        for r in range(len(support)):
            i = support[r]
            if bounded[i] and wanted[r] <= 0.0 and x[i] <= share * (x[i] - wanted[r]):
                share, leaving = x[i] / (x[i] - wanted[r]), i
        for r in range(len(support)):
            i = support[r]
            x[i] += share * (wanted[r] - x[i])
            if bounded[i] and x[i] < 0.0:
                x[i] = 0.0
        if leaving < 0:
            return
        x[leaving] = 0.0


def nonnegative(gram: np.ndarray, moment: np.ndarray) -> tuple[np.ndarray, float]:
    """Minimise over x >= 0; returns x and the (negative) value x' gram x - 2 moment' x."""
    x = bounded_least_squares(gram, moment, np.ones(len(moment), np.bool_))
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
    path = []
    active = [b.copy() for b in blocks]
    while len(alive) >= keep and len(alive):
        x = np.zeros(len(moment))
        value = 0.0
        cost = np.zeros(int(group.max()) + 1)
        for index in active:
            if not len(index):
                continue
            sub = np.ascontiguousarray(gram[np.ix_(index, index)])
            local = bounded_least_squares(sub, moment[index], bounded[index])
            x[index] = local
            value += float(local @ sub @ local - 2.0 * moment[index] @ local)
            _add_group_costs(cost, sub, local, group[index])
        path.append((alive.copy(), x, value))
        if len(alive) == keep:
            break
        if len(alive) <= 9:
            drop = _cheapest_exactly(gram, moment, bounded, group, active, alive, cost)
        else:
            drop = alive[np.argmin(cost[alive])]
        alive = alive[alive != drop]
        active = [index[group[index] != drop] for index in active]
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
    alive: np.ndarray,
    cost: np.ndarray,
) -> int:
    """Re-solve without each of the five cheapest groups and return the best to drop."""
    best, choice = np.inf, int(alive[np.argmin(cost[alive])])
    for g in alive[np.argsort(cost[alive])][:5]:
        value = 0.0
        for index in active:
            rest = index[group[index] != g]
            if not len(rest):
                continue
            sub = np.ascontiguousarray(gram[np.ix_(rest, rest)])
            x = bounded_least_squares(sub, moment[rest], bounded[rest])
            value += float(x @ sub @ x - 2.0 * moment[rest] @ x)
        if value < best:
            best, choice = value, int(g)
    return choice
