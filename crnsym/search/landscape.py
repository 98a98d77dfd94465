"""chi2 as a quadratic function of the rates of all reactions of a library, and the sets of reactions that it favours.

The weak form gives one (all complexes at once, no integration), and so do the trajectories of a fitted mechanism,
linearised in the rate of every reaction of the library, whether the mechanism has it or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from crnsym.deciding import EFFORT
from crnsym.refit.evaluate import evaluate, rates_of_runs, reactant_slots
from crnsym.refit.fit import Fit
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import FitProblem
from crnsym.regression.gram import nonnegative
from crnsym.regression.library import Library

LEAST = 1e-6  # of chi2 without any reaction: a prediction is not taken to be lower
RIDGE = 1e-10  # on the scale of the reactions: one without influence must not make the system singular
MEMORY = 2.5e8  # bytes for one chunk of sensitivities

Choice = tuple[float, np.ndarray]  # predicted score and positions of reactions in the library, ascending


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """loss(k) = constant + k' gram k - 2 moment' k for rates k >= 0.

    Attributes
    ----------
    gram, moment, constant
        ``(reactions, reactions)``, ``(reactions,)`` and a number.
    count
        Number of independent residuals behind the loss.
    prices
        ``(reactions,)`` price of each reaction.
    """

    gram: np.ndarray
    moment: np.ndarray
    constant: float
    count: int
    prices: np.ndarray

    def solve(self, chosen: np.ndarray) -> tuple[np.ndarray, float]:
        """Best non-negative rates of these reactions, and the loss."""
        if not len(chosen):
            return np.zeros(0), self.constant
        rates, value = nonnegative(np.ascontiguousarray(self.gram[np.ix_(chosen, chosen)]), self.moment[chosen])
        return rates, max(self.constant + value, LEAST * self.constant)

    def score(self, loss: float, chosen: np.ndarray) -> float:
        """N ln(loss/N) and the price of the reactions."""
        return float(self.count * np.log(max(loss, 1e-300) / self.count) + self.prices[chosen].sum())

    def used(self, chosen: np.ndarray) -> tuple[float, np.ndarray]:
        """Score of the best rates of these reactions, and those of them whose rate is not zero."""
        rates, loss = self.solve(chosen)
        kept = chosen[rates > 0]
        return self.score(loss, kept), kept

    def within(self, allowed: np.ndarray) -> "Landscape":
        """Return the landscape of some of the reactions."""
        gram = np.ascontiguousarray(self.gram[np.ix_(allowed, allowed)])
        return replace(self, gram=gram, moment=self.moment[allowed], prices=self.prices[allowed])

    def path(self) -> list[Choice]:
        """Eliminate reactions one by one, the cheapest first, from the best rates of all of them."""
        rates, loss = self.solve(np.arange(len(self.moment)))
        chosen = np.flatnonzero(rates > 0)
        rates = rates[chosen]
        found = [(self.score(loss, chosen), chosen)]
        while len(chosen) > 1:
            chosen, rates, loss = self._without_cheapest(chosen, rates)
            chosen, rates = chosen[rates > 0], rates[rates > 0]
            found.append((self.score(loss, chosen), chosen))
        return found

    def _without_cheapest(self, chosen: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        scale = 1.0 / np.sqrt(np.diag(self.gram)[chosen])
        matrix = self.gram[np.ix_(chosen, chosen)] * scale[:, None] * scale + RIDGE * np.eye(len(chosen))
        # what dropping one costs while the others may change, without regard to their signs
        inverse = np.linalg.inv(matrix)
        cost = (rates / scale) ** 2 / np.diag(inverse)
        cheapest = int(np.argmin(cost))
        falls = scale * inverse[:, cheapest] * rates[cheapest] / (scale[cheapest] * inverse[cheapest, cheapest])
        left = np.delete(rates - falls, cheapest)
        if left.min() > 0:  # no sign changes, so that nothing else can cost less
            rest = np.delete(chosen, cheapest)
            value = float(left @ self.gram[np.ix_(rest, rest)] @ left - 2.0 * self.moment[rest] @ left)
            return rest, left, max(self.constant + value, LEAST * self.constant)
        options = [np.delete(chosen, i) for i in np.argsort(cost, kind="stable")[: EFFORT.drops_tried]]
        solved = [(rest, *self.solve(rest)) for rest in options]
        return min(solved, key=lambda option: option[2])

    def improved(self, chosen: np.ndarray) -> Choice:
        """Add, drop or exchange one reaction after the other, each time the best predicted, until none helps."""
        score, chosen = self.used(chosen)
        for _ in range(EFFORT.changes):
            best = min(self._neighbours(chosen), key=lambda option: option[0], default=(np.inf, chosen))
            if best[0] >= score - 1e-6:
                break
            score, chosen = best
        return score, np.sort(chosen)

    def _neighbours(self, chosen: np.ndarray) -> Iterator[Choice]:
        for drop in range(-1, len(chosen)):
            rest = chosen if drop < 0 else np.delete(chosen, drop)
            if drop >= 0:
                yield self.used(rest)
            predicted = self.additions(rest)
            if drop >= 0:
                predicted[chosen[drop]] = np.inf
            for other in np.argsort(predicted, kind="stable")[:3]:
                if np.isfinite(predicted[other]):
                    yield self.used(np.append(rest, other))

    def additions(self, chosen: np.ndarray) -> np.ndarray:
        """Predicted scores with each reaction of the library added in turn, ``(reactions,)``; infinite if useless."""
        diagonal = np.diag(self.gram)
        own, force, loss = diagonal, self.moment, self.constant
        if len(chosen):
            scale = 1.0 / np.sqrt(np.maximum(diagonal[chosen], 1e-300))
            matrix = self.gram[np.ix_(chosen, chosen)] * scale[:, None] * scale + RIDGE * np.eye(len(chosen))
            cross = self.gram[:, chosen] * scale
            solved = np.linalg.solve(matrix, np.column_stack([cross.T, self.moment[chosen] * scale]))
            own = diagonal - np.einsum("lm,ml->l", cross, solved[:, :-1])
            force = self.moment - cross @ solved[:, -1]
            loss = self.constant - (self.moment[chosen] * scale) @ solved[:, -1]
        useful = (force > 0) & (own > 1e-9 * diagonal)
        useful[chosen] = False
        gain = np.where(useful, force**2 / np.where(useful, own, 1.0), 0.0)
        left = np.maximum(loss - gain, LEAST * self.constant)
        scores = self.count * np.log(left / self.count) + self.prices + self.prices[chosen].sum()
        return np.where(useful, scores, np.inf)


def of_trajectories(fit: Fit, library: Library, prices: np.ndarray) -> Landscape | None:
    """Linearise the trajectories of a fit, whose reactions are all in the library; None if that overflows."""
    problem = fit.problem
    slots = reactant_slots(library.complexes[library.source])
    vectors = library.net.astype(float)
    factors, tilts = temperature_factors(fit, library), temperature_tilts(fit, library.complexes)[library.source]
    rates = np.zeros(len(slots))
    rates[library.positions(fit.mechanism)] = np.exp(fit.mechanism.log_rates)
    found = quadratic_about(fit, problem, (slots, vectors, factors, tilts), rates)
    return None if found is None else Landscape(*found, problem.count, prices)


def quadratic_about(
    fit: Fit, problem: FitProblem, parameters: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], point: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return gram, moment and constant of chi2 about a fit, starts projected out; None where that cannot be had.

    Parameters
    ----------
    parameters
        As `evaluate` takes them: slots, vectors, factors and energies.
    point
        Their values in the mechanism of the fit, ``(params,)``.
    """
    slots, vectors, factors, tilts = parameters
    size, n = vectors.shape
    gram, gradient, chi2 = np.zeros((size, size)), np.zeros(size), 0.0
    runs, longest = problem.times.shape
    chunk = max(1, int(MEMORY / (8 * longest * n * (size + n))))
    for first in range(0, runs, chunk):
        members = np.arange(first, min(first + chunk, runs))
        part = problem if chunk >= runs else problem.thin(members)
        here = evaluate(part, fit.mechanism, fit.initial_states[members], (slots, vectors, factors[members], tilts))
        if here is None:
            return None
        matrix, reduced, *_ = normal_equations(here)
        gram += matrix
        gradient += reduced
        chi2 += here.chi2
    if not (np.isfinite(gram).all() and np.isfinite(gradient).all()):
        return None
    return gram, gram @ point + gradient, float(chi2 + 2.0 * gradient @ point + point @ gram @ point)


