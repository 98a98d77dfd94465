"""Observables in rates: what they stand for takes their place."""

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import NetworkError
from .magnitude import bounded
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
        Observables that depend on each other in a circle, or are too long when written out.
    """
    known = {name for name in observables if name not in taken}
    needs = {name: {n for n in names_in(e) if n in known} for name, e in observables.items()}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = ", ".join(sorted({*error.args[1]}))
        raise NetworkError(f"the observables {circle} depend on each other in a circle") from None
    found: dict[str, sp.Expr] = {}
    for name in order:
        whole: Any = observables[name]
        if needs[name]:
            whole = bounded(whole.xreplace({symbol(n): found[n] for n in needs[name]}), f"the observable {name}")
        found[name] = whole
    return {name: found[name] for name in observables}


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
