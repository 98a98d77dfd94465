"""Measurements in whatever form they are given."""

import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..errors import DataError
from .reading.sources import Table
from .trajectories import Trajectories

Measurements: TypeAlias = Trajectories | Table | Sequence[Table]
"""What verbs take as data: trajectories, the path of a table, a frame, a dict of columns; lists of these are runs."""


def as_trajectories(source: Measurements) -> Trajectories:
    """Return measurements from themselves, from simulated runs, or from anything that `read_table` reads.

    Raises
    ------
    DataError
        Anything else, or a table that cannot be used.
    """
    from .tables import read_table

    if isinstance(source, Trajectories):
        return source
    simulated = getattr(source, "trajectories", None)
    if callable(simulated):
        runs = simulated()
        if isinstance(runs, Trajectories):
            return runs
    several = isinstance(source, list) and len(source) > 0 and all(map(_is_table, source))
    if _is_table(source) or several:
        return read_table(source)
    raise DataError(
        f"data is of type {type(source).__name__}; give what read_table returns, the path of a table, a pandas or "
        "polars frame, or a dict of columns"
    )


def _is_table(source: object) -> bool:
    return isinstance(source, str | os.PathLike | Mapping) or hasattr(source, "collect") or hasattr(source, "columns")
