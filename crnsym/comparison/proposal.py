"""A proposed run as a result: what to measure, what it is expected to tell, and how it reads."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

FEW_TIMES = 8  # sampling times that are all listed


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A design, and what it is expected to tell.

    Attributes
    ----------
    start
        {species: initial concentration}.
    times
        Sampling times, the first at the start.
    measured
        Species to measure.
    expected
        Weight that the true mechanism is expected to have afterwards, if it is one of ``names``.
    typical, now
        The same for the median of random designs, and without a new experiment.
    names, weights
        Of the mechanisms told apart.
    grid, courses
        ``(points,)`` and ``(mechanisms, points, measured)``: their curves.
    parting
        The species and the time at which the curves lie farthest apart in units of the noise.
    closed
        Whether to say that the vessel is closed, as those of the data were not.

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5; init A = 1"), (0, 1, 6), noise=0.05, seed=0)
    >>> found = cs.compare([cs.network("A -> B"), cs.network("2 A -> 2 B")], data)
    >>> design = cs.next_experiment(found, ranges={"A": (0.5, 2.0)}, samples=5)
    >>> design.names, design.measured
    (('network 1', 'network 2'), ('A', 'B'))
    >>> design.now < design.expected <= 1
    True
    """

    start: Mapping[str, float]
    times: np.ndarray
    measured: tuple[str, ...]
    expected: float
    typical: float
    now: float
    names: tuple[str, ...]
    weights: np.ndarray
    grid: np.ndarray
    courses: np.ndarray
    parting: tuple[str, float]
    closed: bool = False

    def __str__(self) -> str:
        there = [f"{s} = {v:.3g}" for s, v in self.start.items() if v > 0]
        alone = " and nothing else" if there and len(there) < len(self.start) else ""
        start = (", ".join(there) or "nothing") + alone
        where = "In a closed vessel, without feeds, start" if self.closed else "Start"
        return (
            f"{where} with {start}, and measure {', '.join(self.measured)} at {times_text(self.times)}. "
            f"The true mechanism's weight is expected to rise from {self.now:.2f} to {self.expected:.2f} "
            f"(a random design: {self.typical:.2f}). "
            f"The curves part most in {self.parting[0]} near t = {self.parting[1]:.3g}."
        )


def times_text(times: np.ndarray) -> str:
    """Write sampling times shortly: ``t = 0, 0.5, 1``, or ``25 times from t = 0 to 8, 0.333 apart``."""
    if len(times) <= FEW_TIMES:
        return "t = " + ", ".join(f"{t:.3g}" for t in times)
    steps = np.diff(times)
    ends = f"{len(times)} times from t = {times[0]:.3g} to {times[-1]:.3g}"
    if np.ptp(steps) < 0.02 * steps.mean():
        return f"{ends}, {steps.mean():.3g} apart"
    half = FEW_TIMES // 2
    shown = [*(f"{t:.3g}" for t in times[:half]), "…", *(f"{t:.3g}" for t in times[-half:])]
    return f"{ends} ({', '.join(shown)})"
