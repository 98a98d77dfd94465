"""Antimony to Network: a subset (one model, reactions, values, rules ``:=``), the rest refused by name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from ...errors import FormatError, NetworkError, UnsupportedError
from ...network.complexes import Complex
from ...network.expressions import parse_expression
from ...network.network import Network
from ...network.reaction import Reaction
from ...network.recognise import recognise
from ...network.species import Species
from ...network.symbols import TIME, symbol
from .write import ORIGINAL_NAMES

_NAME = r"[A-Za-z_]\w*"
_MODEL = re.compile(rf"\*?\s*({_NAME})\s*\(\s*\)$|\*?\s*({_NAME})$")
_REACTION = re.compile(rf"^(?:({_NAME})\s*:)?([^:=]*?)(->|=>|<->|<=>)(.*)$", re.DOTALL)
_DECLARATION = re.compile(r"^((?:(?:const|var|species|compartment|substanceOnly)\s+)+)(.*)$", re.DOTALL)
_ASSIGNMENT = re.compile(rf"^({_NAME})\s*(:=|=)\s*(.*)$", re.DOTALL)
_DISPLAY = re.compile(rf'^({_NAME})\s+is\s+"([^"]*)"$')
_REFUSED = {
    "at": "an event",
    "function": "a function",
    "import": "an import",
    "unit": "a unit definition",
    "module": "a module",
    "DNA": "a DNA strand",
    "delete": "a deletion",
}


@dataclass
class _Model:
    """What has been read so far."""

    source: str
    names: dict[str, str] = field(default_factory=dict)
    species: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    volumes: dict[str, sp.Expr] = field(default_factory=dict)
    values: dict[str, sp.Expr] = field(default_factory=dict)
    declared: dict[str, None] = field(default_factory=dict)
    rules: dict[str, sp.Expr] = field(default_factory=dict)
    reactions: list[tuple[str, dict[str, sp.Expr], dict[str, sp.Expr], sp.Expr, int]] = field(default_factory=list)
    title: str = ""


def parse(text: str, source: str = "Antimony") -> Network:
    """Read an Antimony model.

    Raises
    ------
    UnsupportedError
        For events, rate rules, functions, several models, compartments that are not of size 1: with line.
    FormatError, ParseError
        For what is not Antimony.
    """
    model = _Model(source)
    statements = list(_statements(text))
    position = 0
    while position < len(statements):
        line, statement = statements[position]
        position += 1
        if match := _REACTION.match(statement):
            if position == len(statements):
                raise FormatError(f"{source}, line {line}: the reaction has no rate behind its ';'")
            _reaction(model, match, statements[position][1], line)
            position += 1
        else:
            _statement(model, statement, line)
    try:
        return _network(model, ORIGINAL_NAMES in text)
    except NetworkError as error:  # names that do not fit together
        raise FormatError(f"{source}: {error}") from None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, statement) without comments."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text, flags=re.DOTALL)
    for number, line in enumerate(text.splitlines(), 1):
        part, quoted = "", False
        line = re.split(r"//|#(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", line)[0]
        for character in line + ";":
            quoted ^= character == '"'
            if character == ";" and not quoted:
                if part.strip():
                    yield number, part.strip()
                part = ""
            else:
                part += character


def _statement(model: _Model, statement: str, line: int) -> None:
    word = statement.split()[0]
    where = f"{model.source}, line {line}"
    if word in ("model", "end"):
        _heading(model, statement, where)
    elif word in _REFUSED or re.match(rf"^({_NAME}\s*:)?\s*at\b", statement):
        raise UnsupportedError(f"{where}: {_REFUSED.get(word, 'an event')} is not supported in Antimony")
    elif re.match(rf"^{_NAME}\s*'", statement):
        raise UnsupportedError(f"{where}: a rate rule is not supported in Antimony")
    elif match := _DISPLAY.match(statement):
        model.names[match.group(1)] = match.group(2)
    elif match := _DECLARATION.match(statement):
        _declaration(model, match.group(1).split(), match.group(2), line)
    elif match := _ASSIGNMENT.match(statement):
        _assignment(model, match.group(1), match.group(2), match.group(3), line)
    else:
        raise FormatError(f"{where}: '{statement}' is not understood")


def _heading(model: _Model, statement: str, where: str) -> None:
    if statement == "end":
        return
    match = _MODEL.match(statement.removeprefix("model").strip())
    if model.title or not match:
        problem = "a second model" if match else f"the heading '{statement}'"
        raise UnsupportedError(f"{where}: {problem} is not supported in Antimony")
    model.title = match.group(1) or match.group(2)


def _declaration(model: _Model, words: list[str], rest: str, line: int) -> None:
    if "substanceOnly" in words:
        raise UnsupportedError(f"{model.source}, line {line}: substanceOnly is not supported in Antimony")
    for item in rest.split(","):
        match = re.fullmatch(rf"\s*(\$?)({_NAME})(?:\s+in\s+({_NAME}))?\s*(?:(:?=)\s*(.*))?", item, re.DOTALL)
        if not match:
            raise FormatError(f"{model.source}, line {line}: expected a name, found '{item.strip()}'")
        boundary, name, _, sign, value = match.groups()
        if "compartment" in words:
            model.volumes[name] = sp.Integer(1)
        elif "species" in words or boundary:
            model.species[name] = ("const" in words, bool(boundary))
        else:
            model.declared[name] = None
        if sign:
            _assignment(model, name, sign, value, line)


def _assignment(model: _Model, name: str, sign: str, value: str, line: int) -> None:
    where = f"{model.source}, line {line}"
    expression = _expression(value, where)
    if sign == ":=":
        model.rules[name] = expression
        return
    values = {symbol(n): v for n, v in model.values.items()}
    number = expression.xreplace(values)
    if not isinstance(number, sp.Rational):
        raise UnsupportedError(f"{where}: '{value}' is not a number, and an initial formula is not supported")
    if name in model.volumes and number != 1:
        raise UnsupportedError(f"{where}: the compartment '{name}' has the size {number}; only 1 is supported")
    model.values[name] = number


def _expression(text: str, where: str) -> sp.Expr:
    """Read a formula; Antimony's ``log`` is the decimal logarithm."""
    return parse_expression(re.sub(r"\blog\s*\(", "log10(", text), where)


