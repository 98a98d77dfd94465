"""Profile-likelihood intervals of rates and of products of powers of rates.

A product such as k1/k2 is a direction a in log rates. It is held at a value while all other directions and the initial
states are refitted; the interval holds the values at which chi2 rises by less than t^2 s^2, with s^2 and the degrees
of freedom of Student's t from `crnsym.refit.freedom`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import null_space

from crnsym.refit.evaluate import Evaluation, evaluate
from crnsym.refit.fit import RATE_STEP, STATE_STEP, Fit, parameters_of, with_parameters
from crnsym.refit.freedom import noise_scale, two_sided
from crnsym.refit.normal_equations import normal_equations

FARTHEST = 14.0  # in ln k: how far a profile is followed before the product counts as unbounded
CLOSE = 0.02  # part of the threshold by which its root may be missed
MOST_POINTS = 10  # a side
RTOL = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """What the data say of a rate, or of a product of powers of rates.

    Attributes
    ----------
    value
        Best value, in the units of the data.
    low, high
        Ends of the interval; 0 or infinity where the data set no limit.
    relative_error
        Standard error of the logarithm: of a profile from the curvature at the best value (Laplace), of draws their
        standard deviation.
    level
        Probability that the interval holds the true value, if the mechanism is right.
    """

    value: float
    low: float
    high: float
    relative_error: float
    level: float

    @property
    def standard_error(self) -> float:
        """Standard error of the value, in its units, as in `Candidate.standard_errors`: value times relative error."""
        return self.value * self.relative_error

    @property
    def bounded(self) -> bool:
        """Whether the data limit the value from both sides."""
        return self.low > 0.0 and bool(np.isfinite(self.high))


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A mechanism's best rates under a constraint: parameters, initial states and how well they fit."""

    parameters: np.ndarray
    initial: np.ndarray
    here: Evaluation


def profile_interval(fit: Fit, exponents: Sequence[float], level: float = 0.9, centre: Point | None = None) -> Interval:
    """Profile-likelihood interval of a product of powers of rates.

    Parameters
    ----------
    fit
        A fitted mechanism.
    exponents
        ``(reactions,)``: power of each rate in the product; a pinned rate counts as the constant that it is. Or
        ``(parameters,)``, with activation energies, in units of `Temperatures.unit`.
    level
        Probability of the interval.
    centre
        The best point without constraint, if known from `best_point`.

    Returns
    -------
    Interval
        Unbounded on a side (0 or infinity) where chi2 does not rise far enough within e^14.
    """
    a = np.zeros(len(fit.covariance))
    a[: len(exponents)] = exponents
    start = best_point(fit) if centre is None else centre
    if fit.problem.knowledge is not None and set(np.flatnonzero(a)) <= set(fit.problem.knowledge.fixed(fit.mechanism)):
        value = float(np.exp(a @ start.parameters))
        return Interval(value, value, value, 0.0, level)
    scale = noise_scale(fit.mechanism, fit.problem, fit.directions.shape[1], start.here.chi2)
    covariance = _inverse(start, fit.directions) * scale
    variance = float(a @ covariance @ a)
    best, error = float(a @ start.parameters), float(np.sqrt(max(variance, 0.0)))
    threshold = two_sided(level, fit.degrees_of_freedom)
    if not error > 0.0 or not np.isfinite(error):
        return Interval(float(np.exp(best)), 0.0, float("inf"), float("inf"), level)
    along = covariance @ a / variance
    ends = [_end(fit, start, a, along, sign, threshold, error, scale) for sign in (-1.0, 1.0)]
    low, high = (float(np.exp(best + e)) if np.isfinite(e) else (0.0 if e < 0 else float("inf")) for e in ends)
    return Interval(float(np.exp(best)), low, high, error, level)


