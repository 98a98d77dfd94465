"""Everything that can happen on one site or between two neighbours of a lattice with at most one molecule a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

from ..network.complexes import Complex
from ..network.moments.site_rules import TURNED

EMPTY = 0


@dataclass(frozen=True)
class Rule:
    """What one site, or two neighbours, hold before and after.

    Attributes
    ----------
    before, after
        Of one or two sites: 0 for an empty site, n for the n-th species.
    shuffled
        Whether the two places after the event are exchanged half of the times.
    apart
        Squared distance of two sites.

    Examples
    --------
    >>> Rule((1, 0), (1, 1)).text(["P"])
    'P -> 2 P'
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    shuffled: bool = False
    apart: int = 1

    @property
    def is_movement(self) -> bool:
        """Whether molecules only change places."""
        return sorted(self.before) == sorted(self.after)

    @property
    def is_hop(self) -> bool:
        """Whether a molecule moves to an empty neighbour."""
        return self.is_movement and EMPTY in self.before

    @property
    def is_reaction(self) -> bool:
        """Whether the places are those of a reaction of a network, so that the simulator can run it as it stands.

        A product that is also a reactant keeps its site, and others are placed at random where there is a choice. Two
        products of nothing take two empty neighbours.
        """
        if len(self.before) == 1:
            return True
        (a, b), (c, d) = self.before, self.after
        if self.before == (EMPTY, EMPTY):
            return EMPTY not in self.after
        if self.is_movement or a == EMPTY or (b == EMPTY and EMPTY in (c, d)):
            return False
        if b == EMPTY and a in (c, d):
            return c == a
        if a == b:
            return True
        if a in (c, d) or b in (c, d):
            return c == a or d == b
        return self.shuffled or c == d

    def bonds(self) -> list[tuple[float, tuple[int, ...]]]:
        """Return the outcomes with their probabilities."""
        return [(0.5, self.after), (0.5, self.after[::-1])] if self.shuffled else [(1.0, self.after)]

    def sides(self, species: Sequence[str]) -> tuple[Complex, Complex]:
        """Return reactants and products: what is used up and made, without the places."""
        return _complex(species, self.before), _complex(species, self.after)

    def factor(self, directions: int) -> float:
        """Return what a rate for each bond is multiplied with to give the rate constant of a network.

        A reaction of one molecule that needs an empty neighbour happens towards each of ``directions`` neighbours.
        """
        return float(directions) if self.before.count(EMPTY) == 1 and len(self.before) == 2 and not self.is_hop else 1.0

    def site_rule(self, species: Sequence[str]) -> str:
        """Return a rule of two sites as `crnsym.simulate_lattice` reads it."""
        names = ["0", *species]
        one, two = (f"({', '.join(names[s] for s in states)})" for states in (self.before, self.after))
        return f"{one} -> {two}{TURNED if self.shuffled else ''}"

    def text(self, species: Sequence[str]) -> str:
        """Return the rule as a reaction; with the contents of the two sites where a reaction does not say them."""
        names = ["0", *species]
        if self.is_hop:
            far = f" {self.apart**0.5:.3g} far" if self.apart > 1 else ""
            return f"{names[max(self.before)]} hops{far}"
        if self.is_movement:
            return f"{names[self.before[0]]} and {names[self.before[1]]} trade places"
        text = " -> ".join(map(str, self.sides(species)))
        if self.is_reaction:
            return text
        return f"{text}  [sites {self.site_rule(species)}]"


def neighbour_rules(species: int) -> list[Rule]:
    """Return the complete library of rules of one site and of two neighbours, movements included.

    Rules of two sites that differ only by the order of the sites are one. 45 rules for two species, 144 for three.
    """
    states = range(species + 1)
    rules = [Rule((a,), (c,)) for a, c in product(states, states) if a != c]
    for b, a in combinations_with_replacement(states, 2):
        pairs = [(c, d) for c, d in product(states, states) if (c, d) != (a, b) and (a != b or c >= d)]
        rules += [Rule((a, b), after) for after in pairs]
        apart = [(c, d) for c, d in pairs if a != b and c > d and not {a, b} & {c, d}]
        rules += [Rule((a, b), after, shuffled=True) for after in apart]
    return rules


def long_hops(species: int, squares: Sequence[int]) -> list[Rule]:
    """Return hops to empty sites at squared distances beyond those of neighbours."""
    return [Rule((s, EMPTY), (EMPTY, s), apart=square) for square in squares for s in range(1, species + 1)]


def _complex(species: Sequence[str], states: Sequence[int]) -> Complex:
    return Complex({name: states.count(s) for s, name in enumerate(species, 1) if s in states})
