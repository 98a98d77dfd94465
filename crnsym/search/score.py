"""What the search minimises: a BIC with the price of choosing among many reactions, plus tie-breaking terms."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import comb
from typing import Literal, TypeAlias

import numpy as np
from scipy.optimize import linprog

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import PRICES
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library, reaction_cost

Vessel: TypeAlias = Literal["auto", "open", "closed"]
COMES_OR_GOES: dict[Vessel, dict[str, float]] = {
    "auto": {"exchanged": PRICES.exchanged, "lost": PRICES.exchanged, "made": PRICES.made},
    "open": {"lost": PRICES.exchanged, "made": PRICES.made},
    "closed": {"exchanged": PRICES.refused, "lost": PRICES.refused, "made": PRICES.refused},
}


@dataclass(frozen=True, slots=True)
class Score:
    """Extended BIC (Chen & Chen 2008, gamma = 1/2) of mechanisms on one data set.

    score = N ln(chi2/N) + sum over reactions of (ln N + ln M) + ties, with M the number of possible reactions of the
    same molecularities: a unimolecular step is one of few, a termolecular one of many, so that it must earn more.
    ``totals`` are conserved sums of all species that the data show; a mechanism that breaks one must explain it as a
    coincidence. ``numbers`` are fitted a reaction (two with activation energies), ``nuisance`` further ones, each at
    the price of a rate constant; ``hidden`` counts the species that were not measured, ``forms`` those of them that are
    forms of a catalyst. In an open ``vessel`` feeds and drains cost no more than other steps; in a closed one nothing
    may come or go. ``private`` counts for each species the unknown coefficients of an observation that are its alone: a
    mechanism without it has none of them. Lower is better.
    """

    count: int
    n_species: int
    totals: tuple[tuple[int, ...], ...] = ()
    nuisance: int = 0
    hidden: int = 0
    forms: tuple[int, ...] = ()
    numbers: int = 1
    vessel: Vessel = "auto"
    private: tuple[int, ...] = ()

    def widened(self, problem: FitProblem) -> "Score":
        """Return the score of the same data with the unmeasured species of a problem: more reactions to choose from."""
        n = len(problem.species)
        if n == self.n_species:
            return self
        forms = tuple(range(self.n_species, n)) if problem.shared else ()
        unseen = 1 if forms else n - self.n_species  # a catalyst and its forms are one thing that nobody measured
        return replace(self, n_species=n, totals=(), nuisance=problem.nuisance, hidden=unseen, forms=forms)

    @property
    def per_reaction(self) -> float:
        """Price of one more reaction of the commonest kind, two molecules to two."""
        return float(self.per_rate + 2.0 * np.log(comb(self.n_species + 1, 2)))

    @property
    def per_rate(self) -> float:
        """Price of the fitted numbers of a reaction."""
        return float(self.numbers * np.log(self.count))

    def of(self, chi2: float, reactants: np.ndarray, net: np.ndarray) -> float:
        """Score of a mechanism given its chi2."""
        return self.likelihood_term(chi2) + self.structure(reactants, net) + self.further

    @property
    def further(self) -> float:
        """Price of what does not depend on the reactions."""
        return float(self.nuisance * np.log(self.count) + PRICES.unmeasured * self.hidden)

    def likelihood_term(self, chi2: float) -> float:
        """N ln(chi2/N)."""
        return float(self.count * np.log(max(chi2, 1e-12) / self.count))

    def structure(self, reactants: np.ndarray, net: np.ndarray) -> float:
        """Price of the reactions alone."""
        if not len(net):
            return 0.0
        price = self.prices(reactants, net).sum()
        price += COMES_OR_GOES[self.vessel].get(matter(reactants, net), 0.0)
        if self.forms:
            measured = np.setdiff1d(np.arange(self.n_species), self.forms)
            both = reactants[:, measured].any(axis=1) & (reactants + net)[:, measured].any(axis=1)
            price += PRICES.form_exchange * int((both & reactants[:, list(self.forms)].any(axis=1)).sum())
        if self.private:
            used = np.any((reactants != 0) | (net != 0), axis=0)[: len(self.private)]
            price += np.log(self.count) * float(np.array(self.private)[used].sum())
        price += PRICES.coincidence * sum(
            bool(np.any(net @ np.array(law))) for law in self.totals if len(law) == net.shape[1]
        )
        return float(price)

    def prices(self, reactants: np.ndarray, net: np.ndarray) -> np.ndarray:
        """Price of each reaction, ``(reactions,)``."""
        return self.per_rate + reaction_cost(reactants, net)

    def of_library(self, library: Library) -> np.ndarray:
        """Price of each reaction of a library, ``(reactions,)``."""
        return self.per_rate + library.cost

    def mechanism(self, mechanism: Mechanism, chi2: float) -> float:
        """Score of a fitted mechanism."""
        return self.of(chi2, mechanism.reactants, mechanism.net_stoichiometry)


def matter(reactants: np.ndarray, net: np.ndarray) -> str:
    """Whether reactions keep matter, exchange it with the outside by single molecules, lose it, or make it."""
    rows = tuple(map(tuple, net.tolist()))
    if has_positive_law(rows):
        return "kept"
    outside = np.abs(net).sum(axis=1) == 1
    outside &= (reactants.sum(axis=1) == 0) | ((reactants.sum(axis=1) == 1) & (net.sum(axis=1) < 0))
    if has_positive_law(tuple(map(tuple, net[~outside].tolist()))):
        return "exchanged"
    return "lost" if only_loses(rows) else "made"


@lru_cache(maxsize=20000)
def has_positive_law(net: tuple[tuple[int, ...], ...]) -> bool:
    """Whether some combination of all species with weights from 1 to 4 is conserved by these net vectors."""
    if not net:
        return True
    matrix = np.unique(np.array(net), axis=0)
    # a net vector without losses (or without gains) creates (or destroys) mass: no need for a linear programme
    if np.any(np.all(matrix >= 0, axis=1) | np.all(matrix <= 0, axis=1)):
        return False
    return _weights_exist(A_eq=matrix, b_eq=np.zeros(len(matrix)))


@lru_cache(maxsize=20000)
def only_loses(net: tuple[tuple[int, ...], ...]) -> bool:
    """Whether some sum of all species, weights from 1 to 4, never rises: what is lost may be a by-product."""
    matrix = np.unique(np.array(net), axis=0)
    return bool(np.all(matrix.min(axis=1) < 0)) and _weights_exist(A_ub=matrix, b_ub=np.zeros(len(matrix)))


def _weights_exist(**conditions: np.ndarray) -> bool:
    n = next(iter(conditions.values())).shape[1]
    return bool(linprog(np.ones(n), bounds=[(1.0, 4.0)] * n, method="highs", **conditions).status == 0)
