"""One point of a fit of any rate laws: columns of the data, residuals, exact Jacobian."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data.operation.operation import Operation
from ..evaluate import Evaluation
from ..problem import FitProblem
from .kernel import integrate
from .observe import observe

if TYPE_CHECKING:
    from .mechanism import LawMechanism

NOTHING_DONE = np.zeros((0, 0))
MAX_STEPS = 3000  # a run, beside twenty steps an interval


def evaluate(
    mechanism: "LawMechanism", problem: FitProblem, initial: np.ndarray, rtol: float, sensitive: bool = True
) -> Evaluation | None:
    """Simulate every run and compare; None if a run could not be integrated.

    Parameters
    ----------
    mechanism
        With its columns those of the problem.
    problem
        What was measured.
    initial
        ``(experiments, columns)``: of the columns that are species, and of what differs between runs.
    rtol
        Relative tolerance of the integration.
    sensitive
        Whether the Jacobian is wanted.
    """
    runs, longest, columns = len(problem.times), problem.times.shape[1], len(problem.species)
    params = len(mechanism.log_rates)
    states = np.zeros((runs, longest, columns))
    z = np.zeros((runs, longest, columns, (params + columns) if sensitive else 0))
    own = [params + c for c, _ in mechanism.measured]
    clock, plans = mechanism.clocks(problem.operation, problem.times, problem.lengths)
    for e, m in enumerate(problem.lengths):
        result = one_run(mechanism, initial[e], clock[e, :m], rtol, sensitive, plans[e])
        if result is None:
            return None
        states[e, :m], seen = result
        if sensitive:
            z[e, :m, :, :params], z[e, :m][:, :, own] = seen[..., :params], seen[..., params:]
    residuals = problem.residuals(states)
    chi2 = float((residuals**2).sum())
    if sensitive:
        z *= problem.slopes(states)[..., None]
        z[..., params:] *= np.where(problem.free, initial, 0.0)[:, None, None, :]
    if not np.isfinite(chi2) or not np.isfinite(z).all():
        return None
    return Evaluation(states, residuals, z, chi2)


def one_run(
    mechanism: "LawMechanism",
    initial: np.ndarray,
    times: np.ndarray,
    rtol: float,
    sensitive: bool,
    plan: np.ndarray = NOTHING_DONE,
) -> tuple[np.ndarray, np.ndarray] | None:
    """Integrate one run: columns ``(times, columns)``, derivatives in the parameters and the measured starts.

    ``plan`` is what is done to the vessel, see `crnsym.data.operation.plan`.
    """
    laws = mechanism.laws
    parameters, places, slopes = inputs(mechanism, initial)
    places, slopes = (places, slopes) if sensitive else (places[:0], slopes[:0])
    start, z_start = _start(mechanism, initial, parameters, places, slopes, sensitive)
    n, columns = z_start.shape[1:]
    states, z = np.zeros((len(times), n)), np.zeros((len(times), n, columns))
    steps = MAX_STEPS + 20 * len(times)
    if not np.isfinite(start).all():
        return None
    ok = integrate(
        laws,
        times,
        _breaks(mechanism, parameters),
        plan,
        mechanism.held,
        start[0],
        z_start[0],
        parameters,
        places,
        slopes,
        rtol,
        steps,
        states,
        z,
    )
    if not ok:
        return None
    seen, z_seen = np.zeros((len(times), len(laws.seen))), np.zeros((len(times), len(laws.seen), columns))
    observe(laws, times, states, z, parameters, places, slopes, seen, z_seen)
    return seen, z_seen


def _breaks(mechanism: "LawMechanism", parameters: np.ndarray) -> np.ndarray:
    """Return the times at which rates jump, increasing."""
    laws = mechanism.break_laws
    found, nothing, n = np.zeros((1, len(laws.seen))), np.zeros(0), laws.species
    if not len(laws.seen):
        return nothing
    places, state = np.zeros(0, dtype=np.int64), np.zeros((1, n))
    observe(
        laws,
        np.zeros(1),
        state,
        state[..., None][..., :0],
        parameters,
        places,
        nothing,
        found,
        found[..., None][..., :0],
    )
    return np.sort(found[0][np.isfinite(found[0])])


def first_state(mechanism: "LawMechanism", initial: np.ndarray) -> np.ndarray:
    """Return the concentrations of all species at the start of a run, ``(species,)``."""
    parameters, places, slopes = inputs(mechanism, initial)
    return _start(mechanism, initial, parameters, places[:0], slopes[:0], False)[0][0]


def _start(
    mechanism: "LawMechanism",
    initial: np.ndarray,
    parameters: np.ndarray,
    places: np.ndarray,
    slopes: np.ndarray,
    sensitive: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the initial state ``(1, species)`` and its derivatives: formulas, measured starts, conditions."""
    n, params, index = mechanism.laws.species, len(places), mechanism.network.species_index
    columns = params + len(mechanism.measured) if sensitive else 0
    start, z_start = np.zeros((1, n)), np.zeros((1, n, columns))
    nothing = np.zeros((1, n)), np.zeros((1, n, columns))
    observe(mechanism.start_laws, np.zeros(1), *nothing, parameters, places, slopes, start, z_start)
    for i, (column, species) in enumerate(mechanism.measured):
        start[0, species] = initial[column]
        if sensitive:
            z_start[0, species, params + i] = 1.0
    for name in mechanism.prepared.conditioned:
        value = initial[mechanism.species.index(name)]
        if name in index and np.isfinite(value):
            start[0, index[name]] = value
            z_start[0, index[name]] = 0.0
    return start, z_start


def inputs(mechanism: "LawMechanism", initial: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values of all parameters in a run; places of the fitted ones among the inputs; derivatives by what is fitted."""
    network = mechanism.network
    order = {name: i for i, name in enumerate(network.parameters)}
    values = np.array([0.0 if v is None else float(v) for v in network.parameters.values()])
    fitted = np.array([order[name] for name in mechanism.parameters], dtype=np.int64)
    values[fitted] = mechanism.values
    for name in mechanism.prepared.conditioned:
        value = initial[mechanism.species.index(name)]
        if name in order and np.isfinite(value):
            values[order[name]] = value
    return values, fitted + len(network.species_names), mechanism.transform.slopes(mechanism.log_rates)


def courses(
    mechanism: "LawMechanism",
    initial: np.ndarray,
    times: Sequence[np.ndarray],
    rtol: float,
    operation: tuple[Operation, ...] | None = None,
) -> list[np.ndarray]:
    """Return the columns over time, ``(times, columns)`` a run; NaN where a run cannot be integrated."""
    found = []
    for run, (first, grid) in enumerate(zip(initial, times, strict=True)):
        own = None if operation is None else (operation[run],)
        clock, plans = mechanism.clocks(own, np.array([grid], dtype=float), np.array([len(grid)]))
        result = one_run(mechanism, first, clock[0], rtol, False, plans[0])
        found.append(np.full((len(grid), len(mechanism.species)), np.nan) if result is None else result[0])
    return found
