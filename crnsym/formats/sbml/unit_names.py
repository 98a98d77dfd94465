"""Units of a model that others wrote, as text such as ``1/(mmol s)``: where the text says the same."""

import libsbml

from ...network.units import Factor, parse_unit, unit_text

_SECONDS = {1.0: "second", 60.0: "minute", 3600.0: "hour", 86400.0: "day"}


class UnitNames:
    """Writes the units of parameters and concentrations; ``lost`` lists the elements whose unit has no text."""

    def __init__(self, model: libsbml.Model) -> None:
        self.model = model
        self.lost: list[str] = []

    def of_parameter(self, element: libsbml.Parameter) -> str | None:
        """Return the unit of a parameter, None where none is given or no text says it."""
        return self._text(element.getId(), self._factors(element.getUnits())) if element.isSetUnits() else None

    def of_concentration(self, s: libsbml.Species) -> str | None:
        """Return the unit of a species' concentration: of its substance by that of its compartment."""
        compartment = self.model.getCompartment(s.getCompartment())
        substance = s.getSubstanceUnits() or self.model.getSubstanceUnits()
        size = compartment.getUnits() or self.model.getVolumeUnits()
        if not substance or not size:
            return None
        over, under = self._factors(substance), self._factors(size)
        inverse = None if under is None else [Factor(f.kind, f.scale, -f.exponent) for f in under]
        return self._text(s.getId(), None if over is None or inverse is None else [*over, *inverse])

    def _text(self, identifier: str, factors: list[Factor] | None) -> str | None:
        if factors is None:
            self.lost.append(identifier)
            return None
        text = unit_text(tuple(sorted(factors, key=lambda f: f.exponent < 0))) if factors else None
        return text if text and parse_unit(text) is not None else None

    def _factors(self, name: str) -> list[Factor] | None:
        """Return the factors of a unit, none for a dimensionless one, None where there is a factor like 1.5."""
        definition = self.model.getUnitDefinition(name)
        if definition is None:
            return [] if name == "dimensionless" else [Factor(name, 0, 1)] if _known(Factor(name, 0, 1)) else None
        found = []
        for unit in definition.getListOfUnits():
            kind = libsbml.UnitKind_toString(unit.getKind())
            multiplier, exponent = unit.getMultiplier(), unit.getExponentAsDouble()
            if kind == "second" and unit.getScale() == 0 and multiplier in _SECONDS:
                kind, multiplier = _SECONDS[multiplier], 1.0
            factor = Factor(kind, unit.getScale(), round(exponent))
            if kind == "dimensionless" and multiplier == 1 and unit.getScale() == 0:
                continue
            if multiplier != 1 or exponent != round(exponent) or not _known(factor):
                return None
            found.append(factor)
        return sorted(found)


def _known(factor: Factor) -> bool:
    try:
        return parse_unit(unit_text((factor,))) == (factor,)
    except KeyError:
        return False
