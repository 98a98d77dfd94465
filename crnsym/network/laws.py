"""Conservation laws and elementary modes, exact."""

from typing import TYPE_CHECKING, Any

from ..errors import TooManyError
from .elimination import extreme_rays, independent, null_space, rational
from .structure import net_vectors

if TYPE_CHECKING:
    from .network import Network

_MOST_RAYS = 100  # on the way to a basis; beyond it the reduced basis is good enough


def conservation_laws(network: "Network", semipositive: bool = False, limit: int = 10000) -> list[dict[str, int]]:
    """Return the sums of species that no reaction changes, [{species: integer}].

    Every law is primitive (greatest common divisor 1). The result depends on the order of species, not of
    reactions. Constant and boundary species take no part.

    Parameters
    ----------
    semipositive
        False: a basis. Laws without negative entries and with as few species as possible come first, as far as they
        are found with little work (``E + ES`` rather than ``S - E + P``); the rest is filled up from the reduced row
        echelon form. True: all laws with non-negative entries of which no other one has fewer species, the extreme
        rays; they need not be independent, and where there are none, nothing non-negative is conserved.
    limit
        Largest number of extreme rays.

    Raises
    ------
    TooManyError
        If there are more extreme rays than ``limit``.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> network("E + S <-> ES; ES -> E + P").conservation_laws()
    [{'E': 1, 'ES': 1}, {'S': 1, 'ES': 1, 'P': 1}]
    """
    names, fixed = network.species_names, network.fixed_species
    moving = [i for i, name in enumerate(names) if name not in fixed]
    if fixed:
        column = {i: j for j, i in enumerate(moving)}
        vectors = [{column[i]: c for i, c in v.items()} for v in net_vectors(network)]
        laws = null_space(vectors, len(moving))
    else:
        laws = list(network.structure.left_kernel)
    if semipositive:
        laws = extreme_rays(laws, limit, "semi-positive conservation laws")
    elif any(c < 0 for law in laws for c in law.values()):
        laws = independent([*_few_rays(laws), *laws], len(laws))
    laws.sort(key=lambda law: (min(law), sorted(law.items())))
    return [{names[moving[j]]: c for j, c in sorted(law.items())} for law in laws]


def _few_rays(basis: list[dict[int, int]]) -> list[dict[int, int]]:
    """Return the extreme rays if they are few, else what is non-negative already."""
    try:
        return extreme_rays(basis, _MOST_RAYS)
    except TooManyError:
        return [law for law in basis if all(c > 0 for c in law.values())]


def elementary_modes(network: "Network", limit: int = 10000) -> list[dict[int, int]]:
    """Return the minimal ways to run the reactions without a net change, [{reaction position: turnovers}].

    Parameters
    ----------
    limit
        Largest number of modes.

    Raises
    ------
    TooManyError
        If there are more modes than ``limit``.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> elementary_modes(network("A <-> B; B -> C; C -> A"))
    [{0: 1, 1: 1}, {0: 1, 2: 1, 3: 1}]
    """
    rows: dict[str, dict[int, Any]] = {}
    for i, reaction in enumerate(network.reactions):
        for name, c in reaction.net.items():
            if name not in network.fixed_species:
                rows.setdefault(name, {})[i] = rational(c)
    return extreme_rays(null_space(rows.values(), len(network.reactions)), limit, "elementary modes")
