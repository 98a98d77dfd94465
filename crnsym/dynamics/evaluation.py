"""Programs of rate laws in jax, differentiable where concentrations are zero."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from .programs import Program

# Stands in for every input of a Piecewise branch that is not taken, so that 1/x, log(x - 1), ... stay finite
# there and do not poison gradients; an odd number, because guards test round ones.
_ELSEWHERE = 0.7390851332151607


def evaluate(program: Program, time: float | Array, species: Array, parameters: Array) -> list[Any]:
    """Return the value of every expression, at a time, concentrations and parameter values."""
    registers: list[Any] = []
    for name, *operands in program.instructions:
        if name == "constant":
            registers.append(operands[0])
        elif name == "time":
            registers.append(time)
        elif name == "species":
            registers.append(species[operands[0]])
        elif name == "parameter":
            registers.append(parameters[operands[0]])
        elif name == "copy":
            registers.append(registers[operands[0]])
        elif name == "integer power":
            registers.append(jax.lax.integer_pow(registers[operands[0]] * jnp.ones(()), operands[1]))
        elif name == "piecewise":
            registers.append(_piecewise(operands[0], registers, time, species, parameters))
        else:
            registers.append(_FUNCTIONS[name](*(registers[i] for i in operands)))
    return [registers[i] for i in program.outputs]


def _piecewise(branches: tuple, registers: list, time: float | Array, species: Array, parameters: Array) -> Array:
    value: Any = jnp.nan  # no condition holds
    for condition, branch in reversed(branches):
        taken = registers[condition]
        inputs = (jnp.where(taken, x, _ELSEWHERE) for x in (time, species, parameters))
        value = jnp.where(taken, evaluate(branch, *inputs)[0], value)
    return value


def power(base: Array, exponent: Array) -> Array:
    """Return base ** exponent, slopes finite at 0; a negative base, which round-off makes, counts as 0."""
    positive = base > 0
    smooth = jnp.where(positive, base, 1.0) ** exponent
    whole = jnp.round(jax.lax.stop_gradient(exponent * jnp.ones(())))
    pole = (base == 0) & (whole < 1)  # 0^0 is 1, 0^-1 infinite; neither has a slope
    signed = jnp.where(positive | pole, 1.0, base) ** jnp.where(whole == 1.0, 1.0, whole)
    signed = jnp.where(pole & (whole < 0), jnp.inf, signed)
    at_zero = jnp.where(exponent > 0, 0.0, jnp.inf)
    return jnp.where(positive, smooth, jnp.where(whole == exponent, signed, at_zero))


def _sqrt(base: Array) -> Array:
    """Return the square root, with slope 0 instead of infinity at 0."""
    positive = base > 0
    return jnp.where(positive, jnp.sqrt(jnp.where(positive, base, 1.0)), 0.0)


def _fold(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *operands: functools.reduce(function, operands)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Add": _fold(operator.add),
    "Mul": _fold(operator.mul),
    "divide": operator.truediv,
    "power": power,
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
    "factorial": lambda a: jax.scipy.special.gamma(a + 1.0),
    **{f"a{name}": getattr(jnp, f"arc{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{
        name: getattr(jnp, name)
        for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "sign")
    },
}
