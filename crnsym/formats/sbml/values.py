"""The values of an SBML model: sizes, species, parameters, initial assignments and assignment rules.

What a formula may name stands in a scope, as an expression of species (concentrations) and parameters. The
size of a compartment and a stoichiometry are numbers; where a formula gives them, a symbol stands in for the
number until all initial values are known.
"""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import libsbml
import sympy as sp

from ...errors import FormatError, NetworkError, UnsupportedError
from ...network.magnitude import bounded
from ...network.symbols import TIME, exact_number, number_text, put, symbol
from .annotation import annotation, exact_value
from .formulas import Scope, from_ast
from .names import free_name, names_in, names_of
from .unit_names import UnitNames

ELSEWHERE = "; crnsym simulate runs the file as it is"


class Values:
    """Reads everything of a model but its reactions; `resolve` makes the numbers final.

    Attributes
    ----------
    names
        {identifier: name in the network}.
    rates
        {reaction: kinetic law}, extent per time.
    rules
        {identifier: expression}, of assignment rules.
    changed
        Lines for the report.
    """

    def __init__(self, model: libsbml.Model, source: str, names: bool = False) -> None:
        self.model, self.source = model, source
        self.ours = names or annotation(model).get("names") == "original"
        self._by_name = names
        self.names = names_of(model, self.ours)
        self.changed: list[str] = []
        self.parameters: dict[str, sp.Rational | None] = {}
        self.units: dict[str, str] = {}
        self.errors: dict[str, float] = {}
        self.unit_names = UnitNames(model)
        self.rates: dict[str, sp.Expr] = {}
        self.rules: dict[str, sp.Expr] = {}
        self._ruled = {r.getVariable(): r for r in model.getListOfRules() if r.isSetMath()}
        self._assigned = {e.getSymbol(): e for e in model.getListOfInitialAssignments() if e.isSetMath()}
        self._starts: dict[sp.Symbol, Any] = {}
        self._known: dict[sp.Symbol, Any] = {}
        self._late: dict[Any, Any] = {}
        self.live: dict[sp.Symbol, sp.Expr] = {}
        self._stand_ins: set[sp.Symbol] = set()
        self.sizes = {c.getId(): self._size(c) for c in model.getListOfCompartments()}
        self.coefficients = self._coefficients()
        species = {s.getId(): self._species(s) for s in model.getListOfSpecies()}
        self._parameters()
        plain = {i: symbol(n) for i, n in self.names.items() if i not in species}
        self.scope = Scope({**plain, **self.sizes, **self.coefficients, **species}, self._functions())
        self._formulas()
        self._resolve()

    # --- what attributes say ------------------------------------------------------------------------------

    def _placeholder(self, identifier: str, kind: str) -> sp.Symbol | None:
        """Return a symbol for a value that a formula gives."""
        given = identifier in self._ruled or identifier in self._assigned
        if not identifier or not given:
            return None
        stand_in = symbol(f"\0{kind} {identifier}")  # no name of a model starts like that
        self._stand_ins.add(stand_in)
        return stand_in

    def _size(self, c: libsbml.Compartment) -> sp.Expr:
        found = self._placeholder(c.getId(), "size of")
        if found is not None:
            return found
        size = exact_value(c.getSize(), c, self.source) if c.isSetSize() else sp.Integer(1)
        if not c.isSetSize():
            self.changed.append(f"the compartment {c.getId()} has no size: 1 is assumed")
        return self._positive(c.getId(), size)

    def _positive(self, identifier: str, size: sp.Expr) -> sp.Expr:
        if size <= 0:
            raise UnsupportedError(f"{self.source}: the compartment '{identifier}' has the size {size}")
        return size

    def _coefficients(self) -> dict[str, sp.Expr]:
        """Return {identifier of a species reference: its coefficient}, as formulas may name it."""
        reactions = self.model.getListOfReactions()
        references = [s for r in reactions for s in (*r.getListOfReactants(), *r.getListOfProducts()) if s.getId()]
        found = {}
        for s in references:
            symbol_ = self._placeholder(s.getId(), "stoichiometry")
            if symbol_ is not None:
                found[s.getId()] = symbol_
            elif s.isSetStoichiometry():
                found[s.getId()] = exact_value(s.getStoichiometry(), s, self.source)
        return found

    def _species(self, s: libsbml.Species) -> sp.Expr:
        """Note the initial concentration; return what formulas mean by the species."""
        if s.getCompartment() not in self.sizes:
            raise FormatError(f"{self.source}: the species '{s.getId()}' is in no compartment of the model")
        x, volume = symbol(self.names[s.getId()]), self.sizes[s.getCompartment()]
        if s.getId() in self._assigned:
            pass
        elif s.isSetInitialConcentration():
            self._starts[x] = exact_value(s.getInitialConcentration(), s, self.source)
        elif s.isSetInitialAmount():
            self._starts[x] = exact_value(s.getInitialAmount(), s, self.source) / volume
        return x * volume if s.getHasOnlySubstanceUnits() else x

    def _parameters(self) -> None:
        for p in self.model.getListOfParameters():
            if p.getId() not in self._ruled:
                self.parameter(self.names[p.getId()], p)

    def parameter(self, name: str, element: libsbml.Parameter) -> None:
        """Add a parameter, with what an annotation says about it."""
        about = annotation(element)
        given = element.isSetValue()
        self.parameters[name] = exact_value(element.getValue(), element, self.source) if given else None
        if self.parameters[name] is not None:
            self._starts.setdefault(symbol(name), self.parameters[name])
        unit = about.get("unit") if self.ours else self.unit_names.of_parameter(element)
        if unit:
            self.units[name] = unit
        if "standard_error" in about:
            self.errors[name] = float(about["standard_error"])

    def _functions(self) -> dict[str, tuple[tuple[str, ...], libsbml.ASTNode]]:
        found = {}
        for f in self.model.getListOfFunctionDefinitions():
            if f.getBody() is None:
                raise UnsupportedError(f"{self.source}: the function '{f.getId()}' has no formula")
            arguments = tuple(f.getArgument(i).getName() for i in range(f.getNumArguments()))
            found[f.getId()] = (arguments, f.getBody())
        if found:
            self.changed.append(f"functions are written out: {', '.join(found)}")
        return found

    # --- formulas -----------------------------------------------------------------------------------------

    def _formula(self, element: Any, scope: Scope) -> sp.Expr:
        where = f"{self.source}, line {element.getLine()}" if element.getLine() else self.source
        try:
            return bounded(from_ast(element.getMath(), scope, where), "the formula")
        except NetworkError as error:
            raise UnsupportedError(f"{where}: {error}") from None

    def _formulas(self) -> None:
        """Read assignment rules and kinetic laws, each written out where another names it."""
        laws = {r.getId(): r.getKineticLaw() for r in self.model.getListOfReactions()}
        found: dict[str, Any] = {**self._ruled, **laws}
        needs = {i: [n for n in names_in(e.getMath()) if n in found] for i, e in found.items()}
        for reaction, law in laws.items():  # a local parameter may bear the name of anything
            local = {p.getId() for p in law.getListOfLocalParameters()}
            needs[reaction] = [n for n in needs[reaction] if n not in local]
        for identifier in self._ordered(needs, "assignment rules"):
            law = laws.get(identifier)
            scope = self.scope if law is None else self.scope.with_values(self._local(law, identifier))
            expression = self._formula(found[identifier], scope)
            (self.rates if law is not None else self.rules)[identifier] = expression
            if identifier in self.sizes or identifier in self.coefficients:
                self._starts[self._target(identifier)] = expression
            else:
                self.scope = self.scope.with_values({identifier: expression})

    def _ordered(self, needs: Mapping[Any, Any], kind: str) -> list[Any]:
        """Return what is needed so that each stands behind those its formula names."""
        try:
            return [i for i in TopologicalSorter(needs).static_order() if i in needs]
        except CycleError as error:
            circle = " -> ".join(map(str, error.args[1]))
            raise FormatError(f"{self.source}: {kind} depend on each other in a circle: {circle}") from None

    def _local(self, law: libsbml.KineticLaw, reaction: str) -> dict[str, sp.Expr]:
        """Make parameters of the model out of local ones: ``k`` of reaction ``r1`` becomes ``r1_k``."""
        values: dict[str, sp.Expr] = {}
        for p in law.getListOfLocalParameters():
            taken = {*self.names.values(), *self.parameters}
            name = p.getId()
            if name in taken or name == TIME:
                name = free_name(f"{reaction}_{name}", taken)
                self.changed.append(f"the local parameter {p.getId()} of {reaction} is called {name}")
            self.parameter(name, p)
            values[p.getId()] = symbol(name)
        return values

    # --- numbers ------------------------------------------------------------------------------------------

    def _resolve(self) -> None:
        """Evaluate sizes, stoichiometries and initial values, in an order in which each finds what it needs."""
        targets = {}
        for identifier, element in self._assigned.items():
            target = self._target(identifier)
            targets[target] = identifier
            expression = self._formula(element, self.scope)
            species = self.model.getSpecies(identifier)
            if species is not None and species.getHasOnlySubstanceUnits():
                expression = expression / self.sizes[species.getCompartment()]
            self._starts[target] = expression
        needs = {s: [t for t in e.free_symbols if t in self._starts] for s, e in self._starts.items()}
        known: dict[Any, Any] = {symbol(TIME): sp.Integer(0)}
        self._late = known
        for target in self._ordered(needs, "initial assignments"):
            value: Any = self._starts[target].xreplace(known)
            if value.free_symbols:
                self._refuse_unknown(target, targets.get(target), value)
            try:
                known[target] = exact_number(value if isinstance(value, sp.Rational) else float(value))
            except (TypeError, OverflowError, NetworkError):
                what = targets.get(target, target.name.lstrip("\0"))
                raise UnsupportedError(f"{self.source}: the value of '{what}' is not a finite real number") from None
            if target in targets and (live := self._live(target, targets[target])) is not None:
                self.live[target] = live
            elif target in targets and not self._starts[target].is_number:
                shown = number_text(known[target]) if isinstance(value, sp.Rational) else f"{float(value):.6g}"
                self.changed.append(f"the initial assignment to {targets[target]} is the number {shown}")
        self._known = known
        self.sizes = {i: self._positive(i, self.settled(v)) for i, v in self.sizes.items()}
        self.coefficients = {i: self.settled(v) for i, v in self.coefficients.items()}
        self.rates = {i: self.settled(e) for i, e in self.rates.items()}
        self.rules = {i: self.settled(e) for i, e in self.rules.items()}
        for name in self.parameters:
            self.parameters[name] = known.get(symbol(name))
        self._refuse_variable()

    def _live(self, target: sp.Symbol, identifier: str) -> sp.Expr | None:
        """Return the start of a species as an expression of parameters; None where it names none, or other things."""
        if self.model.getSpecies(identifier) is None or identifier in self._ruled:
            return None
        mine = {symbol(name) for name in self.parameters}
        known: Any = {s: self.live.get(s, v) for s, v in self._late.items() if s not in mine}
        start: Any = self._starts[target].xreplace(known)
        return start if start.free_symbols and start.free_symbols <= mine else None

    def _target(self, identifier: str) -> sp.Symbol:
        if identifier in self.names:
            return symbol(self.names[identifier])
        if isinstance(self.scope.values.get(identifier), sp.Symbol):
            return self.scope.values[identifier]  # type: ignore[return-value]  # a symbol, as just asked
        raise UnsupportedError(f"{self.source}: an initial assignment to '{identifier}' is not supported")

    def _refuse_unknown(self, target: sp.Symbol, identifier: str | None, value: sp.Expr) -> None:
        missing = ", ".join(sorted(map(str, value.free_symbols)))
        what = f"the initial assignment to '{identifier}'" if identifier else f"the {target.name[1:]}"
        raise UnsupportedError(f"{self.source}: {what} has no value; it depends on {missing}")

    def _refuse_variable(self) -> None:
        """Refuse rules that let a size or a stoichiometry change in time."""
        states = {symbol(self.names[s.getId()]) for s in self.model.getListOfSpecies()} | {symbol(TIME)}
        for identifier, expression in self.rules.items():
            if identifier in self.names or not expression.free_symbols & states:
                continue
            kind = "a compartment of variable size" if identifier in self.sizes else "a variable stoichiometry"
            raise UnsupportedError(f"{self.source}: {kind} ('{identifier}') is not supported in a network{ELSEWHERE}")

    def reaction_name(self, element: libsbml.Reaction) -> str:
        """Return what a reaction is called; nothing where only libantimony, which writes ``_J0``, named it."""
        identifier, name = element.getId(), element.getName()
        if not self.ours:
            return identifier
        return name or ("" if not self._by_name or identifier.startswith("_J") else identifier)

    def settled(self, expression: sp.Expr) -> sp.Expr:
        """Return an expression with numbers in place of sizes and stoichiometries."""
        inner = {s: self._known[s] for s in self._stand_ins & expression.free_symbols}
        return put(inner, expression) if inner else expression

    def start(self, name: str) -> sp.Expr | None:
        """Return the start of a species as an expression of parameters, where it is one."""
        return self.live.get(symbol(name))

    def initial(self, name: str) -> sp.Rational | None:
        """Return the initial concentration of a species."""
        return self._known.get(symbol(name))