def best_point(fit: Fit) -> Point:
    """Fit the rates once more, to the tolerance that profiles need and without any pull towards a start."""
    here = evaluate(fit.problem, fit.mechanism, fit.initial_states, rtol=RTOL)
    if here is None:
        raise ValueError("the fit cannot be integrated")
    return _minimise(fit, Point(parameters_of(fit.mechanism, fit.problem), fit.initial_states, here), fit.directions)


def _end(
    fit: Fit,
    start: Point,
    a: np.ndarray,
    along: np.ndarray,
    sign: float,
    threshold: float,
    error: float,
    scale: float,
) -> float:
    """Distance from the best value to the end of the interval on one side; infinite where there is none."""
    directions = fit.directions
    basis = directions @ null_space((a @ directions)[None])
    point, at = start, 0.0
    low, low_root, high, high_root = 0.0, 0.0, np.inf, np.inf
    x = min(threshold * error, 3.0)
    for _ in range(MOST_POINTS):
        moved = point.parameters + along * (sign * x - at)
        here = evaluate(fit.problem, with_parameters(fit.mechanism, fit.problem, moved), point.initial, rtol=RTOL)
        root = np.inf
        if here is not None:
            trial = _minimise(fit, Point(moved, point.initial, here), basis)
            # the signed square root of the rise is nearly linear in the distance: a secant finds the end in few steps
            root = float(np.sqrt(max(trial.here.chi2 - start.here.chi2, 0.0) / scale))
        if abs(root - threshold) < CLOSE * threshold:
            return sign * x
        if root < threshold:
            low, low_root, point, at = x, root, trial, sign * x  # type: ignore[possibly-unbound]  # finite root: set
            if x >= FARTHEST:
                return sign * np.inf
        else:
            high, high_root = x, root
        if np.isfinite(high_root):
            x = low + (high - low) * float(np.clip((threshold - low_root) / (high_root - low_root), 0.05, 0.95))
        elif np.isfinite(high):
            x = 0.5 * (low + high)
        else:
            x = min(x * float(np.clip(threshold / max(root, 1e-9), 1.1, 3.0)), FARTHEST)
    return sign * x


def _minimise(fit: Fit, point: Point, basis: np.ndarray, iterations: int = 25, tolerance: float = 1e-6) -> Point:
    """Levenberg-Marquardt in the directions of ``basis`` and in the initial states."""
    damping, small = 1e-4, 0
    for _ in range(iterations):
        better: Point | None = None
        for _ in range(6):
            equations = normal_equations(point.here, damping)
            inner = basis.T @ equations.matrix @ basis
            diagonal = np.diag(inner)
            inner = inner + np.diag(damping * diagonal + 1e-12 * diagonal.max(initial=1.0))
            step = basis @ np.linalg.lstsq(inner, basis.T @ equations.gradient, rcond=None)[0]
            step *= min(1.0, RATE_STEP / max(float(np.abs(step).max(initial=0.0)), 1e-300))
            states = equations.states(step)
            moved = point.parameters + step
            initial = point.initial * np.exp(np.clip(states, -STATE_STEP, STATE_STEP))
            here = evaluate(fit.problem, with_parameters(fit.mechanism, fit.problem, moved), initial, rtol=RTOL)
            if here is not None and here.chi2 < point.here.chi2:
                better = Point(moved, initial, here)
                break
            damping = max(damping * 8.0, 1e-4)
        if better is None:
            break
        gain = (point.here.chi2 - better.here.chi2) / max(point.here.chi2, 1e-300)
        point, damping = better, damping * 0.1
        small = small + 1 if gain < tolerance else 0
        if small >= 2 or gain < 0.01 * tolerance:
            break
    return point


def _inverse(point: Point, directions: np.ndarray) -> np.ndarray:
    """Inverse Gauss-Newton matrix of the parameters in the directions that are fitted."""
    matrix = normal_equations(point.here)[0]
    return directions @ np.linalg.pinv(directions.T @ matrix @ directions, hermitian=True) @ directions.T
