"""SBML to Network.

Species are concentrations here: an amount is divided by its compartment, a kinetic law (substance per time)
by the compartment of the species it changes. Function definitions are written out, local parameters become
parameters of the model, initial assignments are evaluated, assignment rules become observables and are
written out where a formula uses them.
"""

from collections.abc import Iterable
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

import libsbml
import sympy as sp

from ...errors import FormatError, UnsupportedError
from ...network.complexes import Complex
from ...network.network import Network
from ...network.rate_laws import RateLaw
from ...network.reaction import Reaction
from ...network.species import Species
from ...network.symbols import TIME, exact_expression, exact_number, symbol
from ..laws import law_from_fields
from ..recognise import recognise, split_reversible
from .annotation import annotation, exact_value
from .formulas import Scope, from_ast
from .refuse import refuse_unsupported


def network_of(document: libsbml.SBMLDocument, source: str) -> Network:
    """Return the network of a checked Level 3 document.

    Raises
    ------
    UnsupportedError
        For an SBML feature that a network cannot express, by name.
    FormatError
        For a formula that names what does not exist, or values that depend on each other in a circle.
    """
    model: Any = document.getModel()
    refuse_unsupported(model, source)
    return _Reader(model, source).network()


class _Reader:
    """Holds what identifiers mean while a model is read."""

    def __init__(self, model: libsbml.Model, source: str) -> None:
        self.model, self.source = model, source
        self.ours = annotation(model).get("names") == "original"
        self.volumes: dict[str, sp.Expr] = {}
        self.species: dict[str, Species] = {}
        self.parameters: dict[str, sp.Rational | None] = {}
        self.units: dict[str, str] = {}
        self.errors: dict[str, float] = {}
        self.observables: dict[str, sp.Expr] = {}
        self.names = self._names()
        self.scope = Scope({}, self._functions())

    def network(self) -> Network:
        self._compartments()
        self._species()
        self._parameters()
        self._initial_assignments()
        self._assignment_rules()
        reactions = [r for element in self.model.getListOfReactions() for r in self._reactions(element)]
        title = self.model.getName() or self.model.getId()
        metadata = {"standard_errors": self.errors} if self.errors else {}
        return Network(
            tuple(reactions),
            tuple(self.species.values()),
            self.parameters,
            self.observables,
            self.units,
            title,
            metadata,
        )

    # --- names --------------------------------------------------------------------------------------------

    def _names(self) -> dict[str, str]:
        """Return {identifier: name in the network}: names of our own files, identifiers of others'."""
        elements = [*self.model.getListOfSpecies(), *self.model.getListOfParameters()]
        names = {e.getId(): (self.ours and e.getName()) or e.getId() for e in elements}
        if len(set(names.values())) < len(names):
            names = {e.getId(): e.getId() for e in elements}
        if not self.ours and TIME in names:  # would be the running time
            names[TIME] = _free(TIME, names.values())
        return names

    def _functions(self) -> dict[str, tuple[tuple[str, ...], libsbml.ASTNode]]:
        found = {}
        for f in self.model.getListOfFunctionDefinitions():
            if f.getBody() is None:
                raise UnsupportedError(f"{self.source}: the function '{f.getId()}' has no formula")
            arguments = tuple(f.getArgument(i).getName() for i in range(f.getNumArguments()))
            found[f.getId()] = (arguments, f.getBody())
        return found

    def _formula(self, element, scope: Scope | None = None) -> sp.Expr:
        where = f"{self.source}, line {element.getLine()}" if element.getLine() else self.source
        value = from_ast(element.getMath(), scope or self.scope, where)
        if not isinstance(value, sp.Expr):
            raise UnsupportedError(f"{where}: a condition stands where a number must, which is not supported")
        return value

    # --- values -------------------------------------------------------------------------------------------

    def _compartments(self) -> None:
        for c in self.model.getListOfCompartments():
            size = exact_value(c.getSize() if c.isSetSize() else 1.0, annotation(c))
            if size <= 0:
                raise UnsupportedError(f"{self.source}: the compartment '{c.getId()}' has the size {size}")
            self.volumes[c.getId()] = size

    def _species(self) -> None:
        values: dict[str, sp.Expr] = {}
        for s in self.model.getListOfSpecies():
            about, name = annotation(s), self.names[s.getId()]
            volume = self.volumes[s.getCompartment()]
            initial = None
            if s.isSetInitialConcentration():
                initial = exact_value(s.getInitialConcentration(), about)
            elif s.isSetInitialAmount():
                initial = exact_value(s.getInitialAmount(), about) / volume
            self.species[name] = Species(
                name,
                about.get("formula"),
                s.getConstant(),
                s.getBoundaryCondition() and about.get("changed_by") != "reactions",
                initial,  # type: ignore[arg-type]
                about.get("unit"),
            )
            values[s.getId()] = symbol(name) * volume if s.getHasOnlySubstanceUnits() else symbol(name)
        self.scope = self.scope.with_values({**self.volumes, **values, **self._coefficients()})

    def _coefficients(self) -> dict[str, sp.Expr]:
        """Return {identifier of a species reference: its coefficient}, as formulas may name it."""
        reactions = self.model.getListOfReactions()
        references = [s for r in reactions for s in (*r.getListOfReactants(), *r.getListOfProducts())]
        return {s.getId(): exact_value(s.getStoichiometry(), annotation(s)) for s in references if s.getId()}

    def _parameters(self) -> None:
        ruled = {rule.getVariable() for rule in self.model.getListOfRules()}
        for p in self.model.getListOfParameters():
            if p.getId() not in ruled:
                self._parameter(self.names[p.getId()], p)
        self.scope = self.scope.with_values(
            {id_: symbol(name) for id_, name in self.names.items() if id_ not in self.scope.values}
        )

    def _parameter(self, name: str, element) -> None:
        about = annotation(element)
        self.parameters[name] = exact_value(element.getValue(), about) if element.isSetValue() else None
        if "unit" in about:
            self.units[name] = about["unit"]
        if "standard_error" in about:
            self.errors[name] = float(about["standard_error"])

    # --- formulas that give values ------------------------------------------------------------------------

    def _initial_assignments(self) -> None:
        """Evaluate initial assignments, in an order in which each finds what it needs."""
        found = {e.getSymbol(): e for e in self.model.getListOfInitialAssignments() if e.isSetMath()}
        if not found:
            return
        known = {symbol(name): v for name, v in self.parameters.items() if v is not None}
        known |= {symbol(n): s.initial for n, s in self.species.items() if s.initial is not None}
        known[symbol(TIME)] = sp.Integer(0)
        for id_ in self._ordered(found, "initial assignments"):
            if id_ not in self.names:
                raise UnsupportedError(
                    f"{self.source}: an initial assignment to '{id_}' (neither species nor parameter) is not supported"
                )
            value: Any = self._formula(found[id_]).xreplace(known)
            if not value.is_number:
                raise UnsupportedError(
                    f"{self.source}: the initial assignment to '{id_}' has no value; it depends on "
                    f"{', '.join(sorted(map(str, value.free_symbols)))}"
                )
            known[symbol(self.names[id_])] = self._assign(id_, value)

    def _assign(self, id_: str, value: Any) -> sp.Rational:
        value = exact_number(value if isinstance(value, sp.Rational) else float(value))
        name = self.names[id_]
        if name in self.species:
            element = self.model.getSpecies(id_)
            if element.getHasOnlySubstanceUnits():
                value = value / self.volumes[element.getCompartment()]
            self.species[name] = replace(self.species[name], initial=value)
        else:
            self.parameters[name] = value
        return value

    def _assignment_rules(self) -> None:
        """Read assignment rules as observables and write them out in every formula that uses them."""
        found = {rule.getVariable(): rule for rule in self.model.getListOfRules() if rule.isSetMath()}
        for id_ in self._ordered(found, "assignment rules"):
            expression = self._formula(found[id_])
            self.observables[self.names[id_]] = expression
            self.scope = self.scope.with_values({id_: expression})

    def _ordered(self, found: dict, kind: str) -> list[str]:
        """Return identifiers so that each stands behind those its formula names."""
        needs = {id_: [n for n in _names_in(element.getMath()) if n in found] for id_, element in found.items()}
        try:
            return [id_ for id_ in TopologicalSorter(needs).static_order() if id_ in found]
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise FormatError(f"{self.source}: {kind} depend on each other in a circle: {circle}") from None

    # --- reactions ----------------------------------------------------------------------------------------

    def _reactions(self, element: libsbml.Reaction) -> Iterable[Reaction]:
        """Return the reaction; two where a reversible one is mass action in both directions."""
        law_element = element.getKineticLaw()
        reactants = self._side(element.getListOfReactants())
        products = self._side(element.getListOfProducts())
        if not reactants and not products:
            raise UnsupportedError(f"{self.source}: the reaction '{element.getId()}' has no species")
        name = element.getName() if self.ours else element.getId()
        local = self._local_parameters(law_element, element.getId())
        rate = self._formula(law_element, self.scope.with_values(local)) / self._volume(element)
        law = self._annotated(law_element, rate, reactants, products)
        if law is None and element.getReversible():
            pair = split_reversible(rate, reactants, products, self.species)
            if pair:
                yield Reaction(reactants, products, pair[0], name)
                yield Reaction(products, reactants, pair[1], f"{name}_reverse" if name else "")
                return
        yield Reaction(reactants, products, law or recognise(rate, reactants, products, self.species), name)

    def _side(self, references: Iterable[libsbml.SpeciesReference]) -> Complex:
        side: dict[str, sp.Expr] = {}
        for reference in references:
            number = reference.getStoichiometry() if reference.isSetStoichiometry() else 1.0
            coefficient = exact_value(number, annotation(reference))
            name = self.names[reference.getSpecies()]
            side[name] = side.get(name, sp.Integer(0)) + coefficient
        return Complex({name: c for name, c in side.items() if c != 0})

    def _local_parameters(self, law: libsbml.KineticLaw, reaction: str) -> dict[str, sp.Expr]:
        """Make parameters of the model out of local ones: ``k`` of reaction ``r1`` becomes ``r1_k``."""
        values: dict[str, sp.Expr] = {}
        for p in law.getListOfLocalParameters():
            taken = {*self.names.values(), *self.parameters}
            name = p.getId() if p.getId() not in taken | {TIME} else _free(f"{reaction}_{p.getId()}", taken)
            self._parameter(name, p)
            values[p.getId()] = symbol(name)
        return values

    def _volume(self, element: libsbml.Reaction) -> sp.Expr:
        """Return the size of the compartment whose species the reaction changes."""
        references = [*element.getListOfReactants(), *element.getListOfProducts()]
        species = [self.model.getSpecies(r.getSpecies()) for r in references]
        changed = [s for s in species if not s.getBoundaryCondition() and not s.getConstant()]
        sizes = {self.volumes[s.getCompartment()] for s in changed or species}
        if len(sizes) > 1:
            raise UnsupportedError(
                f"{self.source}: the reaction '{element.getId()}' goes between compartments of different "
                "size, which is not supported"
            )
        return sizes.pop()

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


def _free(name: str, taken: Iterable[str]) -> str:
    """Return the name, with underscores behind it while it is taken."""
    used = set(taken)
    while name in used or name == TIME:
        name += "_"
    return name


def _names_in(tree: libsbml.ASTNode) -> list[str]:
    found, stack = [], [tree]
    while stack:
        top = stack.pop()
        if top.getType() == libsbml.AST_NAME:
            found.append(top.getName())
        stack.extend(top.getChild(i) for i in range(top.getNumChildren()))
    return found
