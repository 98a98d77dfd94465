"""Pairing reactants: the fewest pair bindings that leave no reaction with more than two reactants."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .complexes import Complex
from .scanner import PLAIN_NAME


@dataclass(frozen=True)
class Pairing:
    """Which pairs bind, and what the reactions look like then.

    Attributes
    ----------
    pairs
        {intermediate: the two reactants that make it}, in the order of binding.
    composition
        {intermediate: complex of original species}.
    reactants
        For each complex asked for, what is left: at most two molecules.
    """

    pairs: Mapping[str, Complex]
    composition: Mapping[str, Complex]
    reactants: tuple[Complex, ...]

    def uses(self, reaction: int) -> dict[str, int]:
        """Return how many of each intermediate one turnover of a reaction takes, inner ones included."""
        uses: Counter[str] = Counter()
        stack = [dict(self.reactants[reaction])]
        while stack:
            for name, n in stack.pop().items():
                if name in self.pairs:
                    uses[name] += int(n)
                    stack.append({part: m * n for part, m in self.pairs[name].items()})
        return dict(uses)


def pair_up(complexes: Sequence[Complex], taken: Iterable[str]) -> Pairing:
    """Bind the pair that most complexes can use, again and again, until none has more than two molecules.

    The fewest pairings are a hitting-set problem; this is the greedy choice. In the limit of fast binding no
    data tell which pair binds first, so sharing may decide. Of equally useful pairs two different species go
    first: a homodimer takes up twice as much of its monomer.

    Parameters
    ----------
    complexes
        With integer coefficients.
    taken
        Names that the intermediates must not have.
    """
    left = [Counter({name: int(n) for name, n in c.items()}) for c in complexes]
    names = set(taken)
    pairs: dict[str, Complex] = {}
    whole: dict[str, Complex] = {}
    while any(c.total() > 2 for c in left):
        x, y = _most_useful(left)
        made = new_name(f"{x}_{y}", names)
        names.add(made)
        pairs[made] = Complex({x: 2} if x == y else {x: 1, y: 1})
        whole[made] = _sum(whole.get(x) or Complex({x: 1}), whole.get(y) or Complex({y: 1}))
        for c in left:
            n = _applications(c, x, y)
            c[x] -= n
            c[y] -= n
            c[made] += n
    return Pairing(pairs, whole, tuple(Complex({name: n for name, n in c.items() if n}) for c in left))


def _applications(c: Counter[str], x: str, y: str) -> int:
    """Return how often a pair can bind in a complex before two molecules are left."""
    possible = c[x] // 2 if x == y else min(c[x], c[y])
    return max(0, min(possible, c.total() - 2))


def _most_useful(left: Sequence[Counter[str]]) -> tuple[str, str]:
    use: Counter[tuple[str, str]] = Counter()
    for c in left:
        present = sorted(name for name, n in c.items() if n)
        for i, x in enumerate(present):
            for y in present[i:]:
                use[x, y] += _applications(c, x, y)
    return min(use, key=lambda pair: (-use[pair], pair[0] == pair[1], pair))


def _sum(a: Complex, b: Complex) -> Complex:
    return Complex({name: a.get(name, 0) + b.get(name, 0) for name in {*a, *b}})


def new_name(wish: str, taken: Iterable[str]) -> str:
    """Return a name for a new species that is like a wish and not taken."""
    base = wish if PLAIN_NAME.fullmatch(wish) else "".join(c if c.isalnum() else "_" for c in wish)
    name, i = base, 2
    while name in taken:
        name, i = f"{base}_{i}", i + 1
    return name
