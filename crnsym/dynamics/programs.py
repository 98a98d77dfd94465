"""Free rate expressions as straight-line programs.

A `Program` is a tuple of instructions on numbered registers, so it can be compared and hashed: equal rate
laws share one compiled function. Equal subexpressions are one register.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from ..errors import NetworkError, UnsupportedError
from ..network.choice import branches

# Functions that programs may call, by the names of sympy's classes; power, sqrt and divide are ours.
_NAMES = """Add Mul divide power sqrt Min Max And Or Not StrictLessThan LessThan StrictGreaterThan GreaterThan Equality
    Unequality Abs ceiling floor sign exp log sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh atan2
    factorial"""
FUNCTIONS = frozenset(_NAMES.split())

# What is written by those.
_REWRITTEN: dict[str, Callable[..., Any]] = {
    **{f: lambda x, g=g: 1 / g(x) for f, g in (("sec", sp.cos), ("csc", sp.sin), ("cot", sp.tan))},
    **{f: lambda x, g=g: 1 / g(x) for f, g in (("sech", sp.cosh), ("csch", sp.sinh), ("coth", sp.tanh))},
    **{f: lambda x, g=g: g(1 / x) for f, g in (("asec", sp.acos), ("acsc", sp.asin), ("acot", sp.atan))},
    **{f: lambda x, g=g: g(1 / x) for f, g in (("asech", sp.acosh), ("acsch", sp.asinh), ("acoth", sp.atanh))},
    "Mod": lambda a, b: a - b * sp.floor(a / b),
    "Heaviside": lambda x, at_zero=sp.Rational(1, 2): sp.Piecewise((0, x < 0), (at_zero, sp.Eq(x, 0)), (1, True)),
    "Xor": lambda *args: functools.reduce(lambda a, b: (a & ~b) | (b & ~a), args),
    "Implies": lambda a, b: ~a | b,
    "Equivalent": lambda *args: sp.And(*args) | sp.And(*(~a for a in args)),
    "ITE": lambda condition, a, b: (condition & a) | (~condition & b),
}


@dataclass(frozen=True)
class Program:
    """Straight-line code: ``instructions`` fill registers in order, ``outputs`` says which ones to return."""

    instructions: tuple[tuple, ...]
    outputs: tuple[int, ...]


def compile_expressions(
    expressions: Sequence[sp.Basic], species: Mapping[str, int], parameters: Mapping[str, int]
) -> Program:
    """Translate sympy expressions; ``time`` is the running time unless it is a species or a parameter.

    Parameters
    ----------
    expressions
        Expressions of plain symbols.
    species, parameters
        {name: position}.

    Raises
    ------
    UnsupportedError
        A function that has no translation, by name.
    NetworkError
        A symbol that is none of these.
    """
    translator = _Translator(species, parameters)
    outputs = tuple(translator.register(expression) for expression in expressions)
    return Program(tuple(translator.instructions), outputs)


class _Translator:
    """Fills registers; each distinct subexpression once."""

    def __init__(self, species: Mapping[str, int], parameters: Mapping[str, int]) -> None:
        self.species, self.parameters = species, parameters
        self.instructions: list[tuple] = []
        self.known: dict[Any, int] = {}

    def register(self, expression: sp.Basic) -> int:
        if expression not in self.known:
            instruction = self._instruction(expression)
            self.instructions.append(instruction)
            self.known[expression] = len(self.instructions) - 1
        return self.known[expression]

    def _instruction(self, expression: sp.Basic) -> tuple:
        if isinstance(expression, BooleanTrue | BooleanFalse):
            return ("constant", bool(expression))
        if isinstance(expression, sp.Symbol):
            return self._symbol(expression.name)
        if isinstance(expression, sp.Expr) and expression.is_number:
            return ("constant", number(expression))
        if isinstance(expression, sp.Pow):
            return self._power(expression.base, expression.exp)
        if isinstance(expression, sp.Mul):
            return self._product(expression)
        if pairs := branches(expression):
            return ("piecewise", tuple((self.register(c), self._branch(value)) for value, c in pairs))
        name = type(expression).__name__
        if name in _REWRITTEN:
            return ("copy", self.register(_REWRITTEN[name](*expression.args)))
        if name not in FUNCTIONS:
            raise UnsupportedError(f"the function {name} in a rate law cannot be simulated: {expression}")
        return (name, *(self.register(argument) for argument in expression.args))

    def _branch(self, value: sp.Basic) -> Program:
        return compile_expressions([value], self.species, self.parameters)

    def _symbol(self, name: str) -> tuple:
        if name in self.species:
            return ("species", self.species[name])
        if name in self.parameters:
            return ("parameter", self.parameters[name])
        if name == "time":
            return ("time",)
        raise NetworkError(f"{name} in a rate law is neither a species nor a parameter")

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> tuple:
        if exponent.is_Integer:
            return ("integer power", self.register(base), int(exponent))
        if exponent == sp.Rational(1, 2):
            return ("sqrt", self.register(base))
        return ("power", self.register(base), self.register(exponent))

    def _product(self, expression: sp.Mul) -> tuple:
        """Divide once by the product of the denominators, which rounds less than multiplying by reciprocals."""
        above, below = [], []
        for factor in expression.args:
            inverse = isinstance(factor, sp.Pow) and factor.exp.is_number and factor.exp.is_negative
            (below if inverse else above).append(1 / factor if inverse else factor)
        if not below:
            return ("Mul", *(self.register(factor) for factor in above))
        return ("divide", self.register(sp.Mul(*above)), self.register(sp.Mul(*below)))


def number(expression: sp.Expr) -> float:
    """Return a constant expression in double precision.

    Raises
    ------
    NetworkError
        The constant is not a finite real number.
    """
    try:
        if isinstance(expression, sp.Rational):
            return int(expression.p) / int(expression.q)
        value = complex(sp.N(expression, 25))
    except (TypeError, OverflowError):
        value = complex("nan")
    if value.imag or not abs(value.real) < float("inf"):
        raise NetworkError(f"the constant {expression} in a rate law is not a finite real number")
    return value.real
