"""The linear noise approximation: means by the rate equations, Gaussian fluctuations around them."""

from typing import Any

import sympy as sp

from ...errors import NetworkError
from ..arguments import check_network, check_one_way
from ..equations import jacobian_entries, odes
from ..network import Network
from .closed import ClosedMoments
from .equations import MomentEquations, moment_symbol
from .powers import Powers, all_powers


def linear_noise(network: Network) -> ClosedMoments:
    """Return dx/dt = N v(x) and dC/dt = J C + C J^T + N diag(v) N^T as closed equations.

    Exact for the means and covariances of networks whose propensities are linear; else the leading order of van
    Kampen's expansion in the size of the system (1961).

    Parameters
    ----------
    network
        Any rate laws that can be differentiated; parameters may be symbols.

    Raises
    ------
    NetworkError
        No species whose number changes.

    Examples
    --------
    >>> from crnsym import network
    >>> for name, right in linear_noise(network("0 -> A @ b; 2 A -> 0 @ d")).odes().items():
    ...     print(name, right)
    ⟨A⟩ b - 2*d*⟨A⟩**2
    ⟨δA²⟩ b + 4*d*⟨A⟩**2 - 8*d*⟨A⟩*⟨δA²⟩
    """
    names = network.species_names
    check_network(network)
    check_one_way(network)
    moving = [i for i, s in enumerate(network.species) if not s.fixed]
    if not moving:
        raise NetworkError("the network has no species whose number changes, so there is no noise")
    means: dict[Any, Any] = {network.species[i].symbol: moment_symbol(network, (i,), central=True) for i in moving}

    def covariance(i: int, j: int) -> sp.Expr:
        return moment_symbol(network, (min(i, j), max(i, j)), central=True)

    slopes: dict[int, dict[int, sp.Expr]] = {i: {} for i in moving}
    for (a, b), entry in jacobian_entries(network).items():
        i, j = network.species_index[a], network.species_index[b]
        if i in slopes and j in slopes:
            slopes[i][j] = entry
    rates = odes(network)
    equations: dict[Any, Any] = {}
    powers: list[Powers] = all_powers(moving, 2)
    for m in powers:
        if len(m) == 1:
            right = rates[names[m[0]]]
        else:
            i, j = m
            terms = [slope * covariance(s, j) for s, slope in slopes[i].items()]
            terms += [slope * covariance(i, s) for s, slope in slopes[j].items()]
            right = sp.Add(*terms, diffusion(network, i, j))
        equations[moment_symbol(network, m, central=True)] = right.xreplace(means)
    found = MomentEquations(network, 2, True, tuple(powers), equations, {})
    return ClosedMoments(found, "linear noise", {})


def diffusion(network: Network, i: int, j: int) -> sp.Expr:
    """Return entry i, j of N diag(v) N^T, the sum of rates times both changes."""
    a, b = network.species_names[i], network.species_names[j]
    return sp.Add(
        *(
            reaction.net[a] * reaction.net[b] * rate
            for reaction, rate in zip(network.reactions, network.rates(), strict=True)
            if a in reaction.net and b in reaction.net
        )
    )
