"""Siphons: sets of species that stay away once they are gone, and what follows for persistence.

D. Angeli, P. De Leenheer & E. D. Sontag, Math. Biosci. 210 (2007) 598.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...errors import TooManyError
from .moving import moving_part
from .verdict import Verdict, verdict

if TYPE_CHECKING:
    from ..network import Network

_EFFORT = 50  # steps of the search for each siphon of the limit


def siphons(network: "Network", critical: bool = False, limit: int = 1000) -> list[tuple[str, ...]]:
    """Return the minimal siphons, smallest first, species in their order.

    A siphon is a set of species such that every reaction that makes one of them consumes (or needs) one of them:
    where all are absent they stay absent. Constant species are never absent.

    Parameters
    ----------
    critical
        Keep only those within which nothing non-negative is conserved: the species of the others cannot all vanish
        from a positive start.
    limit
        Largest number of siphons; the work that may be spent grows with it.

    Raises
    ------
    TooManyError
        If the limit does not suffice.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> siphons(network("E + S <-> ES; ES -> E + P"))
    [('E', 'ES'), ('S', 'ES')]
    """
    moving = moving_part(network)
    names = moving.species_names
    found = _minimal_siphons(moving, limit)
    if critical:
        conserved = _conserved_supports(moving, limit)
        found = [z for z in found if not any(support & z == support for support in conserved)]
    sets = [tuple(name for i, name in enumerate(names) if z >> i & 1) for z in found]
    return sorted(sets, key=lambda z: (len(z), [moving.species_index[n] for n in z]))


def persistence(network: "Network", limit: int = 1000) -> Verdict:
    """Say whether no species can die out, by a sufficient condition.

    It applies where a positive combination of all species is conserved and every siphon contains the species of a
    non-negative conservation law.

    Raises
    ------
    TooManyError
        If there are more siphons than ``limit``.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> bool(persistence(network("A <-> B"))), bool(persistence(network("A -> B")))
    (True, False)
    """
    moving = moving_part(network)
    held = {name for law in moving.conservation_laws(semipositive=True) for name in law}
    free = [name for name in moving.species_names if name not in held]
    open_ = siphons(network, critical=True, limit=limit)
    inside = f"{free[0]} is in no non-negative conservation law" if free else "every species is in a conservation law"
    siphon = (
        f"nothing is conserved within the siphon {{{', '.join(open_[0])}}}"
        if open_
        else "every siphon contains the species of a conservation law"
    )
    conclusion = "No species dies out: courses that start positive stay away from zero for all times."
    return verdict("persistence by siphons", [(not free, inside), (not open_, siphon)], conclusion)


def _conserved_supports(network: "Network", limit: int) -> list[int]:
    from ..laws import conservation_laws

    index = network.species_index
    return [sum(1 << index[n] for n in law) for law in conservation_laws(network, semipositive=True, limit=limit)]


def _minimal_siphons(network: "Network", limit: int) -> list[int]:
    """Return the minimal siphons as bit masks of species."""
    makers = _makers(network)
    barred = _never_absent(makers)
    budget = [_EFFORT * limit]
    found: list[int] = []
    for seed in range(len(network.species)):
        if not barred >> seed & 1:
            # siphons of which the seed is the first species
            for z in _completions(1 << seed, barred | ((1 << seed) - 1), makers, found, budget):
                found = [other for other in found if z & other != z]
                found.append(z)
                if len(found) > limit:
                    raise TooManyError(f"more than {limit} minimal siphons; raise the limit")
    return found


def _makers(network: "Network") -> list[list[int]]:
    """Return for each species the reactant sets of the reactions that make it anew, as bit masks."""
    index = network.species_index
    makers: list[dict[int, None]] = [{} for _ in network.species]
    for r in network.reactions:
        left = sum(1 << index[n] for n in r.reactants)
        for name in r.products:
            if name not in r.reactants:
                makers[index[name]][left] = None
    return [list(sets) for sets in makers]


def _never_absent(makers: list[list[int]]) -> int:
    """Return the species in no siphon: those made from nothing, or from such species alone."""
    barred, before = 0, -1
    while barred != before:
        before = barred
        for i, sets in enumerate(makers):
            if any(left & ~barred == 0 for left in sets):
                barred |= 1 << i
    return barred


def _completions(
    start: int, barred: int, makers: list[list[int]], found: list[int], budget: list[int]
) -> Iterator[int]:
    """Yield siphons that contain the start and no barred species, depth first; each branch adds one species."""
    stack = [(start, barred)]
    known = list(found)
    while stack:
        z, out = stack.pop()
        budget[0] -= 1
        if budget[0] < 0:
            raise TooManyError(
                f"siphons: gave up with {len(known)} found, for the search is too long for this limit; raise the limit"
            )
        if any(other & z == other for other in known):
            continue
        needed = [left & ~out for i, sets in enumerate(makers) if z >> i & 1 for left in sets if not left & z]
        if not needed:
            known.append(z)
            yield z
            continue
        options = min(needed, key=int.bit_count)
        branches = []
        while options:
            bit = options & -options
            options ^= bit
            branches.append((z | bit, out))
            out |= bit
        stack += reversed(branches)
