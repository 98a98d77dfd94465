"""What an SBML model may hold that a Network cannot: refused by name, never skipped."""

from collections.abc import Iterator

import libsbml

from ...errors import UnsupportedError


def refuse_unsupported(model: libsbml.Model, source: str) -> None:
    """Raise an UnsupportedError that names the first feature found and its identifier."""
    for feature, identifier in _found(model):
        where = f" ('{identifier}')" if identifier else ""
        raise UnsupportedError(f"{source}: {feature}{where} is not supported in an SBML model")


def refuse_fast(model: libsbml.Model, source: str) -> None:
    """Refuse fast reactions, which are no longer to be seen after a conversion to Level 3 Version 2."""
    for r in model.getListOfReactions():
        if r.isSetFast() and r.getFast():
            raise UnsupportedError(f"{source}: a fast reaction ('{r.getId()}') is not supported in an SBML model")


def _found(model: libsbml.Model) -> Iterator[tuple[str, str]]:
    if model.isSetConversionFactor():
        yield "a conversion factor", model.getConversionFactor()
    for i in range(model.getNumEvents()):
        yield "an event", model.getEvent(i).getId()
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            yield "an algebraic rule", ""
        elif rule.isRate():
            yield "a rate rule", rule.getVariable()
        elif model.getParameter(rule.getVariable()) is None:
            yield "an assignment rule for what is not a parameter", rule.getVariable()
    for c in model.getListOfCompartments():
        if not c.getConstant():
            yield "a compartment of variable size", c.getId()
        if c.isSetSpatialDimensions() and c.getSpatialDimensionsAsDouble() == 0:
            yield "a compartment without dimensions", c.getId()
    for s in model.getListOfSpecies():
        if s.isSetConversionFactor():
            yield "a conversion factor", s.getId()
    for r in model.getListOfReactions():
        if r.getKineticLaw() is None or not r.getKineticLaw().isSetMath():
            yield "a reaction without kinetic law", r.getId()
        yield from _variable_stoichiometry(model, r)


def _variable_stoichiometry(model: libsbml.Model, r: libsbml.Reaction) -> Iterator[tuple[str, str]]:
    for reference in [*r.getListOfReactants(), *r.getListOfProducts()]:
        if reference.isSetStoichiometryMath():
            yield "a stoichiometry given by a formula", r.getId()
        if not reference.getConstant():
            yield "a variable stoichiometry", r.getId()
        identifier = reference.getId()
        if identifier and model.getInitialAssignment(identifier) is not None:
            yield "an initial assignment to a stoichiometry", identifier
