"""Chains of a deep Boltzmann machine: started at random or from snapshots, clamped or free, and goable on with."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import DataError, FitError
from ..network.arguments import whole_number
from . import gibbs
from .model import Layers


@dataclass(eq=False)
class Chains:
    """Chains of one machine; ``run`` moves them on, and persistent chains are simply kept.

    The random numbers follow from (seed, stream) and the number of sweeps made: equal keys mean common random numbers
    whatever θ is, which makes differences between two θ smooth.

    Parameters
    ----------
    layers
        The structure.
    visible
        Number of chains to start at uniformly random states; or snapshots ``(chains, *shape)`` to start from, or to
        clamp to, with hidden units at random.
    seed, stream
        0 to 2^32 - 1.

    Raises
    ------
    DataError
        Snapshots of another shape or with numbers that are no species.
    """

    layers: Layers
    visible: "int | np.ndarray"
    seed: int = 0
    stream: int = 0
    state: np.ndarray = field(init=False)
    sweeps: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        layers, given = self.layers, self.visible
        for value, name in ((self.seed, "seed"), (self.stream, "stream")):
            whole_number(name, value, 0, 2**32 - 1, FitError)
        self._wires = tuple(_wired(layers))
        start = 0
        if isinstance(given, (int, np.integer)):
            if given < 1:
                raise FitError(f"{given} chains: give 1 or more")
            self.state = np.empty((sum(layers.units), int(given)), dtype=np.int8)
        else:
            snapshots = _checked(layers, np.asarray(given))
            self.state = np.empty((sum(layers.units), len(snapshots)), dtype=np.int8)
            self.state[: layers.units[0]] = snapshots.reshape(len(snapshots), -1).T
            start = 1
        gibbs.scatter(self._wires[0], self._wires[6], self.state, start, self.seed, self.stream)

    def run(self, theta: np.ndarray, sweeps: int, clamped: bool = False) -> "Chains":
        """Make sweeps with the parameters θ ``(params,)``; clamped ones leave the lattice as it is.

        Raises
        ------
        FitError
            Parameters of another number, or not finite.
        """
        theta = np.asarray(theta, dtype=float)
        if theta.shape != (len(self.layers.names),) or not np.isfinite(theta).all():
            raise FitError(f"θ of shape {theta.shape} must be {len(self.layers.names)} finite numbers")
        limits = gibbs.thresholds(gibbs.tables(self.layers, _wired(self.layers), theta))
        room = gibbs.workspace(self._wires)
        gibbs.sweep(self._wires, limits, self.state, room, sweeps, clamped, self.seed, self.stream, self.sweeps)
        self.sweeps += sweeps
        return self

    def states(self) -> list[np.ndarray]:
        """Return a copy of the state of each layer, ``(chains, *shape)`` int8."""
        ends = np.cumsum(self.layers.units)
        parts = np.split(self.state, ends[:-1])
        return [part.T.reshape(-1, *shape).copy() for part, shape in zip(parts, self.layers.shapes, strict=True)]

    def lattices(self) -> np.ndarray:
        """Return the visible states, ``(chains, *shape)`` int8."""
        return self.states()[0]

    def statistics(self) -> np.ndarray:
        """Return m(s) of each chain, ``(chains, params)``, see `Layers.statistics`."""
        return gibbs.statistics(self.layers, self._wires, self.state)


_cache: dict[Layers, gibbs.Wiring] = {}


def _wired(layers: Layers) -> gibbs.Wiring:
    if layers not in _cache:
        _cache[layers] = gibbs.wiring(layers)
    return _cache[layers]


def _checked(layers: Layers, snapshots: np.ndarray) -> np.ndarray:
    if snapshots.shape[1:] != layers.shape or len(snapshots) == 0:
        raise DataError(f"snapshots of shape {snapshots.shape} do not fit: expected (chains, *{layers.shape})")
    low, high = int(snapshots.min()), int(snapshots.max())
    if low < 0 or high > len(layers.species):
        raise DataError(
            f"snapshots hold the numbers {low} to {high}; expected 0 for empty and 1 to {len(layers.species)} for "
            f"{', '.join(layers.species)}"
        )
    return snapshots
