"""Approximate simulation in steps of many reactions: tau-leaping and the chemical Langevin equation.

Both take the step of Cao, Gillespie and Petzold, J. Chem. Phys. 124, 044109 (2006): no propensity may be expected to
change by more than a part epsilon. Where a rate law is not mass action, its order in each species that it reads is the
slope of ln a over ln x across such a step. Near a balance that alone allows steps beyond the relaxation time, which
inflate fluctuations; so no step may use up more than a tenth of a species either.

A step has two halves. The first fires at the propensities a(x), the second at 2 a(y) - a(x), with y the state between:
means and variances are right to second order in the step (the weak trapezoidal method, Anderson and Koyama, Multiscale
Model. Simul. 10, 1493, 2012). Tau-leaping has the critical reactions of Cao et al., which fire one at a time, and exact
steps where leaps would be short. The Langevin equation is Gillespie's (J. Chem. Phys. 113, 297, 2000).
"""

import numpy as np

from ...files.compiled import njit
from ...network.network import Network
from .direct import FINISHED, IMPOSSIBLE, TOO_MANY, propensity
from .interpreter import evaluate

_CRITICAL = 10  # a reaction that could use up a reactant within this many firings fires alone
_SHORT = 10.0  # a leap over fewer events than this is not worth it
_EXACT_STEPS = 100
_USED_UP = 0.1


@njit(cache=True, error_model="numpy")
def _law_order(law, code, x, species, epsilon, registers):
    """Return the local order of one law in all that it reads."""
    here, total = evaluate(law, code, x, registers), 0.0
    for s in species:
        count, reach, change = x[s], max(int(epsilon * x[s]), 1), 0.0
        for moved in (count + reach, max(count - reach, 0)):
            x[s] = moved
            there = abs(evaluate(law, code, x, registers) - here)
            change = max(change, there if there < np.inf else np.inf)
        x[s] = count
        if change > 0:
            total += change / abs(here) * count / reach
    return total if total > 1 else 1.0


@njit(cache=True, error_model="numpy")
def _raise_orders(laws, code, x, reads, epsilon, registers, g):
    """Raise ``g`` (species,) to the local orders of the rate laws; 1 at least for whatever a law reads."""
    if laws is not None:  # (numba drops the branch)
        for i in range(len(laws)):
            if laws[i] >= 0:
                species = reads[1][reads[0][i] : reads[0][i + 1]]
                order = _law_order(laws[i], code, x, species, epsilon, registers)
                for s in species:
                    g[s] = max(g[s], order)


@njit(cache=True, error_model="numpy")
def _step(p, a, x, critical, reads, epsilon, room, registers):
    """Return the longest step in which the reactions that are not critical keep the leap condition.

    ``reads`` is from `what_rates_read`; ``room`` are four arrays (species,).
    """
    orders = reads[2]
    mean, variance, loss, g = room
    mean[:], variance[:], loss[:], g[:] = 0.0, 0.0, 0.0, 0.0
    for i in range(len(a)):
        if not critical[i]:
            for e in range(p[5][i], p[5][i + 1]):
                mean[p[6][e]] += p[7][e] * a[i]
                variance[p[6][e]] += p[7][e] ** 2 * a[i]
                loss[p[6][e]] += max(-p[7][e], 0) * a[i]
    for s in range(len(mean)):
        order, own = orders[s, 0], orders[s, 1]
        g[s] = order
        for taken in range(1, own):  # n (1 + 1/(x-1) ...) of the paper, for n molecules of the same species
            g[s] += order / own * taken / max(x[s] - taken, 1.0)
    _raise_orders(p[3], p[4], x, reads, epsilon, registers, g)
    tau = np.inf
    for s in range(len(mean)):
        if g[s] > 0 and variance[s] > 0:
            change = max(epsilon * x[s] / g[s], 1.0)
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


@njit(cache=True)
def _leap(p, a, x, critical, tau, rng):
    """Fire what is not critical for some time at constant propensities; return the number of events."""
    count = 0
    for i in range(len(a)):
        if not critical[i] and a[i] > 0:
            fired = rng.poisson(a[i] * tau)
            _fire(p, i, fired, x)
            count += fired
    return count


@njit(cache=True)
def _diffuse(p, a, x, tau, rng):
    for i in range(len(a)):
        if a[i] > 0:
            _fire(p, i, a[i] * tau + np.sqrt(a[i] * tau) * rng.standard_normal(), x)


