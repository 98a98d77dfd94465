"""Candidates that cannot be told apart: by no data (same vector field), or by these data (same score)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import nnls

from ..data.mechanism import Mechanism
from ..deciding import THRESHOLDS
from ..refit.fit import Fit
from ..refit.problem import FitProblem

SAME_FIELD = 1e-3  # of the largest flux
EXACT = 1e-6  # of a net vector: what its reproduction may miss
AROUND = 0.03  # part of the reference temperature by which fields must agree too


def same_vector_field(first: Mechanism, second: Mechanism, scale: np.ndarray, tolerance: float = SAME_FIELD) -> bool:
    """Whether two mechanisms have the same right-hand side: nearly as they are, exactly for some rates of one of them.

    Parameters
    ----------
    first, second
        Mechanisms of the same species.
    scale
        ``(species,)`` typical concentrations of the measured species; weighs the net vectors of different reactant
        complexes. Hidden species count with the median.
    tolerance
        Largest difference, as a part of the largest flux into or out of the same species.
    """
    if not (isinstance(first, Mechanism) and isinstance(second, Mechanism)):
        return first is second  # other rate laws, see `crnsym.refit.general`
    if first.species != second.species:
        return False
    if first.energies is not None and second.energies is not None:
        kelvin = [first.reference * (1.0 + part) for part in (-AROUND, 0.0, AROUND)]
        return all(same_vector_field(first.at(t), second.at(t), scale, tolerance) for t in kelvin)
    scale = np.append(scale, np.full(len(first.species) - len(scale), np.median(scale)))
    a, b = first.net_vectors(), second.net_vectors()
    zero = np.zeros(len(scale))
    largest, difference = zero.copy(), zero.copy()
    for y in a.keys() | b.keys():
        monomial = float(np.prod(scale ** np.array(y)))
        left, right = a.get(y, zero), b.get(y, zero)
        largest = np.maximum(largest, monomial * np.maximum(np.abs(left), np.abs(right)))
        difference = np.maximum(difference, monomial * np.abs(left - right))
    if np.any(difference > tolerance * largest):
        return False
    return _reproduces(first, second) or _reproduces(second, first)


def _reproduces(first: Mechanism, second: Mechanism) -> bool:
    """Whether the reactions of the second have rates, some zero, for which its vector field is that of the first."""
    target = first.net_vectors()
    for y in {tuple(row) for row in second.reactants.tolist()} | target.keys():
        wanted = target.get(y, np.zeros(len(first.species)))
        own = second.net_stoichiometry[(second.reactants == y).all(axis=1)].astype(float)
        if not own.any():
            if np.any(wanted):
                return False
            continue
        if np.any(wanted) and nnls(own.T, wanted)[1] > EXACT * np.linalg.norm(wanted):
            return False
    return True


def acting(mechanism: Mechanism, measured: int) -> Mechanism:
    """Leave out hidden species that no reaction consumes or needs: what is measured does not depend on them."""
    if not isinstance(mechanism, Mechanism):
        return mechanism
    hidden = np.arange(len(mechanism.species)) >= measured
    kept = np.flatnonzero(~hidden | mechanism.reactants.any(axis=0))
    if len(kept) == len(mechanism.species):
        return mechanism
    return replace(
        mechanism,
        species=tuple(mechanism.species[i] for i in kept),
        reactants=mechanism.reactants[:, kept],
        products=mechanism.products[:, kept],
    )


def runnable(fit: Fit) -> np.ndarray:
    """Tell which reactions can run at all, ``(reactions,)``: all their reactants are there, or are made by such."""
    problem, mechanism = fit.problem, fit.mechanism
    there = problem.present.any(axis=(0, 1)) | (problem.start != 0).any(axis=0) | problem.free.any(axis=0)
    there[list(problem.quasi_steady)] = False  # its start balances what makes it
    runs = np.zeros(len(mechanism.log_rates), dtype=bool)
    while (more := there[None] | (mechanism.reactants == 0)).all(axis=1).sum() > runs.sum():
        runs = more.all(axis=1)
        there = there | (mechanism.products[runs] > 0).any(axis=0)
    return runs


def vector_field_groups(mechanisms: Sequence[Mechanism], scale: np.ndarray) -> list[int]:
    """Give every mechanism the number of its class of equal vector fields; the first member of a class founds it."""
    founders: list[Mechanism] = []
    groups = []
    for mechanism in mechanisms:
        for g, founder in enumerate(founders):
            if same_vector_field(founder, mechanism, scale):
                groups.append(g)
                break
        else:
            groups.append(len(founders))
            founders.append(mechanism)
    return groups


def tie_width(problem: FitProblem) -> float:
    """Difference in score below which these data do not decide."""
    return THRESHOLDS.wide_tie if int(problem.lengths.sum()) <= THRESHOLDS.few_rows else THRESHOLDS.tie
