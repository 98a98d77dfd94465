"""Compiling ahead of the clock: the first use after an installation takes a while, later ones read a cache."""

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import fit_mechanism
from crnsym.refit.problem import fit_problem
from crnsym.regression.gram import nonnegative


def warm_up() -> None:
    """Compile (or load) the programs that fits run on, so that no time budget pays for it."""
    times = np.array([0.0, 1.0, 2.0])
    values = np.array([[1.0], [0.6], [0.37]])
    data = Trajectories(("A",), ("0",), (times,), (values,))
    problem = fit_problem(data, NoiseModel(np.array([0.05]), np.array([1e-3])), [values])
    decay = Mechanism(("A",), np.array([[1]]), np.array([[0]]), np.array([-1.0]))
    fit_mechanism(decay, problem, iterations=2)
    nonnegative(np.eye(2), np.ones(2))
