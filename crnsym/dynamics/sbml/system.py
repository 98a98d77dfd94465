"""A model ready to run: start values, derivatives, conditions, outputs and the effect of an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libsbml

from ...errors import FormatError, UnsupportedError
from .equations import Equations
from .formula import TIME, Formula
from .interval import OVER
from .tables import Tables, tables


@dataclass
class Event:
    """An event; formulas that the model leaves out are None."""

    id: str
    trigger: Any
    starts_true: bool
    persistent: bool
    values_from_trigger: bool
    delay: Any
    priority: Any
    targets: list[str]
    values: Any


class System:
    """The compiled functions of one model; every function takes (time, dynamic slots, all slots)."""

    def __init__(self, document: libsbml.SBMLDocument, source: str) -> None:
        self._document = document  # its formulas die with it
        self.tables: Tables = tables(document, source)
        self.now = now = Equations(self.tables)
        self._begin: dict[tuple[str, ...], Any] = {}
        self.places = [now.slots[now.stored[id_]] for id_ in now.dynamic]
        derivatives = [f"d_{id_}" for id_ in now.dynamic]
        self.rhs = now.function(Formula(node, {node}) for node in derivatives)
        self.conditions: list[Formula] = []
        model: Any = document.getModel()
        self.events = [
            self._event(e) for e in model.getListOfEvents() if e.isSetTrigger() and e.getTrigger().isSetMath()
        ]
        self.triggers = now.function(Formula(f"bool({f.code})", f.needs) for f in self.conditions)
        self._switches(derivatives)
        vessels = dict.fromkeys(q.compartment for q in self.tables.quantities.values() if q.compartment)
        self._vessels = list(vessels)
        self._volumes = now.function(Formula(f"v_{c}", {f"v_{c}"}) for c in vessels)

    def start(self, t: float = 0.0, given: Mapping[str, float] | None = None) -> list[float]:
        """Return the slots at the start, which is at time ``t``.

        Parameters
        ----------
        given
            {identifier: value} over the values and initial assignments of the file; what other assignments say
            follows. An identifier means what it means in a formula.

        Raises
        ------
        FormatError
            For an identifier that has no value of its own to start from.
        """
        names = tuple(sorted(given or ()))
        if names not in self._begin:
            for name in names:
                if name not in self.now.stored:
                    raise FormatError(f"{self.tables.source}: '{name}' has no value at the start that could be given")
            begin = Equations(self.tables, initial=True, given=names)
            self._begin[names] = begin.function(Formula(node, {node}) for node in begin.stored.values())
        values = [float((given or {})[name]) for name in names]
        return [float(x) for x in self._begin[names](t, [], values)]

    def outputs(self, variables: Sequence[str], amounts: set[str], concentrations: set[str]) -> list[Formula]:
        """Return the formulas of the variables, species as amounts or concentrations as asked.

        Raises
        ------
        FormatError
            For a variable that the model does not have.
        """
        nodes = []
        for name in variables:
            node = self.now.value_node(name, f"{self.tables.source}: output")
            if node[0] in "cn":
                node = f"n_{name}" if name in amounts else f"c_{name}" if name in concentrations else node
            nodes.append(node)
        return [Formula(node, {node}) for node in nodes]

    def dynamic(self, slots: list[float]) -> list[float]:
        """Return the slots that change with time."""
        return [slots[i] for i in self.places]

    def assign(self, t: float, slots: list[float], values: Mapping[str, float]) -> list[float]:
        """Return the slots after all identifiers have got their values at once.

        A concentration is that in the compartment as it was: where an event sets a species and its compartment,
        the amount that the first gives stays while the second changes, as in other simulators.
        """
        now, new = self.now, list(slots)
        before = self._volumes(t, self.dynamic(slots), slots)
        for id_, value in values.items():
            new[now.slots[now.stored[id_]]] = float(value)
        after = self._volumes(t, self.dynamic(new), new)
        sizes = {c: (old, size) for c, old, size in zip(self._vessels, before, after, strict=True)}
        for id_, node in now.stored.items():
            q = self.tables.quantities[id_]
            old, size = sizes.get(q.compartment, (1.0, 1.0))
            if id_ in values and node[0] == "n" and q.by_concentration:
                new[now.slots[node]] *= old
            elif node[0] == "c" and old != size:
                new[now.slots[node]] *= old / size if size else float("nan")
        return new

    def _event(self, e: libsbml.Event) -> Event:
        where = f"{self.tables.source}: event '{e.getId()}'"
        level = self.tables.level
        trigger = e.getTrigger()
        self.conditions.append(self.now.translate(trigger.getMath(), f"{where} (trigger)"))
        assignments = [a for a in e.getListOfEventAssignments() if a.isSetMath()]
        for a in assignments:
            if a.getVariable() not in self.now.stored:
                raise FormatError(f"{where} sets '{a.getVariable()}', which no event may set")
        return Event(
            e.getId(),
            trigger,
            trigger.getInitialValue() if level > 2 else True,
            trigger.getPersistent() if level > 2 else True,
            e.getUseValuesFromTriggerTime(),
            self._optional(e.getDelay() if e.isSetDelay() else None, f"{where} (delay)"),
            self._optional(e.getPriority() if level > 2 and e.isSetPriority() else None, f"{where} (priority)"),
            [a.getVariable() for a in assignments],
            self.now.function([self.now.translate(a.getMath(), where) for a in assignments]),
        )

    def _optional(self, element: libsbml.Delay | libsbml.Priority | None, where: str) -> Callable[..., list] | None:
        if element is None or not element.isSetMath():
            return None
        return self.now.function([self.now.translate(element.getMath(), where)])

    def _switches(self, derivatives: list[str]) -> None:
        """Collect all at which the derivatives jump or bend, or a trigger may change."""
        below = self.now.ordered({n for f in self.conditions for n in f.needs})
        slopes = [self.now.node(n) for n in self.now.ordered(set(derivatives))]
        formulas = slopes + [self.now.node(n) for n in below] + self.conditions
        codes = {code: f for f in formulas for code in f.switches} | {f"bool({f.code})": f for f in self.conditions}
        self.switches = self.now.function(Formula(code, f.needs) for code, f in codes.items())
        kinks = {code: f for f in slopes for code in f.kinks}
        self.kinks = self.now.function(Formula(code, f.needs) for code, f in kinks.items())
        self.has_switches, self.has_kinks = bool(codes), bool(kinks)
        exact = [self.now.node(n) for n in below] + self.conditions
        equal = {code: f for f in exact for code in f.equalities}
        self.has_timed_equalities = any(TIME in self.now.ordered(set(f.needs)) for f in equal.values())
        self.equalities = self.now.function(Formula(code, f.needs) for code, f in equal.items())
        groups = (codes, equal, kinks)
        self.over = [self.now.function([Formula(c, f.needs) for c, f in group.items()], OVER) for group in groups]

    def refuse_equality(self) -> None:
        """Refuse a trigger that asks whether two changing values are equal: the moment has no length."""
        raise UnsupportedError(
            f"{self.tables.source}: an event whose trigger compares continuously changing values for equality "
            "is not supported"
        )

    def refuse_unset(self) -> None:
        """Refuse a model with quantities that nothing gives a value, if there are any."""
        t = self.tables
        for id_, q in t.quantities.items():
            if not q.given and id_ not in t.initial and id_ not in t.assigned:
                raise UnsupportedError(f"{t.source}: '{id_}' has no value, and results depend on it; give it one")
