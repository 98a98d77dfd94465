"""Is a reversible pair in fast equilibrium? Four signals, of which two must agree.

1. Along the fitted trajectories its net flux is a small part of either flux (partial-equilibrium index).
2. The Jacobian has an eigenvalue far from the others, whose direction is the pair's net vector (spectral gap).
3. The data leave the pair's two rates open together, in the same sense (sign pattern of the sloppy direction).
4. The likelihood falls off on one side only as the rates grow (a rate at its limit, see `limits`).
"""

from dataclasses import dataclass

import numpy as np

from crnsym.refit.evaluate import evaluate
from crnsym.refit.fit import Fit

NET_FLUX = 0.05  # of either flux, in the median over the trajectories
GAP = 20.0  # between the pair's relaxation rate and the next
ALONG = 0.9  # cosine between the fast direction and the pair's net vector
OPEN, TOGETHER = 0.25, 0.9  # standard error of a log rate that is open, and correlation of two that are open together
NEEDED = 2


@dataclass(frozen=True, slots=True)
class FastPair:
    """A reversible pair in fast equilibrium: indices of its reactions, and the signals, a sentence each."""

    forward: int
    backward: int
    signals: tuple[str, ...]


def fast_pairs(fit: Fit) -> list[FastPair]:
    """Find the reversible pairs of a fitted mechanism that at least two signals call fast."""
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states) if fit.ok else None
    if here is None:
        return []
    valid = np.arange(here.states.shape[1])[None, :] < fit.problem.lengths[:, None]
    states = np.maximum(here.states[valid], 0.0)
    rates = np.exp(fit.mechanism.log_rates)
    fluxes = rates * np.prod(states[:, None, :] ** fit.mechanism.reactants, axis=2)
    net = fit.mechanism.net_stoichiometry
    found = []
    for i in range(len(net)):
        for j in range(i + 1, len(net)):
            if np.array_equal(net[i], -net[j]):
                signals = [s for s in (_balance(fluxes, i, j), _gap(fit, states, net[i]), _open(fit, i, j)) if s]
                if i in fit.pinned or j in fit.pinned:
                    signals.append("its rates have a lower bound and no upper one")
                if len(signals) >= NEEDED:
                    found.append(FastPair(i, j, tuple(signals)))
    return found


def _balance(fluxes: np.ndarray, i: int, j: int) -> str:
    both = fluxes[:, i] + fluxes[:, j]
    moving = both > 1e-3 * both.max(initial=0.0)
    index = (
        float(np.median(np.abs(fluxes[moving, i] - fluxes[moving, j]) / (0.5 * both[moving]))) if moving.any() else 1.0
    )
    return f"its net flux is {100 * index:.2g} % of either flux" if index < NET_FLUX else ""


def _gap(fit: Fit, states: np.ndarray, direction: np.ndarray) -> str:
    """Eigenvalues of the Jacobian at the middle of the trajectories."""
    rates, orders = np.exp(fit.mechanism.log_rates), fit.mechanism.reactants
    state = np.maximum(np.median(states, axis=0), 1e-12 * states.max(initial=1e-300))
    flux = rates * np.prod(state**orders, axis=1)
    jacobian = fit.mechanism.net_stoichiometry.T @ (flux[:, None] * orders / state)
    values, vectors = np.linalg.eig(jacobian)
    order = np.argsort(-np.abs(values))
    if len(order) < 2:
        return ""
    along = np.abs(np.real(vectors[:, order[0]]) @ direction) / np.linalg.norm(direction)
    gap = float(np.abs(values[order[0]]) / max(np.abs(values[order[1]]), 1e-300))
    return f"it relaxes {gap:.2g} times faster than anything else" if gap > GAP and along > ALONG else ""


def _open(fit: Fit, i: int, j: int) -> str:
    errors = fit.log_errors
    if min(errors[i], errors[j]) < OPEN:
        return ""
    correlation = float(fit.covariance[i, j] / (errors[i] * errors[j]))
    return "the data leave its two rates open together" if correlation > TOGETHER else ""
