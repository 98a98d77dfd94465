"""Small data sets and mechanisms that the tests of this folder share."""

import numpy as np

from crnsym.comparison.predict import predict
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.problem import FitProblem, fit_problem

NOISE = NoiseModel(np.array([0.02, 0.02]), np.array([2e-4, 2e-4]))


def mechanism(*reactions: tuple[tuple[int, ...], tuple[int, ...], float], species=("A", "B")) -> Mechanism:
    left, right, rates = zip(*reactions, strict=True)
    return Mechanism(tuple(species), np.array(left), np.array(right), np.log(np.array(rates, float)))


DECAY = mechanism(((1, 0), (0, 1), 0.3))
PAIRS = mechanism(((2, 0), (0, 2), 0.3))


def measured(source: Mechanism = DECAY, runs: int = 4, points: int = 40, seed: int = 0) -> Trajectories:
    random = np.random.default_rng(seed)
    times = tuple(np.linspace(0, 8, points) for _ in range(runs))
    initial = np.array([[1.0 + 0.5 * i, 0.2] for i in range(runs)])
    courses = predict(source, initial, times, NOISE)
    values = tuple(c * (1 + 0.02 * random.standard_normal(c.shape)) for c in courses)
    return Trajectories(source.species, tuple(str(i) for i in range(runs)), times, values)


def problem(data: Trajectories) -> FitProblem:
    return fit_problem(data, NOISE, smooth(data, NOISE))
