"""Observables in rates: what they stand for takes their place."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import NetworkError
from .rate_laws import Custom, RateLaw
from .symbols import names_in, symbol

if TYPE_CHECKING:
    from .reaction import Reaction


def written_out(observables: Mapping[str, Any], taken: Collection[str] = ()) -> dict[str, sp.Expr]:
    """Return the observables without observables in them.

    Parameters
    ----------
    observables
        {name: expression}.
    taken
        Names that mean something else in expressions: species and parameters.

    Raises
    ------
    NetworkError
        Observables that depend on each other in a circle.
    """
    found: dict[str, sp.Expr] = {}
    known = {name: e for name, e in observables.items() if name not in taken}
    for name, expression in observables.items():
        seen = {name}
        while inner := {n for n in names_in(expression) if n in known}:
            if inner & seen:
                raise NetworkError(f"the observables {', '.join(sorted(seen))} depend on each other in a circle")
            seen |= inner
            expression = expression.xreplace({symbol(n): known[n] for n in inner})
        found[name] = expression
    return found


def in_species(reaction: "Reaction", observables: Mapping[str, sp.Expr]) -> RateLaw:
    """Return the rate law of a reaction with observables written out."""
    law = reaction.rate
    table = {symbol(s.name): observables[s.name] for s in law.parameters if s.name in observables}
    named = [name for name in law.species if name in observables]
    if named:  # a law such as Michaelis-Menten's of a sum of species
        table |= {symbol(name): observables[name] for name in named}
        written: Any = law.expression(reaction).xreplace(table)
        return Custom(written)
    return law.substitute(table) if table else law
