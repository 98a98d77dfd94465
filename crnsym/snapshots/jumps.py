"""Expected changes of counts and pair counts of a lattice, exact for each snapshot.

Every rule changes counts and pair counts by numbers that depend only on the site (or the two neighbours) it acts on and
on how many neighbours of each species those have. One pass over the bonds of a snapshot collects these sums, and any
rule is a linear read-out of them, so that the cost does not grow with the number of rules.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement, product

import numpy as np
from numba import njit

from .observed import Jumps, Squares, net_changes
from .rules import Rule

SHELLS = {1: (1, 4, 9, 16), 2: (1,), 3: (1,)}  # squared distances of the pairs that are counted


def shells(shape: Sequence[int], periodic: bool) -> list[np.ndarray]:
    """Return the neighbours of every site at each distance that fits, ``(sites, neighbours)``, -1 behind a wall.

    The first half of the columns of the nearest neighbours leads to each bond once.
    """
    dimensions = len(shape)
    found = []
    for square in SHELLS[dimensions]:
        reach = range(-int(square**0.5), int(square**0.5) + 1)
        moves = [d for d in product(reach, repeat=dimensions) if sum(x * x for x in d) == square]
        largest = max(max(map(abs, d)) for d in moves)
        if square > 1 and min(shape) < (2 * largest + 1 if periodic else largest + 1):
            continue
        moves.sort(reverse=True)  # a move and its opposite stand in different halves
        found.append(np.stack([_moved(shape, d, periodic) for d in moves], axis=1))
    return found


def _moved(shape: Sequence[int], move: Sequence[int], periodic: bool) -> np.ndarray:
    places = np.indices(shape) + np.array(move).reshape(-1, *[1] * len(shape))
    sides = np.array(shape).reshape(-1, *[1] * len(shape))
    inside = ((places >= 0) & (places < sides)).all(axis=0)
    index = np.ravel_multi_index(tuple(places % sides), tuple(shape))
    return np.where(inside | periodic, index, -1).ravel().astype(np.int32)


@njit(cache=True, nogil=True)
def _collect(sites, tables, sizes, states, out):
    """Fill ``out`` (snapshots, sums): see `_Layout`."""
    number, kinds = sites.shape[1], len(sizes)
    near = np.zeros((number, kinds, states), dtype=np.int32)
    for snapshot in range(len(sites)):
        site = sites[snapshot]
        near[:] = 0
        for i in range(number):
            column = 0
            for u in range(kinds):
                for _ in range(sizes[u]):
                    j = tables[i, column]
                    column += 1
                    if j >= 0:
                        near[i, u, site[j]] += 1
        singles, bonds = states * (1 + kinds * states), 1 + 2 * kinds * states
        for i in range(number):
            a = site[i]
            base = a * (1 + kinds * states)
            out[snapshot, base] += 1
            for u in range(kinds):
                for s in range(states):
                    out[snapshot, base + 1 + u * states + s] += near[i, u, s]
            for column in range(sizes[0] // 2):
                j = tables[i, column]
                if j < 0:
                    continue
                one, two = (i, j) if a >= site[j] else (j, i)
                base = singles + (site[one] * states + site[two]) * bonds
                out[snapshot, base] += 1
                for u in range(kinds):
                    for s in range(states):
                        place = base + 1 + u * states + s
                        out[snapshot, place] += near[one, u, s] - (u == 0 and site[two] == s)
                        out[snapshot, place + kinds * states] += near[two, u, s] - (u == 0 and site[one] == s)


class _Layout:
    """Where the sums of one snapshot stand: of sites by state, then of bonds by their two states, larger first."""

    def __init__(self, species: int, kinds: int) -> None:
        self.species, self.kinds, self.states = species, kinds, species + 1
        self.single, self.bond = 1 + kinds * self.states, 1 + 2 * kinds * self.states
        self.size = self.states * self.single + self.states**2 * self.bond
        self.pairs = [
            (u, p, q) for u in range(kinds) for p, q in combinations_with_replacement(range(1, self.states), 2)
        ]

    def start(self, before: tuple[int, ...]) -> int:
        """Place of the number of sites, or bonds."""
        if len(before) == 1:
            return before[0] * self.single
        return self.states * self.single + (before[0] * self.states + before[1]) * self.bond

    def near(self, before: tuple[int, ...], side: int, u: int, s: int) -> int:
        """Place of the number of neighbours in state ``s`` at distance ``u`` of the sites on one side."""
        return self.start(before) + 1 + (side * self.kinds + u) * self.states + s

    def observables(self) -> np.ndarray:
        """Return ``(sums, observables)``: counts, then pair counts."""
        out = np.zeros((self.size, self.species + len(self.pairs)))
        for a in range(1, self.states):
            out[self.start((a,)), a - 1] = 1
        for column, (u, p, q) in enumerate(self.pairs, self.species):
            out[self.near((p,), 0, u, q), column] = 0.5 if p == q else 1
        return out

    def changes(self, rule: Rule) -> np.ndarray:
        """Return ``(sums, observables)``: the expected change of each observable by a rule."""
        out = np.zeros((self.size, self.species + len(self.pairs)))
        start, sides = self.start(rule.before), len(rule.before)
        symmetric = sides == 2 and rule.before[0] == rule.before[1]
        for weight, after in rule.bonds():
            for side, (old, new) in enumerate(zip(rule.before, after, strict=True)):
                for state, sign in ((new, weight), (old, -weight)):
                    if state:
                        out[start, state - 1] += sign
                    for column, (u, p, q) in enumerate(self.pairs, self.species):
                        for here, there in {(p, q), (q, p)}:
                            if here == state:
                                for end, part in ((side, 0.5), (1 - side, 0.5)) if symmetric else ((side, 1.0),):
                                    out[self.near(rule.before, end, u, there), column] += sign * part
            if sides == 2:
                for column, (u, p, q) in enumerate(self.pairs, self.species):
                    if u == 0:
                        out[start, column] += weight * ((sorted(after) == [p, q]) - (sorted(rule.before) == [p, q]))
        return out


def lattice_jumps(
    sites: np.ndarray, species: int, periodic: bool, rules: Sequence[Rule], counts_only: bool = False
) -> Jumps:
    """Return counts and pair counts of lattice snapshots with their expected changes by every rule.

    Parameters
    ----------
    sites
        ``(runs, times, *shape)``, states from 0 to ``species``.
    species, periodic
        Number of species; whether opposite faces are neighbours.
    rules
        The library.
    counts_only
        Leave the pair counts out.
    """
    runs, times, *shape = sites.shape
    tables = shells(shape, periodic)
    layout = _Layout(species, len(tables))
    sums = np.zeros((runs * times, layout.size))
    flat = np.ascontiguousarray(sites.reshape(runs * times, -1), dtype=np.int8)
    _collect(flat, np.hstack(tables), np.array([t.shape[1] for t in tables]), layout.states, sums)
    kept = species if counts_only else species + len(layout.pairs)
    values = sums @ layout.observables()[:, :kept]
    read_out = np.stack([layout.changes(rule)[:, :kept] for rule in rules], axis=-1)
    used = np.flatnonzero(read_out.any(axis=(1, 2)))
    changes = sums[:, used] @ read_out[used].reshape(len(used), -1)
    places = sums[:, [layout.start(rule.before) for rule in rules]].reshape(runs, times, len(rules))
    values, changes = values.reshape(runs, times, kept), changes.reshape(runs, times, kept, len(rules))
    squares = Squares.of(values[..., :species], places, net_changes(rules, species))
    return Jumps(values, changes, places.mean(axis=(0, 1)), squares)
