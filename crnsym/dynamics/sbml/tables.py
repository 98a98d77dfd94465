"""What a model holds, as plain tables: quantities, rules, reactions, functions and events."""

import math
from dataclasses import dataclass, field
from typing import Any

import libsbml

from ...errors import FormatError

NAN = math.nan


@dataclass
class Quantity:
    """A compartment, species, parameter or stoichiometry: what may have a value.

    Parameters
    ----------
    start
        The value of the file, not-a-number where it has none.
    given
        The file has a value.
    compartment
        Of a species; empty for anything else.
    by_concentration
        The identifier of the species means a concentration in formulas.
    starts_by_concentration
        The value of the file is a concentration.
    reacting
        Reactions change the species.
    factor
        The identifier of the conversion factor of the species.
    """

    id: str
    start: float = NAN
    given: bool = True
    constant: bool = True
    compartment: str = ""
    by_concentration: bool = False
    starts_by_concentration: bool = False
    reacting: bool = False
    factor: str = ""


@dataclass
class Term:
    """One side entry of a reaction; the stoichiometry is an identifier, a formula or a number."""

    species: str
    sign: int
    number: float = 1.0
    id: str = ""
    math: Any = None


@dataclass
class Tables:
    """Everything of a model that a simulation needs; formulas stay libsbml trees."""

    source: str
    level: int
    quantities: dict[str, Quantity] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    assigned: dict[str, Any] = field(default_factory=dict)
    rates: dict[str, Any] = field(default_factory=dict)
    laws: dict[str, tuple[Any, dict[str, str]]] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    functions: dict[str, tuple[tuple[str, ...], Any]] = field(default_factory=dict)


def tables(document: libsbml.SBMLDocument, source: str) -> Tables:
    """Return the tables of a loaded document; keep the document while they are used."""
    model: Any = document.getModel()
    t = Tables(source, document.getLevel())
    _quantities(model, t)
    for element in model.getListOfInitialAssignments():
        if element.isSetMath():
            t.initial[element.getSymbol()] = element.getMath()
    for rule in model.getListOfRules():
        if rule.isSetMath() and not rule.isAlgebraic():
            (t.rates if rule.isRate() else t.assigned)[rule.getVariable()] = rule.getMath()
    for reaction in model.getListOfReactions():
        _reaction(reaction, t)
    for f in model.getListOfFunctionDefinitions():
        t.functions[f.getId()] = (tuple(f.getArgument(i).getName() for i in range(f.getNumArguments())), f.getBody())
    for q in t.quantities.values():
        if q.factor and q.factor not in t.quantities:
            raise FormatError(f"{source}: '{q.id}' has the conversion factor '{q.factor}', which nothing declares")
    for id_ in (*t.initial, *t.assigned, *t.rates):
        if id_ not in t.quantities:
            raise FormatError(f"{source}: a rule or assignment sets '{id_}', which nothing declares")
    return t


def _quantities(model: libsbml.Model, t: Tables) -> None:
    for c in model.getListOfCompartments():
        size = c.getSize() if c.isSetSize() else 1.0  # the default of Level 1, later without one
        t.quantities[c.getId()] = Quantity(c.getId(), size, True, t.level > 1 and c.getConstant())
    for p in model.getListOfParameters():
        value = p.getValue() if p.isSetValue() else NAN
        t.quantities[p.getId()] = Quantity(p.getId(), value, p.isSetValue(), p.getConstant())
    default = model.getConversionFactor() if t.level > 2 and model.isSetConversionFactor() else ""
    vessels = set(t.quantities) - {p.getId() for p in model.getListOfParameters()}
    for s in model.getListOfSpecies():
        if s.getCompartment() not in vessels:
            raise FormatError(f"{t.source}: species '{s.getId()}' is in no compartment of the model")
        dense = s.isSetInitialConcentration()
        start = s.getInitialConcentration() if dense else s.getInitialAmount() if s.isSetInitialAmount() else NAN
        t.quantities[s.getId()] = Quantity(
            s.getId(),
            start,
            dense or s.isSetInitialAmount(),
            s.getConstant(),
            s.getCompartment(),
            by_concentration=not s.getHasOnlySubstanceUnits(),
            starts_by_concentration=dense,
            reacting=not s.getBoundaryCondition() and not s.getConstant(),
            factor=(s.getConversionFactor() if t.level > 2 and s.isSetConversionFactor() else default),
        )


def _reaction(reaction: libsbml.Reaction, t: Tables) -> None:
    id_, law = reaction.getId(), reaction.getKineticLaw()
    local: dict[str, str] = {}
    if law is not None:
        parameters = law.getListOfLocalParameters() if t.level > 2 else law.getListOfParameters()
        local = {p.getId(): f"({p.getValue()!r})" if p.isSetValue() else "(nan)" for p in parameters}
    t.laws[id_] = (law.getMath() if law is not None and law.isSetMath() else None, local)
    terms = []
    for sign, references in ((-1, reaction.getListOfReactants()), (1, reaction.getListOfProducts())):
        for reference in references:
            if reference.getSpecies() not in t.quantities:
                raise FormatError(f"{t.source}: reaction '{id_}' names the species '{reference.getSpecies()}'")
            terms.append(_term(reference, sign, t))
    t.terms[id_] = terms


def _term(reference: libsbml.SpeciesReference, sign: int, t: Tables) -> Term:
    given = reference.isSetStoichiometry() or t.level < 3
    number = float(reference.getStoichiometry()) if given else 1.0  # the default of Level 2, later without one
    if t.level == 1 and reference.getDenominator() not in (0, 1):
        number /= reference.getDenominator()
    term = Term(reference.getSpecies(), sign, number, reference.getId() if t.level > 2 else "")
    if t.level == 2 and reference.isSetStoichiometryMath() and reference.getStoichiometryMath().isSetMath():
        term.math = reference.getStoichiometryMath().getMath()
    if term.id:
        t.quantities[term.id] = Quantity(term.id, number, True, reference.getConstant())
    return term
