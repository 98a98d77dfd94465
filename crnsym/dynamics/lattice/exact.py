"""The exact process in continuous time: every molecule and every bond with its own clock.

Events are drawn from a bound of the rates that depends on the numbers of molecules alone, and an event that the
neighbour forbids changes nothing, which is exact (rejection, or null events). A bond of two reactants is drawn from
either end at half the rate.
"""

import numpy as np

from ...files.compiled import njit
from ..stochastic.threefry import below, open_stream, uniform, word
from .sites import put, scatter, settle

FINISHED, TOO_MANY = 0, 1


@njit(cache=True)
def bounds(singles, pairs, hops, species):
    """Return, for each species, the sum of its rates alone, and the largest rate towards one neighbour."""
    alone, towards = np.zeros(species + 1), hops.copy()
    for r in range(len(singles)):
        alone[int(singles[r, 1])] += singles[r, 0]
    for s in range(1, species + 1):
        for other in range(1, species + 1):
            rate = 0.0
            for r in range(len(pairs)):
                if pairs[r, 1] == s and pairs[r, 2] == other:
                    rate += pairs[r, 0] / 2
            towards[s] = max(towards[s], rate)
    return alone, towards


@njit(cache=True, nogil=True)
def run_exact(rules, table, counts, first, times, anywhere, seed, run, limit, out):
    """Fill ``out`` (times, sites) with one run; return how it ended, and the number of events drawn."""
    births, singles, pairs, pair_starts, hops, others = rules
    sites, directions = table.shape
    species = len(counts)
    words, stream = open_stream(seed, run)
    site, place = np.zeros(sites, dtype=np.int8), np.zeros(sites, dtype=np.int64)
    where, number = np.zeros((species + 1, sites), dtype=np.int64), np.zeros(species + 1, dtype=np.int64)
    if len(first) > 0:
        settle(first[run % len(first)], site, where, place, number)
    else:
        scatter(counts, site, where, place, number, words, stream)
    alone, towards = bounds(singles, pairs, hops, species)
    each = alone + directions * towards
    each[0] = births[:, 0].sum()
    plain = each.copy()  # without the rules that name both sites
    for r in range(len(others)):
        each[int(others[r, 1])] += directions * others[r, 0]
    t, row, events = times[0], 0, 0
    while True:
        total = 0.0
        for s in range(species + 1):
            total += number[s] * each[s]
        t = t - np.log(uniform(words, stream)) / total if total > 0 else np.inf
        while t > times[row]:
            out[row] = site
            row += 1
            if row == len(times):
                return FINISHED, events
        events += 1
        if events > limit:
            return TOO_MANY, events
        target = uniform(words, stream) * total
        s = 0
        while s < species and target >= number[s] * each[s]:
            target -= number[s] * each[s]
            s += 1
        if number[s] == 0:
            continue  # rounding led behind the last
        i = where[s, below(words, stream, number[s])]
        target = uniform(words, stream) * each[s]
        if target >= plain[s] and each[s] > plain[s]:
            j = table[i, below(words, stream, directions)]
            target = (target - plain[s]) / directions
            for r in range(len(others)):
                if others[r, 1] != s:
                    continue
                if target < others[r, 0]:
                    if j >= 0 and site[j] == others[r, 2]:
                        first, second = int(others[r, 3]), int(others[r, 4])
                        if others[r, 5] > 0 and word(words, stream) & 1:
                            first, second = second, first
                        put(i, first, site, where, place, number)
                        put(j, second, site, where, place, number)
                    break
                target -= others[r, 0]
            continue
        if s == 0:
            for r in range(len(births)):
                if target < births[r, 0] or r == len(births) - 1:
                    put(i, int(births[r, 1]), site, where, place, number)
                    break
                target -= births[r, 0]
            continue
        if target < alone[s]:
            for r in range(len(singles)):
                if singles[r, 1] == s:
                    if target < singles[r, 0]:
                        first, second = int(singles[r, 2]), int(singles[r, 3])
                        j = i
                        if second > 0:
                            if anywhere:
                                j = where[0, below(words, stream, number[0])] if number[0] > 0 else -1
                            else:
                                j = table[i, below(words, stream, directions)]
                            if j < 0 or site[j] != 0:
                                break
                            if singles[r, 4] > 0 and word(words, stream) & 1:
                                first, second = second, first
                            put(j, second, site, where, place, number)
                        put(i, first, site, where, place, number)
                        break
                    target -= singles[r, 0]
            continue
        j = table[i, below(words, stream, directions)]
        if j < 0:
            continue
        target = uniform(words, stream) * towards[s]
        other = site[j]
        if other == 0:
            if target < hops[s]:
                put(i, 0, site, where, place, number)
                put(j, s, site, where, place, number)
            continue
        for r in range(pair_starts[s, other, 0], pair_starts[s, other, 1]):
            if target < pairs[r, 0] / 2:
                first, second = int(pairs[r, 3]), int(pairs[r, 4])
                if pairs[r, 5] > 0 and word(words, stream) & 1:
                    first, second = second, first
                put(i, first, site, where, place, number)
                put(j, second, site, where, place, number)
                break
            target -= pairs[r, 0] / 2
