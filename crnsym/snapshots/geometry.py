"""Which sites of a lattice are near each other, and which parts of it stand for runs of their own."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from ..data.snapshots import Snapshots

PAIRS = {"square": {1: (1, 4, 9, 16), 2: (1,), 3: (1,)}, "hexagonal": {2: (1,)}}
"""Squared distances of the pairs that are counted: on a chain a molecule has two neighbours alone, and says less."""

ENOUGH = 24  # runs from which lattices are not divided
SIDE = {1: 25, 2: 8, 3: 6}  # smallest side of a part of a lattice
MOST_PARTS = 64


def distances(shots: Snapshots) -> tuple[int, ...]:
    """Return the squared distances of the pairs that are counted and that fit on the lattice."""
    found = PAIRS[shots.lattice][len(shots.shape)]
    return tuple(d for d in found if d == 1 or min(shots.shape) >= (2 * int(d**0.5) + 1 if shots.periodic else 4))


def shell(shape: Sequence[int], periodic: bool, square: int, lattice: str = "square") -> np.ndarray:
    """Return the neighbours of every site at a squared distance, ``(sites, neighbours)``, -1 behind a border.

    The first half of the columns leads to each pair once. The axes of a hexagonal lattice are 60 degrees apart.
    """
    reach = range(-int(2 * square**0.5) - 1, int(2 * square**0.5) + 2)
    moves = [d for d in product(reach, repeat=len(shape)) if _squared(d, lattice) == square]
    moves.sort(reverse=True)  # a move and its opposite stand in different halves, in opposite order
    return np.stack([_moved(shape, d, periodic) for d in moves], axis=1)


def _squared(move: Sequence[int], lattice: str) -> int:
    return sum(x * x for x in move) + (move[0] * move[1] if lattice == "hexagonal" else 0)


def _moved(shape: Sequence[int], move: Sequence[int], periodic: bool) -> np.ndarray:
    places = np.indices(shape) + np.array(move).reshape(-1, *[1] * len(shape))
    sides = np.array(shape).reshape(-1, *[1] * len(shape))
    inside = ((places >= 0) & (places < sides)).all(axis=0)
    index = np.ravel_multi_index(tuple(places % sides), tuple(shape))
    return np.where(inside | periodic, index, -1).ravel().astype(np.int32)


def parts(shots: Snapshots, reach: int = 1) -> np.ndarray:
    """Return the part of the lattice to which each site belongs, ``(sites,)``; -1 for none.

    One part is the whole lattice. Few runs on a large lattice are divided into blocks, each of which counts as a run:
    what happens across a border between blocks is known from both sides. The border of a window, whose neighbours were
    not imaged, belongs to no part.
    """
    shape = shots.shape
    blocks = np.ones(len(shape), dtype=int)
    while shots.runs < ENOUGH and shots.runs * np.prod(blocks) < MOST_PARTS:
        room = np.array(shape) / (blocks + 1)
        axis = int(np.argmax(room))
        if room[axis] < SIDE[len(shape)]:
            break
        blocks[axis] += 1
    places = np.indices(shape)
    number = np.zeros(shape, dtype=np.int32)
    for axis, (side, count) in enumerate(zip(shape, blocks, strict=True)):
        number = number * count + places[axis] * count // side
    if shots.window:
        for axis, side in enumerate(shape):
            number[(places[axis] < reach) | (places[axis] >= side - reach)] = -1
    return number.ravel().astype(np.int32)
