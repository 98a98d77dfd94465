"""Small systems that the tests of the search share."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel, estimate_noise
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.problem import FitProblem, fit_problem
from tests.benchmarks.problems import parse, trajectory

CASCADE = parse(["A -> B @ 0.8", "B -> A @ 0.3", "B + C -> D @ 0.5"])


def measured(
    truth: Mechanism,
    *,
    runs: int = 6,
    points: int = 30,
    end: float = 8.0,
    noise: float = 0.03,
    seed: int = 0,
    zero: tuple[str, ...] = (),
    seen: tuple[str, ...] | None = None,
) -> Trajectories:
    """Runs from random initial states, multiplicative noise."""
    rng = np.random.default_rng(seed)
    times = np.linspace(0.0, end, points)
    names = truth.species if seen is None else seen
    keep = [truth.species.index(s) for s in names]
    values = []
    for _ in range(runs):
        start = rng.uniform(0.3, 1.5, len(truth.species))
        start[[truth.species.index(s) for s in zero]] = 0.0
        course = trajectory(truth, start, times)[:, keep]
        values.append(course * (1 + noise * rng.normal(size=course.shape)))
    return Trajectories(names, tuple(f"e{i}" for i in range(runs)), (times,) * runs, tuple(values))


def columns_of(runs: Trajectories, names: Sequence[str]) -> Trajectories:
    """The same runs with these species only."""
    columns = [runs.species.index(s) for s in names]
    return replace(runs, species=tuple(names), values=tuple(v[:, columns] for v in runs.values))


def arranged(data: Trajectories, noise: NoiseModel | None = None) -> FitProblem:
    """Problem of the data with the estimated noise."""
    model = estimate_noise(data) if noise is None else noise
    return fit_problem(data, model, smooth(data, model))
