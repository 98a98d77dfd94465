"""The same network with amounts in the place of concentrations."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from ..errors import NetworkError
from .inputs import Formula
from .rate_laws import Arrhenius, Custom, MassAction, RateLaw
from .symbols import TIME, exact_expression, exact_number, symbol

if TYPE_CHECKING:
    from .network import Network
    from .reaction import Reaction


def to_amounts(network: "Network", volume: Formula, unit: str | None = None) -> "Network":
    """Return the network whose variables are amounts (concentration times volume) and whose rates are per volume V.

    A constant of mass action of order n becomes k V^(1 - n); the rates and half-saturation concentrations of named
    laws are multiplied by V; any other rate v(c) becomes V v(x / V). Initial values are multiplied by V, and
    observables stay what they were of concentrations. With V the volume times the Avogadro constant, amounts are
    numbers of molecules.

    Parameters
    ----------
    network
        Of concentrations.
    volume
        A positive number, or the name of a parameter: one of the network, or a new one without value.
    unit
        Of the volume, such as ``"L"``; needed where species have units.

    Raises
    ------
    NetworkError
        A volume that is no positive number or name, the name of a species, or one without value where there are
        initial concentrations; species with units and no unit of the volume.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> print(to_amounts(network("2 A -> B @ 2; 0 -> A @ 3; init A = 0.5"), 10))
    2 A -> B  @ 0.2
    0 -> A  @ 30
    init A = 5
    """
    v, parameters, size = _volume(network, volume)
    concentrations: dict[Any, Any] = {s.symbol: s.symbol / v for s in network.species}
    species = []
    for s in network.species:
        if s.unit is not None and unit is None:
            raise NetworkError(f"{s.name} has the unit {s.unit}; name that of the volume, as in unit='L'")
        if s.initial is not None and size is None:
            raise NetworkError(f"the volume {v} has no value, and {s.name} an initial concentration; give {v} one")
        amount = None if s.initial is None or size is None else s.initial * size
        species.append(
            replace(
                s, initial=amount, start=s.start and s.start * v, unit=None if s.unit is None else f"{s.unit}*{unit}"
            )
        )
    units = dict(network.units)
    if unit is not None and isinstance(v, sp.Symbol):
        units[v.name] = unit
    return replace(
        network,
        species=tuple(species),
        reactions=tuple(r.with_rate(_law(r, v, concentrations)) for r in network.reactions),
        parameters=parameters,
        observables={name: e.xreplace(concentrations) for name, e in network.observables.items()},
        units=units,
    )


def _volume(network: "Network", volume: Formula) -> tuple[sp.Expr, dict[str, sp.Rational | None], sp.Rational | None]:
    """Return the volume as it stands in rates, the parameters with it, and its value."""
    parameters = dict(network.parameters)
    name = volume.name if isinstance(volume, sp.Symbol) else volume
    if isinstance(name, str):
        if name in network.species_index or name == TIME or not name.strip():
            raise NetworkError(f"volume={name!r}: give a positive number, or the name of a parameter")
        size = parameters.setdefault(name, None)
        v: sp.Expr = symbol(name)
    else:
        size = v = exact_number(volume)
    if size is not None and not size > 0:
        raise NetworkError(f"volume={volume} is {size}; a volume is positive")
    return v, parameters, size


def _law(reaction: "Reaction", v: sp.Expr, concentrations: dict[Any, Any]) -> RateLaw:
    law: Any = reaction.rate
    if law.is_mass_action:
        factor = v ** (1 - reaction.order)
        if isinstance(law, Arrhenius):
            return replace(law, prefactor=law.prefactor * factor)
        return MassAction(law.k * factor)
    if law.extensive:
        grown = {name: getattr(law, name).xreplace(concentrations) * v for name in law.extensive}
        return replace(law, **grown)
    return Custom(exact_expression(v * law.expression(reaction).xreplace(concentrations)))
