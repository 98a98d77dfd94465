"""Steps of a fit whose parameters are bounded, fixed or tied."""

import numpy as np
from scipy.linalg import null_space

from crnsym.data.mechanism import Mechanism
from crnsym.refit.evaluate import Evaluation, parameters_of
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import FitProblem

AT = 1e-9  # in ln k: that close to a bound is at it


def held_parameters(mechanism: Mechanism, problem: FitProblem, pinned: tuple[int, ...]) -> tuple[int, ...]:
    """Positions among the parameters of the numbers of pinned reactions and of fixed rates."""
    n = len(mechanism.log_rates)
    positions = tuple(j + i * n for i in range(problem.numbers) for j in pinned)
    fixed = () if problem.knowledge is None else problem.knowledge.fixed(mechanism)
    return (*positions, *(j for j in fixed if j not in pinned))


def free_directions(mechanism: Mechanism, problem: FitProblem, held: tuple[int, ...]) -> np.ndarray:
    """Orthonormal directions in which the parameters may move, ``(parameters, directions)``."""
    size = problem.numbers * len(mechanism.log_rates)
    basis = np.eye(size)[:, np.setdiff1d(np.arange(size), held)]
    if problem.knowledge is None:
        return basis
    rows = problem.knowledge.equalities(mechanism, problem.temperatures) @ basis
    return basis @ null_space(rows) if len(rows) else basis


def feasible(mechanism: Mechanism, problem: FitProblem, held: tuple[int, ...]) -> np.ndarray:
    """Return the parameters nearest to those of a mechanism that obey what is known of them.

    A known rate starts at its value. Ties and bounds are met in turns (they may share parameters).
    """
    point = parameters_of(mechanism, problem)
    if problem.knowledge is None:
        return point
    free = np.setdiff1d(np.arange(len(point)), held)
    rows, sides = problem.knowledge.measured(mechanism, problem.temperatures)
    for row, side in zip(rows, sides, strict=True):
        j = int(np.argmax(row != 0.0))
        point[j] += (side - row @ point) / row[j]
    low, high = problem.knowledge.bounds(mechanism, len(point))
    ties = problem.knowledge.equalities(mechanism, problem.temperatures)
    inverse = np.linalg.pinv(ties[:, free])
    for _ in range(50 if len(ties) else 1):
        point = np.clip(point, low, high)
        point[free] -= inverse @ (ties @ point)
    return point


class Constraints:
    """What a step of a fit has to obey: held parameters, ties and bounds.

    Parameters
    ----------
    mechanism, problem
        Of the fit, which knows something of the rates.
    held
        Positions of parameters that do not move.
    """

    def __init__(self, mechanism: Mechanism, problem: FitProblem, held: tuple[int, ...]) -> None:
        self.mechanism, self.problem, self.held = mechanism, problem, held
        size = problem.numbers * len(mechanism.log_rates)
        assert problem.knowledge is not None
        self.low, self.high = problem.knowledge.bounds(mechanism, size)

    def step(
        self,
        here: Evaluation,
        point: np.ndarray,
        damping: float,
        prior: float,
        displacement: np.ndarray,
        longest: float,
    ) -> tuple[np.ndarray, np.ndarray]:
        """One damped Gauss-Newton step within the constraints, and the initial states' own; see `fit_mechanism`.

        A parameter at its bound that wants to leave the range is held, and the step found again without it.
        """
        equations = normal_equations(here, damping)
        matrix, gradient = equations.matrix, equations.gradient
        diagonal = np.diag(matrix)
        matrix = matrix + np.diag(damping * diagonal + prior + 1e-12 * diagonal.max(initial=1.0))
        gradient = gradient - prior * displacement
        held = self.held
        for _ in range(len(point) + 1):
            basis = free_directions(self.mechanism, self.problem, held)
            step = basis @ np.linalg.lstsq(basis.T @ matrix @ basis, basis.T @ gradient, rcond=None)[0]
            outside = ((point <= self.low + AT) & (step < 0.0)) | ((point >= self.high - AT) & (step > 0.0))
            if not outside.any():
                break
            held = (*held, *np.flatnonzero(outside).tolist())
        # one that would pass its bound takes the whole step with it, so that ties still hold
        limit = np.where(step < 0, self.low - point, self.high - point)
        share = np.divide(limit, step, out=np.ones_like(step), where=step != 0)
        part = min(
            float(np.clip(share, 0.0, 1.0).min(initial=1.0)),
            longest / max(float(np.abs(step).max(initial=0.0)), longest),
        )
        step = np.asarray(part * step)
        return step, equations.states(step)
