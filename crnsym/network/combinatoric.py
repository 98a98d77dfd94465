"""Two conventions of rate constants: per ordered and per unordered set of equal molecules.

crnsym has the first: ``2 A -> B @ k`` has the rate k A^2 and the propensity k A (A - 1). In the second, the
*combinatoric* one, the same text has the rate k A^2 / 2! and the propensity k A (A - 1) / 2, the number of pairs. A
constant of the second is that of the first times the product of the factorials of the reactant coefficients.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import UnsupportedError
from .rate_laws import Arrhenius, MassAction

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction


def from_combinatoric(network: "Network") -> "Network":
    """Return the network in crnsym's convention, of one whose constants are combinatoric.

    Constants of mass action are divided by the factorials of the reactant coefficients, as expressions; parameters
    keep their values, and other rate laws stay as they are.

    Raises
    ------
    UnsupportedError
        Mass action with a coefficient that is not whole, which has no factorial.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(from_combinatoric(network("2 A -> B @ 5; A -> 0 @ 3")))
    2 A -> B  @ 2.5
    A -> 0  @ 3
    """
    return replace(network, reactions=tuple(_scaled(r, back=False) for r in network.reactions))


def to_combinatoric(network: "Network") -> "Network":
    """Return the network with its constants as the combinatoric convention has them, for a text or another program.

    The inverse of `from_combinatoric`; everything in crnsym would read the result in its own convention.

    Raises
    ------
    UnsupportedError
        Mass action with a coefficient that is not whole, which has no factorial.

    Examples
    --------
    >>> import crnsym as cs
    >>> print(cs.to_combinatoric(cs.network("2 A -> B @ 2.5")))
    2 A -> B  @ 5
    """
    return replace(network, reactions=tuple(_scaled(r, back=True) for r in network.reactions))


def _scaled(reaction: "Reaction", back: bool) -> "Reaction":
    if not reaction.rate.is_mass_action:
        return reaction
    if not reaction.reactants.is_integer:
        raise UnsupportedError(
            f"'{reaction}' has no combinatoric constant: a factorial needs whole coefficients of reactants"
        )
    orders = sp.Integer(math.prod(math.factorial(int(n)) for n in reaction.reactants.values()))
    if orders == 1:
        return reaction
    law: Any = reaction.rate
    factor = orders if back else 1 / orders
    if isinstance(law, Arrhenius):
        return reaction.with_rate(replace(law, prefactor=law.prefactor * factor))
    return reaction.with_rate(MassAction(law.k * factor))
