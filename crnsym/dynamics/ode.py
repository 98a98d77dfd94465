"""Simulate a network: concentrations over time, with noise if asked."""

import difflib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from ..data.operation.attach import Operations, heated
from ..data.trajectories import Trajectories
from ..errors import NetworkError, SimulationError
from ..network.arguments import by_name, check_network, real, time_grid, whole_number
from ..network.inputs import Initial, Times
from ..network.network import Network
from .integration.solve import solve
from .integration.system import System, compile_system, slope

Solver = Literal["auto", "explicit", "implicit"]
_SOLVERS = get_args(Solver)


def simulate(
    network: Network | str | os.PathLike[str],
    times: Times = (0.0, 10.0, 101),
    *,
    initial: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    solver: Solver = "auto",
    rtol: float = 1e-8,
    atol: float | None = None,
    operation: Operations | None = None,
) -> Trajectories:
    """Simulate the rate equations of a network.

    Parameters
    ----------
    network
        All its parameters need values. Or the path of a model file: its table has the observables and ruled species
        too, and a model that no network can hold (SBML or Antimony with events, rate rules and the like) is simulated
        as its file means it.
    times
        A tuple ``(start, stop, points)``, or the times themselves as a list or an array; the initial state
        holds at the first.
    initial
        Initial concentrations {species: value} over those of the network; a list of them makes one run each.
        A species that is not named anywhere starts at 0, but at least one must be.
    noise
        Standard deviation of multiplicative normal noise, relative to each value; the first row has it too.
    seed
        For the noise; run ``i`` gets the same noise however many runs there are.
    solver
        ``"explicit"`` (Dormand-Prince), ``"implicit"`` (for stiff networks: Rosenbrock, or multistep with sparse
        factors for large ones), or ``"auto"``, which finds out.
    rtol, atol
        Tolerances of a step, relative and absolute; ``atol`` is by default ``1e-6 rtol`` times the largest
        initial concentration (or what inflow makes).
    operation
        What is done to the vessel: an `Operation`, {run: Operation}, or a table of it (path, frame, dict of columns).
        Runs are named after the experiments of a table; a temperature program moves the parameter ``T``.

    Returns
    -------
    Trajectories
        Runs named ``"0"``, ``"1"``, ... Where one of several runs cannot be solved to the end, its values are
        NaN from there on and a remark says why.

    Raises
    ------
    NetworkError
        No initial state, a name that is no species, parameters without values, or times that do not increase.
    UnsupportedError
        A function in a rate law that cannot be simulated.
    SimulationError
        No run could be solved to the end.
    DataError
        An operation that cannot be.

    Examples
    --------
    >>> from crnsym import network
    >>> data = simulate(network("A -> B @ 1; init A = 1"), times=(0, 1, 3))
    >>> data.values[0].round(6).tolist()
    [[1.0, 0.0], [0.606531, 0.393469], [0.367879, 0.632121]]
    """
    if isinstance(network, (str, os.PathLike)):
        from .files import simulate_file

        return simulate_file(
            network,
            times,
            initial=initial,
            noise=noise,
            seed=seed,
            solver=solver,
            rtol=rtol,
            atol=atol,
            operation=operation,
        )
    if solver not in _SOLVERS:
        raise NetworkError(f"solver={solver!r} is unknown; choose one of {', '.join(_SOLVERS)}")
    check_numbers(noise, rtol, atol)
    check_network(network)
    seed = whole_number("seed", seed)
    clock = time_grid(times)
    starts = starts_of(initial)
    labels, operations = None, None
    if operation is not None:
        from .operated import operated_runs, solve_operated

        labels, starts, operations = operated_runs(network, operation, starts)
    states = np.array([initial_state(network, start) for start in starts]).reshape(len(starts), -1)
    if operations is None:
        system = compile_system(network)
        smallest = [1e-6 * rtol * _scale(system, state, clock) if atol is None else atol for state in states]
        solved = solve(system, states, clock, solver=solver, rtol=rtol, atol=np.array(smallest, dtype=float))
    else:
        solved = solve_operated(network, operations, states, clock, solver=solver, rtol=rtol, atol=atol)
    remarks = [f"experiment '{run}' {result.problem}" for run, result in enumerate(solved) if result.problem]
    values = [with_noise(result.values, noise, seed, run) for run, result in enumerate(solved)]
    if len(remarks) == len(states):
        raise SimulationError(f"simulation of {remarks[0]}")
    labels = labels or tuple(str(run) for run in range(len(states)))
    return heated(
        Trajectories(
            network.species_names,
            labels,
            tuple(clock.copy() for _ in states),
            tuple(values),
            remarks=tuple(remarks),
            operation=operations,
        )
    )


def initial_state(network: Network, given: Mapping[str, Any] | None) -> np.ndarray:
    """Return the concentrations at the start, those given over the network's; a species without any starts at 0.

    Raises
    ------
    NetworkError
        A name that is no species, a value that is no number of 0 or more, or no value at all.
    """
    values = {**network.initial, **by_name("initial", given, "{'A': 1}")}
    names = network.species_names
    for name, value in values.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise NetworkError(f"initial: {name} is no species of the network; {hint}")
        found = real(value)
        if found is None or found < 0:
            raise NetworkError(f"initial: {name} = {value} is not a concentration; give a number of 0 or more")
    if not values and names:
        raise NetworkError(
            f"no initial concentrations of {', '.join(names)}; "
            f"write 'init {names[0]} = 1' or pass initial={{'{names[0]}': 1}}"
        )
    return np.array([float(values.get(name, 0)) for name in names])


def _scale(system: System, state: np.ndarray, clock: np.ndarray) -> float:
    """Return a typical concentration: the largest initial one, or what inflow makes of nothing at first."""
    if largest := float(state.max(initial=0.0)):
        return largest
    inflow = np.abs(slope(system, float(clock[0]), state)).max(initial=0.0)
    made = float(inflow * (clock[-1] - clock[0]) / len(clock))
    return made if 0 < made < math.inf else 1.0


def check_numbers(noise: float, rtol: float, atol: float | None) -> None:
    """Refuse a noise that is negative, and tolerances that are not positive."""
    scatter, tolerances = real(noise), [real(x) for x in (rtol, rtol if atol is None else atol)]
    if scatter is None or scatter < 0 or not all(x is not None and x > 0 for x in tolerances):
        raise NetworkError(f"noise={noise}, rtol={rtol}, atol={atol}: noise cannot be negative, tolerances not zero")


def starts_of(initial: Initial) -> list[Any]:
    """Return the start of each run."""
    several = isinstance(initial, Iterable) and not isinstance(initial, (Mapping, str))
    starts: list[Any] = list(initial) if several else [initial]  # type: ignore[arg-type]  # (it is iterable)
    if not starts:
        raise NetworkError("initial is an empty list; give one mapping a run")
    return starts


def with_noise(values: np.ndarray, noise: float, seed: int, run: int) -> np.ndarray:
    """Return values with multiplicative normal noise; run ``run`` gets the same however many runs there are."""
    if not noise:
        return values
    return values * (1 + noise * np.random.default_rng((seed, run)).standard_normal(values.shape))
