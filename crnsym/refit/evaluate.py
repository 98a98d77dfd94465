"""One point of a fit: trajectories, residuals and exact Jacobian of a mechanism."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.kernel import integrate_runs
from crnsym.refit.problem import FitProblem

MAX_STEPS = 600  # a run, beside ten steps an interval


def reactant_slots(reactants: np.ndarray) -> np.ndarray:
    """Species indices of the reactant molecules, ``(reactions, order)``, -1 where there is none."""
    order = max(1, int(reactants.sum(axis=1).max(initial=0)))
    slots = np.full((len(reactants), order), -1, np.int64)
    for j, row in enumerate(reactants):
        filled = np.repeat(np.arange(len(row)), row)
        slots[j, : len(filled)] = filled
    return slots


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Model, residuals and Jacobian at one point; ``jacobian`` is of g(model) in the parameters, then in ln x0.

    Measured rates raise ``chi2`` (see `crnsym.refit.knowledge`) and add ``measured`` to the normal equations: their
    matrix and gradient. ``shared`` species start with one unknown amount in all runs. ``coefficients`` are those of an
    observation, at their best for these courses; their columns are the last of the Jacobian.
    """

    states: np.ndarray
    residuals: np.ndarray
    jacobian: np.ndarray
    chi2: float
    measured: tuple[np.ndarray, np.ndarray] | None = None
    shared: tuple[int, ...] = ()
    coefficients: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def parameters(self) -> int:
        """Number of parameters in the Jacobian."""
        return self.jacobian.shape[-1] - self.states.shape[-1] - len(self.coefficients)


@runtime_checkable
class OwnEvaluation(Protocol):
    """A mechanism that knows how to integrate itself: one of other rate laws, see `crnsym.refit.general`."""

    def evaluate(self, problem: FitProblem, initial: np.ndarray, rtol: float) -> Evaluation | None:
        """Simulate every run and compare; None if a run could not be integrated."""
        ...


def evaluate(
    problem: FitProblem,
    mechanism: Mechanism,
    initial: np.ndarray,
    parameters: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None,
    rtol: float = 1e-5,
) -> Evaluation | None:
    """Simulate every run and compare; None if a run could not be integrated.

    ``parameters`` are (slots, vectors, factors, energies): the first three as in `kernel.integrate_runs`, the last the
    activation energies ``(params,)`` of what they stand for in units of `Temperatures.unit`. By default they are the
    log rates and, where the runs have temperatures, the activation energies.
    """
    if isinstance(mechanism, OwnEvaluation):
        return mechanism.evaluate(problem, initial, rtol)
    runs, longest = problem.times.shape
    slots = reactant_slots(mechanism.reactants)
    net = mechanism.net_stoichiometry.astype(float)
    rates, factors = rates_of_runs(mechanism, problem)
    heat, energies = heating(problem, mechanism)
    if parameters is None:
        p_slots, p_vectors, p_factors = slots, net * np.exp(mechanism.log_rates)[:, None], factors
        p_energies = np.column_stack([energies, np.zeros(len(energies))])
        if problem.programmed:  # how the rates follow a program depends on the energies by itself
            p_slots, p_vectors = np.vstack([p_slots, p_slots]), np.vstack([p_vectors, p_vectors])
            p_factors = np.hstack([p_factors, p_factors])
            p_energies = np.vstack([p_energies, np.column_stack([energies, np.ones(len(energies))])])
    else:
        p_slots, p_vectors, p_factors, tilts = parameters
        p_energies = np.column_stack([tilts, np.zeros(len(tilts))])
    n = len(problem.species)
    states = np.zeros((runs, longest, n))
    z = np.zeros((runs, longest, n, len(p_slots) + n))
    noise = problem.noise
    max_steps = int((MAX_STEPS + 10 * longest) * max(1.0, (1e-5 / rtol) ** 0.25))
    atol = 0.01 * noise.absolute * min(1.0, rtol * 1e5)
    balance = None
    if problem.quasi_steady:
        first = problem.first_shifts
        moved = np.exp(np.outer(first, p_energies[:, 0])) * np.where(p_energies[:, 1], first[:, None], 1.0)
        initial, *balance = quasi_steady_start(
            problem.quasi_steady[0],
            initial,
            mechanism,
            first_rates(mechanism, problem),
            p_slots,
            p_vectors,
            p_factors * moved,
        )
    clock, plans = problem.clocks
    ok = integrate_runs(
        clock,
        problem.lengths,
        plans,
        heat,
        initial,
        slots,
        rates,
        energies,
        net,
        p_slots,
        p_vectors,
        p_factors,
        p_energies,
        rtol,
        atol,
        max_steps,
        states,
        z,
    )
    if not ok.all():
        return None
    if balance is not None:
        place = len(p_slots) + problem.quasi_steady[0]
        own = z[..., place].copy()
        z[..., place] = 0.0
        z += own[..., None] * np.concatenate(balance, axis=1)[:, None, None, :]
    coefficients, starts = np.zeros(0), slice(len(p_slots), len(p_slots) + n)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
        if problem.observation is not None:
            residuals, z, coefficients = problem.observation.compare(states, z)
        else:
            residuals = problem.residuals(states)
            z *= problem.slopes(states)[..., None]
        z[..., starts] *= np.where(problem.fitted, initial, 0.0)[:, None, None, :]
    if problem.temperatures is not None and parameters is None:
        n_rates = len(slots)
        moved = z[..., :n_rates] * problem.temperatures.slopes[:, None, None, None]
        if problem.programmed:
            moved += z[..., n_rates : len(p_slots)]
        z = np.concatenate([z[..., :n_rates], moved, z[..., len(p_slots) :]], axis=-1)
    chi2 = float((residuals**2).sum())
    if not np.isfinite(chi2) or not np.isfinite(z).all():
        return None
    if problem.knowledge is None or parameters is not None:
        return Evaluation(states, residuals, z, chi2, shared=problem.shared, coefficients=coefficients)
    rows, sides = problem.knowledge.measured(mechanism, problem.temperatures)
    missed = sides - rows @ parameters_of(mechanism, problem) if len(sides) else sides
    scale, count = chi2 / max(problem.count, 1), max(problem.count, 1)
    raised = chi2 * float(np.exp(min(missed @ missed / count, 100.0)))
    told = (scale * rows.T @ rows, scale * rows.T @ missed) if len(sides) else None
    return Evaluation(states, residuals, z, raised, told, problem.shared, coefficients)