@njit(cache=True)
def _fill_above_zero(p, a, x, y, registers):
    """Fill in propensities of real numbers, a little below zero counted as 0; return the first that is not finite."""
    for s in range(len(x)):
        y[s] = max(x[s], 0.0)
    for i in range(len(a)):  # x (x - 1) is negative below one molecule
        a[i] = max(propensity(i, p[0], p[1], p[2], p[3], p[4], y, registers), 0.0)
        if not a[i] < np.inf:
            return i
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def run_tau(p, start, times, reads, epsilon, rng, limit, out):
    """Fill ``out`` with one run of tau-leaping; see `run_direct`. ``reads`` is from `what_rates_read`."""
    species, reactions = len(start), len(p[0])
    x = np.ones(species + 1, dtype=np.int64)
    x[:species] = start
    a, between, registers = np.empty(reactions), np.empty(reactions), np.empty(p[4].shape[1])
    critical, everything = np.zeros(reactions, dtype=np.bool_), np.ones(reactions, dtype=np.bool_)
    room, before = (np.empty(species), np.empty(species), np.empty(species), np.empty(species)), x.copy()
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
            leap = _step(p, a, x, critical, reads, epsilon, room, registers) * shrink
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
            count = _leap(p, a, x, critical, 0.5 * tau, rng)
            if x.min() >= 0:
                bad = _fill(p, between, x, registers)
                if bad >= 0:
                    return IMPOSSIBLE, events, bad
                for i in range(reactions):
                    between[i] = max(2.0 * between[i] - a[i], 0.0)
                count += _leap(p, between, x, critical, 0.5 * tau, rng)
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
def run_langevin(p, start, times, reads, epsilon, rng, limit, out):
    """Fill ``out`` with one run of the chemical Langevin equation.

    Numbers can come out a little below 0; they count as 0 in propensities, and what is conserved stays so.
    """
    species, reactions = len(start), len(p[0])
    x = np.ones(species + 1)
    x[:species] = start
    a, between, registers = np.empty(reactions), np.empty(reactions), np.empty(p[4].shape[1])
    room, y = (np.empty(species), np.empty(species), np.empty(species), np.empty(species)), x.copy()
    none = np.zeros(reactions, dtype=np.bool_)
    t, steps = times[0], 0
    out[0] = start
    for row in range(1, len(times)):
        while t < times[row]:
            bad = _fill_above_zero(p, a, x, y, registers)
            if bad >= 0:
                return IMPOSSIBLE, steps, bad
            left = times[row] - t
            tau = min(_step(p, a, y, none, reads, epsilon, room, registers), left)
            _diffuse(p, a, x, 0.5 * tau, rng)
            bad = _fill_above_zero(p, between, x, y, registers)
            if bad >= 0:
                return IMPOSSIBLE, steps, bad
            for i in range(reactions):
                between[i] = max(2.0 * between[i] - a[i], 0.0)
            _diffuse(p, between, x, 0.5 * tau, rng)
            t = times[row] if tau == left else t + tau
            steps += 1
            if steps > limit:
                return TOO_MANY, steps, 0
        out[row] = x[:species]
    return FINISHED, steps, 0


def what_rates_read(network: Network, reactants: np.ndarray, laws: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """Return which species the laws read, and the orders of mass action.

    Returns
    -------
    starts, species
        Law ``laws[i]`` of reaction ``i`` reads ``species[starts[i]:starts[i + 1]]``; empty for mass action.
    orders
        ``(species, 2)``: the highest order of a mass-action reaction that a species is in, and its largest coefficient
        there.
    """
    index, rows = network.species_index, []
    orders = np.zeros((len(index), 2), dtype=np.int64)
    for i, reaction in enumerate(network.reactions):
        law = laws is not None and laws[i] >= 0
        rows.append(sorted(index[n] for n in map(str, reaction.rate_expression.free_symbols) if law and n in index))
        names, counts = np.unique(reactants[i][reactants[i] < len(index)], return_counts=True)
        for s, count in zip(names, counts, strict=True) if not law else ():
            orders[s] = max(tuple(orders[s]), (counts.sum(), count))
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return starts, np.array([s for row in rows for s in row], dtype=np.int64), orders
