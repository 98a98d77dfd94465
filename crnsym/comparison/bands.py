"""Predictive bands: where the courses of a run may lie, and where its measurements may fall."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..data.noise import NoiseModel
from ..errors import FitError
from ..network.arguments import whole_number
from ..refit.coefficients import coefficients_of
from ..refit.evaluate import evaluate
from ..refit.freedom import two_sided
from ..refit.normal_equations import normal_equations
from .candidate import Candidate, require_candidate
from .predict import rising


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Courses of one run with their uncertainty, all ``(times, species)`` but the times.

    Attributes
    ----------
    times
        ``(times,)``.
    course
        The fitted course.
    low, high
        Where the true course lies, pointwise.
    measured_low, measured_high
        Where a measurement lies.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> band = cs.predictive_band(found[0], run=0, times=data.times[0])
    >>> bool((band.low <= band.course).all() and (band.course <= band.high).all())
    True
    """

    times: np.ndarray
    course: np.ndarray
    low: np.ndarray
    high: np.ndarray
    measured_low: np.ndarray
    measured_high: np.ndarray


def predictive_band(candidate: Candidate, run: int, times: ArrayLike, level: float = 0.9) -> Band:
    """Propagate the uncertainty of the rates and of the initial state of a fitted run to its courses.

    First order in log rates and log initial values, on the scale on which the noise has unit variance, so that bands
    of concentrations keep to their sign; Student's t for the noise scale, which is estimated too.

    Parameters
    ----------
    candidate
        A fitted mechanism.
    run
        Index of the experiment.
    times
        ``(times,)`` increasing, the first at the start of the run.
    level
        Pointwise probability.

    Raises
    ------
    FitError
        No such run, times that do not increase, or a run that cannot be integrated over them.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 6, 13), noise=0.01, seed=0)
    >>> found = cs.compare([cs.network("A -> B")], data)
    >>> band = cs.predictive_band(found[0], run=0, times=data.times[0])
    >>> band.course.shape
    (13, 2)
    >>> bool((band.measured_high > band.high).all())
    True
    """
    require_candidate(candidate, "predictive_band")
    fit = candidate.fit
    run, times = whole_number("run", run, 0, len(fit.initial_states) - 1, FitError), rising(times)
    alone, initial = fit.problem.thin(np.array([run])), fit.initial_states[[run]]
    shape = (1, len(times), initial.shape[1])
    if alone.observation is not None:  # coefficients, which runs share, as they were fitted
        alone = replace(alone, observation=alone.observation.held(coefficients_of(fit)))
    own = evaluate(alone, fit.mechanism, initial, rtol=1e-6)
    grid = replace(
        alone,
        times=times[None],
        lengths=np.array([len(times)]),
        values=np.zeros(shape),
        present=np.ones(shape, bool),
        weights=None,
        observation=None if alone.observation is None else alone.observation.on_unit_scale(len(times)),
    )
    here = evaluate(grid, fit.mechanism, initial, rtol=1e-6)
    if own is None or here is None:
        raise FitError(f"run {run} cannot be integrated over times up to {times[-1]:g}")
    equations = normal_equations(own)
    inverse = equations.inverse
    n = own.parameters
    scale = fit.noise_scale
    # a free initial state follows the rates, and has its own noise
    rates = here.jacobian[0, ..., :n] - here.jacobian[0, ..., n:] @ equations.follow[0]
    own_part = here.jacobian[0, ..., n:][..., fit.problem.free[run]]
    spread = inverse[0][np.ix_(fit.problem.free[run], fit.problem.free[run])] * scale
    variance = np.einsum("tsi,ij,tsj->ts", rates, fit.covariance, rates)
    variance += np.einsum("tsi,ij,tsj->ts", own_part, spread, own_part)
    quantile = two_sided(level, fit.degrees_of_freedom)
    if alone.observation is not None:
        course, noise = -here.residuals[0], alone.observation.noise
        width, wide = (quantile * np.sqrt(variance + v) for v in (0.0, scale * noise.sigma(course) ** 2))
        return Band(times, course, course - width, course + width, course - wide, course + wide)
    centre, noise = grid.noise.stabilise(here.states[0]), fit.problem.noise
    width, wide = quantile * np.sqrt(variance), quantile * np.sqrt(variance + scale)
    return Band(
        times,
        here.states[0],
        np.maximum(restored(noise, centre - width), 0.0),
        restored(noise, centre + width),
        restored(noise, centre - wide),
        restored(noise, centre + wide),
    )


def restored(noise: NoiseModel, stabilised: np.ndarray) -> np.ndarray:
    """Undo `NoiseModel.stabilise`: c = sinh(g relative) absolute / relative."""
    relative = np.maximum(noise.relative, 1e-9)
    return np.sinh(stabilised * relative) * noise.absolute / relative