def heating(problem: FitProblem, mechanism: Mechanism) -> tuple[np.ndarray, np.ndarray]:
    """Return how temperature programs move the rates of every run, as in `kernel.integrate_runs`, and the energies."""
    heat, energies = np.ones((len(problem.times), 2)), np.zeros(len(mechanism.log_rates))
    if problem.temperatures is not None and mechanism.energies is not None:
        heat = np.column_stack([1.0 / problem.temperatures.kelvin, np.full(len(heat), problem.temperatures.scale)])
        energies = mechanism.energies / problem.temperatures.unit
    return heat, energies


def parameters_of(mechanism: Mechanism, problem: FitProblem) -> np.ndarray:
    """Log rates and, with temperatures, activation energies in units of `Temperatures.unit`, ``(parameters,)``."""
    log_rates = np.clip(mechanism.log_rates, -60.0, 60.0)
    if problem.temperatures is None or mechanism.energies is None:
        return log_rates
    return np.concatenate([log_rates, mechanism.energies / problem.temperatures.unit])


def rates_of_runs(mechanism: Mechanism, problem: FitProblem) -> tuple[np.ndarray, np.ndarray]:
    """Rate constants in every run, ``(experiments, reactions)``, and as multiples of those at the reference."""
    shape = (len(problem.times), len(mechanism.log_rates))
    factors = np.ones(shape)
    if problem.temperatures is not None and mechanism.energies is not None:
        factors = np.exp(np.outer(problem.temperatures.slopes, mechanism.energies / problem.temperatures.unit))
    return np.exp(mechanism.log_rates) * factors, factors


def first_rates(mechanism: Mechanism, problem: FitProblem) -> np.ndarray:
    """Rate constants at the start of every run, ``(experiments, reactions)``, where temperatures may be programs."""
    _, energies = heating(problem, mechanism)
    return rates_of_runs(mechanism, problem)[0] * np.exp(np.outer(problem.first_shifts, energies))


def balanced(index: int, initial: np.ndarray, mechanism: Mechanism, rates: np.ndarray) -> np.ndarray:
    """Put one species at the balance of its production and consumption in the initial states.

    ``rates`` are the rate constants in every run, ``(experiments, reactions)``.
    """
    none = np.zeros((0, 1), np.int64), np.zeros((0, initial.shape[1])), np.zeros((len(initial), 0))
    return quasi_steady_start(index, initial, mechanism, rates, *none)[0]


def quasi_steady_start(
    index: int,
    initial: np.ndarray,
    mechanism: Mechanism,
    rates: np.ndarray,
    p_slots: np.ndarray,
    p_vectors: np.ndarray,
    p_factors: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put one species at the balance of its production and consumption in the initial states; and derivatives.

    Returns (initial states, derivatives in the parameters ``(experiments, params)``, in the initial states
    ``(experiments, species)``); the implicit function theorem on f_z = 0.
    """
    orders = mechanism.reactants
    weights = rates * mechanism.net_stoichiometry[:, index]
    state = initial.copy()

    def derivative(column: int) -> np.ndarray:
        lowered = orders.copy()
        lowered[:, column] = np.maximum(orders[:, column] - 1, 0)
        return _row_products(np.prod(state[:, None, :] ** lowered, axis=2), weights * orders[:, column])

    for _ in range(60):
        slope = derivative(index)
        value = _row_products(np.prod(state[:, None, :] ** orders, axis=2), weights)
        step = np.where(slope < 0, value / np.where(slope < 0, -slope, 1.0), 0.0)
        moved = np.maximum(state[:, index] + step, 0.0)
        done = np.all(np.abs(moved - state[:, index]) <= 1e-12 * (moved + 1e-300))
        state[:, index] = moved
        if done:
            break
    slope = derivative(index)
    factor = np.where(slope < 0, -1.0 / np.where(slope < 0, slope, -1.0), 0.0)[:, None]
    padded = np.concatenate([state, np.ones((len(state), 1))], axis=1)
    in_params = factor * np.prod(padded[:, p_slots], axis=2) * p_vectors[:, index] * p_factors
    in_states = factor * np.stack([derivative(i) for i in range(orders.shape[1])], axis=1)
    in_states[:, index] = 0.0
    return state, in_params, in_states


def _row_products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Inner product of the rows, ``(experiments,)``; one matrix product where all runs have the same rates."""
    return left @ right[0] if (right == right[0]).all() else (left * right).sum(axis=1)
