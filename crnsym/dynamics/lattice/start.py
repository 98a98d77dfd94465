"""Lattices to start a simulation from."""

from collections.abc import Mapping

import numpy as np

from ...data.snapshots import Shots, as_snapshots
from ...errors import DataError, NetworkError
from ...network.inputs import Amounts
from ...network.network import Network


def first_lattices(
    network: Network, initial: Amounts | np.ndarray | Shots | None, sides: tuple[int, ...]
) -> np.ndarray:
    """Return the lattices that runs start from, ``(lattices, sites)``, int8; none where numbers of molecules are given.

    Raises
    ------
    NetworkError
        Lattices of another shape, or that hold what is no species of the network.
    """
    sites = int(np.prod(sides))
    if initial is None or isinstance(initial, Mapping):
        return np.zeros((0, sites), dtype=np.int8)
    found = (
        _of_snapshots(network, initial)
        if not isinstance(initial, np.ndarray) and hasattr(initial, "species")
        else _array(initial)
    )
    if found.shape[-len(sides) :] != sides or found.ndim not in (len(sides), len(sides) + 1) or not found.size:
        given, wanted = ("x".join(map(str, shape)) for shape in (found.shape, sides))
        raise NetworkError(f"initial: lattices of {given} sites do not fit the lattice {wanted}")
    if found.min() < 0 or found.max() > len(network.species):
        odd = found.max() if found.min() >= 0 else found.min()
        raise NetworkError(
            f"initial: a site holds {odd}; give 0 for an empty site or the number of a species, 1 to "
            f"{len(network.species)}"
        )
    return np.ascontiguousarray(found.reshape(-1, sites).astype(np.int8))


def _array(initial: object) -> np.ndarray:
    if not isinstance(initial, np.ndarray) or initial.dtype.kind not in "biu":
        kind = f"an array of {initial.dtype}" if isinstance(initial, np.ndarray) else f"a {type(initial).__name__}"
        raise NetworkError(
            f"initial is {kind}; give values by name, such as {{'A': 100}}, or an array of whole numbers, one a site"
        )
    return initial


def _of_snapshots(network: Network, initial: Shots) -> np.ndarray:
    """Return the first snapshot of every run, with the numbers that the species have in the network."""
    try:
        shots = as_snapshots(initial)
    except DataError as error:
        raise NetworkError(f"initial: {error}") from None
    if shots.kind != "lattice":
        raise NetworkError("initial: these snapshots are counts; lattices are needed to start from")
    unknown = [name for name in shots.species if name not in network.species_index]
    if unknown:
        raise NetworkError(
            f"initial: {unknown[0]} is no species of the network; there are {', '.join(network.species_names)}"
        )
    numbers = np.array([0, *(network.species_index[name] + 1 for name in shots.species)])
    return numbers[shots.values[:, 0]]
