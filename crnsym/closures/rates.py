"""Fit rate constants to moments of a lattice by gradients through a learned closure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy.optimize import least_squares

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import FitError, NetworkError
from ..network.arguments import by_name
from .conditions import measured
from .field import ClosureField
from .model import LearnedClosure, check_closure_model
from .solve import integrate

Z95 = 1.96
MODEL_ERROR = 0.01  # of a moment, what the closure itself is off by at the least
STARTS = (0.5, 0.2, 0.8)  # of the logarithms, within their ranges


@dataclass(frozen=True, eq=False)
class FittedRates:
    """Rate constants that a closure needs for what was measured.

    Attributes
    ----------
    values
        {parameter: value}, the fixed ones included.
    intervals
        {parameter: (low, high)}, 95 %, from the scatter of the runs.
    chi_square
        Weighted squares of what is left, divided by the number of moments.
    at_border
        Parameters that ran to the end of the range that the closure was learned from.

    Examples
    --------
    >>> FittedRates({"k": 0.412}, {"k": (0.4, 0.43)}, 0.9, ())
    FittedRates: k = 0.412 (0.4 to 0.43); chi square 0.90 a moment
    """

    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    chi_square: float
    at_border: tuple[str, ...]

    def __repr__(self) -> str:
        """Return one line."""
        spans = [f"{n} = {self.values[n]:.4g} ({a:.3g} to {b:.3g})" for n, (a, b) in self.intervals.items()]
        border = f"; at the end of what the closure knows: {', '.join(self.at_border)}" if self.at_border else ""
        return f"FittedRates: {', '.join(spans)}; chi square {self.chi_square:.2f} a moment{border}"


def fit_closure_rates(
    model: LearnedClosure,
    data: LatticeRuns | Snapshots | Sequence[LatticeRuns | Snapshots],
    fixed: Mapping[str, float] | None = None,
) -> FittedRates:
    """Fit rate constants to densities and neighbours of lattices over time, by gradients through a closure.

    Parameters
    ----------
    model
        From `fit_closure`; what had a range there is fitted within it.
    data
        Runs or snapshots of a lattice of any size, destructive ones too, or several of these from different starts.
        Each starts at the mean of its first snapshots.
    fixed
        {parameter: value} that are known.

    Returns
    -------
    FittedRates

    Raises
    ------
    NetworkError
        A name that is no parameter.
    FitError
        Nothing to fit.

    Examples
    --------
    >>> fit_closure_rates(model, runs).values["k"]  # doctest: +SKIP
    """
    check_closure_model(model)
    processes, ranges = model.processes, model.domain.rates
    known = processes.values({n: high for n, (_, high) in ranges.items()} | dict(by_name("fixed", fixed, "{'k': 0.1}")))
    free = [name for name, (low, high) in ranges.items() if low < high and name not in (fixed or {})]
    if not free:
        raise FitError("there is no rate to fit: the closure was learned at fixed rates, or all are in fixed")
    parts: list[Any] = list(data) if isinstance(data, Sequence) and not hasattr(data, "sites") else [data]
    if not parts:
        raise NetworkError("data is empty; give runs or snapshots of a lattice")
    with jax.enable_x64(True):
        found, spread, chi = _fitted(model, [measured(processes, part) for part in parts], known, free)
    low, high = (np.log([ranges[name][side] for name in free]) for side in (0, 1))
    values = {**known, **dict(zip(free, np.exp(found).tolist(), strict=True))}
    ends = np.exp(found[:, None] + Z95 * spread[:, None] * np.array([-1, 1]))
    border = tuple(n for n, x, a, b in zip(free, found, low, high, strict=True) if min(x - a, b - x) < 1e-3 * (b - a))
    return FittedRates(values, dict(zip(free, map(tuple, ends.tolist()), strict=True)), chi, border)


def _fitted(
    model: LearnedClosure, parts: list[tuple[np.ndarray, ...]], known: dict[str, float], free: list[str]
) -> tuple[np.ndarray, np.ndarray, float]:
    rates_of = _rates_of(model, known, free)
    weights = [1 / np.hypot(np.hypot(part[3], MODEL_ERROR * part[1]), 1e-5)[1:] for part in parts]

    def run(logs, what):
        columns = []
        for (times, moments, *_), weight in zip(parts, weights, strict=True):
            found = what(model.field, rates_of, logs, times, moments[0])
            columns.append((np.asarray(found)[1:], moments[1:], weight))
        return columns

    def off(logs):
        return np.concatenate([((found - wanted) * w).ravel() for found, wanted, w in run(logs, _course)])

    def slope(logs):
        return np.concatenate([(s * w[..., None]).reshape(-1, len(logs)) for s, _, w in run(logs, _slopes)])

    low, high = (np.log([model.domain.rates[name][side] for name in free]) for side in (0, 1))
    solve: Any = least_squares  # whose stub knows no function as jac
    tries = [solve(off, low + (high - low) * x, slope, (low, high), xtol=1e-8) for x in STARTS]
    best = min(tries, key=lambda one: one.cost)
    covariance = np.linalg.pinv(best.jac.T @ best.jac)
    return best.x, np.sqrt(np.diag(covariance)), float(2 * best.cost / len(best.fun))


def _rates_of(model: LearnedClosure, known: dict[str, float], free: list[str]) -> Callable[[Array], Array]:
    """Return the rates of the processes as a function of the logarithms of the free constants.

    A tree whose arrays are arguments of what is compiled, so that the next fit of the same model compiles nothing.
    """
    names = list(known)
    place = np.array([names.index(name) for name in free])
    return jax.tree_util.Partial(_rates, model.processes.evaluate, np.array(list(known.values())), place)


def _rates(evaluate: Callable[[Array], Array], base: np.ndarray, place: np.ndarray, logs: Array) -> Array:
    return evaluate(jnp.asarray(base).at[place].set(jnp.exp(logs)))


def _integrated(
    field: ClosureField,
    rates_of: Callable[[Array], Array],
    logs: Array | np.ndarray,
    times: Array | np.ndarray,
    start: Array | np.ndarray,
) -> Array:
    k = rates_of(jnp.asarray(logs))
    return integrate(lambda y: field(y, k), jnp.asarray(start), jnp.asarray(times))


_course = eqx.filter_jit(_integrated)


@eqx.filter_jit
def _slopes(
    field: ClosureField,
    rates_of: Callable[[Array], Array],
    logs: Array | np.ndarray,
    times: Array | np.ndarray,
    start: Array | np.ndarray,
) -> Array:
    return jax.jacfwd(lambda x: _integrated(field, rates_of, x, times, start))(jnp.asarray(logs))
