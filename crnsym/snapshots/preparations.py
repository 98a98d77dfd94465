"""What snapshots are given, and what is too much or too little to be searched."""

from collections.abc import Sequence
from typing import Any

from ..data.snapshots import Shots, Snapshots, as_snapshots
from ..errors import DataError
from ..network.arguments import real
from .observed import Jumps
from .rules import Rule, long_hops, neighbour_rules

LEAST = 3  # runs, or parts of lattices, whose scatter can be told
MOST_RULES = 1000  # that are searched
FARTHEST = 6.0  # hop that is tried, in distances of neighbours


def preparations(given: Shots | Sequence[Shots]) -> list[Snapshots]:
    """Return snapshots as a list, one a preparation.

    Raises
    ------
    DataError
        Anything that holds no snapshots, or preparations of differing species or lattices.
    """
    if not isinstance(given, list | tuple):
        alone: Any = given
        return [as_snapshots(alone)]
    if not given:
        raise DataError("no snapshots; give one set of them, or a list of sets")
    found = []
    for number, one in enumerate(given):
        try:
            found.append(as_snapshots(one))
        except DataError as error:
            raise DataError(str(error) if not number and len(given) < 3 else f"number {number}: {error}") from None
    for number, other in enumerate(found[1:], 1):
        for name in ("species", "kind", "lattice"):
            one, two = getattr(found[0], name), getattr(other, name)
            if one != two:
                raise DataError(
                    f"preparation {number} has {name}={two!r} and preparation 0 has {one!r}; they are alike"
                )
        if len(other.shape) != len(found[0].shape):
            raise DataError(
                f"preparation {number} has {len(other.shape)} sides and preparation 0 has {len(found[0].shape)}"
            )
    return found


def library_of(shots: Snapshots, longest_hop: float) -> list[Rule]:
    """Return the rules of one site and of two neighbours, with longer hops if asked.

    Raises
    ------
    DataError
        A distance that is none, or so many rules that a search would not end.
    """
    far, species = real(longest_hop), len(shots.species)
    if far is None or not 1 <= far <= FARTHEST:
        raise DataError(f"longest_hop={longest_hop!r}: give a distance from 1 to {FARTHEST:g}, in those of neighbours")
    states, pairs = species + 1, (species + 1) * (species + 2) // 2
    refuse_many(pairs * states**2, f"rules of two neighbours of {species} species")
    squares = [d for d in range(2, int(far**2 + 1e-9) + 1) if _is_distance(d, len(shots.shape), shots.lattice)]
    return [*neighbour_rules(species), *long_hops(species, squares)]


def _is_distance(square: int, dimensions: int, lattice: str) -> bool:
    reach = range(int(square**0.5) + 1)
    if lattice == "hexagonal":
        return any(a * a + a * b + b * b == square for a in reach for b in reach)
    if dimensions == 1:
        return any(a * a == square for a in reach)
    third = reach if dimensions == 3 else (0,)
    return any(a * a + b * b + c * c == square for a in reach for b in reach for c in third)


def refuse_many(rules: int, what: str) -> None:
    """Refuse a library that a search would not end with.

    Raises
    ------
    DataError
        Says how many there are.
    """
    if rules > MOST_RULES:
        raise DataError(
            f"there are about {rules:,} {what}, more than the {MOST_RULES:,} that can be searched; leave species out, "
            "or give the counts alone with max_order=1"
        )


def refuse_few(every: Sequence[Snapshots], jumps: Sequence[Jumps]) -> None:
    """Refuse snapshots whose scatter says nothing.

    Raises
    ------
    DataError
        Says how many runs there are.
    """
    for shots, one in zip(every, jumps, strict=True):
        runs = len(one.values)
        if runs < LEAST:
            raise DataError(
                f"{runs} run{'s' * (runs != 1)}: three or more are needed to tell reactions from their noise, or one "
                "on a lattice that is large enough to be divided"
            )
        if runs == shots.runs and (shots.values == shots.values[:1]).all():
            raise DataError(f"all {runs} runs are the same; reactions are told by how runs of molecules scatter")
