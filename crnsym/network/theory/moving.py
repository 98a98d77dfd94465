"""The part of a network that moves: constant species counted into the rate constants."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..complexes import Complex
from ..rate_laws import Custom, MassAction
from ..reaction import Reaction
from ..symbols import symbol

if TYPE_CHECKING:
    from ..network import Network


def moving_part(network: "Network") -> "Network":
    """Return the network that the theorems are about, in which every species can change.

    A constant or boundary species is a parameter there, with its initial concentration as the value:
    ``A + X -> B @ k`` with constant X is ``A -> B @ k*X``. Reactions that change nothing are left out.
    """
    fixed = network.fixed_species
    reactions = []
    for r in network.reactions:
        left, right = (_without(side, fixed) for side in (r.reactants, r.products))
        if left == right:
            continue
        if left == r.reactants and not fixed & {*r.rate.species}:
            law = r.rate
        elif r.rate.is_mass_action:
            factors = [symbol(n) ** c for n, c in r.reactants.items() if n in fixed]
            law = MassAction(r.rate_constant * sp.Mul(*factors))
        else:
            law = Custom(r.rate_expression)
        reactions.append(Reaction(left, right, law, r.name))
    if not fixed and len(reactions) == len(network.reactions):
        return network
    values = {s.name: s.initial for s in network.species if s.fixed}
    return replace(
        network,
        reactions=tuple(reactions),
        species=tuple(s for s in network.species if not s.fixed),
        parameters={**network.parameters, **values},
    )


def edge_constants(network: "Network") -> dict[tuple[Complex, Complex], Any]:
    """Return {(reactants, products): rate constant}, parallel reactions added."""
    constants: dict[tuple[Complex, Complex], Any] = {}
    for r in network.reactions:
        pair = r.reactants, r.products
        constants[pair] = constants.get(pair, sp.Integer(0)) + r.rate_constant
    return constants


def _without(side: Complex, fixed: frozenset[str]) -> Complex:
    return Complex({n: c for n, c in side.items() if n not in fixed}) if fixed & {*side} else side
