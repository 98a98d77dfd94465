"""The chemical master equation on finitely many states: exact distributions of small networks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csc_array, csgraph
from scipy.sparse.linalg import expm_multiply, splu

from ...arguments import checked
from ...errors import NetworkError
from ...network.arguments import check_network, time_grid
from ...network.inputs import Times
from ...network.network import Network
from ..stochastic.propensities import initial_counts
from .states import Jumps, box, reachable, transitions


@dataclass(frozen=True, eq=False)
class Distributions:
    """Probabilities of the states of a network at some times.

    Attributes
    ----------
    species
        Names, in the order of the columns of ``states``.
    states
        ``(states, species)``, numbers of molecules.
    times
        ``(times,)``.
    probabilities
        ``(times, states)``.
    leak
        ``(times,)``: the probability of having left the states. No probability is wrong by more than that.
    """

    species: tuple[str, ...]
    states: np.ndarray
    times: np.ndarray
    probabilities: np.ndarray
    leak: np.ndarray

    def mean(self) -> np.ndarray:
        """Return the mean numbers of molecules, ``(times, species)``."""
        return self.probabilities @ self.states

    def covariance(self) -> np.ndarray:
        """Return the covariances, ``(times, species, species)``."""
        mean = self.mean()
        deviations = self.states - mean[:, None, :]
        return np.einsum("ts,tsi,tsj->tij", self.probabilities, deviations, deviations)

    def moment(self, *species: str) -> np.ndarray:
        """Return the mean of a product of numbers, ``moment("A", "A", "B")`` for A² B, ``(times,)``."""
        factors = [self.states[:, self._column(name)].astype(float) for name in species]
        return self.probabilities @ np.prod([np.ones(len(self.states)), *factors], axis=0)

    def marginal(self, name: str) -> np.ndarray:
        """Return the probabilities of 0, 1, 2, ... molecules of a species, ``(times, numbers)``."""
        numbers = self.states[:, self._column(name)]
        found = np.zeros((len(self.times), numbers.max() + 1))
        np.add.at(found.T, numbers, self.probabilities.T)
        return found

    def _column(self, name: str) -> int:
        if name not in self.species:
            raise NetworkError(f"{name} is no species of the network; there are {', '.join(self.species)}")
        return self.species.index(name)


@checked
@dataclass(frozen=True, eq=False)
class MasterEquation:
    """The generator of a network on finitely many states.

    Attributes
    ----------
    network
        As given.
    states
        ``(states, species)``, numbers of molecules.
    generator
        Sparse ``(states, states)``, dp/dt = generator p; a column sums to minus the rate of leaving the states.
    start
        Position of the initial state.
    outwards
        ``(states,)``: rate of leaving the states, zero where all reachable ones are there.

    Examples
    --------
    >>> import crnsym as cs
    >>> chain = cs.master_equation(cs.network("A -> B @ 1; B -> A @ 1; init A = 2, B = 0"))
    >>> chain.states.tolist()
    [[2, 0], [1, 1], [0, 2]]
    >>> chain.stationary().mean().round(6).tolist()
    [[1.0, 1.0]]
    """

    network: Network
    states: np.ndarray
    generator: sparse.csc_array
    start: int
    outwards: np.ndarray

    def solve(self, times: Times = (0.0, 10.0, 101)) -> Distributions:
        """Return the distributions at the times, a tuple (start, stop, points) or a list; the first is the start."""
        clock = time_grid(times)
        p = np.zeros(len(self.states))
        p[self.start] = 1.0
        found = [p]
        for step in np.diff(clock):
            p = expm_multiply(self.generator * step, p, traceA=step * self._trace)
            found.append(p)
        return self._distributions(clock, np.array(found))

    def stationary(self) -> Distributions:
        """Return the distribution at time infinity from the start; ways out of a box count as closed.

        ``leak`` is then the rate at which probability would flow out of the box, per time.

        Raises
        ------
        NetworkError
            Several sets of states can be reached and are never left, so that the limit depends on chance.
        """
        inside = self.generator + sparse.diags_array(self.outwards)
        _, label = csgraph.connected_components(inside.T, directed=True, connection="strong")
        arrows = inside.tocoo()
        left = {
            int(label[j])
            for i, j, rate in zip(arrows.row, arrows.col, arrows.data, strict=True)
            if rate > 0 and label[i] != label[j]
        }
        reached = csgraph.breadth_first_order(inside.T, self.start, return_predecessors=False)
        closed = [k for k in np.unique(label[reached]).tolist() if k not in left]
        if len(closed) > 1:
            example = ", ".join(
                "(" + " ".join(map(str, self.states[np.flatnonzero(label == k)[0]])) + ")" for k in closed[:2]
            )
            raise NetworkError(
                f"{len(closed)} sets of states are never left, such as those of {example}: there is no one stationary "
                "distribution; solve in time instead"
            )
        chosen = np.flatnonzero(label == closed[0])
        p = np.zeros((1, len(self.states)))
        p[0, chosen] = _null_vector(inside.tocsc()[chosen][:, chosen])
        return Distributions(
            self.network.species_names, self.states, np.array([np.inf]), p, np.array([float(p[0] @ self.outwards)])
        )

    @cached_property
    def _trace(self) -> float:
        return float(self.generator.diagonal().sum())

    def _distributions(self, times: np.ndarray, p: np.ndarray) -> Distributions:
        leak = np.clip(1 - p.sum(axis=1), 0.0, 1.0)
        return Distributions(self.network.species_names, self.states, times, p, leak)

    def __repr__(self) -> str:
        kind = "a box that leaks" if self.outwards.any() else "all there are"
        return f"<MasterEquation: {len(self.states)} states, {kind}>"


def master_equation(
    network: Network,
    bounds: Mapping[str, int] | None = None,
    initial: Mapping[str, Any] | None = None,
    *,
    limit: int = 50_000,
) -> MasterEquation:
    """Return the generator of a stochastic network on finitely many states.

    Parameters
    ----------
    network
        All its parameters need values. Propensities are those of `crnsym.simulate_stochastic`.
    bounds
        {species: largest number}, a box; what leaves it is reported as leak (finite state projection, Munsky and
        Khammash 2006). Without bounds, exactly the states that can be reached.
    initial
        {species: number of molecules} over those of the network.
    limit
        More states than that are refused.

    Raises
    ------
    NetworkError
        Too many states, bounds below the start, counts that are negative or not whole, or no propensities.
    UnsupportedError
        A rate that depends on time.

    Examples
    --------
    >>> from crnsym import network
    >>> found = master_equation(network("2 A -> B @ 1; init A = 4"))
    >>> found.states.tolist()
    [[4, 0], [2, 1], [0, 2]]
    >>> found.solve(times=(0, 100, 2)).mean()[-1].round(6).tolist()
    [0.0, 2.0]
    """
    check_network(network)
    start, jumps = initial_counts(network, initial), Jumps(network)
    states = reachable(jumps, start, limit) if bounds is None else box(network, bounds, start, limit)
    sources, targets, rates, outwards = transitions(jumps, states)
    n = len(states)
    losses = outwards + np.bincount(sources, rates, minlength=n)
    everywhere = np.arange(n)
    generator = sparse.csc_array(
        (
            np.concatenate([rates, -losses]),
            (np.concatenate([targets, everywhere]), np.concatenate([sources, everywhere])),
        ),
        shape=(n, n),
    )
    where = int(np.flatnonzero((states == start).all(axis=1))[0])
    return MasterEquation(network, states, generator, where, outwards)


def _null_vector(generator: csc_array) -> np.ndarray:
    """Return the probabilities p with generator p = 0 of an irreducible process."""
    sides: Any = generator.shape  # sparse arrays of one dimension have another
    n = sides[0]
    if n == 1:
        return np.ones(1)
    # With the last probability taken as 1, the other equations are regular.
    rest = splu(sparse.csc_matrix(generator[:-1, :-1]))
    p = np.append(rest.solve(-generator[:-1, [-1]].toarray().ravel()), 1.0)
    p = np.clip(p, 0.0, None)
    return p / p.sum()
