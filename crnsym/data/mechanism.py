"""Mechanisms as arrays: what learners hand over and what the refit kernel runs on."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Mechanism:
    """An integer mass-action mechanism, as arrays.

    Attributes
    ----------
    species
        Names, in the order of the columns below.
    reactants, products
        Integer arrays ``(reactions, species)``; a catalyst stands in both.
    log_rates
        ``(reactions,)`` natural logarithms of the rate constants; rate = k prod c^reactants.
    provenance
        How it was found: one short remark a step.
    """

    species: tuple[str, ...]
    reactants: np.ndarray
    products: np.ndarray
    log_rates: np.ndarray
    provenance: tuple[str, ...] = field(default=())

    @property
    def net_stoichiometry(self) -> np.ndarray:
        """Net change of each species by one turnover, ``(reactions, species)``."""
        return self.products - self.reactants

    @property
    def order(self) -> int:
        """The largest number of reactant molecules."""
        return int(self.reactants.sum(axis=1).max(initial=0))

    def structure(self) -> frozenset[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the set of reactions without their rates: equal for equal mechanisms in any order."""
        return frozenset(
            (tuple(map(int, a)), tuple(map(int, b))) for a, b in zip(self.reactants, self.products, strict=True)
        )

    def net_vectors(self) -> dict[tuple[int, ...], np.ndarray]:
        """Canonical form {reactant complex -> sum of k (products - reactants)}; zero vectors dropped.

        Two mechanisms have the same vector field if and only if these agree (Craciun & Pantea 2008).
        """
        vectors: dict[tuple[int, ...], np.ndarray] = {}
        for a, s, k in zip(self.reactants, self.net_stoichiometry, np.exp(self.log_rates), strict=True):
            key = tuple(map(int, a))
            vectors[key] = vectors.get(key, 0.0) + k * s
        return {y: d for y, d in vectors.items() if np.abs(d).max(initial=0.0) > 0}


@dataclass(frozen=True, slots=True)
class FractionalNetwork:
    """What a learner found: real orders and stoichiometry, not yet reactions.

    Attributes
    ----------
    species
        Names, in the order of the columns below.
    orders
        ``(reactions, species)`` real reaction orders, non-negative.
    net_stoichiometry
        ``(reactions, species)`` real net change of each species.
    log_rates
        ``(reactions,)`` natural logarithms of the rate constants.
    loss
        The learner's own loss at this point (lower is better).
    source
        Name of the learner, for provenance.
    """

    species: tuple[str, ...]
    orders: np.ndarray
    net_stoichiometry: np.ndarray
    log_rates: np.ndarray
    loss: float = float("nan")
    source: str = "crnn"
