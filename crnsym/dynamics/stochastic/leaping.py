"""Approximate simulation in steps of many reactions: tau-leaping and the chemical Langevin equation.

Both take the step of Cao, Gillespie and Petzold, J. Chem. Phys. 124, 044109 (2006): no propensity may be expected to
change by more than a part epsilon. Near a balance that alone allows steps beyond the relaxation time, which inflate
fluctuations; so no step may use up more than a tenth of a species either. Tau-leaping is theirs too, with critical
reactions that fire one at a time, and exact steps where leaps would be short. The Langevin equation is Gillespie's
(J. Chem. Phys. 113, 297, 2000).
"""

import numpy as np
from numba import njit

from .direct import FINISHED, IMPOSSIBLE, TOO_MANY, propensity

_CRITICAL = 10  # a reaction that could use up a reactant within this many firings fires alone
_SHORT = 10.0  # a leap over fewer events than this is not worth it
_EXACT_STEPS = 100
_USED_UP = 0.1


@njit(cache=True, error_model="numpy")
def _step(p, a, x, critical, orders, epsilon, moments):
    """Return the longest step in which the reactions that are not critical keep the leap condition."""
    mean, variance, loss = moments
    mean[:], variance[:], loss[:] = 0.0, 0.0, 0.0
    for i in range(len(a)):
        if not critical[i]:
            for e in range(p[5][i], p[5][i + 1]):
                mean[p[6][e]] += p[7][e] * a[i]
                variance[p[6][e]] += p[7][e] ** 2 * a[i]
                loss[p[6][e]] += max(-p[7][e], 0) * a[i]
    tau = np.inf
    for s in range(len(mean)):
        order, own = orders[s, 0], orders[s, 1]
        if order > 0 and variance[s] > 0:
            g = 1.0 * order
            for taken in range(1, own):  # n (1 + 1/(x-1) ...) of the paper, for n molecules of the same species
                g += order / own * taken / max(x[s] - taken, 1.0)
            change = max(epsilon * x[s] / g, 1.0)
            tau = min(tau, change / abs(mean[s]), change**2 / variance[s], max(_USED_UP * x[s], 1.0) / loss[s])
    return tau


@njit(cache=True)
def _fire(p, i, count, x):
    for e in range(p[5][i], p[5][i + 1]):
        x[p[6][e]] += p[7][e] * count


@njit(cache=True)
def _fill(p, a, x, registers):
    """Fill in all propensities; return the first that is no finite number of 0 or more, or -1."""
    for i in range(len(a)):
        a[i] = propensity(i, p[0], p[1], p[2], p[3], p[4], x, registers)
        if not 0 <= a[i] < np.inf:
            return i
    return -1


@njit(cache=True)
def _mark_critical(p, a, x, critical):
    total = 0.0
    for i in range(len(a)):
        critical[i] = False
        for e in range(p[5][i], p[5][i + 1]):
            if p[7][e] < 0 and a[i] > 0 and x[p[6][e]] < -p[7][e] * _CRITICAL:
                critical[i] = True
        total += a[i] if critical[i] else 0.0
    return total


@njit(cache=True)
def _pick(a, among, target):
    chosen = -1
    for i in range(len(a)):
        if among[i] and a[i] > 0:
            chosen = i
            if target < a[i]:
                break
            target -= a[i]
    return chosen


@njit(cache=True, nogil=True, error_model="numpy")
def run_tau(p, start, times, orders, epsilon, rng, limit, out):
    """Fill ``out`` with one run of tau-leaping; see `run_direct`. ``orders`` is from `highest_orders`."""
    species, reactions = len(start), len(p[0])
    x = np.ones(species + 1, dtype=np.int64)
    x[:species] = start
    a, registers, fired = np.empty(reactions), np.empty(p[4].shape[1]), np.empty(reactions, dtype=np.int64)
    critical, everything = np.zeros(reactions, dtype=np.bool_), np.ones(reactions, dtype=np.bool_)
    moments, before = (np.empty(species), np.empty(species), np.empty(species)), x.copy()
    t, events, exact, shrink = times[0], 0, 0, 1.0
    out[0] = start
    for row in range(1, len(times)):
        while t < times[row]:
            bad = _fill(p, a, x, registers)
            if bad >= 0:
                return IMPOSSIBLE, events, bad
            total, left = a.sum(), times[row] - t
            if total == 0:
                t = times[row]
                break
            alone = _mark_critical(p, a, x, critical)
            leap = _step(p, a, x, critical, orders, epsilon, moments) * shrink
            if exact > 0 or leap < _SHORT / total:
                exact = exact - 1 if exact > 0 else _EXACT_STEPS
                wait = rng.standard_exponential() / total
                if wait < left:
                    _fire(p, _pick(a, everything, rng.random() * total), 1, x)
                    events += 1
                t = min(t + wait, times[row])
                if events > limit:
                    return TOO_MANY, events, 0
                continue
            wait = rng.standard_exponential() / alone if alone > 0 else np.inf
            tau = min(leap, wait, left)
            before[:] = x
            count = 0
            for i in range(reactions):
                fired[i] = 0 if critical[i] else rng.poisson(a[i] * tau)
                _fire(p, i, fired[i], x)
                count += fired[i]
            if wait <= min(leap, left):
                _fire(p, _pick(a, critical, rng.random() * alone), 1, x)
                count += 1
            if x.min() < 0:  # too long a leap: back, and half of it
                x[:] = before
                shrink /= 2
                continue
            shrink = 1.0
            events += count
            t = times[row] if tau == left else t + tau
            if events > limit:
                return TOO_MANY, events, 0
        out[row] = x[:species]
    return FINISHED, events, 0


@njit(cache=True, nogil=True, error_model="numpy")
def run_langevin(p, start, times, orders, epsilon, rng, limit, out):
    """Fill ``out`` with one run of the chemical Langevin equation, by Euler-Maruyama.

    Numbers can come out a little below 0; they count as 0 in propensities, and what is conserved stays so.
    """
    species, reactions = len(start), len(p[0])
    x = np.ones(species + 1)
    x[:species] = start
    a, registers, none = np.empty(reactions), np.empty(p[4].shape[1]), np.zeros(reactions, dtype=np.bool_)
    moments, y = (np.empty(species), np.empty(species), np.empty(species)), x.copy()
    t, steps = times[0], 0
    out[0] = start
    for row in range(1, len(times)):
        while t < times[row]:
            for s in range(species):
                y[s] = max(x[s], 0.0)
            for i in range(reactions):  # x (x - 1) is negative below one molecule
                a[i] = max(propensity(i, p[0], p[1], p[2], p[3], p[4], y, registers), 0.0)
                if not a[i] < np.inf:
                    return IMPOSSIBLE, steps, i
            left = times[row] - t
            tau = min(_step(p, a, y, none, orders, epsilon, moments), left)
            for i in range(reactions):
                if a[i] > 0:
                    _fire(p, i, a[i] * tau + np.sqrt(a[i] * tau) * rng.standard_normal(), x)
            t = times[row] if tau == left else t + tau
            steps += 1
            if steps > limit:
                return TOO_MANY, steps, 0
        out[row] = x[:species]
    return FINISHED, steps, 0


def highest_orders(reactants: np.ndarray, species: int) -> np.ndarray:
    """Return, for each species, the highest order of a reaction it is in, and its largest coefficient there."""
    found = np.zeros((species, 2), dtype=np.int64)
    for row in reactants:
        names, counts = np.unique(row[row < species], return_counts=True)
        for s, count in zip(names, counts, strict=True):
            found[s] = max(tuple(found[s]), (counts.sum(), count))
    return found
