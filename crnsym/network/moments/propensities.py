"""Propensities as polynomials in the numbers of molecules."""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from ...errors import NetworkError, UnsupportedError
from ..network import Network
from ..reaction import Reaction
from ..symbols import symbol
from .powers import Powers, falling_factorial


@dataclass(frozen=True)
class Jump:
    """A reaction as a jump process sees it.

    Attributes
    ----------
    change
        {position of a species: change of its number}, without zeros.
    terms
        The propensity, {monomial: coefficient}; coefficients are expressions of parameters, fixed species and time.
    """

    change: dict[int, int]
    terms: dict[Powers, sp.Expr]


def jumps(network: Network) -> list[Jump]:
    """Return the reactions of a network with propensities that are polynomials.

    Mass action has the falling factorial, ``k x (x - 1)`` for ``2 A``; another law is taken as it stands, and must
    be zero where a reactant is missing, as `crnsym.simulate_stochastic` takes it to be.

    Raises
    ------
    NetworkError
        Coefficients that are not whole.
    UnsupportedError
        A propensity that is no polynomial; names the reaction.
    """
    fixed = network.fixed_species
    found = []
    for reaction in network.reactions:
        if not (reaction.reactants.is_integer and reaction.products.is_integer):
            raise NetworkError(f"'{reaction}' has no propensity: molecules are counted, so coefficients must be whole")
        change = {network.species_index[name]: int(c) for name, c in reaction.net.items() if name not in fixed}
        terms = _mass_action(network, reaction) if reaction.rate.is_mass_action else _other(network, reaction)
        found.append(Jump(change, terms))
    return found


def _mass_action(network: Network, reaction: Reaction) -> dict[Powers, sp.Expr]:
    k: sp.Expr = reaction.rate.k  # type: ignore[attr-defined]  # (sympy: Basic)
    if any(s.name in network.species_index for s in k.free_symbols):  # type: ignore[attr-defined]  # (sympy: Basic)
        return _other(network, reaction)
    fixed = network.fixed_species
    molecules = {network.species_index[name]: int(n) for name, n in reaction.reactants.items() if name not in fixed}
    for name, n in reaction.reactants.items():
        if name in fixed:
            k = sp.Mul(k, *(symbol(name) - i for i in range(int(n))))
    return {m: c * k for m, c in falling_factorial(molecules).items()}


def _other(network: Network, reaction: Reaction) -> dict[Powers, sp.Expr]:
    fixed, rate = network.fixed_species, reaction.rate_expression
    # sympy or numpy type it too widely
    counted = {s.name: network.species_index[s.name] for s in rate.free_symbols if s.name in network.species_index}  # type: ignore[attr-defined]
    names = sorted((name for name in counted if name not in fixed), key=lambda name: counted[name])
    try:
        polynomial: Any = sp.Poly(rate, *(symbol(name) for name in names)) if names else None
    except sp.PolynomialError:
        raise UnsupportedError(
            f"the propensity of '{reaction}' is no polynomial, so its moments have no equations of their own; "
            "use linear_noise, which takes any smooth law, or write the steps out as mass action"
        ) from None
    _check_reactants(reaction, rate if polynomial is None else polynomial.as_expr(), fixed)
    if polynomial is None:
        return {(): rate}
    return {
        tuple(counted[name] for name, n in zip(names, exponents, strict=True) for _ in range(n)): c
        for exponents, c in polynomial.terms()
    }


def _check_reactants(reaction: Reaction, rate: sp.Expr, fixed: frozenset[str]) -> None:
    for name, n in reaction.reactants.items():
        for left in range(int(n)) if name not in fixed else ():
            if sp.expand(rate.subs(symbol(name), left)) != 0:
                raise UnsupportedError(
                    f"the rate of '{reaction}' is not zero at {name} = {left}, where the reaction cannot happen, so "
                    f"its propensity is no polynomial; give a rate with the factor "
                    f"{'*'.join(f'({name} - {i})' if i else name for i in range(int(n)))}, or mass action"
                )
