"""Free rate expressions as straight-line programs: sympy goes in, jax numbers come out.

A `Program` is a tuple of instructions on numbered registers, so it can be compared and hashed: equal rate
laws share one compiled function. Equal subexpressions are one register.
"""

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from ..errors import NetworkError, UnsupportedError

# Stands in for every input of a Piecewise branch that is not taken, so that 1/x, log(x - 1), ... stay finite
# there and do not poison gradients; an odd number, because guards test round ones.
_ELSEWHERE = 0.7390851332151607


@dataclass(frozen=True)
class Program:
    """Straight-line code: ``instructions`` fill registers in order, ``outputs`` says which ones to return."""

    instructions: tuple[tuple, ...]
    outputs: tuple[int, ...]

    def __call__(self, time: Any, species: jax.Array, parameters: Any) -> list[Any]:
        """Return the value of every expression, at a time, concentrations and parameter values."""
        registers: list[Any] = []
        for name, *operands in self.instructions:
            if name == "constant":
                registers.append(operands[0])
            elif name == "time":
                registers.append(time)
            elif name == "species":
                registers.append(species[operands[0]])
            elif name == "parameter":
                registers.append(parameters[operands[0]])
            elif name == "integer power":
                registers.append(jax.lax.integer_pow(registers[operands[0]] * jnp.ones(()), operands[1]))
            elif name == "piecewise":
                registers.append(_piecewise(operands[0], registers, time, species, parameters))
            else:
                registers.append(_FUNCTIONS[name](*(registers[i] for i in operands)))
        return [registers[i] for i in self.outputs]


def compile_expressions(
    expressions: Sequence[sp.Expr], species: Mapping[str, int], parameters: Mapping[str, int]
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

    def register(self, expression: Any) -> int:
        if expression not in self.known:
            instruction = self._instruction(expression)
            self.instructions.append(instruction)
            self.known[expression] = len(self.instructions) - 1
        return self.known[expression]

    def _instruction(self, expression: Any) -> tuple:
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
        if isinstance(expression, sp.Piecewise):
            return (
                "piecewise",
                tuple((self.register(c), self._branch(value)) for value, c in expression.args),  # type: ignore[misc],
            )
        name = type(expression).__name__
        if name not in _FUNCTIONS:
            raise UnsupportedError(f"the function {name} in a rate law cannot be simulated: {expression}")
        return (name, *(self.register(argument) for argument in expression.args))

    def _branch(self, value: sp.Expr) -> Program:
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

    def _product(self, expression: Any) -> tuple:
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


def _piecewise(branches: tuple, registers: list, time: Any, species: Any, parameters: Any) -> Any:
    value: Any = jnp.nan  # no condition holds
    for condition, branch in reversed(branches):
        taken = registers[condition]
        inputs = (jnp.where(taken, x, _ELSEWHERE) for x in (time, species, parameters))
        value = jnp.where(taken, branch(*inputs)[0], value)
    return value


def _power(base: Any, exponent: Any) -> Any:
    """Return base ** exponent, slopes finite at 0; a negative base, which round-off makes, counts as 0."""
    positive = base > 0
    smooth = jnp.where(positive, base, 1.0) ** exponent
    whole = jnp.round(jax.lax.stop_gradient(exponent * jnp.ones(())))
    signed = jnp.where(positive, 1.0, base) ** jnp.where(whole == 1.0, 1.0, whole)
    at_zero = jnp.where(exponent > 0, 0.0, jnp.inf)
    return jnp.where(positive, smooth, jnp.where(whole == exponent, signed, at_zero))


def _sqrt(base: Any) -> Any:
    """Return the square root, with slope 0 instead of infinity at 0."""
    positive = base > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, base, 1.0)), 0.0)


def _fold(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *operands: functools.reduce(function, operands)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": _fold(operator.add),
    "Mul": _fold(operator.mul),
    "divide": operator.truediv,
    "power": _power,
    "sqrt": _sqrt,
    "Min": _fold(jnp.minimum),
    "Max": _fold(jnp.maximum),
    "And": _fold(jnp.logical_and),
    "Or": _fold(jnp.logical_or),
    "Not": jnp.logical_not,
    "StrictLessThan": operator.lt,
    "LessThan": operator.le,
    "StrictGreaterThan": operator.gt,
    "GreaterThan": operator.ge,
    "Equality": lambda a, b: a == b,
    "Unequality": lambda a, b: a != b,
    "Abs": jnp.abs,
    "ceiling": jnp.ceil,
    "atan2": jnp.arctan2,
    **{f"a{name}": getattr(jnp, f"arc{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{
        name: getattr(jnp, name)
        for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "sign")
    },
}
