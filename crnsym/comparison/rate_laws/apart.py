"""Which few plain reactions make the changes of a search's answer, where one alone does not."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, islice

import numpy as np

from ...data.smoothing import smooth
from ...network.complexes import quoted
from ..result import Discovery

MOST = 3  # reactions: with more, each with a law of its own, nobody would believe one of them
LARGE = 6  # molecules on both sides of a reaction
READ = 4  # mechanisms whose reactions are taken
TRIED = 400  # sets of reactions that are looked at
BACK = 0.1  # of how far a reaction goes: what it may go back
LEFT = 3.0  # standard deviations, root mean square: what a set may leave of the smoothed changes


def reactions_apart(found: Discovery) -> tuple[str, ...]:
    """Return the plainest reactions, ``"S -> P"``, that explain all changes and only go forward; () where none do.

    They are taken from the mechanisms of a search, without what helps and is not used up: a mechanism of mass action
    that imitates a rate law still moves along the reactions themselves.
    """
    species = found.data.species
    vectors = _vectors(found, len(species))
    courses = smooth(found.data, found.noise)
    sigma = np.mean([found.noise.sigma(c).mean(axis=0) for c in courses], axis=0)
    steps = [np.diff(c, axis=0) for c in courses]
    for chosen in _sets(vectors):
        basis = np.array(chosen, float).T
        weighted = basis / sigma[:, None]
        extents = [s / sigma @ np.linalg.pinv(weighted).T for s in steps]
        left = np.concatenate(
            [(np.cumsum(s - e @ basis.T, axis=0)) / sigma for s, e in zip(steps, extents, strict=True)]
        )
        gone = np.array([e.sum(axis=0) for e in extents]).sum(axis=0)
        signs = np.where(gone < 0, -1, 1)
        back = sum(np.maximum(-signs * e, 0.0).sum(axis=0) for e in extents)
        if np.sqrt((left**2).mean()) <= LEFT and np.all(back <= BACK * np.abs(gone)):
            return tuple(_text(sign * np.array(v), species) for sign, v in zip(signs, chosen, strict=True))
    return ()


def _vectors(found: Discovery, count: int) -> list[tuple[int, ...]]:
    """Return the changes by the reactions of the best mechanisms and by two of them, each direction once.

    Two steps in which an unmeasured species comes and goes are one reaction of the measured ones.
    """
    rows: list[np.ndarray] = []
    for candidate in islice(found, READ):
        net = candidate.mechanism.net_stoichiometry
        pairs = [a + sign * b for a, b in combinations(net, 2) for sign in (1, -1)]
        rows += [row[:count] for row in (*net, *pairs) if not row[count:].any()]
    return sorted((v for v in _plain(rows) if sum(map(abs, v)) <= LARGE), key=lambda v: (sum(map(abs, v)), v))


def _plain(rows: Iterable[np.ndarray]) -> list[tuple[int, ...]]:
    """Return changes that use up something and make something, in smallest whole numbers, each direction once."""
    vectors: dict[tuple[int, ...], None] = {}
    for row in rows:
        if np.any(row < 0) and np.any(row > 0):
            first = row[np.flatnonzero(row)[0]]
            vectors.setdefault(tuple(int(x) for x in -np.sign(first) * row // np.gcd.reduce(row)))
    return list(vectors)


def _sets(vectors: Sequence[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Give independent sets of two and more reactions, the fewest and plainest first."""
    for size in range(2, MOST + 1):
        sets = sorted(combinations(vectors, size), key=lambda s: sum(sum(map(abs, v)) for v in s))
        for chosen in sets[:TRIED]:
            if np.linalg.matrix_rank(np.array(chosen)) == size:
                yield chosen


def _text(vector: np.ndarray, species: Sequence[str]) -> str:
    """Write a reaction in the text of networks; names that need quotes have them."""
    sides = []
    for sign in (-1, 1):
        members = [(int(sign * n), name) for n, name in zip(vector, species, strict=True) if sign * n > 0]
        sides.append(" + ".join(f"{n} {quoted(name)}" if n > 1 else quoted(name) for n, name in members))
    return f"{sides[0]} -> {sides[1]}"
