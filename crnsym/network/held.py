"""Species that reactions do not change, as the constants that they are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from .complexes import Complex
from .rate_laws import Custom, MassAction
from .reaction import Reaction
from .symbols import put, symbol

if TYPE_CHECKING:
    from .network import Network


def held_factor(network: "Network", side: Complex) -> sp.Expr:
    """Return the product of the concentrations of constant species in a complex; symbols where they have no value."""
    initial, fixed = network.initial, network.fixed_species
    return sp.Mul(*(initial.get(name, symbol(name)) ** c for name, c in side.items() if name in fixed))


def known_factor(network: "Network", side: Complex) -> sp.Expr:
    """Return the same as a number: a concentration without a value counts as 1."""
    factor = held_factor(network, side)
    return put(dict.fromkeys(factor.free_symbols, sp.Integer(1)), factor)


def runs(network: "Network", reaction: Reaction) -> bool:
    """Tell whether a reaction changes something that moves, at a rate that is not zero."""
    return not {*reaction.net} <= network.fixed_species and held_factor(network, reaction.reactants) != 0


def with_held(network: "Network", rates: Sequence[Any]) -> "Network":
    """Return a network with the rate constants that the reactions of `without_held` have, in their order.

    What a constant species contributes is divided out; a reaction that never runs keeps its own rate.
    """
    given = iter(rates)
    reactions = tuple(
        r.with_rate(MassAction(next(given) / known_factor(network, r.reactants))) if runs(network, r) else r
        for r in network.reactions
    )
    kept = {s.name for r in reactions for s in r.rate.parameters}
    parameters = {n: v for n, v in network.parameters.items() if n in kept}
    return replace(network, reactions=reactions, parameters=parameters, units={}, observables={})


def without_held(network: "Network") -> "Network":
    """Return the network of the species that move: a constant one is part of the rate constants.

    ``A + C -> B + C @ k`` with C held at 2 is ``A -> B @ 2 k``. One that has no initial concentration becomes a
    parameter of its name. Reactions that change nothing that moves, and those at a rate of zero, are left out.
    """
    fixed = network.fixed_species
    if not fixed and all(runs(network, r) for r in network.reactions):
        return network
    values = {symbol(name): value for name, value in network.initial.items() if name in fixed}
    reactions = []
    for r in network.reactions:
        left, right = (Complex({n: c for n, c in side.items() if n not in fixed}) for side in (r.reactants, r.products))
        if not runs(network, r):
            continue
        if r.rate.is_mass_action:
            reactions.append(
                Reaction(left, right, MassAction(r.rate_constant * held_factor(network, r.reactants)), r.name)
            )
            continue
        rate = put(values, r.rate_expression)
        if rate:
            reactions.append(Reaction(left, right, Custom(rate), r.name))
    return replace(
        network,
        reactions=tuple(reactions),
        species=tuple(s for s in network.species if s.name not in fixed),
        observables={n: e.xreplace(values) for n, e in network.observables.items()},
    )
