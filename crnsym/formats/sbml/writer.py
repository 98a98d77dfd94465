"""Network to SBML Level 3 Version 2.

One compartment of size 1, so that amounts are concentrations; a kinetic law is compartment * rate. Catalysts
stand on both sides. Identifiers are ASCII, the ``name`` attribute keeps the name. Observables are assignment
rules.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libsbml
import sympy as sp

from ...network.rate_laws import ReversibleMM
from ...network.recognise import recognise
from ..identifiers import ElementIdentifiers, Identifiers
from ..laws import law_fields
from .annotation import annotate, as_written, exact_entry, note
from .mathml import node, to_ast
from .miriam import DEFAULT_TERMS, write_back
from .units import Units

if TYPE_CHECKING:
    from ...network.complexes import Complex
    from ...network.network import Network
    from ...network.reaction import Reaction

# Terms of the Systems Biology Ontology, https://www.ebi.ac.uk/sbo
_SBO_REACTANT, _SBO_PRODUCT, _SBO_MODIFIER = 10, 11, 19
_SBO_VOLUME = 290


def sbml_document(
    network: "Network",
    *,
    title: str = "",
    notes: str = "",
    standard_errors: Mapping[str, float] | None = None,
) -> libsbml.SBMLDocument:
    """Return the network as a libsbml document.

    Parameters
    ----------
    title
        Name of the model; the network's name if empty.
    notes
        Text for the notes of the model, a paragraph a line.
    standard_errors
        {parameter: standard error}, written as notes and annotations; the network's metadata if not given.

    Raises
    ------
    UnsupportedError
        For a function in a rate that SBML does not have.
    """
    return _Writer(network, standard_errors).document(title or network.name, notes)


class _Writer:
    """Holds the identifiers and the model under construction."""

    def __init__(self, network: "Network", standard_errors: Mapping[str, float] | None) -> None:
        self.network = network
        self.kept = network.metadata.get("annotations") or {}
        self.errors = standard_errors or network.metadata.get("standard_errors") or {}
        self.ids = ElementIdentifiers(network)
        self.compartment = self.ids.give("compartment", "volume")
        self.units = Units(network, Identifiers().give)

    def document(self, title: str, notes: str) -> libsbml.SBMLDocument:
        document = libsbml.SBMLDocument(3, 2)
        model = document.createModel()
        model.setId(self.ids.give("model", title or "network"))
        if title:
            model.setName(as_written(title))
        model.setSBOTerm(DEFAULT_TERMS["model"])
        annotate(model, {"names": "original"})
        note(model, *notes.splitlines())
        write_back(model, self.kept, "model", "")
        self.units.declare(model)
        self._compartment(model)
        self._species(model)
        self._parameters(model)
        self._observables(model)
        for i, reaction in enumerate(self.network.reactions, 1):
            self._reaction(model, reaction, i)
        self.units.define(model)
        return document

    def _compartment(self, model: libsbml.Model) -> None:
        compartment = model.createCompartment()
        compartment.setId(self.compartment)
        compartment.setSpatialDimensions(3)
        compartment.setSize(1.0)
        compartment.setConstant(True)
        compartment.setSBOTerm(_SBO_VOLUME)

    def _species(self, model: libsbml.Model) -> None:
        for s in self.network.species:
            element = model.createSpecies()
            element.setId(self.ids.species[s.name])
            element.setName(as_written(s.name))
            element.setCompartment(self.compartment)
            if s.start is not None:
                assignment = model.createInitialAssignment()
                assignment.setSymbol(self.ids.species[s.name])
                assignment.setMath(to_ast(s.start, self.ids.symbols))
            elif s.initial is not None:
                element.setInitialConcentration(float(s.initial))
            element.setHasOnlySubstanceUnits(False)
            element.setConstant(s.constant)
            # SBML wants it of a constant species that takes part in reactions
            element.setBoundaryCondition(s.fixed)
            element.setSBOTerm(DEFAULT_TERMS["species"])
            kept = {"formula": s.formula, "unit": s.unit, "changed_by": "reactions" if _plain(s) else None}
            annotate(
                element,
                {**exact_entry(None if s.start is not None else s.initial), **{k: v for k, v in kept.items() if v}},
            )
            write_back(element, self.kept, "species", s.name)

    def _parameters(self, model: libsbml.Model) -> None:
        for name, value in self.network.parameters.items():
            element = model.createParameter()
            element.setId(self.ids.parameters[name])
            element.setName(as_written(name))
            element.setConstant(True)
            element.setSBOTerm(DEFAULT_TERMS["parameters"])
            if value is not None:
                element.setValue(float(value))
            if unit := self.units.of_parameter(name):
                element.setUnits(unit)
            entries = exact_entry(value)
            if name in self.network.units:
                entries["unit"] = self.network.units[name]
            if name in self.errors and value is not None:
                error = float(self.errors[name])
                entries["standard_error"] = repr(error)
                note(element, f"{name} = {float(value):.6g} ± {error:.2g} (standard error)")
            annotate(element, entries)
            write_back(element, self.kept, "parameters", name)

    def _observables(self, model: libsbml.Model) -> None:
        for name, expression in self.network.observables.items():
            element = model.createParameter()
            element.setId(self.ids.observables[name])
            element.setName(as_written(name))
            element.setConstant(False)
            annotate(element, {"role": "observable"})
            rule = model.createAssignmentRule()
            rule.setVariable(self.ids.observables[name])
            rule.setMath(to_ast(expression, self.ids.symbols))

    def _reaction(self, model: libsbml.Model, reaction: "Reaction", number: int) -> None:
        element = model.createReaction()
        if reaction.name:
            element.setId(self.ids.give("reaction", reaction.name))
            element.setName(as_written(reaction.name))
        else:
            element.setId(self.ids.give("reaction without a name", f"r{number}"))
        element.setReversible(isinstance(reaction.rate, ReversibleMM))
        element.setSBOTerm(DEFAULT_TERMS["reactions"])
        self._side(reaction.reactants, element.createReactant, _SBO_REACTANT)
        self._side(reaction.products, element.createProduct, _SBO_PRODUCT)
        rate = reaction.rate_expression
        present = {s.name for s in rate.free_symbols}  # type: ignore[attr-defined]  # all are symbols
        for s in self.network.species:
            if s.name in present and s.name not in reaction.reactants and s.name not in reaction.products:
                modifier = element.createModifier()
                modifier.setSpecies(self.ids.species[s.name])
                modifier.setSBOTerm(_SBO_MODIFIER)
        law = element.createKineticLaw()
        law.setSBOTerm(reaction.rate.ontology)
        law.setMath(self._kinetic_law(rate))
        if recognise(rate, reaction.reactants, reaction.products, self.network.species_index) != reaction.rate:
            annotate(law, law_fields(reaction.rate))
        write_back(element, self.kept, "reactions", reaction.name)

    def _kinetic_law(self, rate: sp.Expr) -> libsbml.ASTNode:
        volume = libsbml.ASTNode(libsbml.AST_NAME)
        volume.setName(self.compartment)
        return node(libsbml.AST_TIMES, volume, to_ast(rate, self.ids.symbols))

    def _side(self, side: "Complex", create, sbo: int) -> None:
        for name, coefficient in side.items():
            reference = create()
            reference.setSpecies(self.ids.species[name])
            reference.setStoichiometry(float(coefficient))
            reference.setConstant(True)
            reference.setSBOTerm(sbo)
            annotate(reference, exact_entry(coefficient))


def _plain(species) -> bool:
    """Tell whether a constant species had no boundary condition of its own."""
    return species.constant and not species.boundary
