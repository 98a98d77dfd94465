"""Mechanisms as short text, straight from arrays: for progress, tables and inclusion probabilities."""

import numpy as np

from ..data.mechanism import Mechanism
from ..refit.general.mechanism import LawMechanism


def complex_text(species: tuple[str, ...], row: np.ndarray) -> str:
    """Write one side of a reaction such as ``2 A + B``, sorted by name as in a network; ``0`` for nothing."""
    terms = [s if n == 1 else f"{n} {s}" for s, n in sorted(zip(species, map(int, row), strict=True)) if n]
    return " + ".join(terms) or "0"


def reaction_texts(mechanism: Mechanism) -> list[str]:
    """Every reaction such as ``2 A -> B``, in order, without rates."""
    if isinstance(mechanism, LawMechanism):
        return mechanism.reactions
    return [
        f"{complex_text(mechanism.species, a)} -> {complex_text(mechanism.species, b)}"
        for a, b in zip(mechanism.reactants, mechanism.products, strict=True)
    ]


def mechanism_lines(mechanism: Mechanism) -> list[str]:
    """Reactions with their rate constants, aligned, one a line."""
    texts = reaction_texts(mechanism)
    width = max((len(t) for t in texts), default=0)
    return [f"{t:<{width}}  @ {k:.4g}" for t, k in zip(texts, np.exp(mechanism.log_rates), strict=True)]


def ordered(mechanism: Mechanism) -> Mechanism:
    """Return the mechanism with its reactions in reading order."""
    return mechanism.take(in_reading_order(mechanism))


def in_reading_order(mechanism: Mechanism) -> np.ndarray:
    """Positions of the reactions as a reader expects them: by reactants, a reverse step after its forward step.

    The order depends on the structure alone, so that equal mechanisms print equally.
    """
    sides = [
        (tuple(map(int, a)), tuple(map(int, b))) for a, b in zip(mechanism.reactants, mechanism.products, strict=True)
    ]

    def key(i: int) -> tuple[object, ...]:
        # lexicographic with the first species first, zero complex (inflow) at the very front
        a, b = sides[i]
        return (sum(a) > 0, tuple(-n for n in a), sum(a), tuple(-n for n in b))

    remaining = sorted(range(len(sides)), key=key)
    order: list[int] = []
    while remaining:
        i = remaining.pop(0)
        order.append(i)
        reverse = [j for j in remaining if sides[j] == sides[i][::-1]]
        if reverse:
            order.append(reverse[0])
            remaining.remove(reverse[0])
    return np.array(order, int)
