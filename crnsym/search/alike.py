"""Species that nothing tells apart: names of what was not put in and is not seen, or seen through unknown spectra.

Mechanisms that differ by these names, or leave the same of mixed columns, are one mechanism.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations, product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit
from crnsym.refit.observation import Observation
from crnsym.refit.problem import FitProblem

Key = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
LARGEST = 5  # species of a group whose names are all exchanged


@dataclass(frozen=True, slots=True)
class Alike:
    """Groups of species whose names can be exchanged.

    Attributes
    ----------
    species
        Number of species.
    groups
        Indices of species, two or more a group.
    """

    species: int
    groups: tuple[tuple[int, ...], ...]

    @staticmethod
    def of(problem: FitProblem) -> "Alike":
        """Look at the starts and at what is observed; nothing is alike where species were measured themselves."""
        n, seen = len(problem.species), problem.observation
        if seen is None:
            return Alike(n, ())
        absent = ~(problem.start != 0).any(axis=0) & ~problem.fitted.any(axis=0)
        groups: list[list[int]] = []
        for i in np.flatnonzero(absent).tolist():
            group = next((g for g in groups if len(g) < LARGEST and _exchangeable(seen, g[0], i)), None)
            if group is None:
                groups.append([i])
            else:
                group.append(i)
        return Alike(n, tuple(tuple(g) for g in groups if len(g) > 1))

    def orders(self) -> Iterator[list[int]]:
        """Yield every order of the species that differs by names alone, the usual one first."""
        for chosen in product(*(permutations(group) for group in self.groups)):
            order = list(range(self.species))
            for group, names in zip(self.groups, chosen, strict=True):
                for place, other in zip(group, names, strict=True):
                    order[place] = other
            yield order

    def key(self, reactants: np.ndarray, products: np.ndarray) -> Key:
        """Return what reactions have in common with all that differ by names alone."""
        return max(_rows(reactants[:, order], products[:, order]) for order in self.orders())

    def named(self, fit: Fit) -> Fit:
        """Rename the species of a fit so that those that come first in reading order are made first."""
        if not self.groups:
            return fit
        mechanism = fit.mechanism
        best = max(self.orders(), key=lambda o: _rows(mechanism.reactants[:, o], mechanism.products[:, o]))
        renamed: Mechanism = replace(
            mechanism, reactants=mechanism.reactants[:, best], products=mechanism.products[:, best]
        )
        return replace(fit, mechanism=renamed, initial_states=fit.initial_states[:, best])

    def one_of_each(self, ranked: list[tuple[float, Fit]]) -> list[tuple[float, Fit]]:
        """Keep the best of the fits that differ by names alone."""
        if not self.groups:
            return ranked
        kept: dict[Key, tuple[float, Fit]] = {}
        for value, fit in ranked:
            kept.setdefault(self.key(fit.mechanism.reactants, fit.mechanism.products), (value, self.named(fit)))
        return list(kept.values())


def first_of_each(ranked: list[tuple[float, Fit]]) -> list[tuple[float, Fit]]:
    """Keep the first of the fits with as many reactions that leave the same: others differ in amounts only."""
    kept: dict[tuple[int, float], tuple[float, Fit]] = {}
    for value, fit in ranked:
        kept.setdefault((len(fit.mechanism.log_rates), float(f"{fit.chi2:.3e}")), (value, fit))
    return list(kept.values())


def _rows(reactants: np.ndarray, products: np.ndarray) -> Key:
    sides = zip(map(tuple, reactants.tolist()), map(tuple, products.tolist()), strict=True)
    return tuple(sorted(sides, reverse=True))


def _exchangeable(seen: Observation, first: int, second: int) -> bool:
    """Whether exchanging two species leaves what is observed as it was, up to the names of coefficients."""
    width = seen.known.shape[-1]
    if first >= width or second >= width:  # nobody named them, so nothing shows them
        return all(i >= width or not (seen.known[..., i].any() or seen.terms[..., i].any()) for i in (first, second))
    if not np.array_equal(seen.known[..., first], seen.known[..., second]):
        return False
    order = np.arange(width)
    order[[first, second]] = second, first

    def kinds(terms: np.ndarray) -> Counter[bytes]:
        flags = zip(terms, seen.offsets, seen.positive.tolist(), strict=True)
        return Counter(np.ascontiguousarray(t).tobytes() + o.tobytes() + bytes([p]) for t, o, p in flags)

    return kinds(seen.terms) == kinds(seen.terms[..., order])
