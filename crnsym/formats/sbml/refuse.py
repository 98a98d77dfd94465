"""What an SBML model may hold that a Network cannot: refused by name, never skipped."""

from collections.abc import Iterator
from typing import Any

import libsbml

from ...errors import UnsupportedError
from .values import ELSEWHERE

_SHOWN = 5
"""Identifiers of one kind that are named."""

_PLURAL = {
    "an event": "events",
    "an algebraic rule": "algebraic rules",
    "a rate rule": "rate rules",
    "a reaction without kinetic law": "reactions without kinetic law",
}


def refuse_unsupported(model: libsbml.Model, source: str) -> None:
    """Raise an UnsupportedError that names every feature found, with the identifiers of the first few."""
    features: dict[str, list[str]] = {}
    for feature, identifier in _found(model):
        features.setdefault(feature, []).append(identifier)
    if features:
        what = ", ".join(_named(feature, identifiers) for feature, identifiers in features.items())
        is_ = "is" if sum(map(len, features.values())) == 1 else "are"
        raise UnsupportedError(f"{source}: {what} {is_} not supported in a network{ELSEWHERE}")


def _named(feature: str, identifiers: list[str]) -> str:
    """Write a feature with how often it occurs, and where."""
    shown = ", ".join(f"'{i}'" for i in identifiers[:_SHOWN] if i)
    more = ", ..." if len(identifiers) > _SHOWN else ""
    where = f" ({shown}{more})" if shown else ""
    return f"{feature}{where}" if len(identifiers) == 1 else f"{len(identifiers)} {_PLURAL[feature]}{where}"


def refuse_fast(model: libsbml.Model, source: str) -> None:
    """Refuse fast reactions, which are no longer to be seen after a conversion to Level 3 Version 2."""
    for r in model.getListOfReactions():
        if r.isSetFast() and r.getFast():
            raise UnsupportedError(f"{source}: a fast reaction ('{r.getId()}') is not supported in an SBML model")


def _found(model: libsbml.Model) -> Iterator[tuple[str, str]]:
    for event in model.getListOfEvents():
        if event.getNumEventAssignments() or not event.isSetIdAttribute() or event.isSetTrigger():
            yield "an event", event.getIdAttribute()
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            yield "an algebraic rule", ""
        elif rule.isRate():
            yield "a rate rule", rule.getVariable()
    for r in model.getListOfReactions():
        if r.getKineticLaw() is None or not r.getKineticLaw().isSetMath():
            yield "a reaction without kinetic law", r.getId()


def passed_over(document: libsbml.SBMLDocument) -> list[str]:
    """Return what a network leaves out without changing what the model means, for the report."""
    model: Any = document.getModel()
    lines = []
    if model.getNumConstraints():
        lines.append(f"{model.getNumConstraints()} constraints, which are checks of a simulation")
    for i in range(document.getNumPlugins()):
        package = document.getPlugin(i).getPackageName()
        if package != "l3v2extendedmath":
            lines.append(f"the package {package}, which the model does not require")
    for rules in (model.getListOfRules(), model.getListOfInitialAssignments()):
        lines += [
            f"the {e.getElementName()} for {e.getIdAttribute() or '?'} without formula"
            for e in rules
            if not e.isSetMath()
        ]
    elements = [*model.getListOfSpecies(), *model.getListOfParameters(), *model.getListOfReactions()]
    if any(e.isSetName() and e.getName() != e.getId() for e in elements):
        lines.append("names of elements, where identifiers are used")
    return lines
