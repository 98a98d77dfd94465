"""Expected changes of numbers and pairs of a lattice by one reaction, exact for each lattice given."""

from ...files.compiled import njit


@njit(cache=True)
def _add(site, i, j, new_i, new_j, rate, table, shell, index, species, out):
    """Add ``rate`` times the change when sites i and j come to hold something new; j may be -1."""
    old_i, old_j = int(site[i]), int(site[j]) if j >= 0 else 0
    if new_i == old_i and (j < 0 or new_j == old_j):
        return
    # Each end that changes takes its molecule and its bonds out of the counts and puts the new ones in; the bond
    # between the two ends would be counted from both, so it is left out here and changed once below.
    for end in range(2):
        here, other, old, new = (i, j, old_i, new_i) if end == 0 else (j, i, old_j, new_j)
        if here < 0 or old == new:
            continue
        if old > 0:
            out[old - 1] -= rate
        if new > 0:
            out[new - 1] += rate
        for d in range(table.shape[1]):
            k = table[here, d]
            if k < 0 or k == other or site[k] == 0:
                continue
            if old > 0:
                out[species + index[shell[d], old, site[k]]] -= rate
            if new > 0:
                out[species + index[shell[d], new, site[k]]] += rate
    if j >= 0:
        for d in range(table.shape[1]):
            if table[i, d] == j:
                if old_i > 0 and old_j > 0:
                    out[species + index[shell[d], old_i, old_j]] -= rate
                if new_i > 0 and new_j > 0:
                    out[species + index[shell[d], new_i, new_j]] += rate


@njit(cache=True, nogil=True)
def expected_jumps(lattices, rules, nearest, table, shell, index, species, out):
    """Fill ``out``, ``(lattices, quantities)``, with expected changes per time of the exact process.

    Parameters
    ----------
    rules
        `crnsym.dynamics.lattice.rules.Rules` as a plain tuple.
    nearest
        Nearest neighbours of every site; the even columns lead to each bond once.
    """
    births, singles, pairs, starts, hops, others = rules
    directions = nearest.shape[1]
    for n in range(lattices.shape[0]):
        site, row = lattices[n], out[n]
        for i in range(len(site)):
            a = site[i]
            # A rule may be read either way round, so each of its two outcomes has half of the rate.
            for r in range(len(others)):
                if others[r, 1] != a:
                    continue
                first, second, half = int(others[r, 3]), int(others[r, 4]), others[r, 0] / 2
                turned = others[r, 5] > 0
                for d in range(directions):
                    j = nearest[i, d]
                    if j >= 0 and site[j] == others[r, 2]:
                        _add(site, i, j, first, second, half, table, shell, index, species, row)
                        one, two = (second, first) if turned else (first, second)
                        _add(site, i, j, one, two, half, table, shell, index, species, row)
            if a == 0:
                for r in range(len(births)):
                    _add(site, i, -1, int(births[r, 1]), 0, births[r, 0], table, shell, index, species, row)
                continue
            for r in range(len(singles)):
                if int(singles[r, 1]) != a:
                    continue
                rate, first, second = singles[r, 0], int(singles[r, 2]), int(singles[r, 3])
                if second == 0:
                    _add(site, i, -1, first, 0, rate, table, shell, index, species, row)
                    continue
                for d in range(directions):
                    j = nearest[i, d]
                    if j < 0 or site[j] != 0:
                        continue
                    if singles[r, 4] > 0:
                        half = rate / directions / 2
                        _add(site, i, j, first, second, half, table, shell, index, species, row)
                        _add(site, i, j, second, first, half, table, shell, index, species, row)
                    else:
                        _add(site, i, j, first, second, rate / directions, table, shell, index, species, row)
            for d in range(directions):
                j = nearest[i, d]
                if j < 0:
                    continue
                b = site[j]
                if b == 0:
                    if hops[a] > 0:
                        _add(site, i, j, 0, a, hops[a], table, shell, index, species, row)
                elif d % 2 == 0:  # a bond once, from one of its ends
                    for r in range(starts[a, b, 0], starts[a, b, 1]):
                        rate, first, second = pairs[r, 0], int(pairs[r, 3]), int(pairs[r, 4])
                        if pairs[r, 5] > 0:
                            _add(site, i, j, first, second, rate / 2, table, shell, index, species, row)
                            _add(site, i, j, second, first, rate / 2, table, shell, index, species, row)
                        else:
                            _add(site, i, j, first, second, rate, table, shell, index, species, row)
