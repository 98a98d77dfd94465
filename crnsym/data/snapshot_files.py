"""Snapshots in files: ``.npz`` as it is written here, and tables of counts."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, ExportError
from ..files import written
from .snapshots import Shots, Snapshots, as_snapshots


def read_snapshots(path: str | os.PathLike[str]) -> Snapshots:
    """Read snapshots: an ``.npz`` file of `write_snapshots`, or a table of counts with one row a run and time.

    Raises
    ------
    DataError
        Names the file and what is wrong with it.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("0 -> A @ 5; A -> 0 @ 1; init A = 0")
    >>> cs.write_snapshots(cs.simulate_stochastic(net, (0, 4, 5), runs=10, seed=1), "shots.npz")
    >>> cs.read_snapshots("shots.npz").species
    ('A',)
    """
    if Path(path).suffix != ".npz":
        from .tables import read_table

        source: Any = read_table(path)
    else:
        source = _load(path)
    try:
        return as_snapshots(source) if not isinstance(source, dict) else Snapshots(**source)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def write_snapshots(snapshots: Shots, path: str | os.PathLike[str]) -> None:
    """Write snapshots (or simulated runs) as an ``.npz`` file, whole or not at all.

    Raises
    ------
    ExportError
        The file cannot be written, or has another suffix.

    Examples
    --------
    >>> import crnsym as cs
    >>> net = cs.network("2 A -> 0 @ 1; init A = 20")
    >>> runs = cs.simulate_lattice(net, (8, 8), times=(0, 2, 3), runs=4, seed=1)
    >>> cs.write_snapshots(runs, "shots.npz")
    """
    path, shots = Path(path), as_snapshots(snapshots)
    if path.suffix != ".npz":
        raise ExportError(f"{path}: snapshots are written as .npz")
    with written(path) as stream:
        np.savez_compressed(stream, **{**vars(shots), "species": np.array(shots.species)})


def _load(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from None
    except Exception:  # of the formats in each other: zip, deflate, npy, and what their damages lead to
        raise DataError(f"{path}: cannot be read (it is no .npz file of plain arrays, or damaged)") from None
    missing = [name for name in ("species", "times", "values", "kind") if name not in found]
    if missing:
        raise DataError(f"{path}: no entry '{missing[0]}'; there are {', '.join(found) or 'none'}")
    flags = ("periodic", "same_runs", "window")
    plain: dict[str, Any] = {name: _flag(path, name, found[name]) for name in flags if name in found}
    if "lattice" in found:
        plain["lattice"] = str(found["lattice"])
    species = tuple(map(str, np.atleast_1d(found["species"])))
    return {"species": species, "times": found["times"], "values": found["values"], "kind": str(found["kind"]), **plain}


def _flag(path: str | os.PathLike[str], name: str, value: np.ndarray) -> bool:
    if value.size != 1 or value.dtype.kind not in "biu":
        raise DataError(f"{path}: the entry '{name}' is {value.dtype} of the shape {value.shape}; it is true or false")
    return bool(value.reshape(())[()])
