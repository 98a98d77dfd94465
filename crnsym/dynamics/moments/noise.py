"""Linear noise around a steady state: covariance and power spectrum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import solve_continuous_lyapunov

from ...arguments import checked
from ...errors import UnsupportedError
from ...network.arguments import check_network, check_one_way
from ...network.network import Network
from ..integration.system import compile_system
from ..ode import initial_state
from .rest import resting_state

_GONE = 1e-9  # part of its scale below which a species is not there


@checked
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

    Examples
    --------
    >>> import crnsym as cs
    >>> noise = cs.stationary_noise(cs.network("0 -> A @ 10; A -> 0 @ 1; init A = 1"))
    >>> noise.mean.round(6).tolist(), noise.covariance.round(6).tolist()
    ([10.0], [[10.0]])
    >>> noise.spectrum([0.0]).round(6).tolist()
    [[20.0]]
    """

    species: tuple[str, ...]
    mean: np.ndarray
    covariance: np.ndarray
    drift: np.ndarray
    diffusion: np.ndarray

    def spectrum(self, frequencies: ArrayLike) -> np.ndarray:
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
    UnsupportedError
        A rate that depends on time.

    Examples
    --------
    >>> from crnsym import network
    >>> found = stationary_noise(network("0 -> A @ 10; 2 A -> 0 @ 0.05; init A = 1"))
    >>> found.mean.round(6).tolist(), found.covariance.round(6).tolist()
    ([10.0], [[7.5]])
    """
    check_network(network)
    check_one_way(network)
    system = compile_system(network)
    if system.timed:
        raise UnsupportedError("a rate depends on time, so there is no steady state to fluctuate around")
    found = resting_state(system, initial_state(network, initial))
    directions, scale, d = found.directions, found.scale, found.diffusion
    inner = directions.T @ (d / np.outer(scale, scale)) @ directions
    c = solve_continuous_lyapunov(found.reduced, -inner) if inner.size else inner
    covariance = directions @ c @ directions.T * np.outer(scale, scale)
    gone = np.abs(found.state) < _GONE * scale
    covariance[gone] = covariance[:, gone] = 0.0
    mean = np.where(gone, 0.0, found.state)
    return StationaryNoise(network.species_names, mean, 0.5 * (covariance + covariance.T), found.drift, d)
