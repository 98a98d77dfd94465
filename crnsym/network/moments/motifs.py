"""Motifs: what a few sites of a lattice hold, up to the symmetries of the lattice."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import permutations, product

from ..latex import apart, latex_name

Site = tuple[int, ...]
Motif = tuple[tuple[Site, int], ...]
"""Sites with their states, sorted; state 0 is an empty site, species count from 1."""


@cache
def canonical(motif: Motif, shape: tuple[int, ...]) -> Motif:
    """Return one of all motifs that shifts, reflections and turns of the periodic lattice make of this one."""
    found = []
    for order, signs in _symmetries(shape):
        turned = [(tuple(sign * site[axis] for axis, sign in zip(order, signs, strict=True)), s) for site, s in motif]
        for origin, _ in turned:
            moved = sorted((_relative(site, origin, shape), s) for site, s in turned)
            behind = sum(x < 0 for site, _ in moved for x in site)
            found.append((behind, tuple(moved)))
    return min(found)[1] if found else ()


def _relative(site: Site, origin: Site, shape: tuple[int, ...]) -> Site:
    """Return the shortest way from the origin to a site."""
    return tuple((x - o + (n - 1) // 2) % n - (n - 1) // 2 for x, o, n in zip(site, origin, shape, strict=True))


@cache
def _symmetries(shape: tuple[int, ...]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    axes = range(len(shape))
    orders = [order for order in permutations(axes) if tuple(shape[axis] for axis in order) == shape]
    return tuple((order, signs) for order in orders for signs in product((1, -1), repeat=len(shape)))


def neighbours(site: Site, shape: tuple[int, ...]) -> Iterator[Site]:
    """Yield the nearest neighbours of a site."""
    for axis in range(len(shape)):
        for step in (1, -1):
            yield _relative((*site[:axis], site[axis] + step, *site[axis + 1 :]), (0,) * len(shape), shape)


def motif_text(motif: Motif, names: Sequence[str]) -> str:
    """Write a motif: ``⟨A⟩``, ``⟨A(0) B(1)⟩``, with ∅ for an empty site."""
    if len(motif) == 1:
        return f"⟨{_state(motif[0][1], names)}⟩"
    return f"⟨{' '.join(f'{_state(s, names)}({_place(site)})' for site, s in motif)}⟩"


def motif_latex(motif: Motif, names: Sequence[str]) -> str:
    r"""Write a motif in LaTeX: ``\langle \mathrm{A}_{0} \mathrm{B}_{1} \rangle``."""
    looks = apart(sorted(names))
    states = [r"\varnothing" if s == 0 else rf"{{{latex_name(names[s - 1], looks, upright=True)}}}" for _, s in motif]
    if len(motif) == 1:
        return rf"\langle {states[0]} \rangle"
    parts = [f"{state}_{{{_place(site)}}}" for (site, _), state in zip(motif, states, strict=True)]
    return rf"\langle {' '.join(parts)} \rangle"


def without_empty(motif: Motif, species: int) -> Iterator[tuple[int, Motif]]:
    """Write a motif with empty sites as a sum of motifs of molecules alone: yields (coefficient, motif)."""
    for i, (site, s) in enumerate(motif):
        if s == 0:
            rest = (*motif[:i], *motif[i + 1 :])
            yield from without_empty(rest, species)
            for occupant in range(1, species + 1):
                filled = (*motif[:i], (site, occupant), *motif[i + 1 :])
                yield from ((-c, m) for c, m in without_empty(filled, species))
            return
    yield 1, motif


def with_site(motif: Iterable[tuple[Site, int]], changes: dict[Site, int]) -> Motif:
    """Return a motif with other states at some sites."""
    return tuple(sorted({**dict(motif), **changes}.items()))


def _state(s: int, names: Sequence[str]) -> str:
    return names[s - 1] if s else "∅"


def _place(site: Site) -> str:
    return ",".join(map(str, site))
