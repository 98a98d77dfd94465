"""Formulas from sympy to libsbml, without losing a digit.

libsbml writes 15 digits of a real number, so a number that needs more is written as a quotient of integers.
"""

from collections.abc import Callable, Mapping

import libsbml
import sympy as sp

from ...errors import UnsupportedError
from ...network.choice import branches
from ...network.symbols import TIME, symbol

_FUNCTIONS = {
    sp.exp: libsbml.AST_FUNCTION_EXP,
    sp.log: libsbml.AST_FUNCTION_LN,
    sp.Abs: libsbml.AST_FUNCTION_ABS,
    sp.floor: libsbml.AST_FUNCTION_FLOOR,
    sp.ceiling: libsbml.AST_FUNCTION_CEILING,
    sp.factorial: libsbml.AST_FUNCTION_FACTORIAL,
    sp.Min: libsbml.AST_FUNCTION_MIN,
    sp.Max: libsbml.AST_FUNCTION_MAX,
    **{
        getattr(sp, f): getattr(libsbml, f"AST_FUNCTION_{f.upper()}")
        for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    **{
        getattr(sp, f): getattr(libsbml, f"AST_FUNCTION_ARC{f[1:].upper()}")
        for f in ("asin", "acos", "atan", "asinh", "acosh", "atanh")
    },
    sp.StrictLessThan: libsbml.AST_RELATIONAL_LT,
    sp.LessThan: libsbml.AST_RELATIONAL_LEQ,
    sp.StrictGreaterThan: libsbml.AST_RELATIONAL_GT,
    sp.GreaterThan: libsbml.AST_RELATIONAL_GEQ,
    sp.Equality: libsbml.AST_RELATIONAL_EQ,
    sp.Unequality: libsbml.AST_RELATIONAL_NEQ,
    sp.And: libsbml.AST_LOGICAL_AND,
    sp.Or: libsbml.AST_LOGICAL_OR,
    sp.Not: libsbml.AST_LOGICAL_NOT,
    sp.Add: libsbml.AST_PLUS,
}
_CONSTANTS = {
    sp.pi: libsbml.AST_CONSTANT_PI,
    sp.E: libsbml.AST_CONSTANT_E,
    sp.true: libsbml.AST_CONSTANT_TRUE,
    sp.false: libsbml.AST_CONSTANT_FALSE,
}
_WORD = 10**15


def to_ast(expression: sp.Basic, ids: Mapping[sp.Symbol, str]) -> libsbml.ASTNode:
    """Return the formula as a libsbml tree.

    Parameters
    ----------
    ids
        {symbol: SBML identifier}; the symbol ``time`` without an identifier is the simulation time.

    Raises
    ------
    UnsupportedError
        For a function that SBML does not have.
    """
    if isinstance(expression, sp.Symbol):
        return _name(expression, ids)
    if isinstance(expression, sp.Rational):
        return number_ast(expression)
    if expression in _CONSTANTS:
        return libsbml.ASTNode(_CONSTANTS[expression])

    def convert(e: sp.Basic) -> libsbml.ASTNode:
        return to_ast(e, ids)

    if isinstance(expression, sp.Mul):
        return _product(expression, convert)
    if isinstance(expression, sp.Pow):
        return _power(expression, convert)
    if pairs := branches(expression):
        parts = [convert(x) for pair in pairs for x in pair if x is not sp.true]
        return node(libsbml.AST_FUNCTION_PIECEWISE, *parts)
    if isinstance(expression, sp.sign):
        return _sign(convert(expression.args[0]))
    if expression.func in _FUNCTIONS:
        arguments = expression.args
        if isinstance(expression, sp.And | sp.Or | sp.Min | sp.Max):
            arguments = sorted(arguments, key=sp.default_sort_key)
        return node(_FUNCTIONS[expression.func], *map(convert, arguments))
    raise UnsupportedError(f"SBML has no function {expression.func.__name__} (in {expression})")


def node(kind: int, *children: libsbml.ASTNode) -> libsbml.ASTNode:
    """Return a tree from its root and its children."""
    tree = libsbml.ASTNode(kind)
    for child in children:
        tree.addChild(child)
    return tree


def _name(expression: sp.Symbol, ids: Mapping[sp.Symbol, str]) -> libsbml.ASTNode:
    if expression in ids:
        tree = libsbml.ASTNode(libsbml.AST_NAME)
        tree.setName(ids[expression])
    elif expression == symbol(TIME):
        tree = libsbml.ASTNode(libsbml.AST_NAME_TIME)
        tree.setName("time")
    else:
        raise UnsupportedError(f"the formula contains '{expression}', which the network does not declare")
    return tree


def number_ast(value: sp.Rational) -> libsbml.ASTNode:
    """Return an exact number: an integer, a real of up to 15 digits, or a quotient."""
    p, q = int(value.p), int(value.q)
    if q == 1 and abs(p) < 2**31:  # libsbml reads integers of 32 bits
        tree = libsbml.ASTNode(libsbml.AST_INTEGER)
        tree.setValue(p)
        return tree
    if fits_real(value):
        tree = libsbml.ASTNode(libsbml.AST_REAL)
        tree.setValue(float(value))
        return tree
    if q != 1:
        return node(libsbml.AST_DIVIDE, number_ast(sp.Integer(p)), number_ast(sp.Integer(q)))
    high, low = divmod(p, _WORD)
    shifted = node(libsbml.AST_TIMES, number_ast(sp.Integer(high)), number_ast(sp.Integer(_WORD)))
    return node(libsbml.AST_PLUS, shifted, number_ast(sp.Integer(low))) if low else shifted


def fits_real(value: sp.Rational) -> bool:
    """Tell whether the 15 digits that libsbml writes are the whole number."""
    try:
        return sp.Rational(f"{float(value):.15g}") == value
    except (OverflowError, ValueError, TypeError):
        return False


def _product(e: sp.Mul, convert: Callable[[sp.Basic], libsbml.ASTNode]) -> libsbml.ASTNode:
    over, under = [], []
    for factor in e.args:
        if _is_divisor(factor):
            under.append(convert(1 / factor))  # type: ignore[operator]  # sympy types its arguments too widely
        else:
            over.append(convert(factor))
    top = _times(over) if over else number_ast(sp.Integer(1))
    return node(libsbml.AST_DIVIDE, top, _times(under)) if under else top


def _is_divisor(e: sp.Basic) -> bool:
    """Tell whether a factor is written below the line: 1/x, x^-2, but not 2^(-1/2) and not exp(-x)."""
    if not isinstance(e, sp.Pow):
        return False
    base, exponent = e.args
    return isinstance(exponent, sp.Rational) and exponent < 0 and not base.is_number  # type: ignore[union-attr]  # sympy types its arguments too widely


def _times(factors: list[libsbml.ASTNode]) -> libsbml.ASTNode:
    return factors[0] if len(factors) == 1 else node(libsbml.AST_TIMES, *factors)


def _power(e: sp.Pow, convert: Callable[[sp.Basic], libsbml.ASTNode]) -> libsbml.ASTNode:
    if _is_divisor(e):
        return node(libsbml.AST_DIVIDE, number_ast(sp.Integer(1)), convert(1 / e))
    return node(libsbml.AST_POWER, *map(convert, e.args))


def _sign(x: libsbml.ASTNode) -> libsbml.ASTNode:
    """Return sign(x) = piecewise(1, x > 0, -1, x < 0, 0), as SBML has no such function."""
    zero = number_ast(sp.Integer(0))
    positive = node(libsbml.AST_RELATIONAL_GT, x, zero)
    negative = node(libsbml.AST_RELATIONAL_LT, x.deepCopy(), zero.deepCopy())
    one, minus = number_ast(sp.Integer(1)), number_ast(sp.Integer(-1))
    return node(libsbml.AST_FUNCTION_PIECEWISE, one, positive, minus, negative, zero.deepCopy())
