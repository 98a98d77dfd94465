"""Where the fast layer ends: the point of the slow manifold with given totals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from ...errors import NetworkError
from ..equations import parameter_values
from ..symbols import symbol
from .binding import substituted

if TYPE_CHECKING:
    from .result import Reduction


def project(reduction: "Reduction", state: Mapping[str, float]) -> dict[str, float]:
    """Solve for the free concentrations: L c = L c(0) and v_f(c) = 0. Names that are missing count as zero."""
    from scipy.optimize import least_squares

    unknown = set(state) - set(reduction.source.species_names)
    if unknown:
        raise NetworkError(f"project: {min(unknown)} is no species of the network")
    values = parameter_values(reduction.source)
    names = [x for x in reduction.invariants if reduction.invariants[x] != symbol(x)]
    given = {symbol(n): sp.Float(state.get(n, 0.0)) for n in reduction.source.species_names}
    others = {s: v for s, v in given.items() if s.name not in names}
    on_manifold = {z: e.xreplace(values) for z, e in reduction.solution.items()}
    # sympy or numpy type it too widely
    goal = np.array([float(reduction.invariants[x].xreplace(given)) for x in names])  # type: ignore[arg-type]
    result = {n: float(state.get(n, 0.0)) for n in reduction.remaining}
    if names:
        totals = [substituted(reduction.invariants[x], on_manifold).xreplace(others) for x in names]
        residual = sp.lambdify([[symbol(x) for x in names]], totals, "numpy")
        scale = max(float(goal.max()), 1e-300)
        found = least_squares(
            lambda free: (np.array(residual(free), float) - goal) / scale,
            0.5 * goal + 1e-6 * scale,
            bounds=(0.0, goal + 1e-5 * scale),
            x_scale=scale,
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
        )
        result |= dict(zip(names, map(float, found.x), strict=True))
    free = {symbol(n): sp.Float(v) for n, v in result.items()}
    # sympy or numpy type it too widely
    return result | {z: float(e.xreplace(free)) for z, e in on_manifold.items()}  # type: ignore[arg-type]
