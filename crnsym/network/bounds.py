"""What bounds the concentrations of a network, and how fast it can move within them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp

from ..errors import NetworkError
from .equations import parameter_values, slope
from .symbols import names_in, put

if TYPE_CHECKING:
    from .network import Network


def concentration_bounds(network: "Network", given: Mapping[str, float] | float | None = None) -> dict[str, float]:
    """Return {species: largest concentration}: as given, or from the laws without negative entries and the start.

    Raises
    ------
    NetworkError
        If a species is bounded by no law and not given, or a bound is not positive.
    """
    if given is not None and not isinstance(given, Mapping):
        given = dict.fromkeys(network.species_names, float(given))
    given = dict(given or {})
    for name, value in given.items():
        if name not in network.species_index:
            raise NetworkError(f"concentrations: {name} is no species of the network")
        if not 0 < float(value) < float("inf"):
            raise NetworkError(f"concentrations: the bound of {name} is {value}; give a positive number")
    start = network.initial
    laws = [law for law in network.conservation_laws() if all(c > 0 for c in law.values())] if start else []
    bounds: dict[str, float] = {}
    for species in network.species:
        name = species.name
        totals = [sum(c * float(start.get(n, 0)) for n, c in law.items()) / law[name] for law in laws if name in law]
        if species.fixed and species.initial is not None:
            totals.append(float(species.initial))
        bounds[name] = float(given.get(name, min(totals, default=0.0)))
        if not bounds[name] > 0:
            raise NetworkError(
                f"no conservation law and initial state bound {name}; "
                f"give its largest concentration: concentrations={{'{name}': 1.0}}"
            )
    return bounds


def rate_values(network: "Network", at: Mapping[str, float]) -> list[float]:
    """Return the rate of each reaction at a state; all parameters need values."""
    values = {**parameter_values(network), **{network.symbol(n): sp.Float(v) for n, v in at.items()}}
    return [_number(put(values, rate)) for rate in network.rates()]


def speed_bounds(network: "Network", bounds: Mapping[str, float]) -> tuple[float, float]:
    """Return (largest |dx/dt|, Lipschitz constant in the maximum norm), by the triangle inequality.

    Every reaction is taken at the bounds of its species, which is the largest rate that mass action allows.
    """
    values = {**parameter_values(network), **{network.symbol(n): sp.Float(v) for n, v in bounds.items()}}
    speed = dict.fromkeys(network.species_names, 0.0)
    steepest = dict.fromkeys(network.species_names, 0.0)
    for reaction, rate in zip(network.reactions, network.rates(), strict=True):
        moving = [(n, abs(float(c))) for n, c in reaction.net.items() if n not in network.fixed_species]
        size = abs(_number(put(values, rate)))
        steep = 0.0
        for name in names_in(rate):
            if name in bounds and name not in network.fixed_species:
                steep += abs(_number(put(values, slope(rate, network.symbol(name)))))
        for name, c in moving:
            speed[name] += c * size
            steepest[name] += c * steep
    return max(speed.values(), default=0.0), max(steepest.values(), default=0.0)


def _number(expression: sp.Expr) -> float:
    if expression.free_symbols:
        missing = ", ".join(sorted(str(s) for s in expression.free_symbols))
        raise NetworkError(f"the rates need numbers, and {missing} has no value; use with_parameters")
    return float(expression)
