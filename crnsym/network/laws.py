"""Conservation laws, exact."""

from collections.abc import Iterable
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import QQ
from sympy.polys.matrices.sdm import SDM

from .structure import net_vectors

if TYPE_CHECKING:
    from .network import Network

_MOST_VECTORS = 500  # of the cone enumeration; beyond it the reduced basis is good enough


def conservation_laws(network: "Network") -> list[dict[str, int]]:
    """Return a basis of the sums of species that no reaction changes, [{species: integer}].

    Every law is primitive (greatest common divisor 1). Laws without negative entries and with as few species
    as possible come first, as far as they are found with little work: ``E + ES`` rather than ``S - E + P``;
    the rest is filled up from the reduced row echelon form. The result depends on the order of species, not
    of reactions. Constant and boundary species take no part.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> network("E + S <-> ES; ES -> E + P").conservation_laws()
    [{'E': 1, 'ES': 1}, {'S': 1, 'ES': 1, 'P': 1}]
    """
    names, fixed = network.species_names, network.fixed_species
    moving = [i for i, name in enumerate(names) if name not in fixed]
    column = {i: j for j, i in enumerate(moving)}
    vectors = [{column[i]: c for i, c in v.items()} for v in net_vectors(network)]
    basis = _null_space(vectors, len(moving))
    if any(c < 0 for law in basis for c in law.values()):
        basis = _independent([*_semipositive(basis), *basis], len(basis))
    basis.sort(key=lambda law: (min(law), sorted(law.items())))
    return [{names[moving[j]]: c for j, c in sorted(law.items())} for law in basis]


def conservation_matrix(network: "Network") -> np.ndarray:
    """Return the laws as an int64 matrix, laws x species; its product with the net stoichiometry is zero."""
    laws = conservation_laws(network)
    matrix = np.zeros((len(laws), len(network.species)), np.int64)
    for i, law in enumerate(laws):
        for name, c in law.items():
            matrix[i, network.species_index[name]] = c
    return matrix


def _null_space(vectors: list[dict[int, Any]], n: int) -> list[dict[int, int]]:
    """Return the reduced integer basis of what is orthogonal to all vectors."""
    if not vectors:
        return [{i: 1} for i in range(n)]
    kernel = SDM(dict(enumerate(vectors)), (len(vectors), n), QQ).nullspace()[0]
    reduced = SDM({i: row for i, row in enumerate(kernel.values())}, (len(kernel), n), QQ).rref()[0]
    return [_primitive(row) for row in reduced.values()]


def _primitive(row: dict[int, Any]) -> dict[int, int]:
    """Scale a rational vector to coprime integers with a positive first entry."""
    scale = lcm(*(int(c.denominator) for c in row.values()))
    integers = {j: int(c.numerator) * (scale // int(c.denominator)) for j, c in row.items()}
    divisor = gcd(*integers.values()) * (1 if integers[min(integers)] > 0 else -1)
    return {j: c // divisor for j, c in sorted(integers.items())}


def _semipositive(basis: list[dict[int, int]]) -> list[dict[int, int]]:
    """Return the extreme rays of the cone {law >= 0} in the span of the basis, fewest species first.

    Double description in the coordinates of the basis: start from the orthant-free cone of all combinations
    and cut with one inequality ``law[j] >= 0`` after the other, combining rays of opposite sign.
    """
    # In the reduced basis every law has a pivot species of its own, so its coordinate must be non-negative
    # too: the unit combinations are the rays of the first cuts.
    rays: list[dict[int, int]] = [dict(law) for law in basis]
    columns = sorted({j for law in basis for j, c in law.items() if c < 0})
    done: set[int] = {min(law) for law in basis}
    for j in columns:
        positive = [r for r in rays if r.get(j, 0) > 0]
        negative = [r for r in rays if r.get(j, 0) < 0]
        kept = [r for r in rays if r.get(j, 0) >= 0]
        if len(kept) + len(positive) * len(negative) > _MOST_VECTORS:
            return [r for r in rays if all(c > 0 for c in r.values())]
        done.add(j)
        for a in positive:
            for b in negative:
                mixed = {i: a.get(i, 0) * -b[j] + b.get(i, 0) * a[j] for i in {*a, *b}}
                kept.append(_primitive({i: QQ(c) for i, c in mixed.items() if c}))
        rays = _minimal(kept, done)
    return sorted(rays, key=lambda r: (len(r), sum(r.values()), sorted(r.items())))


def _minimal(rays: Iterable[dict[int, int]], cut: set[int]) -> list[dict[int, int]]:
    """Drop a ray whose support among the cut coordinates contains that of another."""
    unique = {tuple(r.items()): r for r in rays}
    supports = [(frozenset(r) & cut, r) for r in unique.values()]
    return [r for s, r in supports if not any(other < s for other, _ in supports)]


def _independent(laws: list[dict[int, int]], wanted: int) -> list[dict[int, int]]:
    """Return the first linearly independent laws."""
    chosen: list[dict[int, int]] = []
    reduced: list[dict[int, Any]] = []
    for law in laws:
        row = {j: QQ(c) for j, c in law.items()}
        for other in reduced:
            pivot = min(other)
            if pivot in row:
                factor = row[pivot] / other[pivot]
                row = {j: row.get(j, QQ(0)) - factor * other.get(j, QQ(0)) for j in {*row, *other}}
                row = {j: c for j, c in row.items() if c}
        if row:
            reduced.append(row)
            chosen.append(law)
        if len(chosen) == wanted:
            break
    return chosen
