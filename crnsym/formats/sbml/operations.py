"""What the functions and constants of MathML are in sympy."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import libsbml
import sympy as sp
from sympy.logic.boolalg import Boolean

from ...network.choice import chosen, compared
from ...network.magnitude import absolute, exponential, factorial, hyperbolic, power, rounded, total
from ...network.symbols import exact_number

AVOGADRO = exact_number("6.02214179e23")
"""The value that SBML L3 fixes for the csymbol."""


def _quotient(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Return the integer part of a / b, rounded towards zero (MathML)."""
    x = a / b
    return sp.sign(x) * sp.floor(sp.Abs(x))


def _sign_or_piecewise(*arguments: sp.Basic) -> sp.Basic:
    if arguments and not any(isinstance(value, sp.Expr) for value in (*arguments[::2], *arguments[-1:])):
        return _chosen(*arguments)
    pairs = [(as_number(a), as_condition(b)) for a, b in zip(arguments[::2], arguments[1::2], strict=False)]
    if len(arguments) % 2:
        pairs.append((as_number(arguments[-1]), sp.true))
    if len(pairs) == 3 and [value for value, _ in pairs] == [1, -1, 0]:
        x = getattr(pairs[0][1], "gts", None)
        if x is not None and pairs[0][1] == (x > 0) and pairs[1][1] == (x < 0):
            return sp.sign(x)
    return sp.Piecewise(*pairs) if pairs else sp.nan


def _chain(relation: Callable[..., Any]) -> Callable[..., Any]:
    """Return a relation of any number of arguments: a < b < c."""

    def build(*values: sp.Basic) -> sp.Basic:
        return sp.And(*(relation(a, b) for a, b in pairwise(compared(as_number(v)) for v in values)))

    return build


def _inverse(function: Callable[[sp.Expr], sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda x: 1 / function(x)


def _of_inverse(function: Callable[[sp.Expr], sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    return lambda x: function(1 / x)


def _odd(*conditions: Boolean) -> sp.Basic:
    """Return the exclusive or: an odd number of conditions holds."""
    result: Any = sp.false
    for c in conditions:
        result = sp.Or(sp.And(result, sp.Not(c)), sp.And(sp.Not(result), c))
    return result


def _logical(function: Callable[..., sp.Basic]) -> Callable[..., Any]:
    return lambda *values: function(*map(as_condition, values))


def _chosen(*arguments: sp.Basic) -> sp.Basic:
    """Return the condition that a piecewise of conditions is."""
    pairs = list(zip(arguments[::2], map(as_condition, arguments[1::2]), strict=False))
    return chosen([*pairs, (arguments[-1], sp.true)] if len(arguments) % 2 else pairs)


def as_number(value: sp.Basic) -> sp.Expr:
    """Return a condition as 1 or 0 (Level 3 Version 2 lets it stand for a number), a number as it is."""
    if isinstance(value, sp.Expr):
        return value
    return (
        sp.Integer(1)
        if value is sp.true
        else sp.Integer(0)
        if value is sp.false
        else sp.Piecewise((1, value), (0, True))
    )


def as_condition(value: sp.Basic) -> sp.Basic:
    """Return a number as the condition that it is not zero, a condition as it is."""
    return sp.Ne(compared(value), 0) if isinstance(value, sp.Expr) else value


_F = "AST_FUNCTION_"
_SPELLINGS: dict[str, Any] = {
    "AST_PLUS": lambda *terms: total(list(terms)),
    "AST_POWER": power,
    _F + "POWER": power,
    _F + "ABS": absolute,
    _F + "CEILING": rounded(sp.ceiling),
    _F + "FLOOR": rounded(sp.floor),
    _F + "EXP": exponential,
    _F + "LN": sp.log,
    _F + "LOG": lambda *a: sp.log(a[-1]) / sp.log(a[0] if len(a) == 2 else 10),
    _F + "ROOT": lambda *a: power(a[-1], 1 / (a[0] if len(a) == 2 else sp.Integer(2))),
    _F + "MAX": sp.Max,
    _F + "MIN": sp.Min,
    _F + "QUOTIENT": _quotient,
    _F + "REM": lambda a, b: a - b * _quotient(a, b),
    _F + "FACTORIAL": factorial,
    _F + "PIECEWISE": _sign_or_piecewise,
    "AST_LOGICAL_AND": _logical(sp.And),
    "AST_LOGICAL_OR": _logical(sp.Or),
    "AST_LOGICAL_XOR": _logical(_odd),
    "AST_LOGICAL_NOT": _logical(sp.Not),
    "AST_LOGICAL_IMPLIES": _logical(lambda a, b: sp.Or(sp.Not(a), b)),
    "AST_RELATIONAL_LT": _chain(sp.Lt),
    "AST_RELATIONAL_LEQ": _chain(sp.Le),
    "AST_RELATIONAL_GT": _chain(sp.Gt),
    "AST_RELATIONAL_GEQ": _chain(sp.Ge),
    "AST_RELATIONAL_EQ": _chain(sp.Eq),
    "AST_RELATIONAL_NEQ": _chain(sp.Ne),
    **{_F + f.upper(): getattr(sp, f) for f in ("sin", "cos", "tan")},
    **{_F + f.upper(): hyperbolic(getattr(sp, f)) for f in ("sinh", "cosh", "tanh")},
    **{_F + "ARC" + f[1:].upper(): getattr(sp, f) for f in ("asin", "acos", "atan", "asinh", "acosh", "atanh")},
    # arccot(x) is the arctangent of 1/x
    **{
        _F + "ARC" + f.upper(): _of_inverse(g)
        for f, g in (
            ("sec", sp.acos),
            ("csc", sp.asin),
            ("cot", sp.atan),
            ("sech", sp.acosh),
            ("csch", sp.asinh),
            ("coth", sp.atanh),
        )
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
LOGICAL = frozenset(getattr(libsbml, name) for name in _SPELLINGS if name.startswith("AST_LOGICAL"))
OPERATIONS = {getattr(libsbml, name): build for name, build in _SPELLINGS.items()}
CONSTANTS = {
    libsbml.AST_CONSTANT_PI: sp.pi,
    libsbml.AST_CONSTANT_E: sp.E,
    libsbml.AST_CONSTANT_TRUE: sp.true,
    libsbml.AST_CONSTANT_FALSE: sp.false,
    libsbml.AST_NAME_AVOGADRO: AVOGADRO,
}
NUMBERS = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)
REFUSED = {libsbml.AST_FUNCTION_DELAY: "delay()", libsbml.AST_FUNCTION_RATE_OF: "rateOf()"}
