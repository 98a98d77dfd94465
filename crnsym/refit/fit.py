"""Best rates of a fixed mechanism: Levenberg-Marquardt on log rates, initial states eliminated per run."""

from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.kernel import integrate_runs
from crnsym.refit.problem import FitProblem

RATE_STEP, STATE_STEP = 1.5, 0.5  # largest step in ln k and ln x0
PRIOR = 0.02  # weak pull towards the start against run-away of fast pairs
MAX_STEPS = 600  # a run, beside ten steps an interval
WORST = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A mechanism with its best rates.

    Attributes
    ----------
    mechanism
        With the fitted log rates.
    covariance
        ``(reactions, reactions)`` of the log rates, from the Gauss-Newton matrix with the initial states projected
        out, times chi2 per degree of freedom.
    initial_states
        ``(experiments, species)`` fitted.
    chi2, count
        Sum of squared unit-variance residuals and number of informative values.
    converged
        Whether the last steps brought no more than the tolerance.
    problem
        What it was fitted to.
    pinned
        Reactions whose rate was held at its start value and not fitted, see `crnsym.refit.limits`; they have no
        covariance.
    """

    mechanism: Mechanism
    covariance: np.ndarray
    initial_states: np.ndarray
    chi2: float
    count: int
    converged: bool
    problem: FitProblem
    pinned: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the mechanism could be integrated over all runs."""
        return self.chi2 < WORST

    @property
    def reduced(self) -> float:
        """chi2 per informative value."""
        return self.chi2 / max(self.count, 1)

    @property
    def standard_errors(self) -> np.ndarray:
        """Of the log rates (relative errors of the rates), ``(reactions,)``."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


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
    """Model, residuals and Jacobian at one point; ``jacobian`` is of g(model) in the parameters, then in ln x0."""

    states: np.ndarray
    residuals: np.ndarray
    jacobian: np.ndarray
    chi2: float


def evaluate(
    problem: FitProblem,
    mechanism: Mechanism,
    initial: np.ndarray,
    parameters: tuple[np.ndarray, np.ndarray] | None = None,
    rtol: float = 1e-5,
) -> Evaluation | None:
    """Simulate every run and compare; None if a run could not be integrated.

    ``parameters`` are (slots, vectors) as in `kernel.integrate_runs`; by default the log rates.
    """
    rates = np.exp(mechanism.log_rates)
    slots = reactant_slots(mechanism.reactants)
    net = mechanism.net_stoichiometry.astype(float)
    p_slots, p_vectors = (slots, net * rates[:, None]) if parameters is None else parameters
    runs, longest = problem.times.shape
    n = len(problem.species)
    states = np.zeros((runs, longest, n))
    z = np.zeros((runs, longest, n, len(p_slots) + n))
    noise = problem.noise
    max_steps = int((MAX_STEPS + 10 * longest) * max(1.0, (1e-5 / rtol) ** 0.25))
    atol = 0.01 * noise.absolute * min(1.0, rtol * 1e5)
    balance = None
    if problem.quasi_steady:
        initial, *balance = quasi_steady_start(problem.quasi_steady[0], initial, mechanism, p_slots, p_vectors)
    ok = integrate_runs(
        problem.times,
        problem.lengths,
        initial,
        slots,
        rates,
        net,
        p_slots,
        p_vectors,
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
    residuals = np.where(problem.present, problem.residual_scale() - noise.stabilise(states), 0.0)
    z *= np.where(problem.present, 1.0 / noise.sigma(states), 0.0)[..., None]
    z[..., len(p_slots) :] *= np.where(problem.free, initial, 0.0)[:, None, None, :]
    chi2 = float((residuals**2).sum())
    if not np.isfinite(chi2) or not np.isfinite(z[:, -1]).all():
        return None
    return Evaluation(states, residuals, z, chi2)


def balanced(index: int, initial: np.ndarray, mechanism: Mechanism) -> np.ndarray:
    """Put one species at the balance of its production and consumption in the initial states."""
    return quasi_steady_start(index, initial, mechanism, np.zeros((0, 1), np.int64), np.zeros((0, initial.shape[1])))[0]


def quasi_steady_start(
    index: int, initial: np.ndarray, mechanism: Mechanism, p_slots: np.ndarray, p_vectors: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Put one species at the balance of its production and consumption in the initial states; and derivatives.

    Returns (initial states, derivatives in the parameters ``(experiments, params)``, in the initial states
    ``(experiments, species)``); the implicit function theorem on f_z = 0.
    """
    orders = mechanism.reactants
    weights = np.exp(mechanism.log_rates) * mechanism.net_stoichiometry[:, index]
    state = initial.copy()

    def derivative(column: int) -> np.ndarray:
        lowered = orders.copy()
        lowered[:, column] = np.maximum(orders[:, column] - 1, 0)
        return np.prod(state[:, None, :] ** lowered, axis=2) @ (weights * orders[:, column])

    for _ in range(60):
        slope = derivative(index)
        value = np.prod(state[:, None, :] ** orders, axis=2) @ weights
        step = np.where(slope < 0, value / np.where(slope < 0, -slope, 1.0), 0.0)
        moved = np.maximum(state[:, index] + step, 0.0)
        done = np.all(np.abs(moved - state[:, index]) <= 1e-12 * (moved + 1e-300))
        state[:, index] = moved
        if done:
            break
    slope = derivative(index)
    factor = np.where(slope < 0, -1.0 / np.where(slope < 0, slope, -1.0), 0.0)[:, None]
    padded = np.concatenate([state, np.ones((len(state), 1))], axis=1)
    in_params = factor * np.prod(padded[:, p_slots], axis=2) * p_vectors[:, index]
    in_states = factor * np.stack([derivative(i) for i in range(orders.shape[1])], axis=1)
    in_states[:, index] = 0.0
    return state, in_params, in_states


