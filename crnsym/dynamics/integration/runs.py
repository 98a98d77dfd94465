"""What every integrator shares: the state of its runs, error norms and the first step."""

from typing import NamedTuple

import numpy as np

from ...files.compiled import njit

GOING, ARRIVED, STIFF, STUCK, BAD = range(5)
"""Codes of a run: on its way, at its end, better solved implicitly, without a step left to take, not finite."""


class Runs(NamedTuple):
    """Several runs of one network under way; integrators go on from here and leave it so that others can.

    ``step`` is 0 where none is known, ``row`` the next output, ``count`` all steps so far, ``codes`` how it goes;
    ``memory`` is what step control remembers, so that a pause changes no result.
    """

    state: np.ndarray
    time: np.ndarray
    step: np.ndarray
    row: np.ndarray
    count: np.ndarray
    codes: np.ndarray
    memory: np.ndarray
    values: np.ndarray


def start(states: np.ndarray, times: np.ndarray) -> Runs:
    """Return runs ``(runs, species)`` at the first of the times, their first output written."""
    count, species = states.shape
    values = np.full((count, len(times), species), np.nan)
    values[:, 0] = states
    return Runs(
        states.copy(),
        np.full(count, times[0]),
        np.zeros(count),
        np.ones(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.full(count, GOING, dtype=np.int64),
        np.zeros((count, 3)),
        values,
    )


@njit(cache=True, error_model="numpy")
def largest(errors, first, second, rtol, atol):
    """Return the largest error relative to the tolerance; infinite where it is no number."""
    worst = 0.0
    for i in range(len(errors)):
        ratio = abs(errors[i]) / (atol + rtol * max(abs(first[i]), abs(second[i])))
        if not ratio < np.inf:
            return np.inf
        worst = max(worst, ratio)
    return worst


@njit(cache=True, error_model="numpy")
def first_step(y, slope, rtol, atol, order, span):
    """Return a step that an Euler step of it changes by a hundredth of the concentrations, at most (Hairer II.4)."""
    size, speed, slope_size = 0.0, 0.0, 0.0
    for i in range(len(y)):
        scale = atol + rtol * abs(y[i])
        size, speed = max(size, abs(y[i]) / scale), max(speed, abs(slope[i]) / scale)
        slope_size = max(slope_size, abs(slope[i]))
    if not (speed > 1e-10 * max(size, 1.0) / span):
        return 1e-3 * span
    step = 0.01 * size / speed if size > 1e-5 else 1e-6 * span
    # An Euler step may be wrong by the tolerance of a method of this order, if curvature is as large as slope.
    return min(step, rtol ** (1 / order) * max(size, 1.0) / speed, span)


@njit(cache=True)
def too_short(step, time, span):
    """Return whether a step no longer moves the clock."""
    return not (step > 4 * np.spacing(abs(time)) and step > 1e-26 * span)
