"""What a reader should know about a search beside its verdict."""

import numpy as np

from ..search.run import SearchResult


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
    if laws:
        found.append("constant within the noise, tried as conservation laws: " + _sums(laws[0], species))
    if len(balances) > strict:
        found.append(
            "nearly constant, by more than the noise but much less than the parts: " + _sums(balances[strict:], species)
        )
    return tuple(found)


def _sums(laws: np.ndarray, species: tuple[str, ...]) -> str:
    return "; ".join(
        " + ".join(s if n == 1 else f"{n} {s}" for s, n in zip(species, row, strict=True) if n) for row in laws
    )
