"""SBML to Network.

Species are concentrations here: an amount is divided by its compartment, a kinetic law (extent per time) by
the compartment of the species it changes. Function definitions are written out, local parameters become
parameters of the model, initial assignments are evaluated, assignment rules become observables and are
written out where a formula uses them. ``metadata["report"]`` says what was done.
"""

from typing import Any

import libsbml
import sympy as sp

from ...network.network import Network
from ...network.species import Species
from ..report import with_report
from .annotation import annotation
from .miriam import annotations_of
from .reactions import Reactions
from .refuse import passed_over, refuse_unsupported
from .values import Values


def network_of(document: libsbml.SBMLDocument, source: str, level: str = "", names: bool = False) -> Network:
    """Return the network of a checked Level 3 document.

    Parameters
    ----------
    level
        Level and version that the file had, for the report.
    names
        Elements are called by their names, not by their identifiers.

    Raises
    ------
    UnsupportedError
        For an SBML feature that a network cannot express, by name.
    FormatError
        For a formula that names what does not exist, or values that depend on each other in a circle.
    """
    model: Any = document.getModel()
    refuse_unsupported(model, source)
    values = Values(model, source, names)
    species = _species(values)
    reactions = Reactions(values, species)
    read = reactions.read()
    observables = _observables(values)
    metadata: dict[str, Any] = {"standard_errors": values.errors} if values.errors else {}
    if kept := annotations_of(model, values.names):
        metadata["annotations"] = kept
    network = Network(
        tuple(read),
        tuple(species.values()),
        values.parameters,
        observables,
        values.units,
        model.getName() or model.getId(),
        metadata,
    )
    changed = [*_changes(values), *values.changed, *reactions.changed]
    ignored = [*passed_over(document), *reactions.ignored]
    if values.unit_names.lost:
        ignored.append(f"units that have no plain name, of {', '.join(values.unit_names.lost)}")
    return with_report(network, source, f"SBML {level}".strip(), changed, ignored)


def _changes(values: Values) -> list[str]:
    lines = [
        f"{name} has the size {size}: kinetic laws are divided by it"
        for name, size in values.sizes.items()
        if size != 1
    ]
    amounts = [s.getId() for s in values.model.getListOfSpecies() if s.getHasOnlySubstanceUnits()]
    if amounts:
        lines.append(f"amounts are concentrations now: {', '.join(amounts)}")
    lines += [f"{i} has a rule: it is an observable" for i in values.rules if i in values.names]
    lines += [f"{i} is called {n}" for i, n in values.names.items() if i != n and not values.ours]
    return lines


def _species(values: Values) -> dict[str, Species]:
    """Return {name: species}, without those that a rule gives."""
    found = {}
    for s in values.model.getListOfSpecies():
        name, about = values.names[s.getId()], annotation(s)
        if s.getId() not in values.rules:
            boundary = s.getBoundaryCondition() and about.get("changed_by") != "reactions"
            start = values.initial(name)
            unit = about.get("unit") if values.ours else values.unit_names.of_concentration(s)
            live = values.start(name)
            found[name] = Species(name, about.get("formula"), s.getConstant(), boundary, start, unit, live)
    return found


def _observables(values: Values) -> dict[str, sp.Expr]:
    """Return {name: expression} of the rules for parameters and species, species as concentrations."""
    species = values.model.getListOfSpecies()
    amounts = {s.getId(): values.sizes[s.getCompartment()] for s in species if s.getHasOnlySubstanceUnits()}
    found = {}
    for identifier, expression in values.rules.items():
        if identifier in values.names:
            found[values.names[identifier]] = expression / amounts.get(identifier, 1)
    return found
