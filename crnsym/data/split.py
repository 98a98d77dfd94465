"""Experiments to learn from, and experiments left out to test on."""

import numpy as np

from ..errors import DataError
from ..network.arguments import seed_number
from .trajectories import Trajectories


def split_experiments(
    data: Trajectories, fraction: float = 0.2, seed: int = 0
) -> tuple[Trajectories, Trajectories | None]:
    """Split the runs into those to learn from and those left out.

    Parameters
    ----------
    data
        The measurements.
    fraction
        Share of the runs to leave out, at least one run; 0 leaves none out.
    seed
        The same seed leaves the same runs out.

    Returns
    -------
    train, left_out
        Runs in their original order. With one or two runs none is left out, and ``left_out`` is None.

    Raises
    ------
    DataError
        ``fraction`` is not in [0, 1).

    Examples
    --------
    >>> import crnsym as cs
    >>> data = cs.simulate(cs.network("A -> B @ 0.5"), (0, 6, 7), initial=[{"A": a} for a in (1, 2, 3, 4, 5)])
    >>> train, left_out = cs.split_experiments(data, 0.2)
    >>> len(train), len(left_out)
    (4, 1)
    """
    if not 0 <= fraction < 1:
        raise DataError(f"fraction={fraction} of the runs cannot be left out; give a number from 0 to below 1")
    runs, seed = len(data), seed_number(seed, DataError)
    if runs < 3 or fraction == 0:
        return data, None
    count = min(max(1, round(fraction * runs)), runs - 1)
    left_out = set(np.random.default_rng(seed).permutation(runs)[:count].tolist())
    return data.select([i for i in range(runs) if i not in left_out]), data.select(sorted(left_out))
