"""Steady states from many starts, where elimination does not get through."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import CrnsymError, NotSolvedError
from ..theory.deficiency import deficiency_one
from ..theory.injectivity import injectivity
from .conserved import ConservedReduction
from .exact import Found
from .numbers import NumericRates

if TYPE_CHECKING:
    from ..network import Network

_STARTS = 24
_STEPS = 2000  # of the simulation; networks that come to rest take some hundred
_LARGE = 150  # species from which on there is one start: where the network goes by itself


def searched_states(
    network: "Network", given: Mapping[Any, Any], reduction: ConservedReduction, totals: Mapping[str, Any]
) -> Found:
    """Return (points, complete, isolated, method): least squares from the end of a simulation and random states.

    Raises
    ------
    NotSolvedError
        If no start led to a steady state.
    """
    problem = _Problem(network, given, reduction, totals)
    unique = _at_most_one(network)
    points: list[list[float]] = []
    for start in problem.starts():
        x = problem.solve(start)
        if x is not None and not any(np.allclose(x, p, rtol=1e-6, atol=1e-9 * problem.scale) for p in points):
            points.append([float(v) for v in x])
            if unique and x.min() > 0:
                break
    if not points:
        raise NotSolvedError(
            "steady states: the equations are too large for elimination, and no start of a numerical search led to a "
            "steady state; there may still be one"
        )
    if unique and any(min(p) > 0 for p in points):
        return points, False, True, "Found numerically; a theorem excludes another positive steady state."
    return points, False, True, f"Found numerically from {problem.tried} starts; there may be others."


def _at_most_one(network: "Network") -> bool:
    """Whether a theorem excludes a second positive steady state in the class."""
    try:
        return bool(deficiency_one(network)) or bool(injectivity(network))
    except CrnsymError:
        return False


class _Problem:
    """Rates of change and laws as one square system, scaled."""

    def __init__(
        self, network: "Network", given: Mapping[Any, Any], reduction: ConservedReduction, totals: Mapping[str, Any]
    ) -> None:
        self.rates = NumericRates(network, dict(given))
        self.laws = np.array([[law.get(n, 0) for n in network.species_names] for law in reduction.laws.values()], float)
        self.laws = self.laws.reshape(-1, len(network.species))
        self.goal = np.array([float(totals[t]) for t in reduction.laws])
        rank = network.structure.rank
        self.basis = np.linalg.svd(self.rates.net.toarray(), full_matrices=False)[0][:, :rank]
        self.initial = np.array([float(network.initial.get(n, 1)) for n in network.species_names])
        self.scale = float(max(np.abs(self.goal).max(initial=0.0), self.initial.max(initial=0.0), 1e-12))
        self.tried = 0

    def starts(self) -> Iterator[np.ndarray]:
        """Yield states to start from: the end of a simulation, then random ones, the same every time."""
        self.tried += 1
        yield self._settled()
        if len(self.initial) > _LARGE:
            return
        rng = np.random.default_rng(0)
        for _ in range(_STARTS):
            self.tried += 1
            yield self.scale * 10.0 ** rng.uniform(-4, 1, len(self.initial))

    def _settled(self) -> np.ndarray:
        """Return where the network goes by itself, or as far as it came: what oscillates never rests."""
        from scipy.integrate import BDF

        with np.errstate(all="ignore"):
            speed = np.abs(self.rates.net @ self.rates.rates(self.initial)).max(initial=0.0)
            try:
                solver = BDF(
                    lambda _, x: self.rates.net @ self.rates.rates(np.maximum(x, 0)),
                    0.0,
                    self.initial,
                    1e6 * self.scale / speed if speed > 0 else 1.0,
                    jac=lambda _, x: self.rates.jacobian(np.maximum(x, 0)),
                    rtol=1e-6,
                    atol=1e-9 * self.scale,
                )
                for _ in range(_STEPS):
                    solver.step()
                    if solver.status != "running":
                        break
            except ValueError:  # the state ran to infinity
                return self.initial
        return np.maximum(solver.y, 0) if solver.status != "failed" else self.initial

    def solve(self, start: np.ndarray) -> np.ndarray | None:
        """Return the steady state that least squares reach from a start, or None."""
        from scipy.optimize import least_squares

        def residual(x: np.ndarray) -> np.ndarray:
            return np.r_[self.basis.T @ (self.rates.net @ self.rates.rates(x)), (self.laws @ x - self.goal)]

        def slope(x: np.ndarray) -> np.ndarray:
            return np.vstack([self.basis.T @ self.rates.jacobian(x), self.laws])

        with np.errstate(all="ignore"):
            try:
                found = least_squares(
                    residual,
                    np.maximum(start, 1e-12 * self.scale),
                    slope,  # type: ignore[arg-type]  # (sympy: Basic)  # the stubs know names of schemes only
                    bounds=(0, np.inf),
                    x_scale="jac",
                    xtol=1e-15,
                    ftol=1e-15,
                    gtol=1e-15,
                    max_nfev=100,
                )
            except (ValueError, np.linalg.LinAlgError):
                return None
        return next((x for x in self._ends(found.x) if self._rests(x)), None)

    def _ends(self, x: np.ndarray) -> list[np.ndarray]:
        """Return a solution with tiny concentrations taken as zero, and as it is."""
        return [np.where(x < 1e-12 * self.scale, 0.0, x), x]

    def _rests(self, x: np.ndarray) -> bool:
        """Whether gains and losses cancel to seven digits, and the totals are right."""
        with np.errstate(all="ignore"):
            v = self.rates.rates(x)
            size = abs(self.rates.net) @ np.abs(v)
            change = np.abs(self.rates.net @ v)
        close = change <= 1e-7 * size + 1e-14 * size.max(initial=0.0)
        kept = np.abs(self.laws @ x - self.goal) <= 1e-7 * np.maximum(np.abs(self.laws) @ x, 1e-300)
        return bool(np.isfinite(x).all() and close.all() and kept.all())
