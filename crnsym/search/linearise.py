"""The fitted model's trajectories, linearised in the net vectors of all complexes at once.

One simulation with sensitivities to every theta_{y,i} (complex y, species i), including complexes that the model does
not use, turns the question "which reaction helps?" into small least-squares problems: the effect of a reaction
(y, s) is s' H s and s' g, with the initial states projected out.
"""

import numpy as np

from crnsym.refit.evaluate import rates_of_runs, reactant_slots
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.quadratic import Quadratic
from crnsym.search.landscape import quadratic_about, temperature_tilts


def linearise(fit: Fit, problem: FitProblem, complexes: np.ndarray) -> Quadratic | None:
    """Linearise about a fitted mechanism; None if it cannot be integrated."""
    n_complexes, n = complexes.shape
    slots = np.repeat(reactant_slots(complexes), n, axis=0)
    vectors = np.tile(np.eye(n), (n_complexes, 1))
    factors = np.repeat(_factors(fit, problem, complexes), n, axis=1)
    tilts = np.repeat(temperature_tilts(fit, complexes), n)
    theta = np.zeros((n_complexes, n))
    position = {tuple(y): index for index, y in enumerate(complexes.tolist())}
    for y, d in fit.mechanism.net_vectors().items():
        theta[position[y]] = d
    found = quadratic_about(fit, problem, (slots, vectors, factors, tilts), theta.ravel())
    return None if found is None else Quadratic(complexes, *found)


def _factors(fit: Fit, problem: FitProblem, complexes: np.ndarray) -> np.ndarray:
    """How the net vectors change with the temperature of the run, ``(experiments, complexes)``.

    As the fluxes of the model do; a complex that it does not use takes the mean activation energy.
    """
    result = np.ones((len(problem.times), len(complexes)))
    mechanism = fit.mechanism
    if problem.temperatures is None or mechanism.energies is None:
        return result
    usual = np.mean(mechanism.energies) if len(mechanism.energies) else problem.temperatures.typical
    result *= np.exp(problem.temperatures.slopes * usual / problem.temperatures.unit)[:, None]
    factors = rates_of_runs(mechanism, problem)[1]
    weights = np.exp(mechanism.log_rates) * np.abs(mechanism.net_stoichiometry).sum(axis=1)
    for index, y in enumerate(complexes):
        own = (mechanism.reactants == y).all(axis=1)
        if own.any():
            result[:, index] = factors[:, own] @ weights[own] / weights[own].sum()
    return result
