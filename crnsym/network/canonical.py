"""The canonical form of a polynomial network: what its vector field determines, and nothing more."""

from typing import TYPE_CHECKING

import sympy as sp

from ..errors import NetworkError
from .complexes import Complex
from .equations import parameter_values
from .symbols import put

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction


def canonical_form(network: "Network") -> dict[Complex, dict[str, sp.Expr]]:
    """Return {reactant complex y: net vector d_y}, where dx/dt = sum_y d_y x^y.

    d_y is the sum of k_r (y'_r - y_r) over the reactions with reactant complex y.

    Two networks generate the same vector field if and only if these agree (Craciun & Pantea 2008, J. Math.
    Chem. 44, 244). Parameter values are put in; parameters without a value stay symbols. Zero entries,
    constant species and complexes whose vector vanishes are dropped. A free rate expression counts if it is a
    polynomial in the species: each monomial is then a complex.

    Raises
    ------
    NetworkError
        If a rate is not a polynomial in the species.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> network("A -> 2 A @ 0.3; A -> 0 @ 0.1").canonical_form()
    {Complex('A'): {'A': 1/5}}
    """
    values = parameter_values(network)
    fixed = network.fixed_species
    form: dict[Complex, dict[str, sp.Expr]] = {}
    for reaction in network.reactions:
        changes = [(name, c) for name, c in reaction.net.items() if name not in fixed]
        if not changes:
            continue
        for source, k in _monomials(network, reaction, values):
            vector = form.setdefault(source, {})
            for name, c in changes:
                vector[name] = vector.get(name, sp.Integer(0)) + c * k
    index = network.species_index
    result = {}
    for source in sorted(form, key=lambda y: (y.order, str(y))):
        vector = {name: v if v.is_Rational else sp.expand(v) for name, v in form[source].items()}
        vector = {name: vector[name] for name in sorted(vector, key=index.__getitem__) if vector[name] != 0}
        if vector:
            result[source] = vector
    return result


def _monomials(
    network: "Network", reaction: "Reaction", values: dict[sp.Symbol, sp.Rational]
) -> list[tuple[Complex, sp.Expr]]:
    """Return the rate as [(complex, coefficient)]."""
    if reaction.rate.is_mass_action:
        k = reaction.rate_constant
        return [(reaction.reactants, k if k.is_Rational else put(values, k))]
    rate = put(values, reaction.rate_expression)
    present = [s.symbol for s in network.species if s.symbol in rate.free_symbols]
    if not present:
        return [(Complex(), rate)]
    try:
        polynomial = sp.Poly(rate, *present)
    except sp.PolynomialError:
        raise NetworkError(
            f"the rate {rate} of '{reaction.reactants} -> {reaction.products}' is not a polynomial in "
            "the species; only mass action and polynomial rates have a canonical form"
        ) from None
    return [
        (Complex({s.name: n for s, n in zip(present, powers, strict=True) if n}), coefficient)
        for powers, coefficient in polynomial.terms()
    ]
