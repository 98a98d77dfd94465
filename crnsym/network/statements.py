"""The statements of the text format, one after the other; the grammar stands in `crnsym.network.text`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import count
from typing import Any

import sympy as sp

from .complexes import odd_name, odd_name_at, parse_side
from .expressions import ExpressionParser
from .law_text import UNRATED, LawReader
from .network import Network
from .observed import in_species, written_out
from .rate_laws import Custom, MassAction
from .reaction import Reaction
from .scanner import NAME, Scanner, unquoted
from .species import Species
from .symbols import TIME, symbol

_REVERSIBLE = re.compile(r"<-+>|<=+>|⇌|↔")
_FORWARD = re.compile(r"-+>|→|⟶")
_BACKWARD = re.compile(r"<-+(?!>)|←")
_ANY_ARROW = re.compile("|".join([*(p.pattern for p in (_REVERSIBLE, _FORWARD, _BACKWARD)), "=+>"]))
_NO_ARROW = r'(?!(?:"[^"\n]*"|[^";])*(?:->|→|⇌))'  # in quotes it may be part of a name
_WORD = re.compile(r"(param|init|species|const|boundary|obs)\b(?=[ \t]+[^\W\d]|[ \t]*\")" + _NO_ARROW)
_BEYOND = re.compile(r"(compartment|event|rule)\b(?=[ \t]+[^\W\d])" + _NO_ARROW + r"|[^\W\d]\w*(?=[ \t]*('[ \t]*|:)=)")
_LABEL = re.compile(rf"({NAME.pattern})\s*:(?!=)")


@dataclass
class StatementParser:
    """What has been read so far, and where each name stood."""

    source: str
    strict: bool = False
    reactions: list[Reaction] = field(default_factory=list)
    unrated: list[int] = field(default_factory=list)
    species: dict[str, Species] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    observables: dict[str, sp.Expr] = field(default_factory=dict)
    declared_at: dict[str, tuple[Scanner, int]] = field(default_factory=dict)
    changes: list[tuple[str, Scanner, int, dict[str, Any]]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    starts: list[tuple[sp.Expr, Scanner, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_law: set[str] = set()
        self.rates = LawReader(self._see_in_law)

    def statement(self, scanner: Scanner) -> None:
        """Read one statement."""
        if beyond := scanner.look(_BEYOND):
            what = f"'{beyond}'" if beyond in ("compartment", "event", "rule") else f"the rule for '{beyond}'"
            scanner.fail(
                f"{what} is not part of a network, which is reactions in one volume; "
                "write the model as SBML, which crnsym simulate runs"
            )
        word = scanner.take(_WORD)
        if word:
            self._list(scanner, getattr(self, f"_{word}"))
        else:
            self._reaction(scanner)

    # --- declarations -------------------------------------------------------------------------------------

    def _list(self, scanner: Scanner, entry: Callable[[str, Scanner, int], None]) -> None:
        while True:
            scanner.skip()
            start = scanner.position
            name = scanner.name()
            if name is None:
                scanner.fail(f"expected a name, found {scanner.found()}")
            entry(name, scanner, start)
            if scanner.at_end():
                return
            hint = odd_name_at(scanner, start)
            if not scanner.accept(","):
                scanner.fail(f"expected ',' or the end of the line, found {scanner.found()}{hint}")

    def _declare(self, name: str, scanner: Scanner, start: int) -> None:
        if name in self.declared_at and (name in self.parameters or name in self.observables):
            scanner.fail(f"'{name}' is declared twice", start)
        self.declared_at[name] = (scanner, start)

    def _unit(self, scanner: Scanner) -> str | None:
        if not scanner.accept("["):
            return None
        unit = scanner.take(re.compile(r"[^\]]+"))
        scanner.expect("]", "to close the unit")
        return unit.strip() if unit else None

    def _value(self, scanner: Scanner) -> sp.Rational:
        scanner.skip()
        start = scanner.position
        value = ExpressionParser(scanner).expression()
        if not isinstance(value, sp.Rational):
            scanner.fail("expected a number", start)
        return value

    def _param(self, name: str, scanner: Scanner, start: int) -> None:
        self._declare(name, scanner, start)
        self.parameters[name] = self._value(scanner) if scanner.accept("=") else None
        unit = self._unit(scanner)
        if unit:
            self.units[name] = unit

    def _init(self, name: str, scanner: Scanner, start: int) -> None:
        change: dict[str, Any] = {}
        if scanner.accept("="):
            scanner.skip()
            position = scanner.position
            value = ExpressionParser(scanner).expression()
            change["initial" if isinstance(value, sp.Rational) else "start"] = value
            self.starts.append((value, scanner, position))
        if unit := self._unit(scanner):
            change["unit"] = unit
        if not change:
            hint = odd_name_at(scanner, start)
            scanner.fail(f"expected '=' and the initial concentration of {name}, found {scanner.found()}{hint}")
        self.changes.append((name, scanner, start, change))

    def _species(self, name: str, scanner: Scanner, start: int) -> None:
        self._see(name)
        if scanner.accept("{"):
            formula = scanner.take(re.compile(r"[^}]+"))
            scanner.expect("}", "to close the formula")
            self.changes.append((name, scanner, start, {"formula": (formula or "").strip() or None}))

    def _const(self, name: str, scanner: Scanner, start: int) -> None:
        self.changes.append((name, scanner, start, {"constant": True}))

    def _boundary(self, name: str, scanner: Scanner, start: int) -> None:
        self.changes.append((name, scanner, start, {"boundary": True}))

    def _obs(self, name: str, scanner: Scanner, start: int) -> None:
        self._declare(name, scanner, start)
        scanner.expect("=", f"and the expression of {name}")
        self.observables[name] = self.rates.expression(scanner)

    # --- reactions ----------------------------------------------------------------------------------------

    def _see(self, name: str) -> None:
        self.species.setdefault(name, Species(name))
        self.by_law.discard(name)

    def _see_in_law(self, name: str) -> None:
        """Take what a law such as ``mm(S, V, K)`` names for a species, until it turns out to be an observable."""
        if name not in self.species:
            self.species[name] = Species(name)
            self.by_law.add(name)

    def _reaction(self, scanner: Scanner) -> None:
        label = self._label(scanner)
        scanner.skip()
        start = scanner.position
        left = parse_side(scanner)
        arrow_at = scanner.position
        if scanner.take(_REVERSIBLE):
            direction = "both"
        elif scanner.take(_FORWARD):
            direction = "forward"
        elif scanner.take(_BACKWARD):
            direction = "backward"
        else:
            hint = odd_name(scanner.text[start : scanner.end])
            scanner.fail(f"expected an arrow such as '->' or '<->', found {scanner.found()}{hint}")
        right = parse_side(scanner)
        if scanner.look(_ANY_ARROW):
            scanner.fail("two arrows in one reaction; write one reaction a line, or put ';' between them")
        if not left and not right:
            scanner.fail("both sides are empty", start)
        for name in (*left, *right):
            self._see(name)
        laws = self.rates.laws(scanner, 2 if direction == "both" else 1, arrow_at)
        if self.strict and UNRATED in laws:
            scanner.fail("the reaction has no rate; give one, as in '@ k'", arrow_at)
        if direction == "backward":
            left, right = right, left
        self._add(Reaction(left, right, laws[0], label))
        if direction == "both":
            reverse = f"{label}_reverse" if label else ""
            if reverse:
                self._take_label(reverse, scanner, start)
            self._add(Reaction(right, left, laws[1], reverse))

    def _label(self, scanner: Scanner) -> str:
        scanner.skip()
        start = scanner.position
        if not scanner.take(_LABEL):
            return ""
        label = unquoted(scanner.text[start : scanner.position - 1].strip())
        self._take_label(label, scanner, start)
        return label

    def _take_label(self, label: str, scanner: Scanner, start: int) -> None:
        if label in self.labels:
            scanner.fail(f"two reactions are called '{label}'", start)
        self.labels.add(label)

    def _add(self, reaction: Reaction) -> None:
        if reaction.rate == UNRATED:
            self.unrated.append(len(self.reactions))
        self.reactions.append(reaction)

    # --- the end ------------------------------------------------------------------------------------------

    def finish(self, name: str) -> Network:
        """Return the network of all statements.

        Raises
        ------
        ParseError
            For names that do not fit together.
        """
        for name in self.by_law & self.observables.keys():
            del self.species[name]
        self._apply_changes()
        for both in self.species.keys() & self.declared_at.keys():
            scanner, start = self.declared_at[both]
            scanner.fail(f"'{both}' is a species already; a parameter or observable needs another name", start)
        self._check_names()
        self.observables = written_out(self.observables, {*self.species, *self.parameters})
        taken = {*self.species, *self.parameters, *(n for n, _, _ in self.rates.used)}
        fresh = (f"k{i}" for i in count(1) if f"k{i}" not in taken)
        unrated = set(self.unrated)
        reactions = [
            replace(r, rate=MassAction(symbol(next(fresh)))) if i in unrated else self._constant_only(r)
            for i, r in enumerate(self.reactions)
        ]
        return Network(
            tuple(reactions),
            tuple(self.species.values()),
            self.parameters,
            self.observables,
            self.units,
            name,
        )

    def _constant_only(self, reaction: Reaction) -> Reaction:
        """Turn a rate 'constant' that contains a species (``@ k*E``) into a whole rate."""
        law = in_species(reaction, self.observables)
        reaction = reaction if law is reaction.rate else replace(reaction, rate=law)
        if law.is_mass_action and any(s.name in self.species for s in law.parameters):
            return replace(reaction, rate=Custom(reaction.rate_expression))
        return reaction

    def _apply_changes(self) -> None:
        for name, scanner, start, change in self.changes:
            if name not in self.species:
                near = get_close_matches(name, self.species, n=1, cutoff=0.5)
                hint = f"did you mean '{near[0]}'?" if near else f"declare it first: species {name}"
                scanner.fail(f"no species named '{name}'; {hint}", start)
            for key in change:
                twice = key == "start" and self.species[name].initial is not None
                if twice or getattr(self.species[name], key) or (key == "initial" and self.species[name].start):
                    scanner.fail(f"the {key} of '{name}' is given twice", start)
            self.species[name] = replace(self.species[name], **change)
        known = {*self.parameters, *(name for name, _, _ in self.rates.used)} - self.species.keys()
        for value, scanner, position in self.starts:
            for name in sorted(s.name for s in value.free_symbols):  # type: ignore[attr-defined]  # all are symbols
                if name not in known:
                    near = get_close_matches(name, known, n=1)
                    hint = f"did you mean '{near[0]}'?" if near else f"declare it, as in 'param {name} = 1'"
                    scanner.fail(f"expected a number, or parameters, and '{name}' is none; {hint}", position)

    def _check_names(self) -> None:
        """Refuse an undeclared name that looks like a slip: near an unused parameter, or near a species."""
        used = {name for name, _, _ in self.rates.used}
        unused = [p for p in self.parameters if p not in used]
        checked: set[str] = {TIME}
        for name, scanner, position in self.rates.used:
            if name in checked or name in self.species or name in self.parameters or name in self.observables:
                continue
            checked.add(name)
            if self.strict:
                scanner.fail(f"'{name}' is not declared; declare it, as in 'param {name} = 1'", position)
            near = get_close_matches(name, unused, n=1) or (
                get_close_matches(name, self.species, n=1, cutoff=0.8) if len(name) > 3 else []
            )
            if near:
                scanner.fail(
                    f"'{name}' is not declared; did you mean '{near[0]}'? (if not, declare it: param {name})",
                    position,
                )
