"""Where the long-time state of a lattice changes its kind: extinction, poisoning, onset of oscillation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import numpy as np

from ..data.snapshots import Snapshots
from ..dynamics.lattice.runs import LatticeRuns
from ..errors import NetworkError, SimulationError
from ..network.inputs import Amounts
from .conditions import low_and_high
from .model import LearnedClosure, check_closure_model
from .simulate import CLOSURES, first_moments, solved

POINTS = 24  # values of the parameter that are looked at together
ROUNDS = 3  # of refinement
LONG = 400.0  # durations of the training after which a state is taken as final
GONE = 1e-6  # density of what has died out
SWING = 0.02  # relative change in the last part of the time of what oscillates


@dataclass(frozen=True)
class Transition:
    """A change of the final state.

    Attributes
    ----------
    parameter
        Name.
    value
        Where the change is.
    below, above
        What is final there: ``"steady"``, ``"oscillates"``, ``"A dies out"`` or ``"no empty sites"``, joined by commas.

    Examples
    --------
    >>> Transition("birth", 1.65, "A dies out", "steady").value
    1.65
    """

    parameter: str
    value: float
    below: str
    above: str


def closure_transitions(
    model: LearnedClosure,
    parameter: str,
    span: tuple[float, float] | None = None,
    initial: Amounts | LatticeRuns | Snapshots | None = None,
    rates: Mapping[str, float] | None = None,
    *,
    closure: str = "learned",
) -> list[Transition]:
    """Find the values of a rate at which the final state changes its kind, from a given start.

    The closed equations are solved for a long time at many values together, and between two that end differently the
    change is narrowed down to a few thousandths of the span.

    Parameters
    ----------
    model
        From `fit_closure`.
    parameter
        Name of the rate that is varied.
    span
        Lowest and highest value, by default those of the training.
    initial
        As in `crnsym.simulate_closure`.
    rates
        {parameter: value} of the others.
    closure
        ``"learned"``, or for comparison ``"pair approximation"`` or ``"mean field"``.

    Raises
    ------
    NetworkError
        A name that is no parameter, or no span of positive numbers.
    SimulationError
        Equations that cannot be solved to the end.

    Examples
    --------
    >>> closure_transitions(model, "birth")[0].value  # doctest: +SKIP
    """
    check_closure_model(model)
    if parameter not in model.domain.rates:
        there = ", ".join(model.domain.rates) or "none"
        raise NetworkError(f"parameter={parameter!r} is no parameter of the rates; there are {there}")
    if closure not in CLOSURES:
        raise NetworkError(f"closure={closure!r} is unknown; choose one of {', '.join(CLOSURES)}")
    low, high = _span(model.domain.rates[parameter] if span is None else span)
    with jax.enable_x64(True):
        start = first_moments(model.processes, model.field, initial, model.processes.shape)

        def final(values: np.ndarray) -> list[str]:
            return _final(model, start, parameter, values, dict(rates or {}), closure)

        grid = np.geomspace(low, high, POINTS)
        brackets = _changes(grid, final(grid))
        for _ in range(ROUNDS - 1):
            finer = [np.linspace(a, b, POINTS) for a, b, *_ in brackets]
            brackets = [part for grid in finer for part in _changes(grid, final(grid))]
    return [Transition(parameter, (a + b) / 2, below, above) for a, b, below, above in brackets]


def _span(given: Sequence[float] | np.ndarray) -> tuple[float, float]:
    ends = low_and_high(given) if isinstance(given, tuple | list | np.ndarray) else None
    if ends is None or not 0 < ends[0] < ends[1]:
        raise NetworkError(f"span={given!r}: give the lowest and the highest value, both positive and different")
    return ends


def _changes(grid: np.ndarray, kinds: list[str]) -> list[tuple[float, float, str, str]]:
    return [
        (float(grid[i]), float(grid[i + 1]), kinds[i], kinds[i + 1])
        for i in range(len(grid) - 1)
        if kinds[i] != kinds[i + 1]
    ]


def _final(
    model: LearnedClosure, start: np.ndarray, parameter: str, values: np.ndarray, others: dict, closure: str
) -> list[str]:
    """Return the kind of the state after a long time, for each value."""
    processes, late = model.processes, LONG * model.domain.duration
    known = [list(processes.values(others | {parameter: float(v)}).values()) for v in values]
    constants = np.array([np.asarray(processes.evaluate(np.array(one))) for one in known])
    clock = np.concatenate([[0.0], late * np.linspace(0.9, 1.0, 63)])
    times, starts = np.tile(clock, (len(values), 1)), np.repeat(start[None], len(values), axis=0)
    found = solved(model.field, constants, times, starts, closure)[..., 1:, : processes.species]
    if not np.isfinite(found).all():
        raise SimulationError(f"the closed equations ({closure}) cannot be solved to t = {late:g}")
    return [_kind(one, processes.network.species_names) for one in found]


def _kind(densities: np.ndarray, names: tuple[str, ...]) -> str:
    """Return the kind of a state, of densities ``(times, species)`` late in time."""
    gone = [f"{name} dies out" for name, x in zip(names, densities.T, strict=True) if x.max() < GONE]
    if (1 - densities.sum(axis=1)).max() < GONE:
        gone.append("no empty sites")
    swing = (densities.max(axis=0) - densities.min(axis=0)) / np.maximum(densities.max(axis=0), GONE)
    turns = np.sign(np.diff(densities, axis=0))
    moves = (swing > SWING) & (np.abs(turns.sum(axis=0)) < len(turns))  # not one way alone, as what still decays
    return ", ".join(gone or ["oscillates" if moves.any() else "steady"])
