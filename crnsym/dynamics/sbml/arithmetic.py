"""Real functions of Python floats that answer as IEEE 754 does: infinity or not-a-number, never an exception."""

import math
from collections.abc import Callable
from typing import Any

NAN, INFINITY = math.nan, math.inf


def div(a: float, b: float) -> float:
    """Return a / b; a division by zero gives an infinity, 0 / 0 not-a-number."""
    try:
        return a / b
    except ZeroDivisionError:
        return NAN if a == 0 or a != a else math.copysign(INFINITY, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """Return a to the power b; not-a-number where that is not real."""
    try:
        return math.pow(a, b)
    except OverflowError:
        odd = a < 0 and float(b).is_integer() and b % 2 == 1
        return -INFINITY if odd else INFINITY
    except ValueError:
        return INFINITY if a == 0 else NAN


def root(*arguments: float) -> float:
    """Return the n-th root of x, called as ``root(n, x)`` or ``root(x)``; odd roots of negative numbers are real."""
    n, x = arguments if len(arguments) == 2 else (2.0, arguments[0])
    if n == 2:
        return math.sqrt(x) if x >= 0 else NAN
    if x < 0 and float(n).is_integer() and n % 2 == 1:
        return -power(-x, 1.0 / n)
    return power(x, div(1.0, n))


def ln(x: float) -> float:
    """Return the natural logarithm."""
    if x > 0:
        return math.log(x)
    return -INFINITY if x == 0 else NAN


def log(*arguments: float) -> float:
    """Return the logarithm of x, called as ``log(base, x)`` or ``log(x)`` for base 10."""
    base, x = arguments if len(arguments) == 2 else (10.0, arguments[0])
    if base == 10 and x > 0:
        return math.log10(x)
    return div(ln(x), ln(base))


def floor(x: float) -> float:
    """Return the largest integer not above x, as a float."""
    return float(math.floor(x)) if math.isfinite(x) else x


def ceiling(x: float) -> float:
    """Return the smallest integer not below x, as a float."""
    return float(math.ceil(x)) if math.isfinite(x) else x


def factorial(x: float) -> float:
    """Return x!; not-a-number where x is not a natural number."""
    if not (math.isfinite(x) and x >= 0 and float(x).is_integer()):
        return INFINITY if x == INFINITY else NAN
    return float(math.factorial(int(x))) if x <= 170 else INFINITY


def quotient(a: float, b: float) -> float:
    """Return the integer part of a / b, towards zero (MathML)."""
    x = div(a, b)
    return float(math.trunc(x)) if math.isfinite(x) else x


def rem(a: float, b: float) -> float:
    """Return what is left of a after `quotient` times b; it has the sign of a.

    Where rounding makes 3.9 / 1.3 the whole number 3, nothing is left, though both are a little off as binary numbers.
    """
    if not math.isfinite(a) or b == 0 or b != b:
        return NAN
    left, whole = math.fmod(a, b), div(a, b)
    return 0.0 if math.isfinite(whole) and math.trunc(whole) != round(div(a - left, b)) else left


def smallest(*values: float) -> float:
    """Return the smallest value; not-a-number if one is."""
    return NAN if any(v != v for v in values) else min(values)


def largest(*values: float) -> float:
    """Return the largest value; not-a-number if one is."""
    return NAN if any(v != v for v in values) else max(values)


def sign(x: float) -> int:
    """Return -1, 0 or 1."""
    return (x > 0) - (x < 0)


def kept(x: float) -> float | None:
    """Return x, or None for not-a-number, so that two results compare equal where both are not."""
    return x if x == x else None


def _total(function: Callable[[float], float]) -> Callable[[float], float]:
    """Make a function of `math` answer outside of its domain."""

    def answer(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            if abs(x) == 1 and function is math.atanh:
                return math.copysign(INFINITY, x)
            return NAN
        except OverflowError:
            return -INFINITY if x < 0 and function is math.sinh else INFINITY

    return answer


def _of_reciprocal(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: function(div(1.0, x))


def _reciprocal_of(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: div(1.0, function(x))


_BASIC = {
    name: _total(getattr(math, name))
    for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh")
}
FUNCTIONS: dict[str, Any] = {
    **_BASIC,
    "sec": _reciprocal_of(_BASIC["cos"]),
    "csc": _reciprocal_of(_BASIC["sin"]),
    "cot": _reciprocal_of(_BASIC["tan"]),
    "sech": _reciprocal_of(_BASIC["cosh"]),
    "csch": _reciprocal_of(_BASIC["sinh"]),
    "coth": _reciprocal_of(_BASIC["tanh"]),
    "asec": _of_reciprocal(_BASIC["acos"]),
    "acsc": _of_reciprocal(_BASIC["asin"]),
    "acot": _of_reciprocal(_BASIC["atan"]),
    "asech": _of_reciprocal(_BASIC["acosh"]),
    "acsch": _of_reciprocal(_BASIC["asinh"]),
    "acoth": _of_reciprocal(_BASIC["atanh"]),
    **{f.__name__: f for f in (div, power, root, ln, log, floor, ceiling, factorial, quotient, rem)},
    **{f.__name__: f for f in (smallest, largest, sign, kept)},
    "fabs": math.fabs,
    "nan": NAN,
    "inf": INFINITY,
}
"""What the generated code may call, by name."""
