"""Formulas from libsbml to sympy, with plain symbols, exact numbers and function definitions written out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import libsbml
import sympy as sp

from ...errors import FormatError, UnsupportedError
from ...network.symbols import TIME, exact_number, symbol

AVOGADRO = exact_number("6.02214179e23")
"""The value that SBML L3 fixes for the csymbol."""


def _quotient(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Return the integer part of a / b, rounded towards zero (MathML)."""
    x = a / b
    return sp.sign(x) * sp.floor(sp.Abs(x))


def _sign_or_piecewise(*arguments: Any) -> Any:
    pairs = list(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) % 2:
        pairs.append((arguments[-1], sp.true))
    if len(pairs) == 3 and [value for value, _ in pairs] == [1, -1, 0]:
        x = getattr(pairs[0][1], "gts", None)
        if x is not None and pairs[0][1] == (x > 0) and pairs[1][1] == (x < 0):
            return sp.sign(x)
    return sp.Piecewise(*pairs) if pairs else sp.nan


def _chain(relation: Any) -> Callable[..., Any]:
    """Return a relation of any number of arguments: a < b < c."""

    def build(*values: Any) -> Any:
        return sp.And(*(relation(a, b) for a, b in pairwise(values)))

    return build


def _inverse(function: Any) -> Callable[[sp.Expr], sp.Expr]:
    return lambda x: 1 / function(x)


_F = "AST_FUNCTION_"
_SPELLINGS: dict[str, Any] = {
    "AST_PLUS": sp.Add,
    "AST_POWER": sp.Pow,
    _F + "POWER": sp.Pow,
    _F + "ABS": sp.Abs,
    _F + "CEILING": sp.ceiling,
    _F + "FLOOR": sp.floor,
    _F + "EXP": sp.exp,
    _F + "LN": sp.log,
    _F + "LOG": lambda *a: sp.log(a[-1]) / sp.log(a[0] if len(a) == 2 else 10),
    _F + "ROOT": lambda *a: a[-1] ** (1 / (a[0] if len(a) == 2 else sp.Integer(2))),
    _F + "MAX": sp.Max,
    _F + "MIN": sp.Min,
    _F + "QUOTIENT": _quotient,
    _F + "REM": lambda a, b: a - b * _quotient(a, b),
    _F + "FACTORIAL": sp.factorial,
    _F + "PIECEWISE": _sign_or_piecewise,
    "AST_LOGICAL_AND": sp.And,
    "AST_LOGICAL_OR": sp.Or,
    "AST_LOGICAL_XOR": sp.Xor,
    "AST_LOGICAL_NOT": sp.Not,
    "AST_LOGICAL_IMPLIES": sp.Implies,
    "AST_RELATIONAL_LT": _chain(sp.Lt),
    "AST_RELATIONAL_LEQ": _chain(sp.Le),
    "AST_RELATIONAL_GT": _chain(sp.Gt),
    "AST_RELATIONAL_GEQ": _chain(sp.Ge),
    "AST_RELATIONAL_EQ": _chain(sp.Eq),
    "AST_RELATIONAL_NEQ": sp.Ne,
    **{_F + f.upper(): getattr(sp, f) for f in "sin cos tan sinh cosh tanh".split()},  # noqa: SIM905
    **{
        _F + "ARC" + f[1:].upper(): getattr(sp, f)
        for f in "asin acos atan asinh acosh atanh asec acsc acot asech acsch acoth".split()  # noqa: SIM905
    },
    **{
        _F + f.upper(): _inverse(g)
        for f, g in (
            ("sec", sp.cos),
            ("csc", sp.sin),
            ("cot", sp.tan),
            ("sech", sp.cosh),
            ("csch", sp.sinh),
            ("coth", sp.tanh),
        )
    },
}
_OPERATIONS = {getattr(libsbml, name): build for name, build in _SPELLINGS.items()}
_CONSTANTS = {
    libsbml.AST_CONSTANT_PI: sp.pi,
    libsbml.AST_CONSTANT_E: sp.E,
    libsbml.AST_CONSTANT_TRUE: sp.true,
    libsbml.AST_CONSTANT_FALSE: sp.false,
    libsbml.AST_NAME_AVOGADRO: AVOGADRO,
}
_NUMBERS = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)
_REFUSED = {libsbml.AST_FUNCTION_DELAY: "delay()", libsbml.AST_FUNCTION_RATE_OF: "rateOf()"}


@dataclass(frozen=True)
class Scope:
    """What identifiers mean: values, function definitions, and how the running time is called."""

    values: Mapping[str, sp.Expr]
    functions: Mapping[str, tuple[tuple[str, ...], libsbml.ASTNode]] = field(default_factory=dict)
    time: sp.Expr = field(default_factory=lambda: symbol(TIME))

    def with_values(self, values: Mapping[str, sp.Expr]) -> "Scope":
        """Return the scope where some identifiers mean something else."""
        return replace(self, values={**self.values, **values})


def from_ast(tree: libsbml.ASTNode, scope: Scope, where: str) -> Any:
    """Return the formula as a sympy expression (or condition).

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
    kind = tree.getType()
    if kind in _NUMBERS:
        return _number(tree, where)
    if kind == libsbml.AST_NAME:
        if tree.getName() not in scope.values:
            raise FormatError(f"{where}: the formula names '{tree.getName()}', which nothing declares")
        return scope.values[tree.getName()]
    if kind == libsbml.AST_NAME_TIME:
        return scope.time
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind == libsbml.AST_FUNCTION:
        return _call(tree, scope, where)
    if kind in (libsbml.AST_TIMES, libsbml.AST_DIVIDE):
        return sp.Mul(*_factors(tree, scope, where))
    if kind in _REFUSED:
        raise UnsupportedError(f"{where}: {_REFUSED[kind]} is not supported")
    arguments = [from_ast(child, scope, where) for child in _operands(tree)]
    if kind == libsbml.AST_MINUS:
        return -arguments[0] if len(arguments) == 1 else arguments[0] - arguments[1]
    if kind not in _OPERATIONS:
        raise UnsupportedError(f"{where}: the formula element '{tree.getName() or kind}' is not supported")
    try:
        return _OPERATIONS[kind](*arguments)
    except TypeError:
        raise FormatError(f"{where}: a number stands where a condition must, or the reverse") from None


def _number(tree: libsbml.ASTNode, where: str) -> sp.Expr:
    kind = tree.getType()
    if kind == libsbml.AST_INTEGER:
        return sp.Integer(tree.getInteger())
    if kind == libsbml.AST_RATIONAL:
        return sp.Rational(tree.getNumerator(), tree.getDenominator())
    if tree.isNaN() or tree.isInfinity() or tree.isNegInfinity():
        raise UnsupportedError(f"{where}: infinity or not-a-number in a formula is not supported")
    if kind == libsbml.AST_REAL_E:  # the product that getReal returns is rounded
        return exact_number(tree.getMantissa()) * sp.Integer(10) ** tree.getExponent()
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


def _call(tree: libsbml.ASTNode, scope: Scope, where: str) -> Any:
    name = tree.getName()
    if name not in scope.functions:
        raise FormatError(f"{where}: the formula calls '{name}', which no function definition declares")
    names, body = scope.functions[name]
    arguments = [from_ast(tree.getChild(i), scope, where) for i in range(tree.getNumChildren())]
    if len(arguments) != len(names):
        raise FormatError(f"{where}: {name} takes {len(names)} arguments, found {len(arguments)}")
    inner = replace(scope, values=dict(zip(names, arguments, strict=True)))
    return from_ast(body, inner, f"{where}, function {name}")
