"""A ``.net`` file to a Network.

Numbers of molecules stand for concentrations, rates are taken as written: statistical factors are in them.
"""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sympy as sp

from ...errors import FormatError, NetworkError, UnsupportedError
from ...network.complexes import Complex
from ...network.magnitude import bounded
from ...network.network import Network
from ...network.reaction import Reaction
from ...network.species import Species
from ...network.symbols import symbol
from ..report import import_report
from .blocks import Blocks, Line, split, without_number
from .extras import parse_comment, restore
from .formulas import evaluate, parse_formula
from .names import species_name
from .rates import Rates

_WORD = re.compile(r"[A-Za-z_]\w*")
_TERM = re.compile(r"(?:([\d.eE+-]+)\s*\*\s*)?(\d+)$")


def parse(text: str, source: str = ".net") -> Network:
    """Read the text of a ``.net`` file.

    Formulas of parameters are evaluated, functions and groups become observables, and a function in a rate is
    written out. Names of species are made from their patterns, which ``metadata["patterns"]`` keeps.

    Parameters
    ----------
    source
        What errors call the text.

    Raises
    ------
    FormatError, ParseError
        For what is not a ``.net`` file, with the line.
    UnsupportedError
        For a function or a rate law that a network cannot express, with the line.
    """
    return _Reader(split(text, source), source).network()


