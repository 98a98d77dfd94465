"""Where the rate equations come to rest: followed in time until Newton's method finds a stable state next to them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import SimulationError
from ..integration.solve import solve
from ..integration.system import System, add_up, jacobian, other_rates

_DOUBLINGS, _MOST_STEPS = 60, 20_000
_NEWTON_STEPS = 50
_RESTS, _NEAR, _EXACT = 1e-3, 1e-2, 1e-9  # relative moves: of a doubling of time, to the state, of the last step
_FLOOR = 1e-6  # part of the largest concentration below which a smaller one counts as none
_MARGINAL = 1e-13  # part of the largest rate below which a real part counts as zero


@dataclass(frozen=True, eq=False)
class Linear:
    """A network around one state, in units of `scale`: x = scale y, so that small species count like large ones.

    Attributes
    ----------
    state, scale
        ``(species,)``.
    drift
        ``(species, species)``, the Jacobian of dx/dt.
    net, rates
        ``(species, reactions)`` and ``(reactions,)``.
    """

    state: np.ndarray
    scale: np.ndarray
    drift: np.ndarray
    net: np.ndarray
    rates: np.ndarray

    @property
    def slope(self) -> np.ndarray:
        """dx/dt."""
        return self.net @ self.rates

    @property
    def diffusion(self) -> np.ndarray:
        """N diag(v) N^T, ``(species, species)``."""
        return (self.net * self.rates) @ self.net.T

    @cached_property
    def directions(self) -> np.ndarray:
        """Orthonormal basis of what reactions can change, in units of the scale, ``(species, rank)``."""
        u, s, _ = np.linalg.svd(self.net / self.scale[:, None], full_matrices=False)
        return u[:, s > 1e-12 * max(s.max(initial=0.0), 1e-300)]

    @cached_property
    def reduced(self) -> np.ndarray:
        """The Jacobian on these directions."""
        return self.directions.T @ (self.drift * self.scale / self.scale[:, None]) @ self.directions

    @property
    def stable(self) -> bool:
        """Whether all that reactions can change returns."""
        real = np.linalg.eigvals(self.reduced).real
        return bool((real < -_MARGINAL * np.abs(self.reduced).max(initial=0.0)).all())


def linearise(system: System, state: np.ndarray) -> Linear:
    """Evaluate rates and Jacobian at a state."""
    n, reactions = system.species, len(system.starts) - 1
    x, values, slopes = np.concatenate([state, [1.0, 0.0]]), np.empty(len(system.rows)), np.empty(len(system.rows))
    rates, moved = np.empty(reactions), np.empty(n)
    other_rates(system, x, values, rates)
    add_up(system.constants, system.reactants, system.starts, system.changed, system.changes, x, rates, moved)
    entries = np.empty(len(system.entries) + 1)
    jacobian(system, x, values, slopes, np.empty(n + 2), np.empty(len(system.law_inputs)), entries)
    drift, net = np.zeros((n, n)), np.zeros((n, reactions))
    drift[tuple(system.entries.T)] = entries[:-1]
    for i in range(reactions):
        span = slice(int(system.starts[i]), int(system.starts[i + 1]))
        net[system.changed[span], i] = system.changes[span]
    largest = float(np.abs(state).max(initial=0.0)) or 1.0
    return Linear(state, np.maximum(np.abs(state), _FLOOR * largest), drift, net, rates)


def resting_state(system: System, start: np.ndarray) -> Linear:
    """Follow the rate equations from a start to the stable state in which they rest.

    Raises
    ------
    SimulationError
        They never rest, as in an oscillation; they run to infinity; or they rest where any push would make them leave.
    """
    x, steps, unstable = start, 0, False
    here = linearise(system, x)
    horizon = 1.0 / max(float(np.abs(here.drift).max(initial=0.0)), 1e-12)
    for _ in range(_DOUBLINGS):
        size = max(float(np.abs(x).max(initial=0.0)), horizon * float(np.abs(here.slope).max(initial=0.0))) or 1.0
        (result,) = solve(system, x[None], np.array([0.0, horizon]), rtol=1e-8, atol=np.array([1e-12 * size]))
        if result.problem:
            raise SimulationError(f"no steady state: the rate equations {result.problem}")
        before, x, horizon = x, result.values[-1], 2 * horizon
        here = linearise(system, x)
        steps += result.steps
        if np.all(np.abs(x - before) <= _RESTS * here.scale):
            found = _newton(system, here)
            if found is not None and found.stable:
                return found
            unstable = found is not None
        if steps > _MOST_STEPS:
            break
    if unstable:
        raise SimulationError(
            "the steady state is not stable, so its fluctuations grow; linear noise has no limit there"
        )
    raise SimulationError("no steady state: the rate equations go on moving, as in an oscillation")


def _newton(system: System, here: Linear) -> Linear | None:
    """Return the steady state next to a state, or None."""
    first, scale, last = here.state, here.scale, np.inf
    for _ in range(_NEWTON_STEPS):
        directions = here.directions
        try:
            step = directions @ np.linalg.solve(here.reduced, -directions.T @ (here.slope / here.scale))
        except np.linalg.LinAlgError:
            return None
        there = linearise(system, here.state + step * here.scale)
        size = float(np.abs(step).max(initial=0.0))
        if not np.all(np.isfinite(there.drift)) or np.any(np.abs(there.state - first) > _NEAR * scale):
            return None
        if size < _EXACT and size >= 0.1 * last:  # rounding is reached
            return here
        here, last = there, size
        if size == 0.0:
            return here
    return None
