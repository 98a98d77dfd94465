"""The hierarchy of motif moments of reaction and diffusion on a lattice, exact and open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import factorial, prod
from typing import Any

import sympy as sp

from ...arguments import checked
from ...errors import NetworkError
from ..arguments import check_network, lattice_sides, real
from ..inputs import Hops
from ..network import Network
from ..symbols import symbol
from .closed import ClosedMoments
from .closures import check_closure
from .hierarchy import MOST_MOTIFS, Hierarchy, expanded, too_many
from .latex import equations_latex
from .lattice_rules import lattice_rules
from .motifs import Motif, Site, canonical, motif_latex, motif_text, neighbours

CLOSURES = ("mean_field", "pair")


@checked
@dataclass(frozen=True, eq=False)
class LatticeMomentEquations:
    """Equations for the probabilities of motifs, exact and in general open.

    Attributes
    ----------
    network
        As given.
    shape
        Sides of the periodic lattice.
    motifs
        The variables: sites with the species they hold, up to symmetry.
    equations
        {symbol of a motif: its time derivative}; on the right, ``∅`` is an empty site.
    occurring
        {symbol: motif} of all motifs that occur, the variables included.

    Examples
    --------
    >>> import crnsym as cs
    >>> moments = cs.lattice_moment_equations(cs.network("2 A -> 0 @ k"), 100, hops=0)
    >>> moments.is_closed, moments.close("pair").closure
    (False, 'pair')
    """

    network: Network
    shape: tuple[int, ...]
    motifs: tuple[Motif, ...]
    equations: Mapping[sp.Symbol, sp.Expr]
    occurring: Mapping[sp.Symbol, Motif]

    @cached_property
    def higher(self) -> Mapping[sp.Symbol, Motif]:
        """The motifs on the right-hand sides that the variables do not determine; empty if closed."""
        return {s: m for s, m in self.occurring.items() if not self._determined(m)}

    @property
    def floor(self) -> sp.Expr:
        """Probabilities up to this are round-off to a closure that divides by them."""
        return sp.Rational(1, 10**10)

    @property
    def is_closed(self) -> bool:
        """Whether no closure is needed."""
        return not self.higher

    def name(self, motif: Iterable[tuple[Sequence[int], str]]) -> str:
        """Return the name of the motif of these (site, species), whatever its place and orientation."""
        index = self.network.species_index
        sites = []
        for site, species in motif:
            if species not in index:
                raise NetworkError(f"{species} is no species of the lattice; there are {', '.join(index)}")
            sites.append((tuple(site), index[species] + 1))
        return self._symbol(tuple(sorted(sites))).name

    def displacements(self, reach: int) -> list[Site]:
        """Return the displacements of so many bonds, one of each opposite pair."""
        dimensions = len(self.shape)
        around = product(range(-reach, reach + 1), repeat=dimensions)
        return [d for d in around if sum(map(abs, d)) == reach and d > (0,) * dimensions]

    def close(self, closure: str = "pair") -> ClosedMoments:
        """Replace motifs that are no variables by functions of the variables.

        Parameters
        ----------
        closure
            ``"mean_field"``: a product of densities. ``"pair"``: a product of densities, times P(ab) / (P(a) P(b)) for
            every pair of its sites that is a variable (Kirkwood 1935); on a chain with nearest neighbours alone, the
            sites are then a Markov chain. Nothing is replaced where there is nothing to close.
        """
        check_closure(closure, CLOSURES)
        known: dict[sp.Symbol, sp.Expr] = {}
        for m in self.occurring.values():
            self._define(m, closure, known)
        return ClosedMoments(self, closure if self.higher else "exact", known)

    def start(self, counts: Mapping[str, float]) -> list[float]:
        """Return the probabilities of the motifs for molecules scattered over the sites at random.

        Raises
        ------
        NetworkError
            A species without a number, or more molecules than sites.
        """
        if missing := [name for name in self.network.species_names if name not in counts]:
            raise NetworkError(f"counts: no number of molecules of {', '.join(missing)}")
        sites = prod(self.shape)
        if sum(counts.values()) > sites:
            raise NetworkError(f"{sum(counts.values()):g} molecules do not fit on the {sites} sites of the lattice")
        return [self._scattered(m, [counts[name] for name in self.network.species_names]) for m in self.motifs]

    def labels(self) -> dict[sp.Symbol, str]:
        """Return the LaTeX of every motif that can occur."""
        found = dict(self.occurring)
        for m in self.occurring.values():
            for count in range(1, len(m)):
                found.update({self._symbol(part): canonical(part, self.shape) for part in combinations(m, count)})
        return {s: motif_latex(m, self.network.species_names) for s, m in found.items()}

    def latex(self) -> str:
        r"""Return the open equations as rows of ``aligned``, for math mode."""
        return equations_latex(self.equations, {}, self.labels(), self.network.species_names)

    def _symbol(self, motif: Motif) -> sp.Symbol:
        return symbol(motif_text(canonical(motif, self.shape), self.network.species_names))

    @cached_property
    def _variables(self) -> frozenset[Motif]:
        return frozenset((*self.motifs, ()))

    def _determined(self, motif: Motif) -> bool:
        return self._variables.issuperset(expanded(motif, self.network, self.shape))

    def _define(self, motif: Motif, closure: str, known: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
        """Make sure that a motif is defined by variables and motifs defined before it; return its symbol."""
        s = self._symbol(motif)
        if s in known or s in self.equations:
            return s
        alone = expanded(motif, self.network, self.shape)
        if self._variables.issuperset(alone):
            known[s] = sp.Add(*(c * (self._symbol(m) if m else 1) for m, c in alone.items()))
            return s
        factors = [self._define((one,), closure, known) for one in motif]
        degrees = [0] * len(motif)
        pairs = []
        for i, j in combinations(range(len(motif)), 2) if closure == "pair" else ():
            if self._determined((motif[i], motif[j])):
                pairs.append(self._define((motif[i], motif[j]), closure, known))
                degrees[i] += 1
                degrees[j] += 1
        known[s] = sp.Mul(*pairs, *(f ** (1 - d) for f, d in zip(factors, degrees, strict=True)))
        return s

    def _scattered(self, motif: Motif, counts: list[float]) -> float:
        left, sites, found = list(counts), prod(self.shape), 1.0
        for taken, (_, s) in enumerate(motif):
            found *= max(left[s - 1], 0.0) / (sites - taken)
            left[s - 1] -= 1
        return found

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def __repr__(self) -> str:
        sides = "x".join(map(str, self.shape))
        state = f"open: {len(self.higher)} more motifs on the right" if self.higher else "closed"
        return f"<LatticeMomentEquations on {sides} sites: {len(self.motifs)} motifs, {state}>"


def lattice_moment_equations(
    network: Network,
    shape: int | Sequence[int] = (40, 40),
    *,
    hops: Hops = 1.0,
    rules: Mapping[str, Any] | None = None,
    reach: int | None = 1,
) -> LatticeMomentEquations:
    """Derive the equations of motif probabilities from the generator of `crnsym.simulate_lattice`.

    The process is that of ``method="exact"`` on a periodic lattice: rates per molecule, per pair of nearest
    neighbours, per empty site, and hops to each empty neighbour. The state must have the symmetries of the lattice
    at the start, as molecules on random sites do; it then keeps them.

    Parameters
    ----------
    network
        Mass action of at most two reactants and two products; rate constants may be symbols.
    shape
        Sides of the lattice, 1 to 3 of them.
    hops
        For all species or {species: rate}: numbers or expressions of parameters.
    rules
        {``"(A, 0) -> (B, 0)"``: rate}, what else two neighbours turn into, as in `crnsym.simulate_lattice`.
    reach
        Largest distance, in bonds, of the pairs that are variables: 0 for densities alone, 1 for nearest neighbours,
        2 for the next ones as well. None takes every motif that the equations need, which closes them exactly, on
        lattices of a few sites.

    Returns
    -------
    LatticeMomentEquations

    Raises
    ------
    NetworkError
        A lattice smaller than its kernel or of too many dimensions, or too many motifs.
    UnsupportedError
        A reaction that has no meaning on a lattice.

    Examples
    --------
    >>> from crnsym import network
    >>> found = lattice_moment_equations(network("2 A -> 0 @ k"), 100, hops=0)
    >>> for motif, right in found.equations.items():
    ...     print(motif, sorted(map(str, right.as_ordered_terms())))
    ⟨A⟩ ['-2*k*⟨A(0) A(1)⟩']
    ⟨A(0) A(1)⟩ ['-2*k*⟨A(0) A(1) A(2)⟩', '-k*⟨A(0) A(1)⟩']
    """
    check_network(network)
    sides = lattice_sides(shape)
    if not 1 <= len(sides) <= 3:
        raise NetworkError(f"the lattice has {len(sides)} dimensions; give 1 to 3 sides")
    whole = None if reach is None else real(reach)
    if reach is not None and (whole is None or whole != whole // 1 or whole < 0):
        raise NetworkError(f"reach={reach}: give a whole number of 0 or more, or None for all motifs")
    least = 2 * max(reach or 1, 1) + 1
    if min(sides) < least:
        raise NetworkError(
            f"the periodic lattice {'x'.join(map(str, sides))} is smaller than its kernel of reach {(least - 1) // 2}; "
            f"every side needs {least} sites or more"
        )
    symmetries = prod(sides) * 2 ** len(sides) * factorial(len(sides))
    if reach is None and (len(network.species) + 1) ** prod(sides) > MOST_MOTIFS * symmetries:
        raise too_many(sides)
    hierarchy = Hierarchy(network, sides, lattice_rules(network, hops, 2 * len(sides), rules))
    species = range(1, len(network.species) + 1)
    origin = (0,) * len(sides)
    wanted: list[Motif] = [((origin, s),) for s in species]
    for d in _within(sides, reach or 0):
        wanted += [tuple(sorted([(origin, a), (d, b)])) for a in species for b in species]
    hierarchy.derive([canonical(m, sides) for m in wanted], everything=reach is None)
    return LatticeMomentEquations(network, sides, *hierarchy.equations())


def _within(shape: tuple[int, ...], reach: int) -> list[Site]:
    """Return the sites at a distance of 1 to ``reach`` from the origin, near ones first."""
    found: dict[Site, int] = {(0,) * len(shape): 0}
    for step in range(1, reach + 1):
        for site in [s for s, d in found.items() if d == step - 1]:
            for other in neighbours(site, shape):
                found.setdefault(other, step)
    return sorted((s for s, d in found.items() if d > 0), key=lambda s: (found[s], s))
