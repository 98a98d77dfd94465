"""The verb: choose the manifold, rewrite the reactions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import sympy as sp

from ...errors import NetworkError, UnsupportedError
from ..assembly import used_parameters
from ..rate_laws import Custom, MassAction, RateLaw
from ..reaction import Reaction
from ..symbols import names_in
from .binding import Binding, equilibrium, find_bindings, replaced, substituted
from .closed_forms import free_from_totals, in_totals
from .quasi_steady import quasi_steady
from .result import Reduction

if TYPE_CHECKING:
    from ..network import Network

Assumption = Literal["quasi_steady", "partial_equilibrium"]
_ASSUMPTIONS = get_args(Assumption)


def eliminate(
    network: "Network",
    species: str | Sequence[str],
    assumption: Assumption = "quasi_steady",
    *,
    sequestration: bool = False,
    fast: Sequence[Reaction | str | int] | None = None,
) -> Reduction:
    """Eliminate fast species symbolically: ``A + B <-> Z, Z + C -> P`` becomes ``A + B + C -> P``.

    With ``kappa = k1 k2/k_-1``, ``K = k1/k_-1`` and ``rho = k2/k_-1`` the four results for this module are

    ==================== ===================== =============================================
    assumption           sequestration=False   sequestration=True
    ==================== ===================== =============================================
    partial_equilibrium  kappa A B C           k2 Z(a, b) C with the root Z of a quadratic
    quasi_steady         kappa A B C/(1+rho C) the same with K/(1 + rho C) for K
    ==================== ===================== =============================================

    Parameters
    ----------
    network
        Where the fast species takes part in partial equilibrium, mass action.
    species
        Names of the species to eliminate; chains and several modules at a time are fine.
    assumption
        ``"quasi_steady"`` (dZ/dt = 0) or ``"partial_equilibrium"`` (a fast pair ``y <-> Z`` is balanced).
    sequestration
        Count what is bound: rates of the reduced network are in totals (free + bound).
    fast
        Reactions that are fast (objects, names or positions), where Z has more than one reversible pair.

    Returns
    -------
    Reduction
        The reduced network, the slow-manifold equations and the validity number.

    Raises
    ------
    NetworkError
        A name that is no species, or an unknown assumption.
    UnsupportedError
        A shape that has no such reduction, by name.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> net = network("A + B <-> Z @ k1, k_1; Z + C -> P @ k2")
    >>> eliminate(net, "Z", "partial_equilibrium").effective_rates
    {'A + B + C -> P': k1*k2/k_1}
    """
    names = _checked(network, [species] if isinstance(species, str) else list(species), assumption)
    steady = assumption == "quasi_steady"
    bindings = find_bindings(network, names, fast, needed=not steady)
    if steady:
        reactions, solution = quasi_steady(network, names)
    else:
        solution = equilibrium(bindings)
        reactions = _at_equilibrium(network, bindings, solution)
    totals: dict[str, sp.Expr] = {}
    if sequestration:
        missing = [z for z in names if z not in bindings]
        if missing:
            raise UnsupportedError(
                f"sequestration: {missing[0]} has no single pair 'y <-> {missing[0]}' that tells what it binds"
            )
        totals = free_from_totals(network, bindings, solution)
        reactions = [r.with_rate(_law(r, in_totals(r.rate_expression, bindings, solution, totals))) for r in reactions]
    reduced = _network(network, names, reactions, bindings, totals or solution)
    return Reduction(network, tuple(names), assumption, sequestration, reduced, solution, bindings, totals)


def _checked(network: "Network", names: list[str], assumption: str) -> list[str]:
    if assumption not in _ASSUMPTIONS:
        raise NetworkError(f"assumption={assumption!r} is unknown; choose one of {', '.join(_ASSUMPTIONS)}")
    for name in names:
        if name not in network.species_index:
            raise NetworkError(f"eliminate: {name} is no species of the network")
        if name in network.fixed_species:
            raise UnsupportedError(f"eliminate: {name} is held constant; it is a parameter rather than a fast species")
    return list(dict.fromkeys(names))


def _at_equilibrium(
    network: "Network", bindings: Mapping[str, Binding], solution: dict[str, sp.Expr]
) -> list[Reaction]:
    """Return the slow reactions with intermediates written as what they bind."""
    fast = {i for b in bindings.values() for i in (b.forward, b.backward)}
    reactions = []
    for i, r in enumerate(network.reactions):
        left, right = replaced(r.reactants, dict(bindings)), replaced(r.products, dict(bindings))
        if i in fast or (left == right and r.reactants != r.products):
            continue
        rate = substituted(r.rate_expression, solution)
        k = rate / left.monomial if r.rate.is_mass_action else None
        reactions.append(Reaction(left, right, Custom(rate) if k is None else MassAction(sp.powsimp(k)), r.name))
    return reactions


def _law(reaction: Reaction, rate: sp.Expr) -> RateLaw:
    return reaction.rate if rate == reaction.rate_expression else Custom(rate)


def _network(
    network: "Network",
    names: list[str],
    reactions: list[Reaction],
    bindings: Mapping[str, Binding],
    hidden: Mapping[str, sp.Expr],
) -> "Network":
    """Return the reduced network; what was bound at the start counts to the totals."""
    start: dict[str, Any] = dict(network.initial)
    for z, b in bindings.items():
        for x, n in b.composition.items():
            if start.get(z) and x not in network.fixed_species:
                start[x] = start.get(x, sp.Integer(0)) + n * start[z]
    observables = {name: substituted(e, dict(hidden)) for name, e in network.observables.items()}
    used = used_parameters(reactions) | {n for e in observables.values() for n in names_in(e)}
    gone = used_parameters(network.reactions) - used
    return replace(
        network,
        reactions=tuple(reactions),
        species=tuple(
            s if start.get(s.name) == s.initial else replace(s, initial=start.get(s.name), start=None)
            for s in network.species
            if s.name not in names
        ),
        parameters={n: v for n, v in network.parameters.items() if n not in gone},
        observables=observables,
        units={n: u for n, u in network.units.items() if n not in gone},
    )