def _reaction(model: _Model, match: re.Match[str], rate: str, line: int) -> None:
    where = f"{model.source}, line {line}"
    name, left, arrow, right = match.groups()
    if "<" in arrow:
        raise UnsupportedError(f"{where}: the arrow '{arrow}' is not supported in Antimony")
    sides = [_side(model, side, where) for side in (left, right)]
    if not any(sides):
        raise FormatError(f"{where}: a reaction without species")
    model.reactions.append((name or "", sides[0], sides[1], _expression(rate, where), line))
    for s in (*sides[0], *sides[1]):
        model.species.setdefault(s, (False, False))


def _side(model: _Model, text: str, where: str) -> dict[str, sp.Expr]:
    side: dict[str, sp.Expr] = {}
    for term in text.split("+") if text.strip() else []:
        match = re.fullmatch(rf"\s*(\d+\.?\d*(?:[eE][-+]?\d+)?)?\s*(\$?)({_NAME})\s*", term)
        if not match:
            raise FormatError(f"{where}: expected a species, found '{term.strip()}'")
        number, boundary, name = match.groups()
        if number and float(number) == 0:
            raise FormatError(f"{where}: the coefficient of {name} must be positive, found {number}")
        side[name] = side.get(name, sp.Integer(0)) + Complex({name: number or 1})[name]
        if boundary:
            model.species[name] = (False, True)
    return side


def _network(model: _Model, original: bool) -> Network:
    everything = [*model.species, *model.values, *model.declared, *model.rules]
    new = {n: (model.names.get(n, n) if original else n) for n in everything}
    changed = {symbol(a): symbol(b) for a, b in new.items()}
    rules: dict[sp.Symbol, Any] = {}
    for name, e in model.rules.items():  # rules may name rules that stand above them
        rules[symbol(name)] = e.xreplace(rules)
    species = [
        Species(new[n], constant=constant, boundary=boundary, initial=model.values.get(n))  # type: ignore[arg-type]  # a number, as _assignment saw to
        for n, (constant, boundary) in model.species.items()
    ]
    known = {s.name for s in species}
    reactions = []
    for name, left, right, rate, _ in model.reactions:
        reactants, products = (Complex({new[n]: c for n, c in side.items()}) for side in (left, right))
        law: Any = rate.xreplace(rules).xreplace({symbol(v): sp.Integer(1) for v in model.volumes}).xreplace(changed)
        label = model.names.get(name, "") if original else name
        reactions.append(Reaction(reactants, products, recognise(law, reactants, products, known), label))
    constants = [n for n in dict.fromkeys([*model.values, *model.declared]) if n not in model.species | model.volumes]
    return Network(
        tuple(reactions),
        tuple(species),
        {new[n]: model.values.get(n) for n in constants if n != TIME},  # type: ignore[misc]  # numbers too
        {new[str(n)]: e.xreplace(changed) for n, e in rules.items()},
        name=model.title,
    )
