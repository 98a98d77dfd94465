"""Steps of a solver from one time to another: (from, to, state in between)."""

import math
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from scipy.integrate import LSODA, Radau

from ...errors import SimulationError

Steps = Iterator[tuple[float, float, Callable[[float], np.ndarray]]]


METHODS = (LSODA, Radau)
"""In the order in which they are tried."""


class SolverFailed(SimulationError):
    """A method does not get on; another may."""


def solver_steps(
    method: type, rhs: Callable, t: float, y: np.ndarray, stop: float, tolerances: tuple[float, float], max_step: float
) -> Steps:
    """Give the steps of a method of scipy from ``t`` on.

    Raises
    ------
    SolverFailed
        Where it does not get on, or the state is not finite.
    """
    rtol, atol = tolerances
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        solver = method(rhs, t, y, stop, rtol=rtol, atol=atol, max_step=min(max_step, stop - t))
        while solver.status == "running":
            old = solver.t
            try:
                solver.step()
            except (ValueError, OverflowError, np.linalg.LinAlgError):  # of linear algebra with infinities
                raise SolverFailed(f"the integration does not get beyond time {old:g}") from None
            if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                raise SolverFailed(f"the integration does not get beyond time {old:g}")
            yield old, solver.t, solver.dense_output()


def still_steps(start: float, stop: float, max_step: float) -> Steps:
    """Give the steps of a model in which nothing is integrated."""
    t, empty = start, np.empty(0)
    width = min(max_step, stop - start)
    for k in range(1, max(1, math.ceil((stop - start) / width - 1e-9)) + 1):
        new = min(stop, start + k * width)
        yield t, new, lambda _: empty
        t = new
