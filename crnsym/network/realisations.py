"""Networks with the same vector field: with the fewest reactions, and with all that are possible.

The condition ``sum_y' k(y -> y') (y' - y) = d_y`` is one linear system for each source complex y, so that each is
solved by itself: Szederkényi 2010, J. Math. Chem. 47, 551; Johnston, Siegel & Szederkényi 2012, ibid. 50, 274.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import networkx as nx
import sympy as sp

from ..errors import NetworkError
from .complexes import Complex
from .cones import exact_fraction, nonnegative_solution, widest_solution
from .rate_laws import MassAction
from .reaction import Reaction
from .sparsest import sparsest_solution

if TYPE_CHECKING:
    from .network import Network

_WHO = "realisations need"  # rates with values


def realisations(
    network: "Network",
    kind: Literal["sparse", "dense", "weakly_reversible"] = "sparse",
    complexes: Iterable[Complex | str] | None = None,
) -> "Network":
    """Return a network with the same vector field, with the fewest or the most reactions.

    No measurement of concentrations tells the realisations apart. The *dense* one holds every reaction between
    the complexes that any of them has, and is unique as a graph: a reaction that it lacks is excluded by the
    vector field. The *sparse* one need not be unique; of equally short ones it takes small product complexes.

    Parameters
    ----------
    network
        With a polynomial vector field; all parameters need values.
    kind
        ``"sparse"`` (mixed-integer program), ``"dense"`` (exact linear programs) or ``"weakly_reversible"``: the one
        with the most reactions of those in which every reaction lies on a cycle. The dense one holds them all, so
        that what lies on no cycle of it is left out, and again, until nothing changes.
    complexes
        Where reactions may start and end; by default the complexes of the network. The zero complex is
        ``"0"``.

    Returns
    -------
    Network
        Mass action with exact rates: its `canonical_form` is that of the network.

    Raises
    ------
    NetworkError
        If the rates have no values, the vector field is no polynomial, or the complexes cannot realise it so.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> net = network("A -> 2 A @ 0.3; A -> 0 @ 0.1")
    >>> print(realisations(net, "sparse"))
    A -> 2 A  @ 0.2
    """
    if kind not in ("sparse", "dense", "weakly_reversible"):
        raise NetworkError(f"kind={kind!r} is unknown; choose 'sparse', 'dense' or 'weakly_reversible'")
    systems = _systems(network, complexes)
    reactions = _realised(systems, kind)
    while kind == "weakly_reversible" and (gone := _off_cycles(reactions)):
        systems = [s.without(gone) for s in systems]
        reactions = _realised(systems, kind)
    kept = {str(s) for e in network.observables.values() for s in e.free_symbols}
    return replace(
        network,
        reactions=tuple(reactions),
        parameters={n: v for n, v in network.parameters.items() if n in kept},
        units={n: u for n, u in network.units.items() if n in kept},
        metadata={},  # such as errors of the rates that it had
    )


def _realised(systems: "list[_System]", kind: str) -> list[Reaction]:
    solve = sparsest_solution if kind == "sparse" else widest_solution
    reactions = []
    for system in systems:
        if kind == "sparse" and not any(system.target):
            continue
        rates = solve(system.steps, system.target)
        if rates is None:
            wanted = "weakly reversible " if kind == "weakly_reversible" else ""
            raise NetworkError(
                f"no {wanted}reactions from '{system.source}' to the given complexes make its net vector; "
                "give more complexes"
            )
        reactions += [
            Reaction(system.source, c, MassAction(sp.Rational(k.numerator, k.denominator)))
            for c, k in zip(system.products, rates, strict=True)
            if k
        ]
    return reactions


def _off_cycles(reactions: Iterable[Reaction]) -> set[tuple[Complex, Complex]]:
    """Return the reactions, as pairs of complexes, that lead from one strong class to another."""
    graph = nx.DiGraph((r.reactants, r.products) for r in reactions)
    home = {c: i for i, members in enumerate(nx.strongly_connected_components(graph)) for c in members}
    return {(a, b) for a, b in graph.edges if home[a] != home[b]}


def core_reactions(
    network: "Network", complexes: Iterable[Complex | str] | None = None
) -> list[tuple[Complex, Complex]]:
    """Return (reactants, products) of the reactions that every realisation has: those that a vector field proves.

    Parameters
    ----------
    network, complexes
        As in `realisations`; the more complexes, the fewer reactions are certain.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> core_reactions(network("A -> 2 A @ 0.3; A -> 0 @ 0.1"))
    [(Complex('A'), Complex('2 A'))]
    """
    core = []
    for source, products, steps, target in (
        (s.source, s.products, s.steps, s.target) for s in _systems(network, complexes)
    ):
        if not any(target):
            continue
        possible = nonnegative_solution(steps, target)
        if possible is None:
            raise NetworkError(f"no reactions from '{source}' to the given complexes make its net vector")
        for j, k in enumerate(possible):  # what one realisation lacks is not certain
            if k and nonnegative_solution([*steps[:j], *steps[j + 1 :]], target) is None:
                core.append((source, products[j]))
    return core


@dataclass(frozen=True)
class _System:
    """``sum_j rate_j step_j = target`` at one source complex; small products come first."""

    source: Complex
    products: list[Complex]
    steps: list[list[Fraction]]
    target: list[Fraction]

    def without(self, gone: set[tuple[Complex, Complex]]) -> "_System":
        """Return the system without some reactions."""
        kept = [j for j, c in enumerate(self.products) if (self.source, c) not in gone]
        return replace(self, products=[self.products[j] for j in kept], steps=[self.steps[j] for j in kept])


def _systems(network: "Network", complexes: Iterable[Complex | str] | None) -> list[_System]:
    form = network.canonical_form()
    names = [s.name for s in network.species if not s.fixed]
    if complexes is None:
        ends = list(network.structure.complexes)
    else:
        ends = list(dict.fromkeys(c if isinstance(c, Complex) else Complex(c) for c in complexes))
    missing = [y for y in form if y not in ends]
    if missing:
        raise NetworkError(f"the vector field has the monomial of '{missing[0]}', which is not among the complexes")
    strange = {name for c in ends for name in c} - set(network.species_names)
    if strange:
        raise NetworkError(f"complexes: {min(strange)} is no species of the network")
    ordered = sorted(ends, key=lambda c: (c.order, str(c)))
    systems = []
    for y in ends:
        products = [c for c in ordered if any(_step(y, c, names))]
        target = [exact_fraction(form.get(y, {}).get(name, 0), _WHO) for name in names]
        systems.append(_System(y, products, [_step(y, c, names) for c in products], target))
    return systems


def _step(y: Complex, z: Complex, names: Sequence[str]) -> list[Fraction]:
    return [exact_fraction(z.get(n, 0), _WHO) - exact_fraction(y.get(n, 0), _WHO) for n in names]
