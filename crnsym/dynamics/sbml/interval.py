"""Formulas over a stretch of time: every value as an interval that holds it, every condition as certain or open.

The generated code of `equations` is run on `Interval` in place of floats. What could be one thing at one moment of the
stretch and another at another (a comparison, a jump, a pole) raises `Open`; whoever asks then halves the stretch
(R. E. Moore, Interval Analysis, 1966). Ends are rounded to nearest: a touch to the last bit is no matter here.
"""

import math
from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias

from .arithmetic import FUNCTIONS, INFINITY, NAN


class Open(Exception):
    """What was asked has no one answer over the stretch."""


class Interval:
    """All values from ``low`` to ``high``."""

    __slots__ = ("high", "low")

    def __init__(self, low: float, high: float) -> None:
        if low != low or high != high:
            raise Open
        self.low, self.high = low, high

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __add__(self, other: "Value") -> "Value":
        a, b = _ends(other)
        return NAN if a != a else Interval(self.low + a, self.high + b)

    def __sub__(self, other: "Value") -> "Value":
        a, b = _ends(other)
        return NAN if a != a else Interval(self.low - b, self.high - a)

    def __mul__(self, other: "Value") -> "Value":
        if self is other:
            return _square(self)
        a, b = _ends(other)
        if a != a:
            return NAN
        products = (self.low * a, self.low * b, self.high * a, self.high * b)
        if any(p != p for p in products):
            raise Open
        return Interval(min(products), max(products))

    def __rsub__(self, other: float) -> "Value":
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def __lt__(self, other: "Value") -> bool:
        a, b = _ends(other)
        return _certain(self.high < a, self.low >= b or a != a)

    def __le__(self, other: "Value") -> bool:
        a, b = _ends(other)
        return _certain(self.high <= a, self.low > b or a != a)

    def __gt__(self, other: "Value") -> bool:
        a, b = _ends(other)
        return _certain(self.low > b, self.high <= a or a != a)

    def __ge__(self, other: "Value") -> bool:
        a, b = _ends(other)
        return _certain(self.low >= b, self.high < a or a != a)

    def __eq__(self, other: "Value") -> bool:  # type: ignore[override]  # what is compared are values
        a, b = _ends(other)
        return _certain(self.low == self.high == a == b, self.high < a or self.low > b or a != a)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return self != 0.0


Value: TypeAlias = Interval | float
"""Of a formula: over the stretch, or the same at every moment of it."""


def _ends(value: Value) -> tuple[float, float]:
    return (value.low, value.high) if isinstance(value, Interval) else (value, value)


def _certain(yes: bool, no: bool) -> bool:
    if yes == no:
        raise Open
    return yes


def _square(x: Interval) -> Interval:
    low, high = sorted((abs(x.low), abs(x.high)))
    return Interval(0.0 if x.low < 0.0 < x.high else low * low, high * high)


def _rising(function: Callable[[float], float], sign: int = 1) -> Callable[[Any], Any]:
    """Extend a monotone function; one that has no value at an end is open."""

    def over(x: Value) -> Value:
        if not isinstance(x, Interval):
            return function(x)
        ends = function(x.low), function(x.high)
        return Interval(*ends[::sign])

    return over


def _wave(function: Callable[[float], float], highest: float) -> Callable[[Any], Any]:
    """Extend a sine that is 1 at ``highest`` and half a turn later -1."""

    def reaches(x: Interval, at: float) -> bool:
        turns = math.ceil((x.low - at) / (2.0 * math.pi))
        return at + 2.0 * math.pi * turns <= x.high

    def over(x: Value) -> Value:
        if not isinstance(x, Interval):
            return function(x)
        if not x.high - x.low < 2.0 * math.pi:
            return Interval(-1.0, 1.0)
        ends = sorted((function(x.low), function(x.high)))
        low = -1.0 if reaches(x, highest + math.pi) else ends[0]
        return Interval(low, 1.0 if reaches(x, highest) else ends[1])

    return over


