"""How noisy each species is, estimated from the measurements alone."""

from dataclasses import dataclass

import numpy as np

from crnsym.data.trajectories import Trajectories

# The scale of a Student t with 4 degrees of freedom that fits Gaussian residuals is low by this factor; an
# underestimate makes the search refuse true mechanisms, an overestimate costs nothing.
STUDENT_TO_GAUSSIAN = 1.30
NEIGHBOURS = 3
FORM_MARGIN = 4.0  # log-likelihood by which the two-part form must beat a one-part form


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
        """Standard deviation at concentrations ``(..., species)``."""
        return np.sqrt(self.absolute**2 + (self.relative * c) ** 2)

    def stabilise(self, c: np.ndarray) -> np.ndarray:
        """Map concentrations to the scale on which the noise has unit variance.

        g(c) = asinh(c relative / absolute) / relative, so that g'(c) = 1 / sigma(c).
        """
        relative = np.maximum(self.relative, 1e-9)
        return np.arcsinh(c * (relative / self.absolute)) / relative

    def scaled(self, factor: float) -> "NoiseModel":
        """Return the model of concentrations multiplied by ``factor``."""
        return NoiseModel(self.relative, self.absolute * factor)


def estimate_noise(data: Trajectories) -> NoiseModel:
    """Estimate the noise of every species from the roughness of its time courses.

    A cubic through up to three present neighbours on either side predicts each sample; the prediction error,
    divided by the weight that the sample's own and the neighbours' noise have in it, is fitted per species by a
    Student t likelihood, which forgives unresolved transients. Purely relative and purely absolute noise are tried
    first and kept unless the two-part form is clearly more likely.

    Returns
    -------
    NoiseModel
        With an absolute part of at least 1e-4 of the relative part times the species' range.
    """
    relative, absolute = [], []
    for i in range(len(data.species)):
        levels, errors = _prediction_errors(data, i)
        rel, ab = _fit_species(levels, errors, float(data.ranges()[i]))
        relative.append(rel)
        absolute.append(ab)
    return NoiseModel(np.array(relative), np.array(absolute))


def _prediction_errors(data: Trajectories, species: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels and standardised leave-one-out errors of one species over all runs."""
    levels, errors = [], []
    for _, times, values in data:
        v = values[:, species]
        # the sample index as abscissa makes logarithmic sampling smooth as well
        present = np.flatnonzero(np.isfinite(v))
        if len(present) < 5 or np.all(v[present] == v[present[0]]):
            continue
        position = np.arange(len(times), dtype=float)
        for k in range(1, len(present) - 1):
            left, right = present[max(0, k - NEIGHBOURS) : k], present[k + 1 : k + 1 + NEIGHBOURS]
            if v[present[k]] == 0.0:
                continue
            near = np.concatenate([left, right])
            degree = min(3, len(near) - 1)
            if degree < 2:
                continue
            x = position[near] - position[present[k]]
            basis = np.vander(x, degree + 1, increasing=True)
            weights = np.linalg.pinv(basis)[0]
            level = weights @ v[near]
            errors.append((v[present[k]] - level) / np.sqrt(1.0 + weights @ weights))
            levels.append(0.5 * (abs(level) + abs(v[present[k]])))
    return np.array(levels), np.array(errors)


def _fit_species(levels: np.ndarray, errors: np.ndarray, span: float) -> tuple[float, float]:
    """Relative and absolute part for one species; a guess of 5 % where there is nothing to learn from."""
    span = span if span > 0 else 1.0
    usable = np.isfinite(errors) & np.isfinite(levels)
    levels, errors = levels[usable], errors[usable]
    if len(errors) < 4 or not np.any(errors):
        return 0.02, 0.02 * span
    relative = np.geomspace(3e-4, 0.6, 60)
    absolute = np.geomspace(1e-6, 0.3, 58) * span
    likelihood = _student(levels, errors, relative[:, None], absolute[None, :])
    floor = absolute[0]
    only_relative = _student(levels, errors, relative[:, None], np.array([[floor]]))[:, 0]
    only_absolute = _student(levels, errors, np.array([[0.0]]), absolute[None, :])[0]
    best = likelihood.max()
    options = [
        (only_relative.max(), relative[only_relative.argmax()], 0.0),
        (only_absolute.max(), 0.0, absolute[only_absolute.argmax()]),
    ]
    value, rel, ab = max(options)
    if value < best - FORM_MARGIN:
        row, column = np.unravel_index(likelihood.argmax(), likelihood.shape)
        rel, ab = relative[row], absolute[column]
    rel, ab = rel * STUDENT_TO_GAUSSIAN, ab * STUDENT_TO_GAUSSIAN
    return float(rel), float(max(ab, 1e-4 * max(rel, 1e-2) * span))


def _student(
    levels: np.ndarray, errors: np.ndarray, relative: np.ndarray, absolute: np.ndarray
) -> np.ndarray:
    """Log likelihood of errors under a scaled Student t with 4 degrees of freedom, on a grid of noise parts."""
    variance = absolute[..., None] ** 2 + (relative[..., None] * levels) ** 2
    variance = np.maximum(variance, 1e-300)
    return (-0.5 * np.log(variance) - 2.5 * np.log1p(errors**2 / (4.0 * variance))).sum(axis=-1)
