"""What a reader should know about a search beside its verdict."""

import numpy as np

from ..data.mechanism import Mechanism
from ..search.run import SearchResult
from ..search.score import matter


def remarks(
    result: SearchResult, laws: list[np.ndarray], balances: np.ndarray, species: tuple[str, ...], complete: bool
) -> tuple[str, ...]:
    """Say how the search ended, and which sums stay constant in the data.

    Parameters
    ----------
    result
        What the search brought.
    laws
        Sets of conservation laws that hold within the noise.
    balances
        ``(laws, species)``: the last of these sets, followed by sums that nearly hold.
    species
        Names of the measured species.
    complete
        Whether the search came to its end.
    """
    found = []
    if not complete:
        why = result.stages[-1][0] if result.stages else "cut short"
        found.append(f"the search did not end by itself ({why}); these are the best candidates so far")
    if result.ranked and not len(result.ranked[0][1].mechanism.log_rates):
        found.append("no reaction at all explains these data best: nothing changes beyond the noise")
    strict = len(laws[-1]) if laws else 0
    constant, near = (
        _believable(rows, result, complete) for rows in (laws[0] if laws else balances[:0], balances[strict:])
    )
    aside = ", feeds and dilution aside" if result.problem.operation is not None else ""
    if len(constant):
        found.append(f"constant within the noise{aside}: " + _sums(constant, species))
    if len(near):
        found.append(
            f"nearly constant{aside}, by more than the noise but much less than the parts: " + _sums(near, species)
        )
    return tuple(found)


def drift(best: Mechanism, near: np.ndarray, species: tuple[str, ...]) -> str:
    """Name the sums of all measured species that nearly stay constant although a mechanism does not keep matter.

    Parameters
    ----------
    best
        The best mechanism.
    near
        ``(sums, species)`` that vary by more than the noise, but much less than their parts.
    species
        Names of the measured species.
    """
    net = best.net_stoichiometry
    if matter(best.reactants, net) == "kept":
        return ""
    totals = near[np.all(near > 0, axis=1)]
    return _sums(totals[np.any(net[:, : near.shape[1]] @ totals.T != 0, axis=0)], species)


def _believable(laws: np.ndarray, result: SearchResult, complete: bool) -> np.ndarray:
    """Keep the sums that a chemist can read as something conserved.

    None has a negative coefficient, and it counts every measured species or the best mechanism of a complete search
    conserves it: others are coincidences of these runs, such as a constant ratio of products.
    """
    readable = laws[np.all(laws >= 0, axis=1)]
    if not result.ranked:
        return readable
    mechanism = result.ranked[0][1].mechanism
    net = mechanism.net_stoichiometry[:, : laws.shape[1]]
    kept = np.all(net @ readable.T == 0, axis=0) & bool(len(net)) & complete
    return readable[np.all(readable > 0, axis=1) | kept]


def _sums(laws: np.ndarray, species: tuple[str, ...]) -> str:
    return "; ".join(
        " + ".join(s if n == 1 else f"{n} {s}" for s, n in zip(species, row, strict=True) if n) for row in laws
    )
