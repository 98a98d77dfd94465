"""Sparse vectors of exact rationals: rank, null space, extreme rays of the non-negative part.

A vector is {position: number} without zeros, so that work grows with what is there; a dense null space of a few
thousand species would not end.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import sympy as sp
from sympy import QQ
from sympy.polys.matrices.sdm import SDM

from ..errors import TooManyError

Sparse = Mapping[int, Any]


def rational(number: sp.Expr | int | Fraction) -> Any:
    """Return a sympy or Python number as an element of the domain of rationals."""
    return QQ(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else QQ(number)


def rank(vectors: Iterable[Sparse], size: int) -> int:
    """Return the rank of sparse rational vectors of a given length."""
    rows = {i: dict(v) for i, v in enumerate(vectors)}
    return len(SDM(rows, (len(rows), size), QQ).rref()[1])


def null_space(vectors: Iterable[Sparse], size: int) -> list[dict[int, int]]:
    """Return the reduced basis, in coprime integers, of what is orthogonal to all vectors.

    Each basis vector has a first position of its own, where it is positive and the others vanish.
    """
    rows = {i: dict(v) for i, v in enumerate(vectors)}
    if not rows:
        return [{i: 1} for i in range(size)]
    kernel = SDM(rows, (len(rows), size), QQ).nullspace()[0]
    reduced = SDM(dict(enumerate(kernel.values())), (len(kernel), size), QQ).rref()[0]
    return [primitive(row) for row in reduced.values()]


def primitive(row: Sparse) -> dict[int, int]:
    """Scale a rational vector to coprime integers with a positive first entry."""
    scale = lcm(*(int(c.denominator) for c in row.values()))
    integers = {j: int(c.numerator) * (scale // int(c.denominator)) for j, c in row.items()}
    divisor = gcd(*integers.values()) * (1 if integers[min(integers)] > 0 else -1)
    return {j: c // divisor for j, c in sorted(integers.items())}


def extreme_rays(basis: list[dict[int, int]], limit: int, what: str = "extreme rays") -> list[dict[int, int]]:
    """Return the minimal non-negative integer vectors in the span of a reduced basis, shortest first.

    Minimal: no other one has its support within theirs. Every non-negative vector of the span is a sum of them with
    non-negative weights. Double description in the coordinates of the basis: start from all combinations with
    non-negative weights and cut with one inequality ``vector[j] >= 0`` after the other, combining rays of opposite
    sign (Motzkin et al. 1953; Fukuda & Prodon 1996).

    Parameters
    ----------
    basis
        As `null_space` returns it: the entry at a vector's own first position is its weight, so it is >= 0 too.
    limit
        Largest number of rays, those on the way included.
    what
        What the rays are, for the message.

    Raises
    ------
    TooManyError
        If there are more than ``limit``.
    """
    rays = [dict(vector) for vector in basis]
    cut = sum(1 << min(vector) for vector in basis)
    for j in sorted({j for vector in basis for j, c in vector.items() if c < 0}):
        positive = [r for r in rays if r.get(j, 0) > 0]
        negative = [r for r in rays if r.get(j, 0) < 0]
        kept = [r for r in rays if r.get(j, 0) >= 0]
        combinations = len(kept) + len(positive) * len(negative)
        if combinations > 50 * limit:
            raise TooManyError(
                f"{what}: gave up at {combinations} combinations, too many for limit={limit}; raise the limit"
            )
        cut |= 1 << j
        for a in positive:
            for b in negative:
                mixed = {i: a.get(i, 0) * -b[j] + b.get(i, 0) * a[j] for i in {*a, *b}}
                kept.append(primitive({i: QQ(c) for i, c in mixed.items() if c}))
        rays = _minimal(kept, cut)
        if len(rays) > limit:
            raise TooManyError(f"more than {limit} {what}; raise the limit")
    return sorted(rays, key=lambda r: (len(r), sum(r.values()), sorted(r.items())))


def _minimal(rays: Iterable[dict[int, int]], cut: int) -> list[dict[int, int]]:
    """Drop a ray whose support among the cut positions contains that of another; supports are bit masks."""
    unique = {tuple(r.items()): r for r in rays}
    masks = [(sum(1 << i for i in r) & cut, r) for r in unique.values()]
    masks.sort(key=lambda pair: pair[0].bit_count())
    kept: list[tuple[int, dict[int, int]]] = []
    for mask, r in masks:
        if not any(other & mask == other and other != mask for other, _ in kept):
            kept.append((mask, r))
    return [r for _, r in kept]


def independent(vectors: Iterable[dict[int, int]], wanted: int) -> list[dict[int, int]]:
    """Return the first linearly independent vectors, at most as many as wanted."""
    chosen: list[dict[int, int]] = []
    reduced: list[dict[int, Any]] = []
    for vector in vectors:
        if len(chosen) == wanted:
            break
        row: dict[int, Any] = {j: QQ(c) for j, c in vector.items()}
        for other in reduced:
            pivot = min(other)
            if pivot in row:
                factor = row[pivot] / other[pivot]
                row = {j: row.get(j, QQ(0)) - factor * other.get(j, QQ(0)) for j in {*row, *other}}
                row = {j: c for j, c in row.items() if c}
        if row:
            reduced.append(row)
            chosen.append(vector)
    return chosen
