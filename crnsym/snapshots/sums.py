"""Sums over the sites and pairs of a snapshot, of which the expected change of any observable is a linear read-out.

Every rule changes counts and pair counts by numbers that depend only on the site (or the two sites) it acts on and on
how many neighbours of each state those have. One pass over a snapshot collects these sums, so that the cost does not
grow with the number of rules. Where a lattice is divided, the observables are those of one part, and a pair of sites
of which one is inside changes that one alone.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np

from ..files.compiled import njit
from .rules import Rule

COUNTS = 3  # sums of a pair before those of its neighbours: first inside, second inside, both


@njit(cache=True, nogil=True)
def collect(sites, tables, sizes, kinds, reach, states, part, out):
    """Fill ``out`` (snapshots, parts, sums) as `Layout` says.

    ``tables`` holds the neighbours at all distances, ``sizes`` of them each; those at the first ``kinds`` are counted
    around a site, and those at the first ``reach`` are places for rules.
    """
    number, near_size, columns = sites.shape[1], kinds * states, 0
    for u in range(kinds):
        columns += sizes[u]
    near = np.zeros((number, near_size), dtype=np.int32)
    single, pair = 1 + near_size, 3 + 2 * near_size
    for snapshot in range(len(sites)):
        site, row = sites[snapshot], out[snapshot]
        near[:] = 0
        for i in range(number):
            column = 0
            for u in range(kinds):
                for _ in range(sizes[u]):
                    j = tables[i, column]
                    column += 1
                    if j >= 0 and part[j] == part[i]:
                        near[i, u * states + site[j]] += 1
        for i in range(number):
            a, here = site[i], part[i]
            if here >= 0:
                base = a * single
                row[here, base] += 1
                for s in range(near_size):
                    row[here, base + 1 + s] += near[i, s]
            first = 0
            for v in range(reach):
                for column in range(first, first + sizes[v] // 2):
                    j = tables[i, column]
                    if j < 0:
                        continue
                    one, two = (i, j) if a >= site[j] else (j, i)
                    base = states * single + ((v * states + site[one]) * states + site[two]) * pair
                    together = part[one] == part[two]
                    for side in range(2):
                        end, other = (one, two) if side == 0 else (two, one)
                        inside = part[end]
                        if inside < 0:
                            continue
                        row[inside, base + side] += 1
                        if together and side == 0:
                            row[inside, base + 2] += 1
                        place = base + 3 + side * near_size
                        for s in range(near_size):
                            row[inside, place + s] += near[end, s]
                        if together and v < kinds:
                            row[inside, place + v * states + site[other]] -= 1
                first += sizes[v]


class Layout:
    """Where the sums of one snapshot stand: of sites by state, then of pairs by distance and states, larger first.

    Parameters
    ----------
    species
        Number of states but for that of an empty site.
    kinds
        Number of distances at which pairs are counted.
    squares
        Squared distances of neighbours, those at which pairs are counted first.
    reach
        Number of distances at which rules act.
    """

    def __init__(self, species: int, kinds: int, squares: Sequence[int] = (1,), reach: int = 1) -> None:
        self.species, self.kinds, self.states, self.reach = species, kinds, species + 1, reach
        self._number = {square: i for i, square in enumerate(squares)}
        self.single = 1 + kinds * self.states
        self.bond = COUNTS + 2 * kinds * self.states
        self.size = self.states * self.single + reach * self.states**2 * self.bond
        self.pairs = [
            (u, p, q) for u in range(kinds) for p, q in combinations_with_replacement(range(1, self.states), 2)
        ]

    def start(self, rule: Rule) -> int:
        """Place of the number of sites, or pairs of sites, on which a rule can act."""
        if len(rule.before) == 1:
            return rule.before[0] * self.single
        a, b = rule.before
        return self.states * self.single + ((self._number[rule.apart] * self.states + a) * self.states + b) * self.bond

    def _near(self, rule: Rule, side: int, u: int, s: int) -> int:
        first = 1 if len(rule.before) == 1 else COUNTS
        return self.start(rule) + first + (side * self.kinds + u) * self.states + s

    def observables(self) -> np.ndarray:
        """Return ``(sums, observables)``: counts, then pair counts."""
        out = np.zeros((self.size, self.species + len(self.pairs)))
        for a in range(1, self.states):
            out[a * self.single, a - 1] = 1
        for column, (u, p, q) in enumerate(self.pairs, self.species):
            out[p * self.single + 1 + u * self.states + q, column] = 0.5 if p == q else 1
        return out

    def places(self, rule: Rule) -> np.ndarray:
        """Return ``(sums,)``: the number of places where a rule can act, those across a border counting half."""
        out = np.zeros(self.size)
        start = self.start(rule)
        out[start : start + len(rule.before)] = 1 / len(rule.before)
        return out

    def changes(self, rule: Rule) -> np.ndarray:
        """Return ``(sums, observables)``: the expected change of each observable by a rule."""
        out = np.zeros((self.size, self.species + len(self.pairs)))
        start, sides = self.start(rule), len(rule.before)
        for weight, after in rule.bonds():
            for side, (old, new) in enumerate(zip(rule.before, after, strict=True)):
                for state, sign in ((new, weight), (old, -weight)):
                    for end, part in self._ends(rule, side):
                        if state:
                            out[start + end, state - 1] += sign * part
                        for column, (u, p, q) in enumerate(self.pairs, self.species):
                            for here, there in {(p, q), (q, p)}:
                                if here == state:
                                    out[self._near(rule, end, u, there), column] += sign * part
            if sides == 2:
                for column, (u, p, q) in enumerate(self.pairs, self.species):
                    if u == self._number[rule.apart]:
                        own = (sorted(after) == [p, q]) - (sorted(rule.before) == [p, q])
                        out[start + 2, column] += weight * own
        return out

    def squares(self, rule: Rule) -> np.ndarray:
        """Return ``(sums, species, species)``: expected products of the changes of two counts by one event."""
        out = np.zeros((self.size, self.species, self.species))
        start = self.start(rule)
        for weight, after in rule.bonds():
            moved = np.zeros((len(rule.before), self.species + 1))
            for side, (old, new) in enumerate(zip(rule.before, after, strict=True)):
                moved[side, new] += 1
                moved[side, old] -= 1
            each = moved[:, 1:, None] * moved[:, None, 1:]
            for side, product in enumerate(each):
                for end, part in self._ends(rule, side):
                    out[start + end] += weight * part * product
            if len(moved) == 2:
                both = moved.sum(axis=0)[1:]
                out[start + 2] += weight * (both[:, None] * both - each.sum(axis=0))
        return out

    @staticmethod
    def _ends(rule: Rule, side: int) -> tuple[tuple[int, float], ...]:
        """Return the ends of a pair that play the part of one side; either, half of the times, where both are alike."""
        if len(rule.before) == 2 and rule.before[0] == rule.before[1]:
            return (side, 0.5), (1 - side, 0.5)
        return ((side, 1.0),)