class _Reader:
    """Holds what the names mean while a file is read."""

    def __init__(self, blocks: Blocks, source: str) -> None:
        self.blocks, self.source = blocks, source
        self.changed: list[str] = []
        self.formulas: dict[str, tuple[Line, str]] = {}
        self.extras = parse_comment(blocks.heading, source)
        self.derived = set(self.extras.get("derived", ()))

    def network(self) -> Network:
        parameters = self._parameters()
        derived = self.derived
        scope: dict[str, sp.Expr] = {name: symbol(name) for name in parameters}
        for name in derived & self.formulas.keys():
            line, text = self.formulas[name]
            scope[name] = self._whole(name, parse_formula(text, self.source, scope, line.number), line)
        species, patterns = self._species(parameters)
        names = [s.name for s in species]
        groups = self._groups(names)
        functions = self._functions(scope, groups)
        rates = Rates({**groups, **scope, **functions}, {n: i for i, n in enumerate(names)}, self.source)
        reactions = tuple(self._reaction(line, names, rates) for line in self.blocks.lines["reactions"])
        observables = {n: e for n, e in {**groups, **functions}.items() if e != symbol(n) and n not in derived}
        values = {n: v for n, v in parameters.items() if n not in derived}
        counts = {"species": species, "reactions": reactions, "parameters": values, "observables": observables}
        report = import_report(self.source, "BioNetGen network", counts, self.changed, self.blocks.ignored)
        metadata = {"patterns": patterns, "report": report}
        network = Network(reactions, tuple(species), values, observables, metadata=metadata)
        return restore(network, self.extras, self.source) if self.extras else network

    # --- values -------------------------------------------------------------------------------------------

    def _parameters(self) -> dict[str, sp.Rational]:
        """Evaluate the parameters, in an order in which each finds what it needs."""
        found = self.formulas
        for line in self.blocks.lines["parameters"]:
            name, text = without_number(line, 2)
            if name in found:
                raise FormatError(f"{line.where}: the parameter '{name}' is defined twice")
            found[_identifier(name, line)] = (line, text.removeprefix("=").strip())
        needs = {n: [w for w in _WORD.findall(text) if w in found] for n, (_, text) in found.items()}
        try:
            order = list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise FormatError(
                f"{self.source}: parameters depend on each other in a circle: {' -> '.join(error.args[1])}"
            ) from None
        values: dict[str, sp.Rational] = {}
        for name in order:
            line, text = found[name]
            if name in self.derived:
                continue
            values[name] = self._number(text, values, line)
            if needs[name]:
                self.changed.append(f"the parameter {name} = {text} is the number {float(values[name]):.6g}")
        return {name: values[name] for name in found if name in values}

    def _number(self, text: str, values: Mapping[str, Any], line: Line) -> sp.Rational:
        try:
            return evaluate(parse_formula(text, self.source, values, line.number))
        except NetworkError:
            raise FormatError(f"{line.where}: '{text}' is not a finite real number") from None

    def _species(self, parameters: Mapping[str, sp.Rational]) -> tuple[list[Species], dict[str, str]]:
        groups = dict(self._group_terms())
        alone = {name: terms[0][1] for name, terms in groups.items() if len(terms) == 1 and terms[0][0] == 1}
        taken = {*parameters, *self._function_names(), *(groups.keys() - alone.keys())}
        species, patterns = [], {}
        for number, line in enumerate(self.blocks.lines["species"], 1):
            pattern, text = without_number(line, 2)
            fixed, pattern = "$" in pattern, pattern.replace("$", "")
            name = species_name(pattern, number, lambda n, i=number: n in taken or alone.get(n, i) != i)
            taken.add(name)
            initial = self._number(text, parameters, line)
            species.append(Species(name, constant=fixed, initial=initial))
            patterns[name] = pattern
        renamed = [f"{p} is called {n}" for n, p in patterns.items() if p.removesuffix("()") != n]
        self.changed += [f"the species {entry}" for entry in renamed]
        return species, patterns

    # --- observables --------------------------------------------------------------------------------------

    def _group_terms(self) -> list[tuple[str, list[tuple[Any, int]]]]:
        """Return (name, [(weight, number of the species)]) of every group."""
        found = []
        for line in self.blocks.lines["groups"]:
            columns = line.text.split(None, 2)
            if columns[0].isdigit() and len(columns) == 1:
                raise FormatError(f"{line.where}: the group has no name")
            name, terms = columns[1] if columns[0].isdigit() else columns[0], []
            rest = line.text.split(name, 1)[1].strip() if len(columns) > 1 else ""
            for term in rest.replace(" ", "").split(",") if rest else []:
                match = _TERM.match(term)
                if not match:
                    raise FormatError(f"{line.where}: '{term}' is not a species number, such as 7 or 2*7")
                terms.append((sp.Rational(match[1] or 1), self._position(match[2], line)))
            found.append((_identifier(name, line), terms or [(sp.Integer(0), 1)]))
        return found

    def _groups(self, names: list[str]) -> dict[str, sp.Expr]:
        return {n: sp.Add(*(w * symbol(names[i - 1]) for w, i in terms)) for n, terms in self._group_terms()}

    def _function_names(self) -> list[str]:
        return [without_number(line, 2)[0].split("(")[0] for line in self.blocks.lines["functions"]]

    def _functions(self, scope: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, sp.Expr]:
        """Read the functions, written out in each other."""
        texts = {}
        for line in self.blocks.lines["functions"]:
            head, text = without_number(line, 2)
            name, _, arguments = head.partition("(")
            if arguments.strip(") ,"):
                raise FormatError(f"{line.where}: the function '{head}' has arguments; a .net file has none left")
            texts[_identifier(name, line)] = (line, text.removeprefix("=").strip())
        needs = {n: [w for w in _WORD.findall(text) if w in texts] for n, (_, text) in texts.items()}
        try:
            order = list(TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise FormatError(
                f"{self.source}: functions call each other in a circle: {' -> '.join(error.args[1])}"
            ) from None
        values: dict[str, sp.Expr] = {}
        for name in order:
            line, text = texts[name]
            known = {**groups, **scope, **values}
            values[name] = self._whole(name, parse_formula(text, self.source, known, line.number), line)
        return {name: values[name] for name in texts}

    def _whole(self, name: str, value: sp.Expr, line: Line) -> sp.Expr:
        try:
            return bounded(value, f"the function {name}")
        except NetworkError as error:
            raise UnsupportedError(f"{line.where}: {error}") from None

    # --- reactions ----------------------------------------------------------------------------------------

    def _reaction(self, line: Line, names: list[str], rates: Rates) -> Reaction:
        left, right, rate = without_number(line, 3)
        sides = [[names[i - 1] for i in self._numbers(side, line)] for side in (left, right)]
        reactants, products = (_complex(side) for side in sides)
        law = rates.law(rate.strip(), sides[0], reactants, products, line.number)
        if not reactants and not products:
            raise FormatError(f"{line.where}: a reaction without species")
        return Reaction(reactants, products, law)

    def _numbers(self, text: str, line: Line) -> list[int]:
        return [] if text == "0" else [self._position(n, line) for n in text.split(",") if n != "0"]

    def _position(self, text: str, line: Line) -> int:
        count = len(self.blocks.lines["species"])
        if not text.isdigit() or not 1 <= int(text) <= count:
            raise FormatError(f"{line.where}: no species number '{text}' (there are {count})")
        return int(text)


def _complex(names: list[str]) -> Complex:
    return Complex({name: names.count(name) for name in names})


def _identifier(name: str, line: Line) -> str:
    if not _WORD.fullmatch(name):
        raise FormatError(f"{line.where}: '{name}' is not a name")
    return name
