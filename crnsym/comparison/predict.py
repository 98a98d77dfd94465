"""Time courses of a mechanism on any grid, by the same kernel that fitted it."""

from collections.abc import Sequence

import numpy as np

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel
from ..refit.fit import MAX_STEPS, reactant_slots
from ..refit.kernel import integrate_runs


def predict(
    mechanism: Mechanism,
    initial: np.ndarray,
    times: Sequence[np.ndarray],
    noise: NoiseModel,
    rtol: float = 1e-6,
) -> list[np.ndarray]:
    """Simulate runs from their initial states.

    Parameters
    ----------
    mechanism
        With its rates.
    initial
        ``(experiments, species)`` states at the first time of each run.
    times
        One increasing array a run.
    noise
        Sets the absolute tolerance: a hundredth of the absolute noise.

    Returns
    -------
    list of arrays
        ``(times, species)`` a run; NaN throughout a run that cannot be integrated.
    """
    runs, n = initial.shape
    longest = max(len(t) for t in times)
    grid, lengths = np.zeros((runs, longest)), np.array([len(t) for t in times])
    for e, t in enumerate(times):
        grid[e, : len(t)] = t
    states = np.zeros((runs, longest, n))
    atol = 0.01 * noise.absolute * min(1.0, rtol * 1e5)
    ok = integrate_runs(
        grid,
        lengths,
        np.ascontiguousarray(initial, dtype=float),
        reactant_slots(mechanism.reactants),
        np.exp(mechanism.log_rates),
        mechanism.net_stoichiometry.astype(float),
        np.zeros((0, 1), np.int64),
        np.zeros((0, n)),
        rtol,
        atol,
        10 * MAX_STEPS,
        states,
        np.zeros((runs, longest, n, 0)),
    )
    return [np.where(ok[e], states[e, :m], np.nan) for e, m in enumerate(lengths)]
