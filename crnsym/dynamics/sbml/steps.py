"""Steps of a solver from one time to another: (from, to, state in between)."""

import math
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from scipy.integrate import LSODA, Radau

from ...errors import SimulationError

Steps = Iterator[tuple[float, float, Callable[[float], np.ndarray]]]


def solver_steps(
    rhs: Callable,
    start: float,
    y: np.ndarray,
    stop: float,
    tolerances: tuple[float, float],
    max_step: float,
    source: str,
) -> Steps:
    """Give the steps of LSODA, and of Radau from where that fails.

    Raises
    ------
    SimulationError
        Where neither gets on.
    """
    t, (rtol, atol) = start, tolerances
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for method in (LSODA, Radau):
            solver = method(rhs, t, y, stop, rtol=rtol, atol=atol, max_step=min(max_step, stop - t))
            while solver.status == "running":
                old = t
                try:
                    solver.step()
                except (ValueError, OverflowError, np.linalg.LinAlgError):  # of linear algebra with infinities
                    break
                if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                    break
                t, y = solver.t, solver.y.copy()
                yield old, solver.t, solver.dense_output()
            else:
                return
    raise SimulationError(f"{source}: the integration does not get beyond time {t:g}")


def still_steps(start: float, stop: float, max_step: float) -> Steps:
    """Give the steps of a model in which nothing is integrated."""
    t, empty = start, np.empty(0)
    width = min(max_step, stop - start)
    for k in range(1, max(1, math.ceil((stop - start) / width - 1e-9)) + 1):
        new = min(stop, start + k * width)
        yield t, new, lambda _: empty
        t = new
