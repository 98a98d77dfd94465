"""Initial value problems of one network: explicit steps as long as they suit, implicit ones after that."""

import time as clock
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .bdf import bdf
from .explicit import explicit
from .factors import plan
from .rosenbrock import rosenbrock
from .runs import ARRIVED, BAD, GOING, STIFF, STUCK, Runs, start
from .system import System

_MULTISTEP = 20  # species from which multistep methods, which factor seldom, beat Rosenbrock's at equal error
_LEG = 0.5  # seconds of steps between two looks at the clock and the keyboard
_MOST_STEPS, _MANY_STEPS = 1_000_000, 100_000


@dataclass(frozen=True)
class Solved:
    """What came of one run.

    Attributes
    ----------
    values
        ``(times, species)``; NaN from the time on at which the solver gave up.
    problem
        Empty, or why and where the solver gave up.
    solver
        The method that took the last step, ``"explicit"`` or ``"implicit"``.
    steps
        Number of steps taken, rejected ones included.
    """

    values: np.ndarray
    problem: str
    solver: str
    steps: int


def solve(
    system: System, states: np.ndarray, times: np.ndarray, *, solver: str = "auto", rtol: float = 1e-8, atol: np.ndarray
) -> list[Solved]:
    """Solve initial value problems; failure is in the result, not an exception.

    ``"auto"`` starts with explicit steps and goes on with implicit ones where they are at the edge of stability, or
    where they cannot go on at all. Implicit steps are Rosenbrock's for small networks, multistep ones for large.
    Ctrl-C ends the runs where they are.

    Parameters
    ----------
    system
        From `compile_system`.
    states
        ``(runs, species)`` at ``times[0]``.
    times
        Increasing.
    solver
        ``"auto"``, ``"explicit"`` or ``"implicit"``.
    rtol, atol
        Tolerances of one step, relative and, one a run, absolute (concentration).
    """
    runs = start(np.ascontiguousarray(states, dtype=float), times)
    runs.codes[~np.isfinite(states).all(axis=1)] = BAD
    methods = np.full(len(states), "implicit" if solver == "implicit" else "explicit", dtype=object)
    interrupted = False
    try:
        if solver != "implicit":
            _in_legs(
                runs, times[-1], lambda budget: explicit(system, runs, times, rtol, atol, solver == "auto", budget)
            )
        if solver != "explicit":
            again = np.isin(runs.codes, (STIFF, STUCK)) if solver == "auto" else runs.codes == GOING
            runs.codes[again] = GOING
            methods[again] = "implicit"
            if again.any():
                _implicit(system, runs, times, rtol, atol)
    except KeyboardInterrupt:
        interrupted = True
    return [_solved(runs, r, times, methods[r], interrupted) for r in range(len(states))]


def _implicit(system: System, runs: Runs, times: np.ndarray, rtol: float, atol: np.ndarray) -> None:
    factors = plan(system.species, system.entries)
    runs.step[:], runs.memory[:] = 0.0, 0.0
    if system.species < _MULTISTEP:
        _in_legs(runs, times[-1], lambda budget: rosenbrock(system, factors, runs, times, rtol, atol, budget))
        return
    history, entries, lu = np.empty((8, system.species)), np.empty(len(system.entries) + 1), np.empty(factors.size)
    going = np.flatnonzero(runs.codes == GOING)
    waiting = runs.codes.copy()
    runs.codes[going] = BAD  # one run at a time
    for r in going:
        runs.codes[r] = waiting[r]
        problem = (system, factors, runs, r, times, rtol, atol[r], history, entries, lu, np.zeros(7))
        _in_legs(runs, times[-1], lambda budget, problem=problem: bdf(*problem, budget))


def _in_legs(runs: Runs, end: float, travel: Callable[[int], None]) -> None:
    """Travel until no run is going, or each has had its steps, with a breath every half second for Ctrl-C.

    A run that has made many steps and would need many times more of them than it may have is given up early: where a
    law jumps at a step that its own reactions drive back to, such as a relay, no step is small enough.
    """
    budget = 64
    while (runs.codes == GOING).any():
        before, steps, counts, moments = clock.perf_counter(), runs.count.sum(), runs.count.copy(), runs.time.copy()
        travel(budget)
        took = clock.perf_counter() - before
        budget = int(np.clip(_LEG / max(took, 1e-6) * (runs.count.sum() - steps), 16, 4 * budget))
        to_come = (runs.count - counts) * (end - runs.time) / np.maximum(runs.time - moments, 1e-300)
        hopeless = (runs.count >= _MANY_STEPS) & (runs.count > counts) & (to_come > 10 * _MOST_STEPS)
        runs.codes[(runs.codes == GOING) & (hopeless | (runs.count >= _MOST_STEPS))] = BAD


def _solved(runs: Runs, r: int, times: np.ndarray, method: str, interrupted: bool) -> Solved:
    values, reached, steps = runs.values[r], float(runs.time[r]), int(runs.count[r])
    if runs.codes[r] == ARRIVED and np.isfinite(values).all():
        return Solved(values, "", method, steps)
    if runs.codes[r] == ARRIVED:
        reached, reason = times[~np.isfinite(values).all(axis=1)][0], "a concentration is not finite"
    elif runs.codes[r] == STUCK:
        reason = "the steps became too small to go on, as when a concentration runs to infinity"
    elif interrupted:
        reason = "interrupted"
    else:
        reason = (
            f"{steps} steps were not enough; loosen rtol, shorten the times, or smooth a law that jumps back and forth"
        )
    values[runs.row[r] :] = np.nan
    return Solved(values, f"stopped at t = {reached:.6g} of {times[-1]:.6g}: {reason}", method, steps)
