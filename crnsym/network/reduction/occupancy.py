"""Fast binding to sites whose number is conserved: enzymes, catalysts, places on a surface."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp

from ...errors import UnsupportedError
from ..symbols import put, symbol
from .quasi_steady import tidy

if TYPE_CHECKING:
    from ..network import Network
    from ..reaction import Reaction


def occupancy(network: "Network", fast: Sequence[tuple[int, int]], sites: Mapping[str, Any]) -> dict[str, sp.Expr]:
    """Return the concentrations of sites and of what fast pairs make, in those of the others.

    ``A + E <-> AE`` with E_total sites gives ``E = E_total/(1 + K A)``, ``AE = K A E``, K = k1/k_1; dissociation such
    as ``A + 2 E <-> 2 AE`` or ``A <-> 2 X`` gives square roots. What is bound counts for little beside what is free.

    Parameters
    ----------
    network
        Mass action.
    fast
        Positions of the reactions of every fast pair, forward and backward; each makes one new species.
    sites
        {free site: total}.

    Raises
    ------
    UnsupportedError
        A pair that makes no new species or several, or a species that holds several sites of a kind.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> net = network("A + E <-> AE @ k1, k_1; AE -> P + E @ k2")
    >>> occupancy(net, [(0, 1)], {"E": sp.Symbol("T")})["AE"]
    A*T*k1/(A*k1 + k_1)
    """
    made: dict[str, sp.Expr] = {}
    for forward, backward in fast:
        z, value = _made(network.reactions[forward], network.reactions[backward], made)
        made[z] = value
    for site, total in sites.items():
        e = symbol(site)
        held: Any = sp.Integer(1)
        for z, value in made.items():
            share = _rooted(value / e)
            if symbol(site) in share.free_symbols and symbol(site) in value.free_symbols:
                raise UnsupportedError(f"occupancy: {z} does not hold one {site}")
            held += share if symbol(site) in value.free_symbols else 0
        free = total / held
        made = {z: tidy(put({e: free}, _rooted(value))) for z, value in made.items()} | {site: tidy(free)}
    return made


def _made(forward: "Reaction", backward: "Reaction", known: Mapping[str, sp.Expr]) -> tuple[str, sp.Expr]:
    """Return what a fast pair makes, and its concentration."""
    new = [x for x in forward.products if x not in forward.reactants and x not in known]
    if len(new) != 1 or backward.reactants != forward.products:
        raise UnsupportedError(f"occupancy: '{forward}' and '{backward}' are no pair that makes one new species")
    z, times = new[0], forward.products[new[0]]
    rest = backward.rate_expression / symbol(z) ** times
    value = (forward.rate_expression / rest) ** (1 / times)
    return z, _rooted(put({symbol(x): e for x, e in known.items()}, value))


def _rooted(expression: sp.Expr) -> sp.Expr:
    """Take powers apart: all symbols are concentrations and rates, hence positive."""
    found: Any = sp.powdenest(sp.expand_power_base(expression, force=True), force=True)
    return found