def temperature_tilts(fit: Fit, complexes: np.ndarray) -> np.ndarray:
    """Activation energies in fit units, ``(complexes,)``: of the fit's reactions with these reactants, or the mean."""
    problem, mechanism = fit.problem, fit.mechanism
    if problem.temperatures is None or mechanism.energies is None:
        return np.zeros(len(complexes))
    usual = float(np.mean(mechanism.energies)) if len(mechanism.energies) else problem.temperatures.typical
    found = np.full(len(complexes), usual)
    weights = np.exp(mechanism.log_rates) * np.abs(mechanism.net_stoichiometry).sum(axis=1)
    for y, complex_ in enumerate(complexes):
        own = (mechanism.reactants == complex_).all(axis=1)
        if own.any():
            found[y] = np.average(mechanism.energies[own], weights=np.maximum(weights[own], 1e-300))
    return found / problem.temperatures.unit


def temperature_factors(fit: Fit, library: Library) -> np.ndarray:
    """How the rates change with the temperature of the run, ``(experiments, reactions)``.

    As the reactions of the fit with the same reactants do; others have the mean activation energy.
    """
    problem, mechanism = fit.problem, fit.mechanism
    result = np.ones((len(problem.times), len(library.source)))
    if problem.temperatures is None or mechanism.energies is None:
        return result
    usual = np.mean(mechanism.energies) if len(mechanism.energies) else problem.temperatures.typical
    result *= np.exp(problem.temperatures.slopes * usual / problem.temperatures.unit)[:, None]
    factors = rates_of_runs(mechanism, problem)[1]
    weights = np.exp(mechanism.log_rates) * np.abs(mechanism.net_stoichiometry).sum(axis=1)
    for y in np.unique(library.source):
        own = (mechanism.reactants == library.complexes[y]).all(axis=1)
        if own.any():
            result[:, library.source == y] = (factors[:, own] @ weights[own] / weights[own].sum())[:, None]
    return result