def normal_equations(evaluation: Evaluation, n_params: int, damping: float = 0.0) -> tuple[np.ndarray, ...]:
    """Gauss-Newton matrix and gradient of the parameters, initial states projected out.

    Returns (matrix, gradient, cross, inverse, state_gradient); the last three give the initial states' own step:
    d ln x0 = inverse (state_gradient - cross' step).
    """
    runs = len(evaluation.residuals)
    columns = evaluation.jacobian.shape[-1]
    j = evaluation.jacobian.reshape(runs, -1, columns)
    r = evaluation.residuals.reshape(runs, -1, 1)
    transposed = j.transpose(0, 2, 1)
    gram, gradient = transposed @ j, (transposed @ r)[..., 0]
    states = gram[:, n_params:, n_params:]
    diagonal = np.einsum("eii->ei", states)
    diagonal *= 1.0 + damping
    diagonal += 1e-9 * diagonal.max(initial=0.0) + (diagonal == 0.0)
    inverse = np.linalg.inv(states)
    cross = gram[:, :n_params, n_params:]
    weighted = cross @ inverse
    matrix = (gram[:, :n_params, :n_params] - weighted @ cross.transpose(0, 2, 1)).sum(axis=0)
    reduced = (gradient[:, :n_params] - (weighted @ gradient[:, n_params:, None])[..., 0]).sum(axis=0)
    return matrix, reduced, cross, inverse, gradient[:, n_params:]


