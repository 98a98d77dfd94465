"""The integer reactions that a search may use: reactant complexes and, at each, the allowed net vectors."""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import PRICES


def complexes(n_species: int, max_order: int) -> np.ndarray:
    """All complexes of at most this order, the zero complex first, ``(complexes, species)``."""
    rows = []
    for order in range(max_order + 1):
        for combination in combinations_with_replacement(range(n_species), order):
            rows.append(np.bincount(np.array(combination, int), minlength=n_species))
    return np.array(rows, dtype=np.int64).reshape(-1, n_species)


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Reactions y -> y' on an ordered list of reactant complexes.

    Attributes
    ----------
    complexes
        ``(complexes, species)`` reactant complexes y.
    source
        ``(reactions,)`` index of each reaction's reactant complex.
    net
        ``(reactions, species)`` net vectors y' - y.
    cost
        ``(reactions,)`` price of each reaction: simpler ones are cheaper.
    """

    complexes: np.ndarray
    source: np.ndarray
    net: np.ndarray
    cost: np.ndarray

    @property
    def orders(self) -> np.ndarray:
        """Molecularity of every reactant complex."""
        return self.complexes.sum(axis=1)

    def at(self, complex_index: int) -> np.ndarray:
        """Return the indices of the reactions that start from this complex."""
        return np.flatnonzero(self.source == complex_index)

    def restrict(self, keep: np.ndarray) -> "Library":
        """Return the library with the reactions of this boolean mask."""
        return Library(self.complexes, self.source[keep], self.net[keep], self.cost[keep])

    def positions(self, mechanism: Mechanism) -> np.ndarray:
        """Positions of a mechanism's reactions, ``(reactions,)``.

        Raises
        ------
        KeyError
            A reaction that the library lacks.
        """
        place = {key: i for i, key in enumerate(_keys(self.complexes[self.source], self.net))}
        return np.array([place[key] for key in _keys(mechanism.reactants, mechanism.net_stoichiometry)], np.int64)

    def including(self, mechanism: Mechanism) -> "Library":
        """Return the library with every reaction of a mechanism, those that it lacks last."""
        have = set(_keys(self.complexes[self.source], self.net))
        keys = _keys(mechanism.reactants, mechanism.net_stoichiometry)
        missing = np.array([key not in have for key in keys], bool)
        if not missing.any():
            return self
        left, net = mechanism.reactants[missing], mechanism.net_stoichiometry[missing]
        known = {tuple(y): i for i, y in enumerate(self.complexes.tolist())}
        for y in map(tuple, left.tolist()):
            known.setdefault(y, len(known))
        source = np.array([known[tuple(y)] for y in left.tolist()], np.int64)
        return Library(
            np.array(list(known), np.int64),
            np.concatenate([self.source, source]),
            np.vstack([self.net, net]),
            np.concatenate([self.cost, reaction_cost(left, net)]),
        )

    def obeying(self, laws: np.ndarray) -> "Library":
        """Return the reactions that leave every law ``(laws, species)`` unchanged."""
        return self.restrict(np.all(self.net @ laws.T == 0, axis=1)) if len(laws) else self


def _keys(reactants: np.ndarray, net: np.ndarray) -> list[tuple[int, ...]]:
    return [(*y, *s) for y, s in zip(reactants.tolist(), net.tolist(), strict=True)]


def build_library(
    n_species: int, reactant_order: int, product_order: int = 3, laws: np.ndarray | None = None
) -> Library:
    """List every reaction with at most these numbers of reactant and product molecules.

    With ``laws`` ``(laws, species)`` only those that leave each of them unchanged: complexes are paired with those of
    equal content.
    """
    left = complexes(n_species, reactant_order)
    right = complexes(n_species, product_order)
    rows = np.zeros((0, n_species), np.int64) if laws is None else laws
    alike: dict[tuple[int, ...], list[int]] = {}
    for index, content in enumerate((right @ rows.T).tolist()):
        alike.setdefault(tuple(content), []).append(index)
    partners = [np.array(alike.get(tuple(content), []), np.int64) for content in (left @ rows.T).tolist()]
    source = np.repeat(np.arange(len(left)), [len(p) for p in partners])
    net = right[np.concatenate(partners)] - left[source]
    real = np.any(net != 0, axis=1)
    source, net = source[real], net[real]
    return Library(left, source, net, reaction_cost(left[source], net))


def reaction_cost(reactants: np.ndarray, net: np.ndarray) -> np.ndarray:
    """Price of reactions in units of -2 log likelihood, beside that of their rate constants.

    The log of the number of reactions with the same molecularities: a unimolecular step is one of few, a
    termolecular one of many; and a price for every reactant molecule after the first, so that the data must ask for a
    higher order. Networks with the same vector field fit equally well; small terms then put short, mass-balanced
    reactions without spectators first. A chemist wants to see more evidence for a catalyst and for molecules that
    appear or vanish other than one by one, as through a feed or a drain. The numbers are in `crnsym.deciding.Prices`.
    """
    products = reactants + net
    left, right = reactants.sum(axis=1), products.sum(axis=1)
    n, largest = net.shape[1], int(max(left.max(initial=0), right.max(initial=0)))
    choices = np.log([comb(n + order - 1, order) for order in range(largest + 1)])
    catalysts = np.minimum(reactants, products).sum(axis=1)
    divisor = np.gcd.reduce(np.abs(net), axis=1)
    orders = PRICES.order * np.maximum(left - 1, 0)
    ties = PRICES.molecule * (left + right) + PRICES.unequal * np.abs(net.sum(axis=1)) + PRICES.multiple * (divisor > 1)
    one_sided = (np.all(net >= 0, axis=1) | np.all(net <= 0, axis=1)) & (left + right > 1)
    return choices[left] + choices[right] + orders + ties + PRICES.spectator * catalysts + PRICES.one_sided * one_sided
