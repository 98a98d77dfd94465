"""When two networks are the same: as vector fields, and as sets of reactions."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from ..errors import NetworkError
from .complexes import Complex
from .held import without_held

if TYPE_CHECKING:
    from .network import Network


def dynamically_equivalent(first: "Network", second: "Network", tolerance: float = 0) -> bool:
    """Tell whether two networks have the same vector field.

    Polynomial networks are compared by canonical form, exactly; others by their ODEs, where a difference has
    to cancel to zero as a rational function to count as equal. A species that is held constant counts as the number
    that it is, see `held.without_held`.

    Parameters
    ----------
    tolerance
        Largest relative difference of two coefficients ``|a - b| / max(|a|, |b|)``; 0 compares exactly, also
        symbols.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> network("A -> 2 A @ 0.2").dynamically_equivalent(network("A -> 2 A @ 0.3; A -> 0 @ 0.1"))
    True
    """
    first, second = without_held(first), without_held(second)
    if {*first.species_names} != {*second.species_names} and _moving(first) != _moving(second):
        return False
    try:
        a, b = first.canonical_form(), second.canonical_form()
    except NetworkError:
        return _same_odes(first, second)
    if a.keys() != b.keys():
        return False
    for source, vector in a.items():
        if vector.keys() != b[source].keys():
            return False
        if not all(_close(value, b[source][name], tolerance) for name, value in vector.items()):
            return False
    return True


def _moving(network: "Network") -> set[str]:
    """Return the species that some reaction changes."""
    return {name for r in network.reactions for name in r.net}


def _close(a: sp.Expr, b: sp.Expr, tolerance: float) -> bool:
    if a == b:
        return True
    if a.free_symbols or b.free_symbols:
        return sp.cancel(a - b) == 0
    return bool(abs(float(a) - float(b)) <= tolerance * max(abs(float(a)), abs(float(b))))


def _same_odes(first: "Network", second: "Network") -> bool:
    a, b = first.odes(substitute=True), second.odes(substitute=True)
    zero = sp.Integer(0)
    return all(sp.cancel(sp.together(a.get(n, zero) - b.get(n, zero))) == 0 for n in {*a, *b})


@dataclass(frozen=True)
class ReactionScore:
    """How well one set of reactions finds another, rates ignored.

    Attributes
    ----------
    precision
        Share of the found reactions that are right.
    recall
        Share of the true reactions that are found.
    distance
        Number of reactions that only one of the two has.
    """

    precision: float
    recall: float
    distance: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def reaction_score(found: "Network", truth: "Network") -> ReactionScore:
    """Compare two networks as multisets of reactions (reactants, products), rates ignored.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.reaction_score(cs.network("A -> B; B -> C"), cs.network("A -> B; A -> C"))
    ReactionScore(precision=0.5, recall=0.5, distance=2)
    """
    a, b = _reaction_set(found), _reaction_set(truth)
    common = (a & b).total()
    precision = common / a.total() if a else 1.0
    recall = common / b.total() if b else 1.0
    return ReactionScore(precision, recall, a.total() + b.total() - 2 * common)


def edit_distance(first: "Network", second: "Network") -> int:
    """Return the number of reactions to delete or add to get from one network to the other.

    Examples
    --------
    >>> import crnsym as cs
    >>> cs.edit_distance(cs.network("A -> B; B -> C"), cs.network("A -> B; A -> C"))
    2
    """
    return reaction_score(first, second).distance


def _reaction_set(network: "Network") -> Counter[tuple[Complex, Complex]]:
    return Counter((r.reactants, r.products) for r in network.reactions)
