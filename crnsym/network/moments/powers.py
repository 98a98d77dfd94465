"""Monomials of counts, and polynomials in them with whole coefficients.

A monomial is the sorted tuple of the positions of its factors: ``(0, 0, 2)`` is x0^2 x2, and ``()`` is 1.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement
from math import comb, prod

Powers = tuple[int, ...]
Polynomial = Mapping[Powers, int]

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def all_powers(species: Sequence[int], order: int) -> list[Powers]:
    """Return the monomials of degree 1 to ``order``, low degrees first."""
    return [m for degree in range(1, order + 1) for m in combinations_with_replacement(species, degree)]


def times(one: Powers, other: Powers) -> Powers:
    """Return the product of two monomials."""
    return tuple(sorted(one + other))


def falling_factorial(molecules: Mapping[int, int]) -> dict[Powers, int]:
    """Return the product of x (x - 1) ... (x - n + 1) over {position: n}, expanded."""
    found: dict[Powers, int] = {(): 1}
    for position, n in molecules.items():
        for taken in range(n):
            longer: Counter[Powers] = Counter()
            for m, c in found.items():
                longer[times(m, (position,))] += c
                longer[m] -= taken * c
            found = {m: c for m, c in longer.items() if c}
    return found


def jump(m: Powers, change: Mapping[int, int]) -> dict[Powers, int]:
    """Return (x + change)^m - x^m, expanded."""
    found: Counter[Powers] = Counter()
    movable = [i for i, position in enumerate(m) if change.get(position)]
    for count in range(1, len(movable) + 1):
        for moved in combinations(movable, count):
            rest = tuple(position for i, position in enumerate(m) if i not in moved)
            found[rest] += prod(change[m[i]] for i in moved)
    return {powers: c for powers, c in found.items() if c}


def divisors(m: Powers) -> Iterator[tuple[Powers, Powers, int]]:
    """Yield (s, m / s, product of binomials) for every divisor s of a monomial."""
    found: list[tuple[Powers, Powers, int]] = [((), (), 1)]
    for position, n in Counter(m).items():
        found = [
            (s + (position,) * k, rest + (position,) * (n - k), c * comb(n, k))
            for s, rest, c in found
            for k in range(n + 1)
        ]
    yield from found


def binomial(m: Powers, s: Powers) -> int:
    """Return the product of the binomial coefficients of the exponents of two monomials."""
    above, below = Counter(m), Counter(s)
    return prod(comb(above[position], k) for position, k in below.items())


def partitions(m: Powers) -> Iterator[list[Powers]]:
    """Yield the ways to divide the factors of a monomial into blocks; equal factors count as different."""
    if not m:
        yield []
        return
    for rest in partitions(m[1:]):
        yield [m[:1], *rest]
        for i, block in enumerate(rest):
            yield [*rest[:i], m[:1] + block, *rest[i + 1 :]]


def powers_text(m: Powers, names: Sequence[str], sign: str = "") -> str:
    """Write the mean of a monomial: ``⟨A² B⟩``, or with a sign ``⟨δA² δB⟩``."""
    factors = [
        f"{sign}{names[position]}" + (str(n).translate(_RAISED) if n > 1 else "") for position, n in Counter(m).items()
    ]
    return f"⟨{' '.join(factors)}⟩"
