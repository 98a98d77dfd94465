"""Parts of a model compiled to machine code by numba, for simulations that call them millions of times."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numba import cfunc, float64, types
from numba.core.ccallback import CFunc

from ...files.compiled import njit
from .equations import Equations
from .formula import Formula

_SIGNATURE = types.void(float64, float64[::1], float64[::1])
_ieee = njit(error_model="numpy")  # a division by zero gives an infinity, no exception


@_ieee
def _div(a, b):
    return float(a) / float(b)


@_ieee
def _power(a, b):
    return float(a) ** float(b)


@_ieee
def _root(n, x=None):
    degree, value = (2.0, float(n)) if x is None else (float(n), float(x))
    if value < 0 and degree % 2 == 1:
        return -((-value) ** (1.0 / degree))
    return value ** (1.0 / degree)


@_ieee
def _log(base, x=None):
    return math.log10(float(base)) if x is None else np.log(float(x)) / np.log(float(base))


@_ieee
def _ln(x):
    return np.log(float(x))


@_ieee
def _floor(x):
    return np.floor(float(x))


@_ieee
def _ceiling(x):
    return np.ceil(float(x))


@_ieee
def _factorial(x):
    return np.round(math.gamma(float(x) + 1.0)) if x < 19 else math.gamma(float(x) + 1.0)


@_ieee
def _quotient(a, b):
    return np.trunc(float(a) / float(b))


@_ieee
def _rem(a, b):
    left = np.fmod(float(a), float(b))
    return 0.0 if np.trunc(float(a) / float(b)) != np.round((a - left) / b) else left


@_ieee
def _smallest(*values):
    found = float(values[0])
    for value in values:
        found = np.minimum(found, float(value))
    return found


@_ieee
def _largest(*values):
    found = float(values[0])
    for value in values:
        found = np.maximum(found, float(value))
    return found


def _applied(function: np.ufunc) -> Callable:
    return _ieee(lambda x: function(float(x)))


def _reciprocal_of(function: np.ufunc) -> Callable:
    return _ieee(lambda x: 1.0 / function(float(x)))


def _of_reciprocal(function: np.ufunc) -> Callable:
    return _ieee(lambda x: function(1.0 / float(x)))


_BASIC = {
    **{name: getattr(np, name) for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{"a" + name: getattr(np, "arc" + name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
_PAIRS = (("sec", "cos"), ("csc", "sin"), ("cot", "tan"), ("sech", "cosh"), ("csch", "sinh"), ("coth", "tanh"))
_FUNCTIONS: dict[str, Any] = {
    **{name: _applied(f) for name, f in _BASIC.items()},
    **{name: _reciprocal_of(_BASIC[f]) for name, f in _PAIRS},
    **{"a" + name: _of_reciprocal(_BASIC["a" + f]) for name, f in _PAIRS},
    "div": _div,
    "power": _power,
    "root": _root,
    "log": _log,
    "ln": _ln,
    "floor": _floor,
    "ceiling": _ceiling,
    "factorial": _factorial,
    "quotient": _quotient,
    "rem": _rem,
    "smallest": _smallest,
    "largest": _largest,
    "fabs": _applied(np.abs),
    "nan": math.nan,
    "inf": math.inf,
}
"""The names of ``arithmetic.FUNCTIONS`` that formulas call."""


def native(equations: Equations, outputs: Iterable[Formula]) -> CFunc:
    """Return a C function of the time, all slots, and an array that it fills with the values of the formulas."""
    outputs = list(outputs)
    lines = equations.lines(outputs, apart=False)
    lines += [f"    out[{i}] = {f.code}" for i, f in enumerate(outputs)] or ["    pass"]
    space = dict(_FUNCTIONS)
    exec("def function(t, v, out):\n" + "\n".join(lines), space)
    return cfunc(_SIGNATURE)(space["function"])
