"""The published time-stepper: reactions of single molecules in continuous time, then one attempted hop each.

After O. K. Ernst, T. M. Bartol, T. J. Sejnowski, E. Mjolsness (arXiv 1905.12122, 2019). A hop onto a molecule with
which there is a reaction makes that happen with the probability that stands as its rate. The published simulator picks
a random molecule by a random *row* that has one (``row_biased``), which changes the dynamics grossly.
"""

import numpy as np

from ...files.compiled import njit
from ..stochastic.threefry import below, open_stream, uniform, word
from .sites import put, scatter, settle

FINISHED, TOO_MANY = 0, 1


@njit(cache=True, nogil=True)
def run_steps(rules, table, counts, first, steps, anywhere, seed, run, limit, out, length, width):
    """Fill ``out`` (times, sites) with one run; return how it ended, and the number of attempted hops.

    Parameters
    ----------
    rules, table
        `Rules` as a plain tuple, and the neighbours of every site.
    counts, first
        Numbers of molecules to scatter; or ``(lattices, sites)`` to start from in turn, where there are any.
    steps
        ``(times,)``, numbers of steps of this ``length`` in time.
    width
        Sites of a row that share the chance to be picked; all sites for a uniform choice.
    """
    sites, species = table.shape[0], len(counts)
    stream = open_stream(seed, run)
    site, place = np.zeros(sites, dtype=np.int8), np.zeros(sites, dtype=np.int64)
    where, number = np.zeros((species + 1, sites), dtype=np.int64), np.zeros(species + 1, dtype=np.int64)
    lists = (site, where, place, number)
    if len(first) > 0:
        settle(first[run % len(first)], site, where, place, number)
    else:
        scatter(counts, site, where, place, number, stream[0], stream[1])
    rows = (np.zeros(sites, dtype=np.int64), np.zeros(sites, dtype=np.int64), np.zeros(sites // width, dtype=np.int64))
    now, attempts, events = steps[0], 0, 0
    for row in range(len(steps)):
        while now < steps[row]:
            events += _react(rules, table, lists, stream, anywhere, length, width, limit - events)
            if events > limit:
                return TOO_MANY, attempts
            attempts += _hop(rules, table, lists, rows, stream, width)
            now += 1
        out[row] = site
    return FINISHED, attempts


@njit(cache=True)
def _pick(s, lists, stream, width):
    """Return a random site that holds ``s`` (there must be one): in a random row that has one, or uniformly."""
    site, where, _, number = lists
    words, state = stream
    if width == len(site):
        return where[s, below(words, state, number[s])]
    while True:
        first = below(words, state, len(site) // width) * width
        found = 0
        for i in range(first, first + width):
            found += site[i] == s
        if found > 0:
            left = below(words, state, found)
            for i in range(first, first + width):
                if site[i] == s:
                    if left == 0:
                        return i
                    left -= 1


@njit(cache=True)
def _react(rules, table, lists, stream, anywhere, length, width, limit):
    """Let molecules react alone for the length of a step; return the number of events."""
    births, singles, others = rules[0], rules[1], rules[5]
    site, where, place, number = lists
    words, state = stream
    inflow, t, events = births[:, 0].sum(), 0.0, 0
    while events <= limit:
        total = inflow * number[0]
        for r in range(len(singles)):
            total += singles[r, 0] * number[int(singles[r, 1])]
        for r in range(len(others)):
            total += table.shape[1] * others[r, 0] * number[int(others[r, 1])]
        # Gillespie's direct method within the step: an exponential wait, then a reaction by its share of the total.
        t = t - np.log(uniform(words, state)) / total if total > 0 else np.inf
        if t > length:
            break
        events += 1
        target = uniform(words, state) * total
        chosen = -1
        for r in range(len(singles)):
            size = singles[r, 0] * number[int(singles[r, 1])]
            if target < size:
                chosen = r
                break
            target -= size
        pair = -1
        if chosen < 0:
            for r in range(len(others)):
                size = table.shape[1] * others[r, 0] * number[int(others[r, 1])]
                if target < size:
                    pair = r
                    break
                target -= size
        if chosen >= 0:
            i = _pick(int(singles[chosen, 1]), lists, stream, width)
            _react_alone(singles[chosen], i, table, lists, stream, anywhere, width)
        elif pair >= 0:
            _react_together(others[pair], table, lists, stream, width)
        elif number[0] > 0 and len(births) > 0:
            i = _pick(0, lists, stream, width)
            r = 0
            while r < len(births) - 1 and target >= births[r, 0] * number[0]:
                target -= births[r, 0] * number[0]
                r += 1
            put(i, int(births[r, 1]), site, where, place, number)
    return events


@njit(cache=True)
def _react_alone(rule, i, table, lists, stream, anywhere, width):
    site, where, place, number = lists
    words, state = stream
    first, second = int(rule[2]), int(rule[3])
    if second > 0:
        if anywhere:
            j = _pick(0, lists, stream, width) if number[0] > 0 else -1
        else:
            j = table[i, below(words, state, table.shape[1])]
        if j < 0 or site[j] != 0:
            return
        if rule[4] > 0 and word(words, state) & 1:
            first, second = second, first
        put(j, second, site, where, place, number)
    put(i, first, site, where, place, number)


@njit(cache=True)
def _react_together(rule, table, lists, stream, width):
    """Change two neighbours if they hold what the rule names."""
    site, where, place, number = lists
    words, state = stream
    i = _pick(int(rule[1]), lists, stream, width)
    j = table[i, below(words, state, table.shape[1])]
    if j < 0 or site[j] != rule[2]:
        return
    first, second = int(rule[3]), int(rule[4])
    if rule[5] > 0 and word(words, state) & 1:
        first, second = second, first
    put(i, first, site, where, place, number)
    put(j, second, site, where, place, number)


@njit(cache=True, inline="always")
def _leave(i, line, slot, waiting, width):
    """Take site ``i`` from the molecules of its row that have not moved yet."""
    row = i // width
    last = row * width + waiting[row] - 1
    other = line[last]
    line[slot[i]] = other
    slot[other] = slot[i]
    slot[i] = -1
    waiting[row] -= 1


@njit(cache=True)
def _hop(rules, table, lists, rows, stream, width):
    """Let each molecule attempt one hop, in random order; return the number of attempts."""
    pairs, pair_starts, hops = rules[2], rules[3], rules[4]
    site, where, place, number = lists
    line, slot, waiting = rows
    words, state = stream
    waiting[:] = 0
    left, attempts, directions = 0, 0, table.shape[1]
    for i in range(len(site)):
        slot[i] = -1
        if site[i] != 0:
            slot[i] = i // width * width + waiting[i // width]
            line[slot[i]] = i
            waiting[i // width] += 1
            left += 1
    # ``line`` holds the molecules of each row that wait for their turn, ``slot`` where each stands in it, so that one
    # that is drawn, or consumed before its turn, leaves in constant time: the last takes its place.
    while left > 0:
        row = below(words, state, len(waiting)) if len(waiting) > 1 else 0
        if waiting[row] == 0:
            continue
        i = line[row * width + below(words, state, waiting[row])]
        _leave(i, line, slot, waiting, width)
        left -= 1
        s = site[i]
        if hops[s] < 1.0 and uniform(words, state) >= hops[s]:
            continue
        attempts += 1
        j = table[i, below(words, state, directions)]
        if j < 0:
            continue
        other = site[j]
        if other == 0:
            put(i, 0, site, where, place, number)
            put(j, s, site, where, place, number)
            continue
        # Onto a molecule: each reaction of the pair with its probability, at most one; 2 is above all sums.
        target = 2.0
        if pair_starts[s, other, 1] > pair_starts[s, other, 0]:
            target = uniform(words, state)
        for r in range(pair_starts[s, other, 0], pair_starts[s, other, 1]):
            if target < pairs[r, 0]:
                first, second = int(pairs[r, 3]), int(pairs[r, 4])
                if pairs[r, 5] > 0 and word(words, state) & 1:
                    first, second = second, first
                put(i, first, site, where, place, number)
                put(j, second, site, where, place, number)
                if slot[j] >= 0:  # what stands there now has had its turn
                    _leave(j, line, slot, waiting, width)
                    left -= 1
                break
            target -= pairs[r, 0]
    return attempts
