"""Conditions in rate laws: when they switch with time, and what stands in them."""

from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from ...network.symbols import TIME, symbol
from .columns import Prepared


def break_times(prepared: Prepared) -> list[sp.Expr]:
    """Return the times, as expressions of parameters, at which conditions linear in the time switch."""
    species = {symbol(s) for s in prepared.network.species_names}
    if TIME in prepared.network.species_index or TIME in prepared.network.parameters:
        return []
    clock, found = symbol(TIME), set()
    for relation in conditions(prepared):
        difference: Any = sp.expand(relation.lhs - relation.rhs)
        slope = difference.coeff(clock, 1)
        rest = sp.expand(difference - slope * clock)
        if slope != 0 and clock not in rest.free_symbols and not (rest.free_symbols | slope.free_symbols) & species:
            found.add(-rest / slope)
    return sorted(found, key=str)


def conditions(prepared: Prepared) -> list[Any]:
    """Return the comparisons in the rate laws, in order."""
    relations = {a for r in prepared.network.reactions for a in r.rate_expression.atoms(Relational)}
    return sorted(relations, key=str)


def switching_parameters(prepared: Prepared) -> list[str]:
    """Names of the fitted parameters that stand in a comparison: the solution jumps with them or has no slope."""
    inside = {s.name for relation in conditions(prepared) for s in relation.free_symbols}
    return sorted(inside & set(prepared.fitted))
