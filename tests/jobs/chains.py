"""Small data sets, each of another mechanism, that a search answers in less than a second."""

import numpy as np

from crnsym.data.trajectories import Trajectories


def chain(seed: int, points: int = 12) -> Trajectories:
    """One run of A -> B -> C, the rates drawn from the seed, with noise of half a percent."""
    rng = np.random.default_rng(seed)
    k1, k2 = rng.uniform(0.4, 0.9), rng.uniform(0.1, 0.3)
    t = np.linspace(0.0, 8.0, points)
    a = np.exp(-k1 * t)
    b = k1 / (k2 - k1) * (np.exp(-k1 * t) - np.exp(-k2 * t))
    values = np.stack([a, b, 1.0 - a - b], axis=1) * (1.0 + 0.005 * rng.normal(size=(points, 3)))
    return Trajectories(("A", "B", "C"), ("1",), (t,), (values,), units=("mM",) * 3, time_unit="min")


def oscillator(seed: int = 0) -> Trajectories:
    """Two species that oscillate, in two runs: a search that takes many seconds."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0.0, 20.0, 40)
    runs = []
    for phase in (0.0, 1.0):
        a = 1.0 + 0.6 * np.sin(t + phase) + 0.1 * np.sin(3 * t)
        b = 1.0 + 0.5 * np.cos(1.3 * t + phase) ** 3
        runs.append(np.stack([a, b], axis=1) + 0.01 * rng.normal(size=(40, 2)))
    return Trajectories(("A", "B"), ("1", "2"), (t, t), tuple(runs))
