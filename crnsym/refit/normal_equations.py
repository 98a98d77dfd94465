"""The normal equations of a point: what runs do not share is eliminated in the run."""

from typing import NamedTuple

import numpy as np

from .evaluate import Evaluation


class NormalEquations(NamedTuple):
    """Gauss-Newton matrix and gradient of the parameters, initial states projected out.

    Attributes
    ----------
    matrix, gradient
        ``(params, params)`` and ``(params,)``.
    constant, follow
        ``(experiments, species)`` and ``(experiments, species, params)``: the initial states' own step is
        d ln x0 = constant - follow @ step.
    inverse
        ``(experiments, species, species)`` inverse of the initial states' own block in every run.
    """

    matrix: np.ndarray
    gradient: np.ndarray
    constant: np.ndarray
    follow: np.ndarray
    inverse: np.ndarray

    def states(self, step: np.ndarray) -> np.ndarray:
        """Step of ln x0, ``(experiments, species)``, that goes with a step of the parameters."""
        return self.constant - self.follow @ step


def normal_equations(evaluation: Evaluation, damping: float = 0.0) -> NormalEquations:
    """Assemble the normal equations; initial states of a run are eliminated in the run, what runs share at the end.

    Runs share the starts of some species and the coefficients of an observation.
    """
    runs, n_params = len(evaluation.residuals), evaluation.parameters
    columns, n_states = evaluation.jacobian.shape[-1], evaluation.states.shape[-1]
    j = evaluation.jacobian.reshape(runs, -1, columns)
    r = evaluation.residuals.reshape(runs, -1, 1)
    transposed = j.transpose(0, 2, 1)
    gram, gradient = transposed @ j, (transposed @ r)[..., 0]
    shared = n_params + np.array(evaluation.shared, np.int64)
    local = np.setdiff1d(np.arange(n_params, n_params + n_states), shared)
    common = np.concatenate([np.arange(n_params), shared, np.arange(n_params + n_states, columns)])
    # Schur complement: the matrix is block-diagonal in the starts, so that a run costs its own small inverse.
    states = gram[:, local[:, None], local]
    _damp(states, damping)
    inverse = np.linalg.inv(states)
    cross = gram[:, common[:, None], local]
    weighted = cross @ inverse
    matrix = (gram[:, common[:, None], common] - weighted @ cross.transpose(0, 2, 1)).sum(axis=0)
    reduced = (gradient[:, common] - (weighted @ gradient[:, local, None])[..., 0]).sum(axis=0)
    constant = np.zeros((runs, n_states))
    follow = np.zeros((runs, n_states, n_params))
    own = local - n_params
    constant[:, own] = (inverse @ gradient[:, local, None])[..., 0]
    follow[:, own] = weighted[:, :n_params].transpose(0, 2, 1)
    if len(common) > n_params:  # the same once more for what all runs share
        inner = matrix[n_params:, n_params:].copy()
        _damp(inner[None], damping)
        solved = np.linalg.solve(inner, np.column_stack([reduced[n_params:], matrix[n_params:, :n_params]]))
        back = weighted[:, n_params:].transpose(0, 2, 1)
        constant[:, own] -= back @ solved[:, 0]
        follow[:, own] -= back @ solved[:, 1:]
        starts = shared - n_params
        constant[:, starts], follow[:, starts] = solved[: len(shared), 0], solved[: len(shared), 1:]
        side = matrix[:n_params, n_params:]
        matrix = matrix[:n_params, :n_params] - side @ solved[:, 1:]
        reduced = reduced[:n_params] - side @ solved[:, 0]
    if evaluation.measured is not None:
        matrix, reduced = matrix + evaluation.measured[0], reduced + evaluation.measured[1]
    whole = np.zeros((runs, n_states, n_states))
    whole[:, own[:, None], own] = inverse
    return NormalEquations(matrix, reduced, constant, follow, whole)


def _damp(blocks: np.ndarray, damping: float) -> None:
    """Raise the diagonals of matrices ``(experiments, states, states)``, in place; what has no influence stays put."""
    diagonal = np.einsum("eii->ei", blocks)
    diagonal *= 1.0 + damping
    diagonal += 1e-9 * diagonal.max(initial=0.0) + (diagonal == 0.0)
