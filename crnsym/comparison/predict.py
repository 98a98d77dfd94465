"""Time courses of a mechanism on any grid, by the same kernel that fitted it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..data.mechanism import GAS_CONSTANT, Mechanism
from ..data.noise import NoiseModel
from ..data.operation.operation import Operation
from ..data.operation.plan import clocks
from ..errors import CrnsymError, FitError, shortened
from ..refit.coefficients import coefficients_of
from ..refit.evaluate import MAX_STEPS, balanced, reactant_slots
from ..refit.fit import Fit
from ..refit.general.mechanism import LawMechanism
from ..refit.kernel import integrate_runs


def predict(
    mechanism: Mechanism,
    initial: np.ndarray,
    times: Sequence[np.ndarray],
    noise: NoiseModel,
    rtol: float = 1e-6,
    quasi_steady: tuple[int, ...] = (),
    kelvin: Sequence[float] | np.ndarray | None = None,
    operation: tuple[Operation, ...] | None = None,
) -> list[np.ndarray]:
    """Simulate runs from their initial states.

    Parameters
    ----------
    mechanism
        With its rates.
    initial
        ``(experiments, species)`` states at the first time of each run.
    times
        One increasing array a run.
    noise
        Sets the absolute tolerance: a hundredth of the absolute noise.
    quasi_steady
        Index of a species that starts where its production equals its consumption.
    kelvin
        Temperatures of the runs, for a mechanism with activation energies; by default its reference.
    operation
        What is done to the vessel of each run; nothing by default.

    Returns
    -------
    list of arrays
        ``(times, species)`` a run; NaN throughout a run that cannot be integrated.
    """
    if isinstance(mechanism, LawMechanism):
        return mechanism.courses(initial, times, rtol, operation)
    runs, n = initial.shape
    longest = max(len(t) for t in times)
    grid, lengths = np.zeros((runs, longest)), np.array([len(t) for t in times])
    for e, t in enumerate(times):
        grid[e, : len(t)] = t
    states = np.zeros((runs, longest, n))
    at = np.full(runs, mechanism.reference) if kelvin is None else np.asarray(kelvin, float)
    rates = np.exp(mechanism.log_rates_at(at))
    if quasi_steady:
        initial = balanced(quasi_steady[0], initial, mechanism, rates)
    atol = 0.01 * noise.absolute * min(1.0, rtol * 1e5)
    clock, plans = clocks(operation, mechanism.species, grid, lengths)
    ok = integrate_runs(
        clock,
        lengths,
        plans,
        np.column_stack([1.0 / at, np.full(runs, 1.0 / GAS_CONSTANT)]),
        np.ascontiguousarray(initial, dtype=float),
        reactant_slots(mechanism.reactants),
        rates,
        np.zeros(len(mechanism.log_rates)) if mechanism.energies is None else mechanism.energies,
        mechanism.net_stoichiometry.astype(float),
        np.zeros((0, 1), np.int64),
        np.zeros((0, n)),
        np.zeros((runs, 0)),
        np.zeros((0, 2)),
        rtol,
        atol,
        10 * MAX_STEPS,
        states,
        np.zeros((runs, longest, n, 0)),
    )
    return [np.where(ok[e], states[e, :m], np.nan) for e, m in enumerate(lengths)]


def rising(times: ArrayLike, error: type[CrnsymError] = FitError) -> np.ndarray:
    """Return the times of a course, ``(times,)``: the kernel writes to as many rows as it is told of.

    Raises
    ------
    CrnsymError
        ``error``: none at all, no finite numbers, or falling ones; shows what was found.
    """
    try:
        clock = np.asarray(times, float)
    except (TypeError, ValueError):
        clock = np.zeros(0)
    if clock.ndim != 1 or len(clock) == 0 or not np.isfinite(clock).all() or (np.diff(clock) < 0).any():
        shown = shortened(" ".join(repr(times).split()), 60)
        raise error(f"times={shown}: give one or more numbers that increase, from the start of the run on")
    return clock


def predict_columns(fit: Fit, runs: Sequence[int], courses: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the columns of the data along courses of runs that were fitted, ``(times, columns)`` each."""
    seen = fit.problem.observation
    if seen is None:
        return list(courses)
    found = coefficients_of(fit)
    parts = [seen.thin(np.array([run])) for run in runs]
    return [p.predicted(c[None], found)[0] for p, c in zip(parts, courses, strict=True)]


def predict_runs(fit: Fit, runs: Sequence[int], times: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Simulate runs that were fitted, from their fitted initial states, on other times."""
    problem = fit.problem
    initial = fit.initial_states[list(runs)]
    kelvin = None if problem.temperatures is None else problem.temperatures.kelvin[list(runs)]
    operation = None if problem.operation is None else tuple(problem.operation[run] for run in runs)
    noise, quasi_steady = problem.noise, problem.quasi_steady
    return predict(fit.mechanism, initial, times, noise, quasi_steady=quasi_steady, kelvin=kelvin, operation=operation)
