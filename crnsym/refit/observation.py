"""Measurements of mixtures: columns that are linear in the concentrations, with coefficients that may be unknown.

A column is y_c = sum_i K_ci x_i + o_c + sum_k theta_k (sum_i W_kci x_i + v_kc), for every run with its own K, o, W, v.
Absorbances with unknown coefficients, an offset, pure spectra, the response of a detector and a factor of one run are
all some theta_k. At given rates they are a linear least-squares problem, so they are solved for and need no start
(variable projection: Golub & Pereyra 1973); their columns of the Jacobian are eliminated with those of the starts.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.regression.gram import bounded_least_squares


class Compared(NamedTuple):
    """Columns of a model beside those measured.

    Attributes
    ----------
    residuals, jacobian
        ``(experiments, times, columns)`` and ``(experiments, times, columns, params + coefficients)``, in units of the
        noise; coefficients held at zero have no derivative.
    coefficients
        The best theta, ``(coefficients,)``.
    """

    residuals: np.ndarray
    jacobian: np.ndarray
    coefficients: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Measured columns and how they depend on the concentrations.

    Attributes
    ----------
    columns
        Names of the columns.
    values, weights
        ``(experiments, times, columns)`` measurements and one over their standard deviations; weight 0 where nothing
        was measured.
    known, constant
        ``(experiments, columns, species)`` K and ``(experiments, columns)`` o.
    names
        Of the unknown coefficients.
    terms, offsets
        ``(coefficients, experiments, columns, species)`` W and ``(coefficients, experiments, columns)`` v.
    positive
        ``(coefficients,)``: which coefficients cannot be negative.
    noise
        Of the columns.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    weights: np.ndarray
    known: np.ndarray
    constant: np.ndarray
    names: tuple[str, ...]
    terms: np.ndarray
    offsets: np.ndarray
    positive: np.ndarray
    noise: NoiseModel

    @property
    def count(self) -> int:
        """Number of measured values."""
        return int((self.weights > 0).sum())

    @property
    def informative(self) -> np.ndarray:
        """Which values were measured, ``(experiments, times, columns)``."""
        return np.asarray(self.weights > 0)

    @property
    def sigma(self) -> np.ndarray:
        """Standard deviations, ``(experiments, times, columns)``; 0 where nothing was measured."""
        return np.where(self.informative, 1.0 / np.where(self.informative, self.weights, 1.0), 0.0)

    @property
    def touched(self) -> np.ndarray:
        """``(coefficients, species)``: which species a coefficient belongs to."""
        return np.asarray(np.any(self.terms != 0, axis=(1, 2)))

    @property
    def shown(self) -> np.ndarray:
        """``(experiments, species)``: which species contribute to any column."""
        measured = np.asarray(self.informative.any(axis=1))
        mixed = (self.known != 0) | np.any(self.terms != 0, axis=0)
        return np.any(mixed & measured[..., None], axis=1)

    def private(self) -> tuple[int, ...]:
        """Return for each species how many coefficients belong to it alone: without it they are no numbers."""
        touched = self.touched
        alone = (touched.sum(axis=1) == 1) & ~np.any(self.offsets != 0, axis=(1, 2))
        return tuple((touched & np.asarray(alone)[:, None]).sum(axis=0).tolist())

    def compare(self, states: np.ndarray, sensitivities: np.ndarray) -> Compared:
        """Find the best coefficients for courses ``(experiments, times, species)`` and compare.

        ``sensitivities`` are ``(experiments, times, species, params)``.
        """
        basis = self.basis(states) * self.weights[..., None]
        left = self.weights * (self.values - self._known(states))
        theta = self._solved(basis, left)
        residuals = left - basis @ theta
        jacobian = self.matrix(theta)[:, None] @ sensitivities[..., : self.known.shape[-1], :]
        jacobian *= self.weights[..., None]
        basis[..., self.positive & (theta == 0.0)] = 0.0
        return Compared(residuals, np.concatenate([jacobian, basis], axis=-1), theta)

    def basis(self, states: np.ndarray) -> np.ndarray:
        """Return derivatives of the columns in the coefficients, ``(experiments, times, columns, coefficients)``."""
        count, runs, columns, width = self.terms.shape
        flat = self.terms.transpose(1, 3, 2, 0).reshape(runs, width, columns * count)
        mixed = (states[..., :width] @ flat).reshape(runs, states.shape[1], columns, count)
        return mixed + self.offsets.transpose(1, 2, 0)[:, None]

    def matrix(self, coefficients: np.ndarray) -> np.ndarray:
        """Return derivatives of the columns in the concentrations, ``(experiments, columns, species)``."""
        return self.known + np.tensordot(coefficients, self.terms, axes=1)

    def predicted(self, states: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Return the columns along courses, ``(experiments, times, columns)``."""
        return self._known(states) + self.basis(states) @ coefficients

    def _known(self, states: np.ndarray) -> np.ndarray:
        own = states[..., : self.known.shape[-1]] @ self.known.transpose(0, 2, 1)
        return own + self.constant[:, None, :]

    def _solved(self, basis: np.ndarray, left: np.ndarray) -> np.ndarray:
        count = len(self.names)
        if not count:
            return np.zeros(0)
        flat = basis.reshape(-1, count)
        gram, moment = flat.T @ flat, flat.T @ left.ravel()
        if not (np.isfinite(gram).all() and np.isfinite(moment).all()):
            return np.zeros(count)
        return bounded_least_squares(gram, moment, self.positive)

    def thin(self, runs: np.ndarray) -> "Observation":
        """Return the observation of these runs."""
        return replace(
            self,
            values=self.values[runs],
            weights=self.weights[runs],
            known=self.known[runs],
            constant=self.constant[runs],
            terms=self.terms[:, runs],
            offsets=self.offsets[:, runs],
        )

    def at(self, rows: np.ndarray, index: np.ndarray, valid: np.ndarray) -> "Observation":
        """Return the observation at the times of these indices, ``(experiments, times)``."""
        return replace(self, values=self.values[rows, index], weights=self.weights[rows, index] * valid[..., None])

    def on_unit_scale(self, times: int) -> "Observation":
        """Return the observation of zeros without noise at other times: its residuals are the negative columns."""
        shape = (len(self.values), times, len(self.columns))
        return replace(self, values=np.zeros(shape), weights=np.ones(shape))

    def held(self, coefficients: np.ndarray) -> "Observation":
        """Return the observation with its coefficients known."""
        return replace(
            self,
            known=self.matrix(coefficients),
            constant=self.constant + np.tensordot(coefficients, self.offsets, axes=1),
            names=(),
            terms=self.terms[:0],
            offsets=self.offsets[:0],
            positive=self.positive[:0],
        )
