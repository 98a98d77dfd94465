"""Small data sets that a network learns in seconds."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from crnsym.data.trajectories import Trajectories


def simulate(field, starts, times, species, *, noise=0.0, seed=0, temperatures=None):
    """Runs of an ODE dc/dt = field(c, temperature) with multiplicative noise."""
    rng = np.random.default_rng(seed)
    runs = []
    for n, start in enumerate(starts):
        temperature = None if temperatures is None else temperatures[n]
        solution = solve_ivp(
            lambda _, c, temperature=temperature: field(c, temperature),
            (0, times[-1]),
            start,
            t_eval=times,
            rtol=1e-9,
            atol=1e-12,
        )
        runs.append(solution.y.T * (1 + noise * rng.standard_normal(solution.y.T.shape)))
    names = tuple(str(n) for n in range(len(starts)))
    return Trajectories(species, names, (times,) * len(starts), tuple(runs), temperatures)


@pytest.fixture(scope="session")
def dimerisation():
    """2 A -> B @ 0.8, B -> C @ 0.3: three runs with 2 % noise."""
    starts = [(1.0, 0.0, 0.0), (0.5, 0.2, 0.0), (1.2, 0.0, 0.1)]

    def field(c, _):
        r1, r2 = 0.8 * c[0] ** 2, 0.3 * c[1]
        return [-2 * r1, r1 - r2, r2]

    return simulate(field, starts, np.linspace(0, 8, 25), ("A", "B", "C"), noise=0.02)
