"""The equations of a model as a graph of small assignments, and functions compiled from parts of it.

A node is one variable of the generated code. Its first letter says what it is::

    v_x  value of a parameter, compartment or stoichiometry      r_x  rate of a reaction
    n_x  amount of a species        d_x  derivative of what is stored of a quantity
    c_x  concentration of a species q_x  derivative of what the identifier means (rateOf)
    t_time  the time

What no assignment rule sets is *stored*: it has a slot. A species is stored as its amount, except where a rule
sets its concentration, or nothing changes it or its compartment.
"""

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ...errors import FormatError, UnsupportedError
from .arithmetic import FUNCTIONS
from .formula import Formula, Translator
from .tables import Quantity, Tables, Term


class Equations:
    """The equations at the start (``initial``), or while time runs.

    Parameters
    ----------
    given
        Identifiers whose values at the start are handed over, in this order as ``v``, in place of those of the file
        and of its initial assignments.
    """

    def __init__(self, tables: Tables, initial: bool = False, given: tuple[str, ...] = ()) -> None:
        self.tables, self.initial = tables, initial
        self._given = {id_: i for i, id_ in enumerate(given)}
        self.translate = Translator(self.value_node, self.rate_node, tables.functions).formula
        self.stored = {id_: self._stored(q) for id_, q in tables.quantities.items() if id_ not in tables.assigned}
        self.slots = {node: i for i, node in enumerate(self.stored.values())}
        moved = {term.species for terms in tables.terms.values() for term in terms}
        self.dynamic = [
            id_ for id_ in self.stored if id_ in tables.rates or (id_ in moved and tables.quantities[id_].reacting)
        ]
        self._places = {self.stored[id_]: i for i, id_ in enumerate(self.dynamic)}
        self._nodes: dict[str, Formula] = {}

    def function(self, outputs: Iterable[Formula], functions: Mapping[str, Any] = FUNCTIONS) -> Callable[..., list]:
        """Return a function of the time, the dynamic slots and all slots that gives the values of the formulas.

        With the ``functions`` of `interval`, time and dynamic slots may be intervals.
        """
        outputs = list(outputs)
        body = "\n".join([*self.lines(outputs), f"    return [{', '.join(f.code for f in outputs)}]"])
        space: dict[str, Any] = dict(functions)
        try:
            exec(f"def function(t, y, v):\n{body}", space)
        except (SyntaxError, RecursionError, MemoryError):
            raise UnsupportedError(f"{self.tables.source}: a formula nested too deeply is not supported") from None
        return space["function"]

    def lines(self, outputs: list[Formula], apart: bool = True) -> list[str]:
        """Return the assignments that the formulas need, as code; without ``apart`` all slots are read from ``v``."""
        lines = []
        for node in self.ordered({n for f in outputs for n in f.needs}):
            if not self.initial and apart and node in self._places:
                lines.append(f"    {node} = y[{self._places[node]}]")
            elif not self.initial and node in self.slots:
                lines.append(f"    {node} = v[{self.slots[node]}]")
            else:
                lines.append(f"    {node} = {self._nodes[node].code}")
        return lines

    def ordered(self, wanted: set[str]) -> list[str]:
        """Return the wanted nodes and all that they need, each behind what it needs."""
        graph: dict[str, set[str]] = {}
        open_ = list(wanted)
        while open_:
            node = open_.pop()
            if node not in graph:
                graph[node] = self.node(node).needs
                open_ += graph[node]
        try:
            return list(TopologicalSorter({n: sorted(graph[n]) for n in sorted(graph)}).static_order())
        except CycleError as error:
            circle = " -> ".join(n[2:] for n in error.args[1])
            raise FormatError(f"{self.tables.source}: values depend on each other in a circle: {circle}") from None

    def node(self, name: str) -> Formula:
        """Return the definition of a node; a stored one has none while time runs."""
        if name not in self._nodes:
            self._nodes[name] = self._define(name[0], name[2:])
        return self._nodes[name]

    def value_node(self, id_: str, where: str) -> str:
        """Return the node that an identifier in a formula means."""
        if id_ in self.tables.quantities:
            q = self.tables.quantities[id_]
            return f"v_{id_}" if not q.compartment else f"c_{id_}" if q.by_concentration else f"n_{id_}"
        if id_ in self.tables.laws:
            return f"r_{id_}"
        raise FormatError(f"{where}: the formula names '{id_}', which nothing declares")

    def rate_node(self, id_: str, where: str) -> str:
        """Return the node of the rate of change of what an identifier means."""
        if id_ not in self.tables.quantities:
            raise FormatError(f"{where}: rateOf() of '{id_}', which is no variable")
        return f"q_{id_}"

    def _stored(self, q: Quantity) -> str:
        """Return the node that is stored of a quantity."""
        if not q.compartment:
            return f"v_{q.id}"
        if not q.by_concentration:
            return f"n_{q.id}"
        t, vessel = self.tables, self.tables.quantities[q.compartment]
        fixed = vessel.constant and q.compartment not in t.assigned and q.compartment not in t.rates
        given = q.starts_by_concentration or q.id in t.initial
        return f"c_{q.id}" if q.id in t.rates or (fixed and given and not q.reacting) else f"n_{q.id}"

    def _define(self, kind: str, id_: str) -> Formula:
        t = self.tables
        where = f"{t.source}: '{id_}'"
        if kind == "t":
            return Formula("t")
        if kind == "r":
            math, local = t.laws[id_]
            return Formula("0.0") if math is None else self.translate(math, f"{where} (reaction)", local)
        if kind == "d":
            return self._derivative(id_, where)
        if kind == "q":
            return self._rate_of(id_, where)
        q, node = t.quantities[id_], f"{kind}_{id_}"
        meant = self.value_node(id_, where)
        if id_ in t.assigned:
            given, math = meant, t.assigned[id_]
        elif id_ in self._given:
            if node == meant:
                return Formula(f"v[{self._given[id_]}]")
            given, math = meant, None
        elif self.initial:
            given, math = meant, t.initial.get(id_)
            if math is None and q.compartment:
                given = f"c_{id_}" if q.starts_by_concentration else f"n_{id_}"
        else:
            given, math = self.stored[id_], None
        if node == given:
            return self.translate(math, where) if math is not None else Formula(f"({q.start!r})")
        vessel = f"v_{q.compartment}"
        code = f"div({given}, {vessel})" if kind == "c" else f"({given} * {vessel})"
        return Formula(code, {given, vessel})

    def _derivative(self, id_: str, where: str) -> Formula:
        t = self.tables
        if id_ in t.rates:
            return self.translate(t.rates[id_], f"{where} (rate rule)")
        found = Formula("0.0")
        if id_ not in self.dynamic:
            return found
        parts = []
        for reaction, terms in t.terms.items():
            for term in (term for term in terms if term.species == id_):
                coefficient = self.coefficient(term, where)
                found.needs |= coefficient.needs | {f"r_{reaction}"}
                found.switches += coefficient.switches
                found.kinks += coefficient.kinks
                parts.append(f"{coefficient.code} * r_{reaction}")
        found.code = f"({' + '.join(parts)})"
        return found

    def coefficient(self, term: Term, where: str) -> Formula:
        """Return by how much the amount of its species changes when the reaction of a term happens once."""
        found = Formula(f"v_{term.id}", {f"v_{term.id}"}) if term.id else Formula(f"({term.number!r})")
        if term.math is not None:
            found = self.translate(term.math, f"{where} (stoichiometry)")
        factor = self.tables.quantities[term.species].factor
        if factor:
            found.needs.add(f"v_{factor}")
            found.code += f" * v_{factor}"
        if term.sign < 0:
            found.code = f"-{found.code}"
        return found

    def _rate_of(self, id_: str, where: str) -> Formula:
        q = self.tables.quantities[id_]
        if id_ in self.tables.assigned:
            raise UnsupportedError(f"{where}: rateOf() of what an assignment rule sets is not supported")
        if self.stored[id_] == self.value_node(id_, where):
            return Formula(f"d_{id_}", {f"d_{id_}"})
        needs = {f"d_{id_}", f"c_{id_}", f"q_{q.compartment}", f"v_{q.compartment}"}
        return Formula(f"div(d_{id_} - c_{id_} * q_{q.compartment}, v_{q.compartment})", needs)
