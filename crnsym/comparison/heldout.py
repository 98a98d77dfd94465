"""Error on experiments that were left out of the fit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..data.noise import NoiseModel
from ..data.smoothing import smooth
from ..data.split import split_experiments
from ..data.trajectories import Trajectories
from ..refit.evaluate import evaluate
from ..refit.fit import Fit, fit_mechanism
from ..refit.problem import FitProblem, fit_problem
from ..search.widen import start_with_hidden, with_hidden_as
from ..training.tasks import Tasks
from .predict import predict


def left_out_errors(
    fits: Sequence[Fit],
    data: Trajectories,
    noise: NoiseModel,
    *,
    fraction: float = 0.2,
    seed: int = 0,
    tasks: Tasks | None = None,
) -> list[float]:
    """Refit on part of the runs and predict the others from their first row; every fit a task.

    Returns
    -------
    list of float
        One a fit: mean absolute error over the left-out values, each species divided by its range. NaN where no run
        can be left out (fewer than three runs) or a prediction cannot be integrated.
    """
    train, left_out = split_experiments(data, fraction, seed)
    if left_out is None:
        return [float("nan")] * len(fits)
    kept = [i for i, label in enumerate(data.experiments) if label in set(train.experiments)]
    if fits and fits[0].problem.observation is not None:
        rest = np.setdiff1d(np.arange(len(data)), kept)
        return (tasks or Tasks()).run(_mixed_error, (np.array(kept), rest), list(fits), "left-out runs")
    fixed = bool(fits) and not any(fit.problem.free.any() for fit in fits)
    problem = fit_problem(train, noise, smooth(train, noise), fixed=fixed)
    return (tasks or Tasks()).run(_left_out_error, (problem, left_out, kept), list(fits), "left-out runs")


def _left_out_error(shared: tuple[FitProblem, Trajectories, list[int]], fit: Fit) -> float:
    problem, left_out, kept = shared
    part = with_hidden_as(fit.problem, problem)
    if fit.problem.temperatures is not None:
        part = replace(part, temperatures=fit.problem.temperatures.thin(np.array(kept)))
    part = replace(part, knowledge=fit.problem.knowledge)
    trained = fit_mechanism(
        fit.mechanism, part, initial=fit.initial_states[kept], iterations=8, prior=0.0, pinned=fit.pinned
    )
    return prediction_error(trained, left_out) if trained.ok else float("nan")


def _mixed_error(shared: tuple[np.ndarray, np.ndarray], fit: Fit) -> float:
    """Refit to part of the runs, coefficients included, and predict what is observed of the others."""
    kept, rest = shared
    part, left_out = fit.problem.thin(kept), fit.problem.thin(rest)
    trained = fit_mechanism(
        fit.mechanism, part, initial=fit.initial_states[kept], iterations=8, prior=0.0, pinned=fit.pinned
    )
    own = evaluate(part, trained.mechanism, trained.initial_states) if trained.ok else None
    seen = left_out.observation
    if own is None or seen is None:
        return float("nan")
    held = replace(left_out, observation=seen.held(own.coefficients))
    there = evaluate(held, trained.mechanism, fit.initial_states[rest])
    if there is None:
        return float("nan")
    measured = seen.informative
    values = np.where(measured, seen.values, np.nan)
    span = np.nanmax(values, axis=(0, 1)) - np.nanmin(values, axis=(0, 1))
    missed = np.abs(there.residuals) / np.where(measured, seen.weights, 1.0) / np.where(span > 0, span, 1.0)
    return float(missed[measured].mean())


def prediction_error(fit: Fit, data: Trajectories) -> float:
    """Mean |prediction - value| / range over all values but the first row, runs started from their first row."""
    noise = fit.problem.noise.only(len(data.species))
    guide = smooth(data, noise)
    first = np.array([np.where(np.isfinite(v[0]), v[0], g[0]) for (_, _, v), g in zip(data, guide, strict=True)])
    kelvin = None if fit.problem.temperatures is None else data.temperatures
    start = start_with_hidden(fit, np.maximum(first, 0.0), kelvin)
    noise = fit.problem.noise
    predicted = predict(fit.mechanism, start, data.times, noise, kelvin=kelvin, operation=data.operation)
    courses = [c[:, : len(data.species)] for c in predicted]
    span = data.ranges()
    span = np.where(span > 0, span, 1.0)
    errors = np.concatenate([np.abs(c - v)[1:] / span for c, (_, _, v) in zip(courses, data, strict=True)])
    measured = np.concatenate([np.isfinite(v[1:]) for _, _, v in data])
    return float(errors[measured].mean())
