"""How noisy each species is, estimated from the measurements alone."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from crnsym.data.given_noise import GivenNoise, given_parts
from crnsym.data.noise_forms import most_likely
from crnsym.data.operation.courses import between_jumps
from crnsym.data.trajectories import Trajectories
from crnsym.errors import DataError

FORMS = ("auto", "absolute", "relative")
NEIGHBOURS = 3
MOST_ERRORS = 600  # a species, thinned evenly above
BELOW = 0.05  # of the range of a column, and of its values: negative ones up to which they may be noise
FEW_BELOW = 2  # negative values that may be, wherever they are


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Standard deviation of a measurement, sigma^2 = absolute^2 + (relative c)^2, per species.

    Attributes
    ----------
    relative
        ``(species,)``, dimensionless.
    absolute
        ``(species,)``, in the units of the concentrations.
    """

    relative: np.ndarray
    absolute: np.ndarray

    def sigma(self, c: np.ndarray) -> np.ndarray:
        """Return the standard deviation at concentrations ``(..., species)``."""
        return np.sqrt(self.absolute**2 + (self.relative * c) ** 2)

    def stabilise(self, c: np.ndarray) -> np.ndarray:
        """Map concentrations to the scale on which the noise has unit variance.

        g(c) = asinh(c relative / absolute) / relative, so that g'(c) = 1 / sigma(c).
        """
        relative = np.maximum(self.relative, 1e-9)
        return np.arcsinh(c * (relative / self.absolute)) / relative

    def only(self, count: int) -> "NoiseModel":
        """Return the model of the first ``count`` species."""
        return NoiseModel(self.relative[:count], self.absolute[:count])

    def scaled(self, factor: float) -> "NoiseModel":
        """Return the model of concentrations multiplied by ``factor``."""
        return NoiseModel(self.relative, self.absolute * factor)


Noise: TypeAlias = GivenNoise | NoiseModel
"""What verbs take as ``noise``; a model is one already."""


def estimate_noise(data: Trajectories, form: GivenNoise = "auto") -> NoiseModel:
    """Estimate the noise of every species from the roughness of its time courses.

    A cubic through up to three present neighbours on either side predicts each sample; the prediction error,
    divided by the weight that the sample's own and the neighbours' noise have in it, is fitted by a Student t
    likelihood, which forgives unresolved transients, in the form that is most likely (`noise_forms.most_likely`).

    Parameters
    ----------
    data
        The measurements.
    form
        ``"auto"``, or the form to use whatever the data say: ``"absolute"`` (one value for all species, plain least
        squares) or ``"relative"`` (one fraction of the value, least squares on logarithms). A number is the noise
        itself, see `given_parts`; so are, with ``"auto"``, the errors that came with the measurements.

    Returns
    -------
    NoiseModel
        With an absolute part of at least a tenth of the noise at the species' values.
    """
    known = given_parts(data, form)
    if known is not None:
        return NoiseModel(*known)
    if form not in FORMS:
        raise DataError(
            f"noise form '{form}' is not known; choose auto, absolute or relative, or give a number: 0.02, 2%"
        )
    data = between_jumps(data)
    spans = spans_of(data)
    errors = [_prediction_errors(data, i) for i in range(len(data.species))]
    return NoiseModel(*most_likely(errors, spans, np.concatenate(data.values), form))


def spans_of(data: Trajectories) -> np.ndarray:
    """Range of each species, its largest value where it never changes, ``(species,)``."""
    largest = np.nanmax(np.abs(np.concatenate(data.values)), axis=0)
    largest = np.where(largest > 0, largest, 1e-9 * (largest.max(initial=0.0) or 1.0))
    return np.where(data.ranges() > 0, data.ranges(), largest)


def _prediction_errors(data: Trajectories, species: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels and standardised leave-one-out errors of one species over all runs."""
    levels, errors = [], []
    for values in data.values:
        v = values[:, species]
        # the sample index as abscissa makes logarithmic sampling smooth as well
        present = np.flatnonzero(np.isfinite(v))
        if len(present) < 5 or np.all(v[present] == v[present[0]]):
            continue
        for k in range(1, len(present) - 1):
            left, right = present[max(0, k - NEIGHBOURS) : k], present[k + 1 : k + 1 + NEIGHBOURS]
            if v[present[k]] == 0.0:
                continue
            near = np.concatenate([left, right])
            degree = min(3, len(near) - 1)
            if degree < 2:
                continue
            weights = _extrapolation(tuple(near - present[k]), degree)
            level = weights @ v[near]
            errors.append((v[present[k]] - level) / np.sqrt(1.0 + weights @ weights))
            levels.append(0.5 * (abs(level) + abs(v[present[k]])))
    thin = max(1, len(errors) // MOST_ERRORS)
    return np.array(levels)[::thin], np.array(errors)[::thin]


@lru_cache(maxsize=4096)
def _extrapolation(offsets: tuple[int, ...], degree: int) -> np.ndarray:
    """Weights of the neighbours at these sample offsets in the value of their polynomial at offset 0."""
    basis = np.vander(np.array(offsets, float), degree + 1, increasing=True)
    return np.linalg.pinv(basis)[0]


def falls_below_zero(values: np.ndarray) -> np.ndarray:
    """Say which columns of ``(rows, columns)`` fall below zero by more than noise, as rotations and baselines do."""
    seen = np.isfinite(values)
    spans = np.nanmax(values, axis=0, initial=-np.inf) - np.nanmin(values, axis=0, initial=np.inf)
    under = (values < -BELOW * spans).sum(axis=0)
    return under > np.maximum(BELOW * seen.sum(axis=0), FEW_BELOW)
