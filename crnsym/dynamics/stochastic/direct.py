"""The direct method of Gillespie (1977), one run after the other, compiled by numba.

Propensities are summed in blocks of about the square root of their number; a reaction is chosen by its block and
then within it (Mauch and Stalzer 2011), and only propensities that an event changes are computed anew (the dependency
graph of Gibson and Bruck 2000).
"""

import numpy as np

from ...files.compiled import njit
from .interpreter import evaluate
from .threefry import open_stream, uniform

_REBUILD = 1 << 14  # events after which sums are added up afresh, against the drift of rounding
_CANCELLED = 1e-6  # and when the sum has fallen to this part of its highest value
FINISHED, IMPOSSIBLE, TOO_MANY = 0, 1, 2


@njit(cache=True)
def propensity(i, constants, reactants, taken, laws, code, x, registers):
    """Return the propensity of reaction ``i``; ``x`` ends with the dummy species.

    Without laws ``laws`` is None, and numba drops the branch: the mere possibility of a call doubles the time.
    """
    ways = float(x[reactants[i, 0]] - taken[i, 0])
    if reactants.shape[1] > 1:  # written out, because the loop costs more than what is in it
        ways *= x[reactants[i, 1]] - taken[i, 1]
    for column in range(2, reactants.shape[1]):
        ways *= x[reactants[i, column]] - taken[i, column]
    if laws is not None:  # noqa: SIM102 (numba drops the branch only if this test stands alone)
        if laws[i] >= 0:
            return evaluate(laws[i], code, x, registers) if ways > 0 else 0.0
    return constants[i] * ways


@njit(cache=True, inline="always")
def _add_up(a, sums, shift):
    sums[:] = 0.0
    for i in range(len(a)):
        sums[i >> shift] += a[i]
    return sums.sum()


@njit(cache=True)
def _impossible(a):
    """Return the first reaction whose propensity is no finite number of 0 or more."""
    for i in range(len(a)):
        if not 0 <= a[i] < np.inf:
            return i
    return 0


@njit(cache=True, inline="always")
def _choose(a, sums, shift, target):
    """Return the reaction in which the running sum exceeds ``target``, or -1 where rounding leaves none."""
    block = 0
    while block < len(sums) - 1 and target >= sums[block]:
        target -= sums[block]
        block += 1
    end = min((block + 1) << shift, len(a))
    for i in range(block << shift, end):
        if target < a[i]:
            return i
        target -= a[i]
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def run_direct(p, start, times, seed, run, shift, limit, out):
    """Fill ``out`` (times, species) with one run; return how it ended, the number of events, and a reaction.

    Parameters
    ----------
    p
        `Propensities` as a plain tuple: a class would be pickled into numba's cache and outlive its definition.
    shift
        Blocks hold 2**shift reactions.
    limit
        Largest number of events.
    """
    # Arrays in variables of their own: taking them out of the tuple inside the loop costs five times the loop.
    constants, reactants, taken, laws, code = p[0], p[1], p[2], p[3], p[4]
    change_starts, change_species, changes, dependent_starts, dependents = p[5], p[6], p[7], p[8], p[9]
    species = len(start)
    x = np.ones(species + 1, dtype=np.int64)
    x[:species] = start
    words, stream = open_stream(seed, run)
    registers = np.empty(code.shape[1])
    reactions, bad = len(constants), False
    a = np.empty(reactions)
    sums = np.empty(((reactions - 1) >> shift) + 1)
    for i in range(reactions):
        a[i] = propensity(i, constants, reactants, taken, laws, code, x, registers)
        bad |= not 0 <= a[i] < np.inf
    if bad:
        return IMPOSSIBLE, 0, _impossible(a)
    total = highest = _add_up(a, sums, shift)
    t, row, events = times[0], 0, 0
    while True:
        t = t - np.log(uniform(words, stream)) / total if total > 0 else np.inf
        while t > times[row]:
            out[row] = x[:species]
            row += 1
            if row == len(times):
                return FINISHED, events, 0
        chosen = _choose(a, sums, shift, uniform(words, stream) * total)
        while (chosen < 0 or a[chosen] == 0) and total > 0:  # rounding led astray
            total = highest = _add_up(a, sums, shift)
            chosen = _choose(a, sums, shift, uniform(words, stream) * total)
        if not total > 0:
            continue
        events += 1
        for e in range(change_starts[chosen], change_starts[chosen + 1]):
            x[change_species[e]] += changes[e]
        for e in range(dependent_starts[chosen], dependent_starts[chosen + 1]):
            i = dependents[e]
            new = propensity(i, constants, reactants, taken, laws, code, x, registers)
            bad |= not new >= 0
            sums[np.uint32(i) >> np.uint32(shift)] += new - a[i]
            total += new - a[i]
            a[i] = new
        if bad or not total < np.inf:  # a look at each within the loop would take a third longer
            return IMPOSSIBLE, events, _impossible(a)
        highest = max(highest, total)
        if total < _CANCELLED * highest or events % _REBUILD == 0:
            total = highest = _add_up(a, sums, shift)
            if events >= limit:
                return TOO_MANY, events, chosen
