"""Best rates of a fixed mechanism: Levenberg-Marquardt on log rates, initial states eliminated per run."""

from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.constraints import Constraints, feasible, free_directions, held_parameters
from crnsym.refit.evaluate import Evaluation, balanced, evaluate, first_rates, parameters_of
from crnsym.refit.freedom import degrees_of_freedom, noise_scale, spare_values
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import FitProblem

RATE_STEP, STATE_STEP = 1.5, 0.5  # largest step in ln k and ln x0
PRIOR = 0.02  # weak pull towards the start against run-away of fast pairs
WORST = 1e30


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A mechanism with its best rates.

    Attributes
    ----------
    mechanism
        With the fitted log rates.
    covariance
        ``(parameters, parameters)`` of the log rates and, with temperatures, of the activation energies in units of
        `Temperatures.unit`; from the Gauss-Newton matrix with the initial states projected out, times `noise_scale`.
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
    def degrees_of_freedom(self) -> int:
        """Informative values less all fitted numbers, initial states included, see `crnsym.refit.freedom`."""
        return degrees_of_freedom(self.mechanism, self.problem, self.directions.shape[1])

    @property
    def tested(self) -> bool:
        """Whether more values are there than fitted numbers, so that they could have contradicted it."""
        return spare_values(self.mechanism, self.problem, self.directions.shape[1]) > 0

    @property
    def noise_scale(self) -> float:
        """chi2 per degree of freedom: the factor by which the noise model's variances are off."""
        return noise_scale(self.mechanism, self.problem, self.directions.shape[1], self.chi2)

    @property
    def log_errors(self) -> np.ndarray:
        """Standard errors of the log rates (relative errors of the rates), ``(reactions,)``."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))[: len(self.mechanism.log_rates)]

    @property
    def rate_covariance(self) -> np.ndarray:
        """``(reactions, reactions)`` of the log rates."""
        n = len(self.mechanism.log_rates)
        return self.covariance[:n, :n]

    @property
    def held(self) -> tuple[int, ...]:
        """Positions of the parameters that were not fitted."""
        return held_parameters(self.mechanism, self.problem, self.pinned)

    @property
    def directions(self) -> np.ndarray:
        """Orthonormal directions in which the parameters were fitted, ``(parameters, directions)``."""
        return free_directions(self.mechanism, self.problem, self.held)

    @property
    def energy_errors(self) -> np.ndarray:
        """Standard errors of the activation energies in J/mol, ``(reactions,)``; empty at one temperature."""
        errors = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))[len(self.mechanism.log_rates) :]
        return errors if self.problem.temperatures is None else errors * self.problem.temperatures.unit


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
    """Fit the rates (and the free initial states) of one mechanism, and its activation energies.

    Parameters
    ----------
    mechanism
        Structure and start values of the log rates (and activation energies).
    initial
        ``(experiments, species)`` initial states to start from; default those of the problem.
    iterations, tolerance
        Stop after this many steps, or after two steps in a row that lower chi2 by less than this fraction.
    prior
        Weight of the pull (parameter - start)^2; 0 for a final fit.
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
    if problem.temperatures is not None:
        mechanism = problem.temperatures.complete(mechanism)
    if problem.knowledge is not None:
        held = held_parameters(mechanism, problem, pinned)
        mechanism = with_parameters(mechanism, problem, feasible(mechanism, problem, held))
    x0 = (problem.start if initial is None else initial).copy()
    point, here = _first_integrable(mechanism, problem, x0, rtol)
    n = len(point)
    if here is None:
        return Fit(mechanism, np.full((n, n), np.inf), x0, WORST, problem.count, False, problem, pinned)
    held = held_parameters(mechanism, problem, pinned)
    constraints = None if problem.knowledge is None else Constraints(mechanism, problem, held)
    anchor = point.copy()
    damping, small, converged = 1e-3, 0, False
    value = here.chi2
    for iteration in range(iterations):
        better: tuple[np.ndarray, np.ndarray, Evaluation, float] | None = None
        for _ in range(6):
            if constraints is None:
                step, state_step = _step(here, n, damping, prior, point - anchor, held)
            else:
                step, state_step = constraints.step(here, point, damping, prior, point - anchor, RATE_STEP)
            trial_point = point + np.clip(step, -RATE_STEP, RATE_STEP)
            trial_x0 = x0 * np.exp(np.clip(state_step, -STATE_STEP, STATE_STEP))
            trial = evaluate(problem, with_parameters(mechanism, problem, trial_point), trial_x0, rtol=rtol)
            if trial is not None:
                objective = trial.chi2 + prior * float(((trial_point - anchor) ** 2).sum())
                if objective < value:
                    better = trial_point, trial_x0, trial, objective
                    break
            damping *= 8.0
            if damping > 1e8:
                break
        if better is None:
            converged = True
            break
        gain = (value - better[3]) / max(value, 1e-300)
        point, x0, here, value = better
        damping = max(damping * 0.2, 1e-9)
        small = small + 1 if gain < tolerance else 0
        if small >= 2 or gain < 0.01 * tolerance:
            converged = True
            break
        if iteration >= 3 and here.chi2 > give_up * 3.0 ** (6 - min(iteration, 6)) and gain < 0.2:
            break
    matrix = normal_equations(here)[0]
    basis = free_directions(mechanism, problem, held)
    scale = noise_scale(mechanism, problem, basis.shape[1], here.chi2)
    if here.measured is not None:  # a known rate has its own error, whatever the scale of the courses' noise
        matrix = matrix + (scale * problem.count / here.chi2 - 1.0) * here.measured[0]
    try:
        inverse = np.linalg.pinv(basis.T @ matrix @ basis, hermitian=True) * scale
        covariance = basis @ inverse @ basis.T
    except np.linalg.LinAlgError:  # sensitivities that overflow tell nothing
        covariance = np.full((n, n), np.inf)
    fitted = with_parameters(mechanism, problem, point)
    for index in problem.quasi_steady:
        x0 = balanced(index, x0, fitted, first_rates(fitted, problem))
    return Fit(fitted, covariance, x0, here.chi2, problem.count, converged, problem, pinned)


