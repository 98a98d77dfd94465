"""Starting rates for thousands of mechanisms from one Gram matrix of monomial integrals.

Along a run c(t) = c(0) + sum_r s_r k_r I_r(t) with I_r the integral of the reactants' product, which the data give
without integrating anything. The least squares of all mechanisms share the integrals' products, so each
mechanism costs the assembly and solution of one small non-negative problem.
"""

from dataclasses import dataclass

import numpy as np

from .bulk_data import BulkData, BulkMechanisms


@dataclass(frozen=True, slots=True)
class Monomials:
    """The distinct reactant complexes of all mechanisms and what the data say about them.

    Attributes
    ----------
    slots, index
        ``(monomials, 3)`` reactant molecules, and which of them each reaction has ``(mechanisms, reactions)``.
    gram, moments, total
        ``(species, monomials, monomials)``, ``(species, monomials)``, scalar: weighted products of the integrals
        with each other and with the values, and of the values with themselves, less each run's mean.
    slope
        ``(monomials, times - 1)`` sum of |dm/dc| times the interval, the largest over the runs.
    """

    slots: np.ndarray
    index: np.ndarray
    gram: np.ndarray
    moments: np.ndarray
    total: float
    slope: np.ndarray


def monomials(data: BulkData, mechanisms: BulkMechanisms) -> Monomials:
    """Integrate every reactant complex that occurs and take all weighted products."""
    flat = np.sort(mechanisms.slots.reshape(-1, mechanisms.slots.shape[2]), axis=1)
    slots, index = np.unique(flat, axis=0, return_inverse=True)
    padded = np.concatenate([data.values, np.ones((*data.times.shape, 1))], axis=2)
    factors = np.moveaxis(padded[:, :, slots], 2, 0)  # monomials, runs, times, slots
    value = factors.prod(axis=3)
    integral = np.zeros_like(value)
    np.cumsum(0.5 * data.steps * (value[:, :, 1:] + value[:, :, :-1]), axis=2, out=integral[:, :, 1:])
    gram, moments, total = [], [], 0.0
    for s in range(len(data.species)):
        weight = data.weights[:, :, s]
        share = weight**2 / np.maximum((weight**2).sum(axis=1, keepdims=True), 1e-300)
        # The first value is as noisy as the others: every run has its own level, projected out here.
        a = weight * (integral - (share * integral).sum(axis=2, keepdims=True))
        b = weight * (data.values[:, :, s] - (share * data.values[:, :, s]).sum(axis=1, keepdims=True))
        a = a.reshape(len(slots), -1)
        gram.append(a @ a.T)
        moments.append(a @ b.ravel())
        total += float(b.ravel() @ b.ravel())
    partial = np.zeros_like(value)
    for j in range(slots.shape[1]):
        real = (slots[:, j] < len(data.species))[:, None, None]
        partial += np.abs(np.delete(factors, j, axis=3)).prod(axis=3) * real
    slope = (np.maximum(partial[:, :, 1:], partial[:, :, :-1]) * data.steps).max(axis=1)
    return Monomials(slots, index.reshape(mechanisms.slots.shape[:2]), np.array(gram), np.array(moments), total, slope)


def regression_start(
    found: Monomials, mechanisms: BulkMechanisms, *, sweeps: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Non-negative least squares for all mechanisms at once, by coordinate descent.

    Returns
    -------
    rates, score
        ``(mechanisms, reactions)`` rate constants, some of them zero, and ``(mechanisms,)`` the sum of squares left,
        which ranks mechanisms before anything is integrated.
    """
    net, index = mechanisms.net, found.index
    matrix = np.zeros((*net.shape[:2], net.shape[1]))
    vector = np.zeros(net.shape[:2])
    for s in range(net.shape[2]):
        matrix += net[:, :, None, s] * net[:, None, :, s] * found.gram[s][index[:, :, None], index[:, None, :]]
        vector += net[:, :, s] * found.moments[s][index]
    size = np.sqrt(np.maximum(np.diagonal(matrix, axis1=1, axis2=2), 1e-300))
    matrix, vector = matrix / (size[:, :, None] * size[:, None, :]), vector / size
    rates, slack = np.zeros_like(vector), vector.copy()  # slack = vector - matrix @ rates
    for _ in range(sweeps):
        largest = 0.0
        for r in range(net.shape[1]):
            change = np.maximum(rates[:, r] + slack[:, r], 0.0) - rates[:, r]
            rates[:, r] += change
            slack -= matrix[:, :, r] * change[:, None]
            largest = max(largest, float(np.abs(change).max(initial=0.0)))
        if largest < 1e-6 * np.sqrt(found.total):
            break
    score = found.total - ((vector + slack) * rates).sum(axis=1)
    return np.where(mechanisms.mask, rates / size, 0.0), np.maximum(score, 0.0)


def natural_log_rates(data: BulkData, mechanisms: BulkMechanisms) -> np.ndarray:
    """Log of the rate constant that turns over a typical concentration once in a run."""
    size = np.log(max(float(np.mean(np.abs(data.values).max(axis=1))), 1e-300))
    order = (mechanisms.slots < len(data.species)).sum(axis=2)
    return -np.log(np.median(data.times[:, -1] - data.times[:, 0])) + (1 - order) * size


def stiffness(found: Monomials, mechanisms: BulkMechanisms, log_rates: np.ndarray) -> np.ndarray:
    """Bound on |J| h along the data, ``(mechanisms, times - 1)``: the sum over reactions of each one's norm."""
    strength = np.where(mechanisms.mask, np.exp(log_rates), 0.0) * np.abs(mechanisms.net).max(axis=2)
    share = np.zeros((len(mechanisms), len(found.slots)))
    np.add.at(share, (np.arange(len(mechanisms))[:, None], found.index), strength)
    return share @ found.slope
