"""Mechanisms as arrays: what learners hand over and what the refit kernel runs on."""

from dataclasses import dataclass, field, replace

import numpy as np

from ..arguments import checked

GAS_CONSTANT = 8.31446261815324  # J / (mol K)


@checked
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
    energies
        ``(reactions,)`` activation energies in J/mol, NaN where unknown; None where there is one temperature.
    reference
        Temperature in kelvin at which the rate constants are given, with energies.

    Examples
    --------
    >>> import crnsym as cs
    >>> mechanism = cs.mass_action_arrays(cs.network("2 A -> B @ 0.5; B -> 2 A @ 0.1"))
    >>> mechanism.net_stoichiometry.tolist(), mechanism.order
    ([[-2, 1], [2, -1]], 2)
    """

    species: tuple[str, ...]
    reactants: np.ndarray
    products: np.ndarray
    log_rates: np.ndarray
    provenance: tuple[str, ...] = field(default=())
    energies: np.ndarray | None = None
    reference: float = float("nan")

    @property
    def net_stoichiometry(self) -> np.ndarray:
        """Net change of each species by one turnover, ``(reactions, species)``."""
        return self.products - self.reactants

    @property
    def order(self) -> int:
        """The largest number of reactant molecules."""
        return int(self.reactants.sum(axis=1).max(initial=0))

    def take(self, index: np.ndarray) -> "Mechanism":
        """Return the reactions with these positions (or of this boolean mask), in that order."""
        energies = None if self.energies is None else self.energies[index]
        return replace(
            self,
            reactants=self.reactants[index],
            products=self.products[index],
            log_rates=self.log_rates[index],
            energies=energies,
        )

    def extended(self, reactants: np.ndarray, products: np.ndarray, log_rates: np.ndarray) -> "Mechanism":
        """Append reactions, with unknown activation energies."""
        unknown = np.full(len(log_rates), np.nan)
        return replace(
            self,
            reactants=np.vstack([self.reactants, reactants]),
            products=np.vstack([self.products, products]),
            log_rates=np.concatenate([self.log_rates, log_rates]),
            energies=None if self.energies is None else np.concatenate([self.energies, unknown]),
        )

    def with_energies_of(self, other: "Mechanism") -> "Mechanism":
        """Take the activation energies that another mechanism has for the same reactions or else reactants."""
        if other.energies is None:
            return self
        energies = np.full(len(self.log_rates), np.nan)
        for j, (a, b) in enumerate(zip(self.reactants, self.products, strict=True)):
            here = (other.reactants == a).all(axis=1)
            same = here & (other.products == b).all(axis=1)
            chosen = same if same.any() else here
            if chosen.any():
                energies[j] = other.energies[chosen].mean()
        return replace(self, energies=energies, reference=other.reference)

    def log_rates_at(self, kelvin: np.ndarray) -> np.ndarray:
        """Return ln k at temperatures, ``(temperatures, reactions)``: the centred Arrhenius law."""
        if self.energies is None:
            return np.tile(self.log_rates, (len(kelvin), 1))
        return self.log_rates - np.outer(1.0 / kelvin - 1.0 / self.reference, self.energies / GAS_CONSTANT)

    def at(self, kelvin: float) -> "Mechanism":
        """Return the mechanism at one temperature, where it has no activation energies."""
        return replace(self, log_rates=self.log_rates_at(np.array([kelvin]))[0], energies=None, reference=float("nan"))

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

    Examples
    --------
    >>> import numpy as np
    >>> import crnsym as cs
    >>> learned = cs.FractionalNetwork(("A", "B"), np.array([[1.97, 0.0]]), np.array([[-1.98, 1.01]]), np.array([-0.7]))
    >>> print(cs.to_network(cs.round_network(learned)[0]))
    2 A -> B  @ k1
    param k1 = 0.496585
    """

    species: tuple[str, ...]
    orders: np.ndarray
    net_stoichiometry: np.ndarray
    log_rates: np.ndarray
    loss: float = float("nan")
    source: str = "crnn"
