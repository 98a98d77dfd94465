"""Solve closed moment equations."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import NetworkError, SimulationError
from ...network.arguments import time_grid
from ...network.inputs import Times
from ...network.moments.closed import ClosedMoments
from ...network.moments.lattice import LatticeMomentEquations
from ..integration.solve import solve
from ..integration.system import compile_system
from ..ode import initial_state
from .courses import LatticeMomentCourses, MomentCourses


def simulate_moments(
    closed: ClosedMoments,
    times: Times = (0.0, 10.0, 101),
    initial: Mapping[str, Any] | None = None,
    *,
    solver: str = "auto",
    rtol: float = 1e-8,
    atol: float | None = None,
) -> MomentCourses | LatticeMomentCourses:
    """Solve closed moment equations in time.

    Parameters
    ----------
    closed
        From ``moment_equations(...).close(...)``, ``lattice_moment_equations(...).close(...)`` or ``linear_noise``.
    times
        A tuple ``(start, stop, points)``, or the times themselves; the initial state holds at the first.
    initial
        {species: number of molecules} over those of the network; every number is then known exactly (on a lattice,
        the molecules are on random sites). A name of a variable, such as ``"⟨A²⟩"``, sets that moment instead.
    solver
        ``"explicit"``, ``"implicit"`` or ``"auto"``, as in `crnsym.simulate`.
    rtol, atol
        Tolerances of a step; ``atol`` is by default 1e-10 molecules, and 1e-13 for the probabilities of motifs.

    Returns
    -------
    MomentCourses or LatticeMomentCourses

    Raises
    ------
    NetworkError
        No initial state, a name that is neither species nor variable, or a parameter without value.
    SimulationError
        The equations cannot be solved to the end: closures may run away where the true moments do not.

    Examples
    --------
    >>> from crnsym import moment_equations, network
    >>> closed = moment_equations(network("0 -> A @ 10; A -> 0 @ 1; init A = 0")).close()
    >>> found = simulate_moments(closed, times=(0, 50, 2))
    >>> found.mean()[-1].round(6).tolist(), found.covariance()[-1].round(6).tolist()
    ([10.0], [[10.0]])
    """
    clock = time_grid(times)
    given, direct = {}, {}
    for name, value in (initial or {}).items():
        (direct if name in closed.names else given)[name] = value
    counts = dict(zip(closed.network.species_names, initial_state(closed.network, given), strict=True))
    start = np.array(closed.moments.start(counts), dtype=float)
    for name, value in direct.items():
        if not np.isfinite(float(value)):
            raise NetworkError(f"initial: {name} = {value} is not a finite number")
        start[closed.names.index(name)] = float(value)
    held = {name: counts[name] for name in closed.network.fixed_species}
    system = compile_system(closed.as_network().with_parameters(held))
    on_lattice = isinstance(closed.moments, LatticeMomentEquations)
    smallest = (1e-13 if on_lattice else 1e-10) if atol is None else atol
    (result,) = solve(system, start[None], clock, solver=solver, rtol=rtol, atol=np.array([smallest], dtype=float))
    if result.problem:
        raise SimulationError(f"the moments with closure {closed.closure} {result.problem}; try another closure")
    return (LatticeMomentCourses if on_lattice else MomentCourses)(closed, clock, result.values)
