"""Formulas of SBML as Python expressions: a string per formula, and what it needs and where it may jump."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import libsbml

from ...errors import FormatError, UnsupportedError
from .operations import NUMBERS, Formula, number, operands, operation

AVOGADRO = 6.02214179e23
"""The value that SBML Level 3 fixes for its csymbol."""

TIME = "t_time"
"""The node of the time."""

_LONGEST = 200_000  # letters of a formula with all functions written out
_MOST_CALLS = 20_000  # of one function, in a file

_CONSTANTS = {
    libsbml.AST_CONSTANT_PI: repr(math.pi),
    libsbml.AST_CONSTANT_E: repr(math.e),
    libsbml.AST_CONSTANT_TRUE: "True",
    libsbml.AST_CONSTANT_FALSE: "False",
    libsbml.AST_NAME_AVOGADRO: repr(AVOGADRO),
}


class Translator:
    """Translates the formulas of one model.

    Parameters
    ----------
    value, rate
        Give the name of the node for the value, and the rate of change, of an identifier.
    functions
        The function definitions: {identifier: (names of arguments, body)}.
    """

    def __init__(
        self,
        value: Callable[[str, str], str],
        rate: Callable[[str, str], str],
        functions: Mapping[str, tuple[tuple[str, ...], Any]],
    ) -> None:
        self._value, self._rate, self._functions = value, rate, functions
        self._calls: Counter[str] = Counter()

    def formula(self, tree: libsbml.ASTNode, where: str, local: Mapping[str, str] | None = None) -> Formula:
        """Translate one formula; ``local`` maps identifiers that are local to it to code.

        Raises
        ------
        UnsupportedError
            For ``delay`` and for what is no function of SBML core.
        FormatError
            For an unknown identifier or a wrong number of arguments.
        """
        found = Formula("")
        try:
            found.code = self._code(tree, {**(local or {})}, found, where, ())
        except RecursionError:
            raise UnsupportedError(f"{where}: a formula nested too deeply is not supported") from None
        return found

    def _code(
        self, tree: libsbml.ASTNode, local: Mapping[str, str], into: Formula, where: str, calls: tuple[str, ...]
    ) -> str:
        kind = tree.getType()
        if kind in NUMBERS:
            return number(tree)
        if kind == libsbml.AST_NAME:
            return self._name(tree.getName(), local, into, where)
        if kind == libsbml.AST_NAME_TIME:
            into.needs.add(TIME)
            return TIME
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == libsbml.AST_FUNCTION_RATE_OF:
            return self._rate_of(tree, local, into, where)
        if kind == libsbml.AST_FUNCTION_DELAY:
            raise UnsupportedError(f"{where}: delay() is not supported")
        children = operands(tree, kind)
        arguments = [self._code(child, local, into, where, calls) for child in children]
        if kind == libsbml.AST_FUNCTION:
            return self._call(tree.getName(), arguments, into, where, calls)
        return operation(tree, kind, arguments, into, where)

    def _name(self, name: str, local: Mapping[str, str], into: Formula, where: str) -> str:
        if name in local:
            return local[name]
        node = self._value(name, where)
        into.needs.add(node)
        return node

    def _rate_of(self, tree: libsbml.ASTNode, local: Mapping[str, str], into: Formula, where: str) -> str:
        child = tree.getChild(0)
        if tree.getNumChildren() != 1 or child.getType() != libsbml.AST_NAME:
            raise UnsupportedError(f"{where}: rateOf() of something that is not one identifier is not supported")
        name = child.getName()
        if name in local:
            if not local[name].isidentifier():
                return "0.0"  # a local parameter, which is a number
            name = local[name][2:]  # an argument of a function, which stands for the node of an identifier
        node = self._rate(name, where)
        into.needs.add(node)
        return node

    def _call(self, name: str, arguments: list[str], into: Formula, where: str, calls: tuple[str, ...]) -> str:
        if name not in self._functions:
            raise FormatError(f"{where}: the formula calls '{name}', which no function definition declares")
        names, body = self._functions[name]
        if body is None:
            raise UnsupportedError(f"{where}: the function '{name}' has no formula")
        if name in calls:
            raise FormatError(f"{where}: the function '{name}' calls itself")
        if len(arguments) != len(names):
            raise FormatError(f"{where}: {name} takes {len(names)} arguments, found {len(arguments)}")
        self._calls[name] += 1
        code = self._code(body, dict(zip(names, arguments, strict=True)), into, where, (*calls, name))
        if len(code) > _LONGEST or self._calls[name] > _MOST_CALLS:
            raise UnsupportedError(f"{where}: {name} is too long when all functions that it calls are written out")
        return code
