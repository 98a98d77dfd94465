"""Text to network.

::

    statement = reaction | declaration            one a line, or several with ';' between; '#' starts a
    comment reaction  = [name ':'] side arrow side ['@' rates | '@=' rates]
    side      = '0' | '∅' | nothing | term ('+' term)*
    term      = [coefficient ['*']] species       2 A, 2A, 1/2 A; A2 is a name
    arrow     = '->' '-->' '→'   |  '<->' '<=>' '⇌'   |  '<-' (reversed)
    rates     = law | law ',' law                 two for a reversible arrow
    declaration = 'param' k ['=' number] ['[' unit ']'], ...
                | 'init' A '=' number ['[' unit ']'], ...
                | 'species' A ['{' formula '}'], ...  | 'const' A, ... | 'boundary' A, ...
                | 'obs' name '=' expression, ...

``@ k`` gives the rate constant of mass action, ``@= v`` the whole rate. ``@ arrhenius(A, Ea, T)`` is mass
action too; ``@= mm(S, vmax, km)``, ``hill(X, vmax, k, n)`` and ``hillr(X, vmax, k, n)`` are the named rate
laws. Without a rate the constants are called k1, k2, ...
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import count
from typing import Any

import sympy as sp

from .complexes import parse_side
from .expressions import ExpressionParser
from .network import Network
from .rate_laws import Arrhenius, Custom, Hill, HillRepression, MassAction, MichaelisMenten, RateLaw
from .reaction import Reaction
from .scanner import Scanner
from .species import Species
from .symbols import TIME, symbol

_REVERSIBLE = re.compile(r"<-+>|<=+>|⇌|↔")
_FORWARD = re.compile(r"-+>|→|⟶")
_BACKWARD = re.compile(r"<-+(?!>)|←")
_ANY_ARROW = re.compile("|".join([*(p.pattern for p in (_REVERSIBLE, _FORWARD, _BACKWARD)), "=+>"]))
_WORD = re.compile(r"(param|init|species|const|boundary|obs)\b(?=[ \t]+[^\W\d]|[ \t]*\")(?![^;]*(->|→|⇌))")
_LABEL = re.compile(r'([^\W\d]\w*|"[^"\n]+")\s*:(?!=)')
_NAMED = {"mm": (MichaelisMenten, 2), "hill": (Hill, 3), "hillr": (HillRepression, 3)}
_NAMED_LAW = re.compile(r'(mm|hillr|hill)\s*\(\s*(?=([^\W\d]\w*|"[^"\n]+")\s*,)')
_ARRHENIUS = re.compile(r"arrhenius\s*\(")


def network(text: str, source: str = "text", name: str = "") -> Network:
    """Read a network from text.

    Parameters
    ----------
    text
        Statements as in the grammar above.
    source
        What to call the text in an error, for example the file name.
    name
        Name of the network.

    Raises
    ------
    ParseError
        With the line, the column, a caret and the nearest known name.

    Examples
    --------
    >>> net = network("2 A -> B @ 0.1; A + B <-> C @ kf, kr; param kf = 0.3")
    >>> net.odes()["C"]
    A*B*kf - C*kr
    """
    parser = _Parser(source)
    for scanner in _statements(text, source):
        parser.statement(scanner)
    return parser.finish(name)


def _statements(text: str, source: str) -> Iterator[Scanner]:
    """Yield a scanner for each statement; quotes protect ';' and '#'."""
    for number, line in enumerate(text.splitlines(), 1):
        quoted, start = False, 0
        for i, character in enumerate(line + "\n"):
            if character == '"':
                quoted = not quoted
            if (character in ";#" and not quoted) or character == "\n":
                scanner = Scanner(line, start, i, number, source)
                if not scanner.at_end():
                    yield scanner
                start = i + 1
                if character == "#":
                    break


@dataclass
class _Parser:
    """What has been read so far, and where each name stood."""

    source: str
    reactions: list[Reaction] = field(default_factory=list)
    unrated: list[int] = field(default_factory=list)
    species: dict[str, Species] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    observables: dict[str, sp.Expr] = field(default_factory=dict)
    declared_at: dict[str, tuple[Scanner, int]] = field(default_factory=dict)
    changes: list[tuple[str, Scanner, int, dict[str, Any]]] = field(default_factory=list)
    used: list[tuple[str, Scanner, int]] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)

    def statement(self, scanner: Scanner) -> None:
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
            scanner.expect(",", "or the end of the line")

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
            change["initial"] = self._value(scanner)
        if unit := self._unit(scanner):
            change["unit"] = unit
        if not change:
            scanner.fail(f"expected '=' and the initial concentration of {name}, found {scanner.found()}")
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
        self.observables[name] = self._expression(scanner)

    # --- reactions ----------------------------------------------------------------------------------------

    def _see(self, name: str) -> None:
        self.species.setdefault(name, Species(name))

    def _expression(self, scanner: Scanner) -> sp.Expr:
        parser = ExpressionParser(scanner)
        value = parser.expression()
        self.used += [(name, scanner, position) for name, position in parser.names]
        return value

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
            scanner.fail(f"expected an arrow such as '->' or '<->', found {scanner.found()}")
        right = parse_side(scanner)
        if scanner.look(_ANY_ARROW):
            scanner.fail("two arrows in one reaction; write one reaction a line, or put ';' between them")
        if not left and not right:
            scanner.fail("both sides are empty", start)
        for name in (*left, *right):
            self._see(name)
        laws = self._laws(scanner, 2 if direction == "both" else 1, arrow_at)
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
        label = scanner.text[start : scanner.position - 1].strip().strip('"')
        self._take_label(label, scanner, start)
        return label

    def _take_label(self, label: str, scanner: Scanner, start: int) -> None:
        if label in self.labels:
            scanner.fail(f"two reactions are called '{label}'", start)
        self.labels.add(label)

    def _add(self, reaction: Reaction) -> None:
        if reaction.rate == _UNRATED:
            self.unrated.append(len(self.reactions))
        self.reactions.append(reaction)

    def _laws(self, scanner: Scanner, wanted: int, arrow_at: int) -> list[RateLaw]:
        if scanner.at_end():
            return [_UNRATED] * wanted
        if not scanner.accept("@"):
            scanner.fail(f"expected '@' and a rate, or the end, found {scanner.found()}")
        read = self._whole_rate if scanner.accept("=") else self._rate_constant
        laws = [read(scanner)]
        while scanner.accept(","):
            scanner.skip()
            start = scanner.position
            laws.append(read(scanner))
            if len(laws) > wanted:
                reversible = "a reversible reaction has two rates" if wanted == 2 else "one arrow has one rate"
                scanner.fail(f"too many rates: {reversible}", start)
        if not scanner.at_end():
            scanner.fail(f"expected ',' or the end of the reaction, found {scanner.found()}")
        if len(laws) < wanted:
            scanner.fail("a reversible reaction needs two rates, forward and backward: @ kf, kr", arrow_at)
        return laws

    def _rate_constant(self, scanner: Scanner) -> RateLaw:
        scanner.skip()
        start = scanner.position
        if scanner.take(_ARRHENIUS):
            arguments = self._arguments(scanner, "arrhenius")
            if not 2 <= len(arguments) <= 5:
                scanner.fail("arrhenius takes a prefactor, an activation energy, T, b and Tref", start)
            return Arrhenius(*arguments)
        return MassAction(self._expression(scanner))

    def _whole_rate(self, scanner: Scanner) -> RateLaw:
        scanner.skip()
        start, seen = scanner.position, len(self.used)
        called = scanner.take(_NAMED_LAW)
        if called:
            species_at = scanner.position
            law, constants = _NAMED[called.split("(")[0].strip()]
            name = scanner.name() or ""
            scanner.expect(",", "behind the species")
            arguments = self._arguments(scanner, called.split("(")[0])
            if len(arguments) == constants and (scanner.at_end() or scanner.look(re.compile(","))):
                self._see(name)
                self.used.append((name, scanner, species_at))
                return law(*arguments, name)
            scanner.position = start
            del self.used[seen:]
        return Custom(self._expression(scanner))

    def _arguments(self, scanner: Scanner, function: str) -> list[sp.Expr]:
        arguments = [self._expression(scanner)]
        while scanner.accept(","):
            arguments.append(self._expression(scanner))
        scanner.expect(")", f"to close {function}(")
        return arguments

    # --- the end ------------------------------------------------------------------------------------------

    def finish(self, name: str) -> Network:
        self._apply_changes()
        for both in self.species.keys() & self.declared_at.keys():
            scanner, start = self.declared_at[both]
            scanner.fail(f"'{both}' is a species already; a parameter or observable needs another name", start)
        self._check_names()
        taken = {*self.species, *self.parameters, *(n for n, _, _ in self.used)}
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
        law = reaction.rate
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
                if getattr(self.species[name], key):
                    scanner.fail(f"the {key} of '{name}' is given twice", start)
            self.species[name] = replace(self.species[name], **change)

    def _check_names(self) -> None:
        """Refuse an undeclared name that looks like a slip: near an unused parameter, or near a species."""
        used = {name for name, _, _ in self.used}
        unused = [p for p in self.parameters if p not in used]
        checked: set[str] = {TIME}
        for name, scanner, position in self.used:
            if name in checked or name in self.species or name in self.parameters:
                continue
            checked.add(name)
            near = get_close_matches(name, unused, n=1) or (
                get_close_matches(name, self.species, n=1, cutoff=0.8) if len(name) > 3 else []
            )
            if near:
                scanner.fail(
                    f"'{name}' is not declared; did you mean '{near[0]}'? (if not, declare it: param {name})",
                    position,
                )


_UNRATED = MassAction(sp.Symbol("no rate given"))
