"""Reactions of an SBML model: sides, volumes, conversion factors, rate laws.

A kinetic law v counts extent per time. With n_i the amount of a species, c_i its conversion factor and V_i
the size of its compartment, d(n_i / V_i)/dt = s_i c_i / V_i v. The rate of the network's reaction is v times
c/V of its first species; where other species differ, their coefficients are scaled.
"""

from collections.abc import Iterator
from typing import Any

import libsbml
import sympy as sp

from ...errors import UnsupportedError
from ...network.complexes import Complex
from ...network.rate_laws import RateLaw
from ...network.reaction import Reaction
from ...network.recognise import recognise, split_reversible
from ...network.species import Species
from ...network.symbols import exact_expression
from ..laws import law_from_fields
from .annotation import annotation, exact_value
from .values import Values


class Reactions:
    """Reads the reactions of a model whose values are known; ``changed`` and ``ignored`` are for the report."""

    def __init__(self, values: Values, species: dict[str, Species]) -> None:
        self.values, self.species = values, species
        self.model, self.source = values.model, values.source
        self._identifiers = {name: identifier for identifier, name in values.names.items()}
        self.changed: list[str] = []
        self.ignored: list[str] = []

    def read(self) -> list[Reaction]:
        """Return all reactions in their order."""
        return [r for element in self.model.getListOfReactions() for r in self._read(element)]

    def _read(self, element: libsbml.Reaction) -> Iterator[Reaction]:
        """Yield the reaction; two where a reversible one is mass action in both directions."""
        identifier = element.getId()
        counts = self._counts(element)
        if not counts:
            self.ignored.append(f"the reaction {identifier}, which changes no species")
            return
        factors = {name: self._factor(name) for name, _ in counts}
        changed = [name for name, _ in counts if not self.species[name].fixed]
        reference = factors[changed[0] if changed else counts[0][0]]
        sides: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        for name, count in counts:
            scaled = count if self.species[name].fixed else count * factors[name] / reference
            side = sides[1 if scaled > 0 else 0]
            side[name] = side.get(name, 0) + abs(scaled)
        if any(factors[name] != reference for name in changed):
            self.changed.append(
                f"the coefficients of {identifier} are scaled, as its species differ in volume or factor"
            )
        reactants, products = Complex(sides[0]), Complex(sides[1])
        rate = self.values.rates[identifier] * reference
        law_element = element.getKineticLaw()
        law = self._annotated(law_element, rate, reactants, products)
        name = self.values.reaction_name(element)
        pair = (
            split_reversible(rate, reactants, products, self.species)
            if law is None and element.getReversible()
            else None
        )
        if pair:
            self.changed.append(f"the reversible reaction {identifier} is two reactions")
            yield Reaction(reactants, products, pair[0], name)
            yield Reaction(products, reactants, pair[1], f"{name}_reverse" if name else "")
        else:
            yield Reaction(reactants, products, law or recognise(rate, reactants, products, self.species), name)

    def _counts(self, element: libsbml.Reaction) -> list[tuple[str, Any]]:
        """Return (species, count), reactants with a minus; without zeros and species that a rule gives."""
        counts = []
        for sign, references in ((-1, element.getListOfReactants()), (1, element.getListOfProducts())):
            for reference in references:
                name, count = self.values.names[reference.getSpecies()], self._count(reference, element.getId())
                if name not in self.species:
                    self.changed.append(f"{name} has a rule: it is an observable, and left out of {element.getId()}")
                elif count < 0:
                    self.changed.append(f"{name} changes sides in {element.getId()}, as its stoichiometry is negative")
                if name in self.species and count != 0:
                    counts.append((name, sign * count))
        return counts

    def _count(self, reference: libsbml.SpeciesReference, reaction: str) -> sp.Expr:
        if reference.getId() in self.values.coefficients:
            return self.values.coefficients[reference.getId()]
        if not reference.isSetStoichiometry():
            kind = "a stoichiometry without value" if reference.getConstant() else "a variable stoichiometry"
            raise UnsupportedError(f"{self.source}: {kind} ('{reaction}') is not supported in an SBML model")
        return exact_value(reference.getStoichiometry(), reference, self.source)

    def _factor(self, name: str) -> sp.Expr:
        """Return conversion factor / size of the compartment."""
        s = self.model.getSpecies(self._identifiers[name])
        factor: Any = sp.Integer(1)
        converting = s.getConversionFactor() or self.model.getConversionFactor()
        if converting and not self.species[name].fixed:
            factor = self.values.parameters.get(self.values.names[converting])
            if factor is None or factor <= 0:
                problem = f"the conversion factor '{converting}' is not a positive number"
                raise UnsupportedError(f"{self.source}: {problem}, which is not supported")
            if (
                line := f"the conversion factor {converting} is in the rates, as the number {factor}"
            ) not in self.changed:
                self.changed.append(line)
        return factor / self.values.sizes[s.getCompartment()]

    def _annotated(
        self, element: libsbml.KineticLaw, rate: sp.Expr, reactants: Complex, products: Complex
    ) -> RateLaw | None:
        """Return the law that an annotation of ours names, if it has the formula of the file."""
        about = annotation(element)
        if "law" not in about:
            return None
        law = law_from_fields(about, f"{self.source}, line {element.getLine()}")
        written = law.expression(Reaction(reactants, products, law))
        return law if exact_expression(written) == exact_expression(rate) else None
