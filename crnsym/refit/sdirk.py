"""SDIRK4: the tableau, when Newton has converged, and how long the next step is.

The method is that of Hairer & Wanner, *Solving ODEs II*, table IV.6.5: five stages, order 4, L-stable, stiffly
accurate. Its kernels (`crnsym.refit.kernel`, `crnsym.refit.general.kernel`) share numbers only: a compiled function
that takes their stages as arrays would cost some percent for a small mechanism, even inlined.
"""

import numpy as np

from ..files.compiled import njit

GAMMA = 0.25
STAGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 2, 0.0, 0.0, 0.0, 0.0],
        [17 / 50, -1 / 25, 0.0, 0.0, 0.0],
        [371 / 1360, -137 / 2720, 15 / 544, 0.0, 0.0],
        [25 / 24, -49 / 48, 125 / 16, -85 / 12, 0.0],
    ]
)
NODES = GAMMA + STAGES.sum(axis=1)
ERROR = np.array([-3 / 16, -27 / 32, 25 / 32, 0.0, 1 / 4])  # weights minus embedded weights
NEWTON_ITERATIONS = 8
CONVERGED, LOST = 0.03, 1e12  # largest Newton update, in units of the tolerance, that ends a stage well, and badly
SHORTER = 0.25  # of a step whose stages could not be solved


@njit(cache=True)
def step_length(allowed, left):
    """Length of the next step, ``allowed`` by the error, and whether it ends the stretch that is ``left``."""
    last = allowed >= left * (1.0 - 1e-10)
    return (left if last else (0.5 * left if allowed > 0.5 * left else allowed)), last


@njit(cache=True)
def growth(error):
    """Factor of the step length after a step with this error in units of the tolerance."""
    return 5.0 if error < 1e-4 else min(5.0, max(0.2, 0.9 * error**-0.25))


@njit(cache=True)
def next_length(allowed, step, last, factor):
    """Length that the error allows after a step that was taken.

    A step that was cut short by a sampling time says nothing about the step that the error would allow.
    """
    return max(allowed, step * factor) if (last and factor > 1.0) else step * factor
