"""Units of rate constants, from those of concentrations and of time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from .network import Network
from .reaction import Reaction


def rate_unit(order: int, concentration: str, time: str) -> str:
    """Return the unit of a rate constant of an order, concentration^(1 - order) / time; ``""`` if it is not known.

    Examples
    --------
    >>> rate_unit(2, "mM", "min"), rate_unit(1, "", "s"), rate_unit(0, "g/L", "h")
    ('1/(mM min)', '1/s', 'g/(L h)')
    """
    if not time or (order != 1 and not concentration):
        return ""
    upper, _, lower = concentration.partition("/")
    if " " in concentration or "/" in lower:  # a unit of several factors stays together
        upper, lower = f"({concentration})", ""
    above, below = (upper, lower) if order < 1 else (lower, upper)
    power = abs(1 - order)
    numerator = [_power(above, power)] if above and power else []
    denominator = [*([_power(below, power)] if below and power else []), time]
    under = denominator[0] if len(denominator) == 1 else f"({' '.join(denominator)})"
    return f"{' '.join(numerator) or '1'}/{under}"


def _power(unit: str, exponent: int) -> str:
    return unit if exponent == 1 else f"{unit}^{exponent}"


def with_units(network: Network, units: Mapping[str, str], time: str) -> Network:
    """Return a network with units of its species, and of its mass-action constants as their orders need.

    Parameters
    ----------
    network
        Units that it has already stay.
    units
        {species: unit of its concentration}; species that are not named have the unit of the others, where these agree.
    time
        Unit of time.
    """
    known = {name: unit for name, unit in units.items() if unit}
    common = next(iter(known.values())) if len(set(known.values())) == 1 and len(known) == len(units) else ""
    of = {s.name: s.unit or known.get(s.name, common) for s in network.species}
    found: dict[str, set[str]] = {}
    for reaction in network.reactions:
        for name, unit in _of_reaction(reaction, of, time).items():
            found.setdefault(name, set()).add(unit)
    given = {name: next(iter(texts)) for name, texts in found.items() if len(texts) == 1 and "" not in texts}
    species = tuple(replace(s, unit=of[s.name] or None) for s in network.species)
    return replace(network, species=species, units={**given, **network.units})


def _of_reaction(reaction: Reaction, of: Mapping[str, str], time: str) -> dict[str, str]:
    """Return {parameter: unit} of the rate constant of a mass-action reaction."""
    law: Any = reaction.rate
    k = getattr(law, "prefactor", getattr(law, "k", None))
    if not law.is_mass_action or not isinstance(k, sp.Symbol) or not reaction.order.is_integer:
        return {}
    units = {of.get(name, "") for name in (*reaction.reactants, *reaction.net)}
    order, concentration = int(reaction.order), next(iter(units)) if len(units) == 1 else ""
    heat = {"activation_energy": "J/mol", "temperature": "K"}
    more = {s.name: unit for name, unit in heat.items() if isinstance(s := getattr(law, name, None), sp.Symbol)}
    return {k.name: rate_unit(order, concentration, time), **more}
