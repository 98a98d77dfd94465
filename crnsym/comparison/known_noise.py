"""Noise that is known, beside what the data alone tell."""

from dataclasses import replace

import numpy as np

from ..data.given_noise import given_parts
from ..data.noise import Noise, NoiseModel
from ..data.smoothing import smooth
from ..data.trajectories import Trajectories
from ..errors import DataError
from ..refit.problem import FitProblem, fit_problem


def known_noise(data: Trajectories, noise: Noise) -> NoiseModel | None:
    """Return the model of noise that is given by numbers; None for the name of a form.

    Raises
    ------
    DataError
        A column without a standard deviation, one that is not positive, or a name that is no column.
    """
    if isinstance(noise, NoiseModel):
        if len(noise.absolute) != len(data.species):
            raise DataError(f"noise has {len(noise.absolute)} columns, the data have {len(data.species)}")
        return noise
    parts = given_parts(data, noise)
    return None if parts is None else NoiseModel(*parts)


def given_problem(data: Trajectories, model: NoiseModel, measured: bool) -> FitProblem:
    """Arrange data for a fit; with ``measured`` runs start from their first row, which is then no measurement."""
    problem = fit_problem(data, model, smooth(data, model), fixed=measured)
    if not measured:
        return problem
    present = problem.present.copy()
    present[:, 0] = False
    return replace(problem, present=present)


def in_units_of_data(problem: FitProblem) -> float:
    """Return what a log likelihood in units of the noise lacks to one in units of the data, - sum ln sigma."""
    seen = problem.present & (problem.values != 0.0)
    widths = problem.noise.sigma(problem.values)
    return -float(np.log(widths if problem.weights is None else widths / problem.weights)[seen].sum())
