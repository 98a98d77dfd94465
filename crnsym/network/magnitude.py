"""Bounds on numbers in formulas, so that no file can ask for one that would never be finished: 9^9^9, factorial(1e8).

Sympy computes with exact numbers and evaluates what it can at once; what is refused here would have millions of digits.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import sympy as sp
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from ..errors import NetworkError
from .choice import branches
from .symbols import as_real

E = TypeVar("E", bound=sp.Basic)
MOST_BITS = 4096  # of a power of numbers
MOST_PARTS = 20_000  # of an expression with everything in it written out
_ALTOGETHER = 1 << 16  # bits of all numbers of one sum or product
_HIGHEST = 10_000  # exponent of what is not a number
_LARGEST_FACTORIAL = 500
_DEEPEST = {HyperbolicFunction: 6, sp.Abs: 20}  # in each other; sympy's time grows with their depth, steeply
_KINDS = {HyperbolicFunction: "hyperbolic functions", sp.Abs: "absolute values"}
MOST_NESTED = 120  # operations within each other of what is written out; text has at most 60 brackets
_TOGETHER = 50  # factors from which on a product is made in one go: one by one takes time by the square


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """Return base^exponent.

    Raises
    ------
    NetworkError
        If the number is too large, or the exponent of something else is.
    """
    if isinstance(exponent, sp.Rational) and abs(exponent) > 1:
        digits = _bits(base) * abs(exponent)
        if digits > MOST_BITS:
            raise NetworkError(f"({_short(base)})^{_short(exponent)} is too large a number")
        if not base.is_number and abs(exponent) > _HIGHEST:
            raise NetworkError(f"the exponent {_short(exponent)} is too large")
    elif exponent.is_number and base.is_number and _too_large(base, exponent):
        raise NetworkError(f"({_short(base)})^({_short(exponent)}) is too large a number")
    raised = base**exponent
    highest = raised.as_base_exp()[1]
    if isinstance(highest, sp.Rational) and abs(highest) > _HIGHEST and not raised.is_number:
        raise NetworkError(f"the exponent {_short(highest)} is too large")
    return raised


def bounded(expression: E, name: str) -> E:
    """Return an expression in which other expressions were put, unless it is too long.

    Thirty lines that each name the line above twice are an expression of a billion parts.
    """
    if parts(expression) > MOST_PARTS:
        raise NetworkError(f"{name} has more than {MOST_PARTS} parts when all that it names is written out")
    if _gathered(expression, lambda top, below: bool(top.args) + max(below, default=0)) > MOST_NESTED:
        raise NetworkError(f"{name} is nested more than {MOST_NESTED} deep when all that it names is written out")
    for kind, deepest in _DEEPEST.items():
        if _nested(expression, kind) > deepest:
            raise NetworkError(f"{name} nests {_KINDS[kind]} more than {deepest} deep in each other")
    return expression


def parts(expression: sp.Basic) -> int:
    """Return how many symbols, numbers and operations are written; parts that occur twice are looked at once."""
    return _gathered(expression, lambda _, below: 1 + sum(below))


def _nested(expression: sp.Basic, kind: type) -> int:
    """Return how deep functions of a kind stand in each other."""
    return _gathered(expression, lambda top, below: isinstance(top, kind) + max(below, default=0))


def _gathered(expression: sp.Basic, count: Callable[[Any, list[int]], int]) -> int:
    """Return a count of an expression by those of its parts, each looked at once."""
    found: dict[Any, int] = {}
    stack = [expression]
    while stack:
        missing = [a for a in stack[-1].args if a not in found]
        if missing:
            stack += missing
        else:
            top = stack.pop()
            found[top] = count(top, [found[a] for a in top.args])
    return found[expression]


def _too_large(base: sp.Expr, exponent: sp.Expr) -> bool:
    return abs((_logarithm(base) or 0.0) * _number(exponent)) > MOST_BITS * math.log(2)


def exponential(x: sp.Expr) -> sp.Expr:
    """Return e^x."""
    return _limited(sp.exp, "exp")(x)


def hyperbolic(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return sinh, cosh or tanh of numbers of a sensible size, and not of each other without end."""
    return _shallow(_limited(function, function.__name__), HyperbolicFunction)


