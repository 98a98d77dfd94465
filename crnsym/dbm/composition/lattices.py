"""Compiled loops over lattices: counting pairs, exchanging sites, and sampling by exchanges at fixed composition.

A model of couplings J gives a lattice s the weight exp(sum over shells u and pairs a <= b of J^u_ab times the number
of such pairs). Two sites that exchange what they hold change that by the difference of their local fields; a pair that
they form themselves stays what it was.
"""

import numpy as np

from ...dynamics.stochastic.threefry import below, open_stream, uniform
from ...files.compiled import njit


@njit(cache=True, nogil=True)
def count_pairs(lattices, table, shell, index, pairs):
    """Return the number of each kind of pair, ``(lattices, pairs)``, for lattices ``(lattices, sites)``."""
    found = np.zeros((lattices.shape[0], pairs))
    for n in range(lattices.shape[0]):
        site = lattices[n]
        for i in range(table.shape[0]):
            if site[i] == 0:
                continue
            for d in range(0, table.shape[1], 2):  # the even columns: one of each opposite pair
                j = table[i, d]
                if j >= 0 and site[j] != 0:
                    found[n, index[shell[d], site[i], site[j]]] += 1
    return found


@njit(cache=True, inline="always")
def _field_change(site, i, j, table, shell, couplings):
    """Return the change of the logarithm of the weight when sites i and j exchange what they hold."""
    a, b = site[i], site[j]
    change = 0.0
    for d in range(table.shape[1]):
        k = table[i, d]
        if k >= 0 and k != j:
            c = site[k]
            if c != 0:
                change += couplings[shell[d], b, c] - couplings[shell[d], a, c]
        k = table[j, d]
        if k >= 0 and k != i:
            c = site[k]
            if c != 0:
                change += couplings[shell[d], a, c] - couplings[shell[d], b, c]
    return change


@njit(cache=True, nogil=True)
def sample_swaps(lattices, couplings, table, shell, sweeps, seed):
    """Let every lattice make ``sweeps`` times as many attempts of an exchange as it has sites, in place.

    An attempt takes a random molecule and a random site, exchanges what they hold, and accepts by Metropolis' rule;
    the choice is as likely in both directions, because exchanges keep the number of molecules.

    Parameters
    ----------
    lattices
        ``(lattices, sites)``, changed in place.
    couplings
        ``(lattices, shells, species + 1, species + 1)``, symmetric, zero for the empty site.
    """
    sites = table.shape[0]
    accepted = 0
    for n in range(lattices.shape[0]):
        words, state = open_stream(seed, n)
        site, strength = lattices[n], couplings[n]
        holders = np.flatnonzero(site)
        if len(holders) == 0:
            continue
        for _ in range(sweeps * sites):
            h = below(words, state, len(holders))
            i, j = holders[h], below(words, state, sites)
            if site[i] == site[j]:
                continue
            change = _field_change(site, i, j, table, shell, strength)
            if change < 0 and uniform(words, state) >= np.exp(change):
                continue
            accepted += 1
            if site[j] == 0:
                holders[h] = j
            site[i], site[j] = site[j], site[i]
    return accepted


@njit(cache=True, nogil=True)
def swap_differences(lattices, table, shell, index, pairs, swaps, seed):
    """Return what random exchanges of different sites would take from the pair counts, ``(lattices, swaps, pairs)``.

    Rows stay zero where a lattice holds one species (or nothing) alone.
    """
    sites = table.shape[0]
    found = np.zeros((lattices.shape[0], swaps, pairs))
    for n in range(lattices.shape[0]):
        words, state = open_stream(seed, n)
        site = lattices[n]
        holders = np.flatnonzero(site)
        if len(holders) == 0 or (site == site[0]).all():
            continue
        for row in range(swaps):
            i, j = holders[below(words, state, len(holders))], below(words, state, sites)
            while site[i] == site[j]:
                i, j = holders[below(words, state, len(holders))], below(words, state, sites)
            a, b = site[i], site[j]
            for d in range(table.shape[1]):
                u = shell[d]
                k = table[i, d]
                if k >= 0 and k != j and site[k] != 0:
                    c = site[k]
                    if a != 0:
                        found[n, row, index[u, a, c]] += 1
                    if b != 0:
                        found[n, row, index[u, b, c]] -= 1
                k = table[j, d]
                if k >= 0 and k != i and site[k] != 0:
                    c = site[k]
                    if b != 0:
                        found[n, row, index[u, b, c]] += 1
                    if a != 0:
                        found[n, row, index[u, a, c]] -= 1
    return found


@njit(cache=True, nogil=True)
def scatter_counts(counts, sites, seed):
    """Return lattices with molecules on random sites, ``(lattices, sites)``, for counts ``(lattices, species)``."""
    found = np.zeros((counts.shape[0], sites), dtype=np.int8)
    for n in range(counts.shape[0]):
        words, state = open_stream(seed, n)
        order = np.arange(sites)
        filled = 0
        for s in range(counts.shape[1]):
            for _ in range(counts[n, s]):
                pick = filled + below(words, state, sites - filled)
                order[filled], order[pick] = order[pick], order[filled]
                found[n, order[filled]] = s + 1
                filled += 1
    return found


@njit(cache=True, nogil=True)
def adapted(lattices, counts, seed):
    """Take molecules away or add them on random sites until each lattice has its counts, ``(lattices, species)``."""
    found = lattices.copy()
    sites = found.shape[1]
    for n in range(found.shape[0]):
        words, state = open_stream(seed, n)
        excess = np.zeros(counts.shape[1], dtype=np.int64)
        for s in range(counts.shape[1]):
            excess[s] = (found[n] == s + 1).sum() - counts[n, s]
        for taking in (True, False):  # first make room
            for s in range(counts.shape[1]):
                while excess[s] > 0 if taking else excess[s] < 0:
                    i = below(words, state, sites)
                    if taking and found[n, i] == s + 1:
                        found[n, i] = 0
                        excess[s] -= 1
                    elif not taking and found[n, i] == 0:
                        found[n, i] = s + 1
                        excess[s] += 1
    return found
