"""Noise that is known or found from fits, beside what the data alone tell."""

from collections.abc import Mapping

import numpy as np

from ..data.noise import NoiseModel
from ..data.trajectories import Trajectories
from ..errors import DataError
from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..refit.problem import FitProblem


def known_noise(data: Trajectories, noise: str | Mapping[str, float] | NoiseModel) -> NoiseModel | None:
    """Return the model of noise that is given by numbers; None for the name of a form.

    Raises
    ------
    DataError
        A column without a standard deviation, one that is not positive, or a name that is no column.
    """
    if isinstance(noise, str):
        return None
    if isinstance(noise, NoiseModel):
        if len(noise.absolute) != len(data.species):
            raise DataError(f"noise has {len(noise.absolute)} columns, the data have {len(data.species)}")
        return noise
    for name in noise:
        if name not in data.species:
            raise DataError(f"noise: '{name}' is no column of the data; there are {', '.join(data.species)}")
    missing = [s for s in data.species if s not in noise]
    if missing:
        raise DataError(f"noise: no standard deviation of {', '.join(missing)}; give one for every column")
    deviations = np.array([float(noise[s]) for s in data.species])
    if not np.all((deviations > 0) & np.isfinite(deviations)):
        raise DataError(f"noise: standard deviations must be positive, got {dict(noise)}")
    return NoiseModel(np.zeros(len(deviations)), deviations)


def noise_left_by(fit: Fit, columns: int) -> NoiseModel:
    """Return one standard deviation a column from what a fit leaves: its most likely value.

    ``columns`` of the fit's problem are those of the data.
    """
    problem = fit.problem
    here = evaluate(problem, fit.mechanism, fit.initial_states, rtol=1e-6)
    if here is None:
        return problem.noise.only(columns)
    seen = (problem.present & (problem.values != 0.0))[..., :columns]
    squares = np.where(seen, (problem.values - here.states)[..., :columns] ** 2, 0.0)
    left = np.sqrt(squares.sum(axis=(0, 1)) / np.maximum(seen.sum(axis=(0, 1)), 1))
    largest = np.abs(problem.values[..., :columns]).max(axis=(0, 1), initial=1e-300)
    return NoiseModel(np.zeros(columns), np.maximum(left, 1e-6 * largest))


def in_units_of_data(problem: FitProblem) -> float:
    """Return what a log likelihood in units of the noise lacks to one in units of the data, - sum ln sigma."""
    seen = problem.present & (problem.values != 0.0)
    return -float(np.log(problem.noise.sigma(problem.values))[seen].sum())