def with_parameters(mechanism: Mechanism, problem: FitProblem, point: np.ndarray) -> Mechanism:
    """Return the mechanism with these parameters."""
    n = len(mechanism.log_rates)
    if problem.temperatures is None:
        return replace(mechanism, log_rates=point)
    return replace(mechanism, log_rates=point[:n], energies=point[n:] * problem.temperatures.unit)


def _first_integrable(
    mechanism: Mechanism, problem: FitProblem, x0: np.ndarray, rtol: float
) -> tuple[np.ndarray, Evaluation | None]:
    """Lower all rates together until every run reaches its end."""
    point = parameters_of(mechanism, problem)
    shift = np.full(len(mechanism.log_rates), 1.5)
    shift[list(() if problem.knowledge is None else problem.knowledge.fixed(mechanism))] = 0.0
    for _ in range(5):
        here = evaluate(problem, with_parameters(mechanism, problem, point), x0, rtol=rtol)
        if here is not None:
            return point, here
        point = point.copy()
        point[: len(shift)] -= shift
    return point, None


def _step(
    here: Evaluation, n: int, damping: float, prior: float, displacement: np.ndarray, held: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """One damped Gauss-Newton step in the parameters and, by back-substitution, in the initial states."""
    equations = normal_equations(here, damping)
    matrix, gradient = equations.matrix.copy(), equations.gradient
    diagonal = np.diag(matrix).copy()
    index = np.arange(n)
    matrix[index, index] += damping * diagonal + prior + 1e-12 * diagonal.max(initial=1.0)
    gradient = gradient - prior * displacement
    for j in held:
        matrix[j], matrix[:, j], gradient[j] = 0.0, 0.0, 0.0
        matrix[j, j] = 1.0
    try:
        step = np.linalg.solve(matrix, gradient)
    except np.linalg.LinAlgError:
        step = gradient / np.maximum(np.diag(matrix), 1e-300)
    return step, equations.states(step)
