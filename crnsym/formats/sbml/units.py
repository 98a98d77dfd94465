"""Units of an exported model: those the network names, dimensionless where it names none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import libsbml
import sympy as sp

from ...network.units import Factor, parse_unit

if TYPE_CHECKING:
    from ...network.network import Network
    from ...network.reaction import Reaction

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_KINDS = {
    name: getattr(libsbml, f"UNIT_KIND_{name.upper()}")
    for name in ("mole", "item", "litre", "metre", "second", "gram", "joule", "pascal", "kelvin", "dimensionless")
}
DIMENSIONLESS = "dimensionless"
Unit = tuple[Factor, ...]


class Units:
    """Chooses and declares the units of a model.

    Time is what the units of the parameters name (minutes in ``1/min``), concentration what the species
    agree on (``mM``); a model without either is dimensionless in both.
    """

    def __init__(self, network: "Network", give: Callable[[str, str], str]) -> None:
        self._give = give
        self._defined: dict[Unit, str] = {}
        self._definitions: list[tuple[str, Unit]] = []
        self.parameters = {name: parse_unit(text) for name, text in network.units.items()}
        self.time = self._time()
        self.concentration = self._concentration(network)
        if self.time and self.concentration:
            for reaction in network.reactions:
                self._infer(reaction)

    def _time(self) -> Unit:
        for unit in self.parameters.values():
            for f in unit or ():
                if f.kind in _SECONDS:
                    return (Factor(f.kind, f.scale, 1),)
        return ()

    @staticmethod
    def _concentration(network: "Network") -> Unit:
        written = {s.unit for s in network.species if s.unit}
        unit = parse_unit(written.pop()) if len(written) == 1 else None
        return unit or ()

    def _infer(self, reaction: "Reaction") -> None:
        """Give the rate constant of a mass-action reaction the unit that its order needs."""
        k = getattr(reaction.rate, "k", None)
        if not reaction.rate.is_mass_action or not isinstance(k, sp.Symbol) or not reaction.order.is_integer:
            return
        powers = {(f.kind, f.scale): f.exponent * (1 - int(reaction.order)) for f in self.concentration}
        for f in self.time:
            powers[f.kind, f.scale] = powers.get((f.kind, f.scale), 0) - f.exponent
        unit = tuple(sorted(Factor(kind, scale, n) for (kind, scale), n in powers.items() if n))
        self.parameters.setdefault(k.name, unit)

    def of_parameter(self, name: str) -> str | None:
        """Return the identifier of a parameter's unit, None where it is not known."""
        if name not in self.parameters:
            return None if self.time or self.concentration else DIMENSIONLESS
        unit = self.parameters[name]
        return None if unit is None else self._identifier(unit)

    def declare(self, model: libsbml.Model) -> None:
        """Set the units of the model: time, substance, volume, extent."""
        molar = [f for f in self.concentration if f.kind == "molar"]
        amount = [f for f in self.concentration if f.kind in ("mole", "item", "gram") and f.exponent == 1]
        if molar and len(self.concentration) == 1:
            substance, volume = (Factor("mole", molar[0].scale, 1),), (Factor("litre", 0, 1),)
        elif amount and len(self.concentration) == 2:
            substance = (amount[0],)
            volume = tuple(Factor(f.kind, f.scale, -f.exponent) for f in self.concentration if f != amount[0])
        else:
            substance, volume = self.concentration, ()
        model.setTimeUnits(self._identifier(self.time))
        model.setSubstanceUnits(self._identifier(substance))
        model.setExtentUnits(self._identifier(substance))
        model.setVolumeUnits(self._identifier(volume))

    def define(self, model: libsbml.Model) -> None:
        """Write the unit definitions that were asked for."""
        for identifier, unit in self._definitions:
            definition = model.createUnitDefinition()
            definition.setId(identifier)
            for f in unit or (Factor(DIMENSIONLESS, 0, 1),):
                for kind, scale, exponent, multiplier in _sbml_units(f):
                    part = definition.createUnit()
                    part.setKind(_KINDS[kind])
                    part.setScale(scale)
                    part.setExponent(exponent)
                    part.setMultiplier(multiplier)

    def _identifier(self, unit: Unit) -> str:
        if not unit:
            return DIMENSIONLESS
        if len(unit) == 1 and unit[0].exponent == 1 and unit[0].scale == 0 and unit[0].kind in _KINDS:
            return unit[0].kind
        if unit not in self._defined:
            self._defined[unit] = self._give("unit", "_".join(map(_word, unit)))
            self._definitions.append((self._defined[unit], unit))
        return self._defined[unit]


def _word(f: Factor) -> str:
    prefix = {3: "kilo", -2: "centi", -3: "milli", -6: "micro", -9: "nano", -12: "pico", -15: "femto"}
    word = prefix.get(f.scale, "") + f.kind
    power = {1: "", 2: "_squared"}.get(abs(f.exponent), f"_to_{abs(f.exponent)}")
    return ("per_" if f.exponent < 0 else "") + word + power


def _sbml_units(f: Factor) -> list[tuple[str, int, int, float]]:
    """Return (kind, scale, exponent, multiplier): minutes are 60 seconds, molar is mole per litre."""
    if f.kind == "molar":
        return [("mole", f.scale, f.exponent, 1.0), ("litre", 0, -f.exponent, 1.0)]
    if f.kind in _SECONDS:
        return [("second", f.scale, f.exponent, float(_SECONDS[f.kind]))]
    return [(f.kind, f.scale, f.exponent, 1.0)]
