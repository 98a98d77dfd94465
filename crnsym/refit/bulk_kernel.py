"""The numba kernel of the bulk refit: RK4 with explicit sensitivities, sparse by reaction.

The runs of a block, times the state and its sensitivities, are the innermost axis: every loop is long, without
branches, and vectorised by the compiler (loops of a fixed few are unrolled instead, which is twice as slow).
"""

import numpy as np

from ..files.compiled import njit

_FAST = {"contract", "reassoc", "nsz", "arcp"}  # not nnan, ninf: a blow-up must stay visible


@njit(cache=True, nogil=True, fastmath=_FAST)
def _derivative(width, x, dx, tile, q, rates, slots, order, rows, coefficients, entries):
    """Write d/dt of the state and of its sensitivities to the log rates into ``dx``.

    A row of ``x`` ``(species, (1 + params) * width)`` is one species: its concentrations in the runs of the block,
    then their sensitivities to each rate, all treated alike as derivatives of the rate. That gives the rate itself
    times its order (Euler's theorem for homogeneous functions), put right afterwards. ``tile`` holds the
    concentrations repeated along the row: long loops without branches are what the compiler vectorises.
    """
    species, length = x.shape
    for s in range(species):
        for w in range(width):
            value = x[s, w]
            for p in range(length // width):
                tile[s, p * width + w] = value
        for j in range(length):
            dx[s, j] = 0.0
    for r in range(len(rates)):
        k, n = rates[r], order[r]
        a, b, c = slots[r, 0], slots[r, 1], slots[r, 2]
        if n == 0:
            for j in range(length):
                q[j] = 0.0
            for w in range(width):
                q[w] = k
        elif n == 1:
            for j in range(length):
                q[j] = k * x[a, j]
        elif n == 2:
            for j in range(length):
                q[j] = k * (x[a, j] * tile[b, j] + tile[a, j] * x[b, j])
            for w in range(width):
                q[w] *= 0.5
        else:
            for j in range(length):
                ab = x[a, j] * tile[b, j] + tile[a, j] * x[b, j]
                q[j] = k * (ab * tile[c, j] + tile[a, j] * tile[b, j] * x[c, j])
            for w in range(width):
                q[w] /= 3.0
        if length > width:
            for w in range(width):
                q[(1 + r) * width + w] += q[w]
        for m in range(entries[r]):
            s, z = rows[r, m], coefficients[r, m]
            for j in range(length):
                dx[s, j] += z * q[j]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _sparse(slots, net, species):
    """Return orders, and the species each reaction changes: indices, net numbers, how many."""
    reactions = len(net)
    order, entries = np.zeros(reactions, np.int64), np.zeros(reactions, np.int64)
    rows, coefficients = np.zeros((reactions, species), np.int64), np.zeros((reactions, species))
    for r in range(reactions):
        for j in range(3):
            order[r] += slots[r, j] < species
        for s in range(species):
            if net[r, s] != 0.0:
                rows[r, entries[r]] = s
                coefficients[r, entries[r]] = net[r, s]
                entries[r] += 1
    return order, rows, coefficients, entries


@njit(cache=True, nogil=True, fastmath=_FAST)
def _interval(width, x, y, d, total, tile, q, h, n, rates, slots, order, rows, coefficients, entries):
    """Take ``n`` Runge-Kutta steps in place; ``h`` holds their lengths along a row."""
    species, length = x.shape
    for _ in range(n):
        for stage in range(4):
            state = x if stage == 0 else y
            _derivative(width, state, d, tile, q, rates, slots, order, rows, coefficients, entries)
            for s in range(species):
                if stage == 0:
                    for j in range(length):
                        total[s, j] = d[s, j]
                        y[s, j] = x[s, j] + 0.5 * h[j] * d[s, j]
                elif stage == 1:
                    for j in range(length):
                        total[s, j] += 2.0 * d[s, j]
                        y[s, j] = x[s, j] + 0.5 * h[j] * d[s, j]
                elif stage == 2:
                    for j in range(length):
                        total[s, j] += 2.0 * d[s, j]
                        y[s, j] = x[s, j] + h[j] * d[s, j]
                else:
                    for j in range(length):
                        x[s, j] += h[j] * (1.0 / 6.0) * (total[s, j] + d[s, j])


@njit(cache=True, nogil=True, fastmath=_FAST)
def _accumulate(x, values, weights, params, cost, grad, hess, tile, wz):
    """Add one sampling time to the cost, its gradient and the lower half of the normal matrix."""
    width = values.shape[1]
    for s in range(x.shape[0]):
        for w in range(width):
            weight = weights[s, w]
            miss = weight * (x[s, w] - values[s, w])
            cost[w] += miss * miss
            for p in range(params):
                i = p * width + w
                tile[i] = weight * weight
                wz[i] = weight * miss
        for i in range(params * width):
            grad[i] += wz[i] * x[s, width + i]
            wz[i] = tile[i] * x[s, width + i]
        # All products at a distance of ``lag`` parameters: one long loop each.
        for lag in range(params):
            for i in range((params - lag) * width):
                hess[lag, i] += wz[i] * x[s, (1 + lag) * width + i]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _one(log_rates, slots, net, params, data, substeps, gradient, hessian):
    """Sum of squares of one mechanism; fills gradient and hessian (of half of it). Infinite on blow-up."""
    lengths, steps, values, weights, initial = data
    species, width = net.shape[1], steps.shape[2]
    length = (1 + params) * width
    rates = np.exp(log_rates)
    order, rows, coefficients, entries = _sparse(slots, net, species)
    x, y, d = np.zeros((species, length)), np.zeros((species, length)), np.zeros((species, length))
    total, tile = np.zeros((species, length)), np.zeros((species, length))
    q, h, wz, ww = np.zeros(length), np.zeros(length), np.zeros(length), np.zeros(length)
    cost = np.zeros(width)
    grad, hess = np.zeros(params * width), np.zeros((params, params * width))
    for block in range(len(lengths)):
        x[:] = 0.0
        x[:, :width] = initial[block]
        for t in range(lengths[block]):
            for w in range(width):
                for p in range(1 + params):
                    h[p * width + w] = steps[block, t, w] / substeps[t]
            n = substeps[t]
            _interval(width, x, y, d, total, tile, q, h, n, rates, slots, order, rows, coefficients, entries)
            _accumulate(x, values[block, t + 1], weights[block, t + 1], params, cost, grad, hess, ww, wz)
            if not np.isfinite(cost.sum()):
                return np.inf
    for p in range(params):
        gradient[p] = grad[p * width : (p + 1) * width].sum()
        for lag in range(params - p):
            hessian[p, p + lag] = hess[lag, p * width : (p + 1) * width].sum()
            hessian[p + lag, p] = hessian[p, p + lag]
    return cost.sum()


@njit(cache=True, nogil=True)
def many(first, last, index, log_rates, counts, slots, net, sensitive, data, substeps, cost, gradient, hessian):
    """Evaluate entries ``first`` to ``last`` of ``index``, into the same places of cost, gradient and hessian."""
    for i in range(first, last):
        m = index[i]
        n = counts[m]
        p = n if sensitive else 0
        cost[i] = _one(
            log_rates[i, :n], slots[m, :n], net[m, :n], p, data, substeps[i], gradient[i], hessian[i]
        )  # fmt: skip
