"""How many reactions to add or delete until two networks are the same, names of species left open."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..network import Network

Step = dict[int, tuple[Any, Any]]  # a reaction: {species: (reactant, product) coefficient}


@dataclass(frozen=True)
class EditDistance:
    """A distance of two networks up to the names of species.

    Attributes
    ----------
    distance
        Number of reactions to delete or add.
    exact
        Whether no other assignment of species gives less; else the distance is an upper bound.
    mapping
        {species of the first: species of the second}, where one is assigned.
    """

    distance: int
    exact: bool
    mapping: Mapping[str, str]


def relabelled_edit_distance(first: "Network", second: "Network", timeout: float = 10.0) -> EditDistance:
    """Return the edit distance of two networks under the best assignment of species, rates ignored.

    Branch and bound: species are assigned one after the other; reactions can only agree if they do on what is
    assigned, and have the same coefficients in some order on what is not.

    Parameters
    ----------
    timeout
        Seconds after which the best assignment so far is returned, with ``exact=False``.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> relabelled_edit_distance(network("A -> B; B -> C"), network("Y -> X; X -> 2 X"))
    EditDistance(distance=2, exact=True, mapping={'A': 'Y', 'B': 'X'})
    """
    swapped = len(first.species) > len(second.species)
    small, large = (second, first) if swapped else (first, second)
    search = _Search(_steps(small), _steps(large), len(small.species), len(large.species), monotonic() + timeout)
    search.descend({})
    pairs = {small.species_names[i]: large.species_names[j] for i, j in search.best.items()}
    if swapped:
        pairs = {b: a for a, b in pairs.items()}
    mapping = {n: pairs[n] for n in first.species_names if n in pairs}
    total = len(first.reactions) + len(second.reactions)
    return EditDistance(total - 2 * max(search.common, 0), search.exact, mapping)


def _steps(network: "Network") -> list[Step]:
    index = network.species_index
    return [
        {index[n]: (r.reactants.get(n, 0), r.products.get(n, 0)) for n in {**r.reactants, **r.products}}
        for r in network.reactions
    ]


class _Search:
    def __init__(self, small: list[Step], large: list[Step], m: int, n: int, deadline: float) -> None:
        self.small, self.large, self.n, self.deadline = small, large, n, deadline
        used = Counter(i for step in small for i in step)
        self.order = sorted(range(m), key=lambda i: (-used[i], i))
        self.common, self.best, self.exact = -1, {}, True
        self.best: dict[int, int]

    def descend(self, assigned: dict[int, int]) -> None:
        """Assign the next species in all ways that may still lead to more common reactions."""
        if len(assigned) == len(self.order):
            common = self.bound(assigned)
            if common > self.common:
                self.common, self.best = common, dict(assigned)
            return
        species = self.order[len(assigned)]
        taken = set(assigned.values())
        options = []
        for image in range(self.n):
            if image not in taken:
                options.append((-self.bound({**assigned, species: image}), image))
        for bound, image in sorted(options):
            if -bound <= self.common:
                return
            if monotonic() > self.deadline and self.common >= 0:
                self.exact = False
                return
            self.descend({**assigned, species: image})

    def bound(self, assigned: dict[int, int]) -> int:
        """Return how many reactions can be common at most."""
        images = {j: j for j in assigned.values()}
        ours = Counter(_key(step, assigned) for step in self.small)
        theirs = Counter(_key(step, images) for step in self.large)
        return (ours & theirs).total()


def _key(step: Step, names: dict[int, int]) -> tuple[Any, Any]:
    """Return what is known of a reaction: its coefficients of assigned species, and the others in some order."""
    known = frozenset((names[i], c) for i, c in step.items() if i in names)
    return known, frozenset(Counter(c for i, c in step.items() if i not in names).items())
