"""The sites of a lattice: neighbours, and molecules put on sites at random; kept as lists that numba updates."""

import math

import numpy as np

from ...errors import NetworkError
from ...files.compiled import njit
from ..stochastic.threefry import below

MOST_SITES = 10**8  # whose neighbours take 6.4 GB on a cubic lattice


def neighbours(shape: tuple[int, ...], periodic: bool, lattice: str = "square") -> np.ndarray:
    """Return the nearest neighbours of every site in C order, ``(sites, directions)``; -1 behind a wall.

    The even columns lead to each bond once. On a hexagonal lattice (1, -1) and (-1, 1) are neighbours too.

    Raises
    ------
    NetworkError
        A lattice of no dimension or more than three, smaller than its kernel of nearest neighbours, or too large.
    """
    if not 1 <= len(shape) <= 3:
        raise NetworkError(f"the lattice {_name(shape)} has {len(shape)} dimensions; 1 to 3 can be simulated")
    check_size(shape, periodic, 1)
    if math.prod(shape) > MOST_SITES:
        raise NetworkError(f"the lattice {_name(shape)} has more than {MOST_SITES:,} sites; take a smaller one")
    grid = np.arange(np.prod(shape)).reshape(shape)
    moves = [tuple(int(i == axis) for i in range(len(shape))) for axis in range(len(shape))]
    if lattice == "hexagonal":
        moves.append((1, -1))
    found = []
    for move in moves:
        for sign in (1, -1):
            moved = np.roll(grid, [sign * step for step in move], tuple(range(len(shape))))
            if not periodic:
                for axis, step in enumerate(move):
                    if step:
                        edge = [slice(None)] * len(shape)
                        edge[axis] = slice(0, 1) if sign * step == 1 else slice(-1, None)
                        moved[tuple(edge)] = -1
            found.append(moved.ravel())
    return np.ascontiguousarray(np.stack(found, axis=1))


def check_size(shape: tuple[int, ...], periodic: bool, reach: int) -> None:
    """Refuse a lattice on which a kernel of this reach would meet itself, or not fit at all.

    Raises
    ------
    NetworkError
        Names the smallest side that fits.
    """
    least = 2 * reach + 1 if periodic else reach + 1
    if min(shape, default=0) < least:
        raise NetworkError(
            f"the {'periodic' if periodic else 'walled'} lattice {_name(shape)} is smaller than its kernel of reach "
            f"{reach}; every side needs {least} sites or more"
        )


def _name(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def check_room(counts: np.ndarray, shape: tuple[int, ...]) -> None:
    """Refuse more molecules than sites.

    Raises
    ------
    NetworkError
        Names both numbers.
    """
    if counts.sum() > np.prod(shape):
        raise NetworkError(
            f"{counts.sum()} molecules do not fit on the {np.prod(shape)} sites of the lattice {_name(shape)}; "
            "take fewer, or a larger one"
        )


@njit(cache=True)
def scatter(counts, site, where, place, number, words, stream):
    """Put molecules on random sites and set up the lists.

    ``where[s, :number[s]]`` are the sites that hold species ``s`` (0: empty), and ``place[site]`` is the position
    of a site in its list.
    """
    sites = len(site)
    order = np.arange(sites)
    number[:] = 0
    site[:] = 0
    filled = 0
    for s in range(len(counts)):
        for _ in range(counts[s]):
            pick = filled + below(words, stream, sites - filled)
            order[filled], order[pick] = order[pick], order[filled]
            site[order[filled]] = s + 1
            filled += 1
    for i in range(sites):
        s = site[i]
        where[s, number[s]] = i
        place[i] = number[s]
        number[s] += 1


@njit(cache=True)
def settle(given, site, where, place, number):
    """Set up the lists, as `scatter` does, of a lattice that is given."""
    number[:] = 0
    for i in range(len(site)):
        s = given[i]
        site[i] = s
        where[s, number[s]] = i
        place[i] = number[s]
        number[s] += 1


@njit(cache=True, inline="always")
def put(i, new, site, where, place, number):
    """Let site ``i`` hold ``new``."""
    old = site[i]
    last = number[old] - 1
    other = where[old, last]
    where[old, place[i]] = other
    place[other] = place[i]
    number[old] = last
    site[i] = new
    where[new, number[new]] = i
    place[i] = number[new]
    number[new] += 1
