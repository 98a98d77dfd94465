"""Tables named on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from .options import Columns
from .petab import is_petab

if TYPE_CHECKING:
    from ..data.trajectories import Trajectories


def read_tables(paths: list[Path], columns: Columns) -> "Trajectories":
    """Read one table, several as runs, or the measurements of a PEtab problem, and say what was assumed."""
    from ..data.tables import read_table

    if any(map(is_petab, paths)):
        return _of_petab(paths, columns)
    table = read_table(list(paths), **columns.keywords())
    for remark in table.remarks:
        print(f"Note: {remark}")
    return table


def _of_petab(paths: list[Path], columns: Columns) -> "Trajectories":
    from ..errors import DataError
    from ..refit.petab.problem import read_petab

    if len(paths) > 1:
        raise DataError(f"{paths[1]}: a PEtab problem is read by itself, without further tables")
    if given := [name for name, value in columns.keywords().items() if value]:
        raise DataError(f"--{given[0]} is for tables; a PEtab problem says itself what is what")
    return read_petab(paths[0]).data()