def fit_mechanism(
    mechanism: Mechanism,
    problem: FitProblem,
    *,
    initial: np.ndarray | None = None,
    iterations: int = 25,
    tolerance: float = 1e-4,
    prior: float = PRIOR,
    give_up: float = np.inf,
    rtol: float = 1e-5,
    pinned: tuple[int, ...] = (),
) -> Fit:
    """Fit the rates (and the free initial states) of one mechanism.

    Parameters
    ----------
    mechanism
        Structure and start values of the log rates.
    initial
        ``(experiments, species)`` initial states to start from; default those of the problem.
    iterations, tolerance
        Stop after this many steps, or after two steps in a row that lower chi2 by less than this fraction.
    prior
        Weight of the pull (ln k - start)^2; 0 for a final fit.
    give_up
        Stop early when chi2 after four steps is still far above this value.
    rtol
        Relative tolerance of the integration.
    pinned
        Reactions whose rates stay as they are.

    Returns
    -------
    Fit
        With ``chi2 = 1e30`` if no start could be integrated; never an exception.
    """
    start = np.clip(mechanism.log_rates, -60.0, 60.0)
    x0 = (problem.start if initial is None else initial).copy()
    log_rates, here = _first_integrable(mechanism, problem, start, x0, rtol)
    n = len(start)
    if here is None:
        return Fit(mechanism, np.full((n, n), np.inf), x0, WORST, problem.count, False, problem, pinned)
    anchor = log_rates.copy()
    damping, small, converged = 1e-3, 0, False
    value = here.chi2
    for iteration in range(iterations):
        better: tuple[np.ndarray, np.ndarray, Evaluation, float] | None = None
        for _ in range(6):
            step, state_step = _step(here, n, damping, prior, log_rates - anchor, pinned)
            trial_rates = log_rates + np.clip(step, -RATE_STEP, RATE_STEP)
            trial_x0 = x0 * np.exp(np.clip(state_step, -STATE_STEP, STATE_STEP))
            trial = evaluate(problem, replace(mechanism, log_rates=trial_rates), trial_x0, rtol=rtol)
            if trial is not None:
                objective = trial.chi2 + prior * float(((trial_rates - anchor) ** 2).sum())
                if objective < value:
                    better = trial_rates, trial_x0, trial, objective
                    break
            damping *= 8.0
            if damping > 1e8:
                break
        if better is None:
            converged = True
            break
        gain = (value - better[3]) / max(value, 1e-300)
        log_rates, x0, here, value = better
        damping = max(damping * 0.2, 1e-9)
        small = small + 1 if gain < tolerance else 0
        if small >= 2 or gain < 0.01 * tolerance:
            converged = True
            break
        if iteration >= 3 and here.chi2 > give_up * 3.0 ** (6 - min(iteration, 6)) and gain < 0.2:
            break
    matrix = normal_equations(here, n)[0]
    freedom = max(problem.count - n + len(pinned), 1)
    free = np.setdiff1d(np.arange(n), pinned)
    covariance = np.zeros((n, n))
    covariance[np.ix_(free, free)] = np.linalg.pinv(matrix[np.ix_(free, free)], hermitian=True) * (here.chi2 / freedom)
    fitted = replace(mechanism, log_rates=log_rates)
    for index in problem.quasi_steady:
        x0 = balanced(index, x0, fitted)
    return Fit(fitted, covariance, x0, here.chi2, problem.count, converged, problem, pinned)


def _first_integrable(
    mechanism: Mechanism, problem: FitProblem, start: np.ndarray, x0: np.ndarray, rtol: float
) -> tuple[np.ndarray, Evaluation | None]:
    """Lower all rates together until every run reaches its end."""
    log_rates = start.copy()
    for _ in range(5):
        here = evaluate(problem, replace(mechanism, log_rates=log_rates), x0, rtol=rtol)
        if here is not None:
            return log_rates, here
        log_rates = log_rates - 1.5
    return log_rates, None


def _step(
    here: Evaluation, n: int, damping: float, prior: float, displacement: np.ndarray, pinned: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """One damped Gauss-Newton step in the log rates and, by back-substitution, in the initial states."""
    matrix, gradient, cross, inverse, state_gradient = normal_equations(here, n, damping)
    matrix = matrix.copy()
    diagonal = np.diag(matrix).copy()
    index = np.arange(n)
    matrix[index, index] += damping * diagonal + prior + 1e-12 * diagonal.max(initial=1.0)
    gradient = gradient - prior * displacement
    for j in pinned:
        matrix[j], matrix[:, j], gradient[j] = 0.0, 0.0, 0.0
        matrix[j, j] = 1.0
    try:
        step = np.linalg.solve(matrix, gradient)
    except np.linalg.LinAlgError:
        step = gradient / np.maximum(np.diag(matrix), 1e-300)
    states = (inverse @ (state_gradient - cross.transpose(0, 2, 1) @ step)[..., None])[..., 0]
    return step, states
