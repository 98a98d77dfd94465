"""Linear noise around a steady state: covariance and power spectrum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from scipy.linalg import solve_continuous_lyapunov
from scipy.optimize import root

from ...errors import SimulationError
from ...network.arguments import check_network, check_one_way
from ...network.network import Network
from ..compile import compile_network
from ..integration.solve import solve
from ..integration.system import System, compile_system
from ..ode import initial_state

_DOUBLINGS, _MOST_STEPS = 60, 20_000


@dataclass(frozen=True, eq=False)
class StationaryNoise:
    """Small fluctuations around a stable steady state.

    Attributes
    ----------
    species
        Names, in the order of all axes.
    mean
        ``(species,)``, the steady state of the rate equations.
    covariance
        ``(species, species)``, the solution of J C + C J^T + D = 0 on the directions that reactions move.
    drift, diffusion
        ``(species, species)``: the Jacobian J, and D = N diag(v) N^T.
    """

    species: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray
    drift: np.ndarray
    diffusion: np.ndarray

    def spectrum(self, frequencies: Any) -> np.ndarray:
        """Return the power spectra, ``(frequencies, species)``, real; their integral over all ω / 2π is the variance.

        Parameters
        ----------
        frequencies
            Angular frequencies ω, per time; not 0 where something is conserved.
        """
        identity = np.eye(len(self.mean))
        found = []
        for w in np.atleast_1d(np.asarray(frequencies, dtype=float)):
            response = np.linalg.inv(1j * w * identity - self.drift)
            found.append((response @ self.diffusion @ response.conj().T).diagonal().real)
        return np.array(found)


def stationary_noise(network: Network, initial: Mapping[str, Any] | None = None) -> StationaryNoise:
    """Return the linear noise approximation at the steady state that the rate equations run into.

    Parameters
    ----------
    network
        All its parameters need values; any smooth rate laws.
    initial
        Initial numbers {species: value} over those of the network; they choose the steady state and set the totals of
        conserved sums.

    Raises
    ------
    SimulationError
        No steady state is reached, or it is not stable.

    Examples
    --------
    >>> from crnsym import network
    >>> found = stationary_noise(network("0 -> A @ 10; 2 A -> 0 @ 0.05; init A = 1"))
    >>> found.mean.round(6).tolist(), found.covariance.round(6).tolist()
    ([10.0], [[7.5]])
    """
    check_network(network)
    check_one_way(network)
    start = initial_state(network, initial)
    field = compile_network(network)
    net = np.array(network.net_stoichiometry(), dtype=float)
    net[[network.species_index[name] for name in network.fixed_species]] = 0.0
    directions = _image(net)

    def slope(x: np.ndarray) -> np.ndarray:
        with jax.enable_x64(True):
            return np.asarray(field(0.0, jax.numpy.asarray(x)))

    def drift(x: np.ndarray) -> np.ndarray:
        with jax.enable_x64(True):
            return np.asarray(jax.jacfwd(lambda y: field(0.0, y))(jax.numpy.asarray(x)))

    mean = _steady_state(compile_system(network), start, directions, slope, drift)
    j = drift(mean)
    with jax.enable_x64(True):
        rates = np.asarray(field.rates(0.0, jax.numpy.asarray(mean)))
    d = (net * rates) @ net.T
    reduced = directions.T @ j @ directions
    if reduced.size and np.linalg.eigvals(reduced).real.max() >= 0:
        raise SimulationError(
            "the steady state is not stable, so its fluctuations grow; linear noise has no limit there"
        )
    c = solve_continuous_lyapunov(reduced, -directions.T @ d @ directions) if reduced.size else np.zeros((0, 0))
    return StationaryNoise(network.species_names, mean, directions @ c @ directions.T, j, d)


def _image(net: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of what reactions can change, ``(species, rank)``."""
    u, s, _ = np.linalg.svd(net, full_matrices=False)
    return u[:, s > 1e-9 * max(s.max(initial=0.0), 1e-300)]


def _steady_state(system: System, start: np.ndarray, directions: np.ndarray, slope: Any, drift: Any) -> np.ndarray:
    """Follow the rate equations until Newton's method finds a steady state next to where they are."""
    x, steps, horizon = start, 0, 1.0 / max(float(np.abs(drift(start)).max(initial=0.0)), 1e-12)
    for _ in range(_DOUBLINGS):
        (result,) = solve(system, x[None], np.array([0.0, horizon]), rtol=1e-8, atol=np.array([1e-10]))
        if result.problem:
            raise SimulationError(f"no steady state: the rate equations {result.problem}")
        steps += result.steps
        if steps > _MOST_STEPS:
            break
        moved = np.abs(result.values[-1] - x).max(initial=0.0)
        x, horizon = result.values[-1], 2 * horizon
        if moved > 1e-4 * max(np.abs(x).max(initial=0.0), 1e-12):
            continue
        found = root(
            lambda z: directions.T @ slope(x + directions @ z),  # noqa: B023 (sympy: Basic) - called at once
            np.zeros(directions.shape[1]),
            jac=lambda z: directions.T @ drift(x + directions @ z) @ directions,  # noqa: B023 - called at once
            tol=1e-13,
        )
        near = x + directions @ found.x
        if np.abs(near - x).max(initial=0.0) <= 1e-2 * max(np.abs(x).max(initial=0.0), 1e-12) and found.success:
            return near
    raise SimulationError("no steady state: the rate equations go on moving, as in an oscillation")
