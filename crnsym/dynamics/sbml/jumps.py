"""The jump process of a model, compiled by numba: from moment to moment at which an event has something to do.

Waiting times have no memory. So the process stops, and draws afresh, at every time of the output and where a trigger
changes, or may change, while no reaction fires; all that is exact (Gillespie 1977).
"""

import numpy as np

from ...files.compiled import njit
from ..stochastic.threefry import uniform

FINISHED, MOMENT, IMPOSSIBLE, TOO_MANY = 0, 1, 2, 3


@njit(cache=True, inline="always")
def _differ(a, b):
    found = False
    for i in range(len(a)):
        found |= a[i] != b[i]
    return found


@njit(cache=True, inline="always")
def _fire(v, chosen, starts, slots, changes):
    """Change the counts by a reaction; not where one would fall below zero: such a reaction does not happen.

    Every slot stands there once.
    """
    for e in range(starts[chosen], starts[chosen + 1]):
        if v[slots[e]] + changes[e] < 0:
            return
    for e in range(starts[chosen], starts[chosen + 1]):
        v[slots[e]] += changes[e]


@njit(cache=True, nogil=True, error_model="numpy")
def advance(functions, v, t, row, due, held, single, reactions, times, out, words, stream, budget):
    """Fire reactions until the last output, ``due``, or the moment at which a condition changes.

    Parameters
    ----------
    functions
        C functions that fill the propensities, the conditions and the outputs, of (time, slots, result).
    v
        ``(slots,)``, changed in place.
    held
        ``(conditions,)``, 0 or 1: what holds at ``t``.
    single
        Return after every reaction.
    reactions
        Where the changes of each reaction start, the slots that they are to, and the changes.
    out
        ``(times, outputs)``, filled from ``row`` on.
    budget
        Largest number of reactions.

    Returns
    -------
    tuple
        How it ended, the time, the next row, the reactions fired, and the reaction that is to blame.
    """
    propensities, conditions, outputs = functions
    starts, slots, changes = reactions
    a, now = np.empty(len(starts) - 1), np.empty(len(held))
    fired = 0
    while True:
        while row < len(times) and times[row] <= t:
            outputs(times[row], v, out[row])
            row += 1
        if row == len(times):
            return FINISHED, t, row, fired, 0
        stop = min(times[row], due)
        # Gillespie's direct method: the waiting time is exponential with the sum of the propensities, and which
        # reaction fires goes by their shares. Where something else comes first the draw is thrown away.
        propensities(t, v, a)
        total = 0.0
        for i in range(len(a)):
            if not 0 <= a[i] < np.inf:
                return IMPOSSIBLE, t, row, fired, i
            total += a[i]
        new = t - np.log(uniform(words, stream)) / total if total > 0 else np.inf
        happens, new = new < stop, min(new, stop)
        t = new
        if happens:
            target, chosen = uniform(words, stream) * total, 0
            while chosen < len(a) - 1 and target >= a[chosen]:
                target -= a[chosen]
                chosen += 1
            _fire(v, chosen, starts, slots, changes)
            fired += 1
            if fired > budget:
                return TOO_MANY, t, row, fired, chosen
            if single:
                return MOMENT, t, row, fired, 0
            if len(held):
                conditions(t, v, now)
                if _differ(now, held):
                    return MOMENT, t, row, fired, 0
        elif t >= due:
            return MOMENT, t, row, fired, 0
