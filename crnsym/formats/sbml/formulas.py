"""Formulas from libsbml to sympy, with plain symbols, exact numbers and function definitions written out."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import libsbml
import sympy as sp

from ...errors import FormatError, NetworkError, UnsupportedError
from ...network.magnitude import bounded, product
from ...network.symbols import TIME, exact_number, symbol
from .operations import CONSTANTS, LOGICAL, NUMBERS, OPERATIONS, REFUSED, as_number

T = TypeVar("T")

MOST_CALLS = 20_000  # of one function, in a file


@dataclass(frozen=True)
class Scope:
    """What identifiers mean: values, function definitions, and how the running time is called; counts the calls.

    ``known`` holds the values of calls, by function and arguments: a function that calls another twice, and that a
    third twice, is written out in no more steps than there are different calls.
    """

    values: Mapping[str, sp.Expr]
    functions: Mapping[str, tuple[tuple[str, ...], libsbml.ASTNode]] = field(default_factory=dict)
    time: sp.Expr = field(default_factory=lambda: symbol(TIME))
    calls: Counter[str] = field(default_factory=Counter)
    known: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def with_values(self, values: Mapping[str, sp.Expr]) -> "Scope":
        """Return the scope where some identifiers mean something else."""
        return replace(self, values={**self.values, **values})


def from_ast(tree: libsbml.ASTNode, scope: Scope, where: str) -> sp.Expr:
    """Return the formula as a sympy expression; a condition where a number must stand is 1 or 0.

    Parameters
    ----------
    where
        What holds the formula, for messages.

    Raises
    ------
    UnsupportedError
        For ``delay``, ``rateOf``, infinities and what else is not a plain formula.
    FormatError
        For an unknown identifier or a wrong number of arguments.
    """
    try:
        value = as_number(_value(tree, scope, where))
    except RecursionError:
        raise UnsupportedError(f"{where}: a formula nested too deeply is not supported") from None
    if value.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
        raise UnsupportedError(f"{where}: the formula is not a finite real number")
    return value


def _value(tree: libsbml.ASTNode, scope: Scope, where: str) -> sp.Basic:
    """Return the value of a formula, a number or a condition."""
    kind = tree.getType()
    if kind in NUMBERS:
        return _number(tree, where)
    if kind == libsbml.AST_NAME:
        if tree.getName() not in scope.values:
            raise FormatError(f"{where}: the formula names '{tree.getName()}', which nothing declares")
        return scope.values[tree.getName()]
    if kind == libsbml.AST_NAME_TIME:
        return scope.time
    if kind in CONSTANTS:
        return CONSTANTS[kind]
    if kind == libsbml.AST_FUNCTION:
        return _call(tree, scope, where)
    if kind in (libsbml.AST_TIMES, libsbml.AST_DIVIDE):
        return _bounded(lambda: product(_factors(tree, scope, where), at_once=True), where)
    if kind in REFUSED:
        raise UnsupportedError(f"{where}: {REFUSED[kind]} is not supported")
    arguments: list[Any] = [_value(child, scope, where) for child in _operands(tree)]
    if kind not in LOGICAL and kind != libsbml.AST_FUNCTION_PIECEWISE:
        arguments = [as_number(a) for a in arguments]
    if kind == libsbml.AST_MINUS:
        return -arguments[0] if len(arguments) == 1 else arguments[0] - arguments[1]
    if kind not in OPERATIONS:
        raise UnsupportedError(f"{where}: the formula element '{tree.getName() or kind}' is not supported")
    try:
        return _bounded(lambda: OPERATIONS[kind](*arguments), where)
    except TypeError:
        raise FormatError(f"{where}: the wrong number of arguments for '{tree.getName() or kind}'") from None


def _bounded(build: Callable[[], T], where: str) -> T:
    try:
        return build()
    except NetworkError as error:
        raise UnsupportedError(f"{where}: {error}") from None


def _number(tree: libsbml.ASTNode, where: str) -> sp.Expr:
    kind = tree.getType()
    if kind == libsbml.AST_INTEGER:
        return sp.Integer(tree.getInteger())
    if kind == libsbml.AST_RATIONAL:
        return sp.Rational(tree.getNumerator(), tree.getDenominator())
    if tree.isNaN() or tree.isInfinity() or tree.isNegInfinity():
        raise UnsupportedError(f"{where}: infinity or not-a-number in a formula is not supported")
    if kind == libsbml.AST_REAL_E:  # the product that getReal returns is rounded
        return _bounded(lambda: exact_number(f"{tree.getMantissa()!r}e{tree.getExponent()}"), where)
    return exact_number(tree.getReal())


def _operands(tree: libsbml.ASTNode) -> list[libsbml.ASTNode]:
    """Return the children; a sum that libsbml made binary, however deep, in one list."""
    if tree.getType() != libsbml.AST_PLUS:
        return [tree.getChild(i) for i in range(tree.getNumChildren())]
    found, stack = [], [tree]
    while stack:
        top = stack.pop()
        if top.getType() == libsbml.AST_PLUS:
            stack.extend(top.getChild(i) for i in reversed(range(top.getNumChildren())))
        else:
            found.append(top)
    return found


def _factors(tree: libsbml.ASTNode, scope: Scope, where: str) -> list[sp.Expr]:
    """Return the factors of nested products and quotients, so that sympy sees them all at once.

    ``2 * (x + 1) * y`` stays as it is, where ``(2 * (x + 1)) * y`` would become ``(2 x + 2) y``.
    """
    found: list[sp.Expr] = []
    stack = [(tree, False)]
    while stack:
        top, below = stack.pop()
        n = top.getNumChildren()
        if top.getType() == libsbml.AST_TIMES:
            stack.extend((top.getChild(i), below) for i in reversed(range(n)))
        elif top.getType() == libsbml.AST_DIVIDE and n == 2:
            stack += [(top.getChild(1), not below), (top.getChild(0), below)]
        else:
            value = from_ast(top, scope, where)
            if below and value == 0:
                raise UnsupportedError(f"{where}: the formula divides by zero")
            found.append(1 / value if below else value)
    return found


def _call(tree: libsbml.ASTNode, scope: Scope, where: str) -> sp.Basic:
    name = tree.getName()
    if name not in scope.functions:
        raise FormatError(f"{where}: the formula calls '{name}', which no function definition declares")
    names, body = scope.functions[name]
    arguments = [_value(tree.getChild(i), scope, where) for i in range(tree.getNumChildren())]
    if len(arguments) != len(names):
        raise FormatError(f"{where}: {name} takes {len(names)} arguments, found {len(arguments)}")
    if (name, *arguments) in scope.known:
        return scope.known[name, *arguments]
    scope.calls[name] += 1
    if scope.calls[name] > MOST_CALLS:
        raise UnsupportedError(f"{where}: {name} is called more than {MOST_CALLS} times when all calls are written out")
    inner = replace(scope, values=dict(zip(names, arguments, strict=True)))
    value = _value(body, inner, f"{where.partition(', function ')[0]}, function {name}")
    scope.known[name, *arguments] = _bounded(lambda: bounded(value, f"the function {name}"), where)
    return scope.known[name, *arguments]