def _shallow(function: Callable[[Any], Any], kind: type[sp.Basic]) -> Callable[[Any], Any]:
    def build(x: sp.Expr) -> sp.Expr:
        if _nested(x, kind) >= _DEEPEST[kind]:
            raise NetworkError(f"{_KINDS[kind]} nested more than {_DEEPEST[kind]} deep in each other are not supported")
        return function(x)

    return build


absolute = _shallow(lambda x: as_real(sp.Abs(x)), sp.Abs)
"""|x|, not of absolute values without end."""


def _limited(function: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    def build(x: sp.Expr) -> sp.Expr:
        if x.is_number and abs(_number(x)) > MOST_BITS * math.log(2):
            raise NetworkError(f"{name}({_short(x)}) is too large a number")
        # e^(n log x) is x^n
        for term in sp.Add.make_args(x):
            coefficient, rest = term.as_coeff_Mul()
            if rest.has(sp.log) and abs(coefficient) > _HIGHEST:
                raise NetworkError(f"the exponent {_short(coefficient)} is too large")
        return function(x)

    return build


def factorial(x: sp.Expr) -> sp.Expr:
    """Return x!."""
    if x.is_number and abs(_number(x)) > _LARGEST_FACTORIAL:
        raise NetworkError(f"factorial({_short(x)}) is too large a number; the largest is {_LARGEST_FACTORIAL}!")
    return sp.factorial(x)


def rounded(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return floor or ceiling of numbers of a sensible size."""

    def build(x: sp.Expr) -> sp.Expr:
        if x.is_number and abs(_number(x)) == math.inf and (_logarithm(x) or 0.0) > MOST_BITS * math.log(2):
            raise NetworkError(f"{function.__name__}({_short(x)}) is too large a number")
        return function(x)

    return build


def total(terms: list[Any]) -> sp.Expr:
    """Return a sum; its numbers may have so many digits together."""
    _together(terms, "sum")
    return sp.Add(*terms)


def product(factors: list[Any], at_once: bool = False) -> sp.Expr:
    """Return a product; its numbers may have so many digits together."""
    if len(factors) > 1:
        _together(factors, "product")
    if at_once or len(factors) > _TOGETHER:
        return sp.Mul(*factors)
    value = factors[0]
    for factor in factors[1:]:
        value = value * factor
    return value


def _together(parts: Iterable[Any], what: str) -> None:
    if sum(_bits(part.as_coeff_Mul()[0]) for part in parts) > _ALTOGETHER:
        raise NetworkError(f"the numbers of this {what} have too many digits together")


def _bits(value: sp.Basic) -> float:
    """Return how many bits each further power of something adds to a number; 0 for what has no numbers."""
    if isinstance(value, sp.Rational):
        return 0 if abs(value) == 1 or value == 0 else math.log2(max(abs(int(value.p)), int(value.q)))
    if isinstance(value, sp.Pow) and isinstance(value.exp, sp.Rational):
        return float(_bits(value.base) * abs(value.exp))
    if isinstance(value, sp.Mul):
        return sum(_bits(a) for a in value.args)
    if pairs := branches(value):
        return max(_bits(branch) for branch, _ in pairs)
    if isinstance(value, sp.Expr) and value.is_number:
        size = _logarithm(value)
        return 0 if size is None else abs(size) / math.log(2)
    return 0


def _logarithm(value: sp.Expr) -> float | None:
    """Return ln |value| of a number, None where that is none."""
    try:
        size = sp.log(sp.Abs(value)).evalf(8)
        return float(size) if size.is_real else None
    except (TypeError, OverflowError, ValueError):
        return None


def _number(value: sp.Expr) -> float:
    try:
        return float(value) if isinstance(value, sp.Rational) else float(value.evalf(8))
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return math.nan


def _short(value: sp.Expr) -> str:
    if isinstance(value, sp.Rational) and max(abs(value.p), value.q) > 10**30:
        return "a long number"
    text = str(value)
    return text if len(text) < 60 else text[:50] + " ..."
