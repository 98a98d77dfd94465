"""Levenberg-Marquardt for many small problems side by side; a blow-up is a rejected step."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

_LEAP = 20.0  # largest increase of a log rate in a step
_HUGE = 1e150  # beyond this the normal matrix cannot be trusted, although it is still finite


class NormalEquations(Protocol):
    """What a backend offers: sums of squares, and with them half their gradient and the normal matrix."""

    def __call__(
        self, index: np.ndarray, log_rates: np.ndarray, substeps: np.ndarray, *, sensitivities: bool = True
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Evaluate mechanisms ``index`` at ``log_rates`` with ``substeps`` steps an interval."""
        ...


@dataclass(slots=True)
class LMResult:
    """Where the problems ended: sums of squares, log rates, and how they got there."""

    cost: np.ndarray
    log_rates: np.ndarray
    converged: np.ndarray
    blown_up: np.ndarray
    iterations: np.ndarray


def checked(
    evaluate: NormalEquations, index: np.ndarray, log_rates: np.ndarray, substeps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Evaluate; whatever is not finite, or too large to square, becomes an infinite cost."""
    cost, gradient, hessian = evaluate(index, log_rates, substeps)
    bad = ~(np.isfinite(cost) & np.isfinite(gradient).all(axis=1) & (np.abs(hessian).max(axis=(1, 2)) < _HUGE))
    cost[bad], gradient[bad], hessian[bad] = np.inf, 0.0, 0.0
    return cost, gradient, hessian


def damped_steps(
    gradient: np.ndarray, hessian: np.ndarray, damping: np.ndarray, longest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Solve all damped normal equations; return steps and the decrease each of them promises.

    The model is as good in k as in log k, where it says k -> k (1 + step). Upwards that is believed, so that a rate
    that was all but lost comes back in one step. Downwards k stays positive: rates that want to be negative go
    down by ``longest`` in log k, and the others take that as given (a projected Newton step).
    """
    size = np.sqrt(np.diagonal(hessian, axis1=1, axis2=2))
    size = np.where(size > 1e-100, size, 1.0)  # padding, and rates the data do not feel at all
    identity = np.eye(hessian.shape[1])
    scaled = hessian / (size[:, :, None] * size[:, None, :])
    slope, lowest = gradient / size, -(1.0 - np.exp(-longest)) * size
    fixed = slope > 5.0 * size  # all but zero already, and pushed further down
    step = np.zeros_like(slope)
    for _ in range(3):
        step = np.where(fixed, lowest, 0.0)
        push = np.where(fixed, 0.0, -slope - (scaled @ step[:, :, None])[:, :, 0])
        free = ~fixed[:, :, None] & ~fixed[:, None, :]
        matrix = np.where(free, scaled, identity) + (damping + 1e-10)[:, None, None] * identity
        step += np.linalg.solve(matrix, push[:, :, None])[:, :, 0]
        below = step < lowest
        if not (below & ~fixed).any():
            break
        fixed |= below
    step = np.maximum(step, lowest)
    promise = -(step * (2.0 * slope + (scaled @ step[:, :, None])[:, :, 0])).sum(axis=1)
    return np.minimum(np.log1p(step / size), _LEAP), promise


def levenberg_marquardt(
    evaluate: NormalEquations,
    index: np.ndarray,
    start: np.ndarray,
    substeps: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    *,
    max_iterations: int = 15,
    tolerance: float = 1e-4,
    longest: float = 2.0,
) -> LMResult:
    """Minimise every problem over its log rates.

    Parameters
    ----------
    evaluate
        The backend.
    index, start, substeps, bounds
        Which mechanisms ``(problems,)``, their first log rates ``(problems, reactions)``, integration steps an
        interval ``(problems, times - 1)``, and the smallest and largest log rates ``(problems, reactions)`` each.
    max_iterations
        Evaluations of each problem beyond the first.
    tolerance
        A problem ends when two accepted steps in a row lower its cost by less than this share.
    longest
        Largest decrease of a log rate in one step.
    """
    lower, upper = bounds
    x = np.clip(start, lower, upper)
    cost, gradient, hessian = checked(evaluate, index, x, substeps)
    blown_up = ~np.isfinite(cost)
    for _ in range(12):
        bad = np.flatnonzero(~np.isfinite(cost))
        if not len(bad):
            break
        x[bad] = np.maximum(x[bad] - 1.5, lower[bad])
        cost[bad], gradient[bad], hessian[bad] = checked(evaluate, index[bad], x[bad], substeps[bad])
    number = len(index)
    damping, growth, small = np.full(number, 1e-3), np.full(number, 2.0), np.zeros(number, dtype=int)
    converged, iterations = np.zeros(number, dtype=bool), np.zeros(number, dtype=int)
    active = np.flatnonzero(np.isfinite(cost))
    for _ in range(max_iterations):
        if not len(active):
            break
        a = active
        step, promise = damped_steps(gradient[a], hessian[a], damping[a], longest)
        trial = np.clip(x[a] + step, lower[a], upper[a])
        new_cost, new_gradient, new_hessian = checked(evaluate, index[a], trial, substeps[a])
        iterations[a] += 1
        blown_up[a] |= ~np.isfinite(new_cost)
        gain = np.where(np.isfinite(new_cost), cost[a] - new_cost, -np.inf)
        better = gain > 0
        ratio = np.where(better, gain / np.maximum(promise, 1e-9 * cost[a]), 0.0)
        little = np.where(better, gain, 0.0) < tolerance * cost[a]
        b = a[better]
        x[b], cost[b] = trial[better], new_cost[better]
        gradient[b], hessian[b] = new_gradient[better], new_hessian[better]
        # Nielsen's rule: follow the agreement between promise and gain, back off ever faster on failure.
        factor = np.maximum(1 / 3, 1 - (2 * np.minimum(ratio, 1.5) - 1) ** 3)
        damping[a] = np.clip(np.where(better, damping[a] * factor, damping[a] * growth[a]), 1e-12, 1e12)
        growth[a] = np.where(better, 2.0, 2.0 * growth[a])
        trusted = damping[a] < 1.0  # under heavy damping a small step says nothing
        small[a] = np.where(better & trusted, np.where(little, small[a] + 1, 0), small[a])
        still = (np.abs(step).max(axis=1) < 1e-7) | (promise <= 1e-3 * tolerance * cost[a])
        converged[a] = (small[a] >= 2) | (still & trusted)
        active = a[~converged[a] & (damping[a] < 1e6)]
    return LMResult(cost, x, converged, blown_up, iterations)