def _valley(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """Extend an even function that rises away from zero."""

    def over(x: Value) -> Value:
        if not isinstance(x, Interval):
            return function(x)
        ends = sorted((function(x.low), function(x.high)))
        return Interval(function(0.0) if x.low < 0.0 < x.high else ends[0], ends[1])

    return over


def _tangent(x: Value) -> Value:
    if isinstance(x, Interval):
        if math.floor(x.low / math.pi + 0.5) != math.floor(x.high / math.pi + 0.5):
            raise Open
        return Interval(math.tan(x.low), math.tan(x.high))
    return FUNCTIONS["tan"](x)


def _quotient(a: Value, b: Value) -> Value:
    if isinstance(b, Interval):
        if b.low <= 0.0 <= b.high:
            raise Open
        return Interval(1.0 / b.high, 1.0 / b.low) * a
    if not isinstance(a, Interval):
        return FUNCTIONS["div"](a, b)
    return a * (1.0 / b) if b else _open()


def _open(*_: object) -> NoReturn:
    raise Open


def _power(a: Value, b: Value) -> Value:
    if not (isinstance(a, Interval) or isinstance(b, Interval)):
        return FUNCTIONS["power"](a, b)
    (low, high), (first, last) = _ends(a), _ends(b)
    if first == last and float(first).is_integer() and first >= 0 and low < 0:
        function = lambda x: FUNCTIONS["power"](x, first)  # noqa: E731
        return (_rising if first % 2 else _valley)(function)(a)
    if low < 0.0 or (low == 0.0 and first <= 0.0):
        raise Open
    corners = [FUNCTIONS["power"](x, y) for x in (low, high) for y in (first, last)]
    return Interval(min(corners), max(corners))


def _root(*arguments: Value) -> Value:
    n, x = arguments if len(arguments) == 2 else (2.0, arguments[0])
    if isinstance(n, Interval):
        raise Open
    return _rising(lambda y: FUNCTIONS["root"](n, y))(x)


def _logarithm(*arguments: Value) -> Value:
    *base, x = arguments
    if any(isinstance(b, Interval) for b in base) or (isinstance(x, Interval) and x.low < 0.0):
        raise Open
    falls = bool(base) and base[0] < 1.0
    return _rising(lambda y: FUNCTIONS["log"](*base, y), -1 if falls else 1)(x)


def _jumping(function: Callable[..., float]) -> Callable[..., Any]:
    """Extend a function that is constant in pieces: one piece, or open."""

    def over(*arguments: Value) -> Value:
        if not any(isinstance(a, Interval) for a in arguments):
            return function(*arguments)
        corners = [()]
        for a in arguments:
            corners = [(*c, end) for c in corners for end in dict.fromkeys(_ends(a))]
        values = {function(*c) for c in corners}
        if len(values) > 1 or values != values:
            raise Open
        return values.pop()

    return over


def _remainder(a: Value, b: Value) -> Value:
    if not (isinstance(a, Interval) or isinstance(b, Interval)):
        return FUNCTIONS["rem"](a, b)
    return a - b * _jumping(FUNCTIONS["quotient"])(a, b)


def _extreme(choose: Callable[..., float]) -> Callable[..., Any]:
    def over(*values: Value) -> Value:
        ends = [_ends(v) for v in values]
        low, high = (choose(*(e[side] for e in ends)) for side in (0, 1))
        return low if not any(isinstance(v, Interval) for v in values) or low != low else Interval(low, high)

    return over


def _of_numbers(function: Callable[[float], Any]) -> Callable[[Any], Any]:
    return lambda x: _open() if isinstance(x, Interval) else function(x)


def _sign(x: Value) -> int:
    return 1 if x > 0 else -1 if x < 0 else 0


_BASIC: dict[str, Any] = {
    **{f: _rising(FUNCTIONS[f]) for f in ("exp", "sinh", "tanh", "asin", "atan", "asinh", "acosh", "atanh", "ln")},
    "acos": _rising(FUNCTIONS["acos"], -1),
    "cosh": _valley(FUNCTIONS["cosh"]),
    "sin": _wave(FUNCTIONS["sin"], 0.5 * math.pi),
    "cos": _wave(FUNCTIONS["cos"], 0.0),
    "tan": _tangent,
}
_RECIPROCALS = {"sec": "cos", "csc": "sin", "cot": "tan", "sech": "cosh", "csch": "sinh", "coth": "tanh"}


OVER: dict[str, Any] = {
    **_BASIC,
    **{name: (lambda f: lambda x: _quotient(1.0, f(x)))(_BASIC[of]) for name, of in _RECIPROCALS.items()},
    **{f"a{name}": (lambda f: lambda x: f(_quotient(1.0, x)))(_BASIC[f"a{of}"]) for name, of in _RECIPROCALS.items()},
    "div": _quotient,
    "power": _power,
    "root": _root,
    "log": _logarithm,
    **{name: _jumping(FUNCTIONS[name]) for name in ("floor", "ceiling", "quotient")},
    "rem": _remainder,
    "factorial": _of_numbers(FUNCTIONS["factorial"]),
    "smallest": _extreme(FUNCTIONS["smallest"]),
    "largest": _extreme(FUNCTIONS["largest"]),
    "fabs": _valley(FUNCTIONS["fabs"]),
    "sign": _sign,
    "kept": _of_numbers(FUNCTIONS["kept"]),
    "nan": NAN,
    "inf": INFINITY,
}
"""The functions of `arithmetic` over intervals, by name."""
