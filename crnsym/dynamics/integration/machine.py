"""Rate laws that are not mass action, as instructions for a small machine that also differentiates.

All laws of a network are one program: what they have in common is computed once. A new network compiles nothing.
"""

import math
from collections.abc import Sequence

import numpy as np

from ...errors import UnsupportedError
from ...files.compiled import njit
from ..programs import Program

_NAMES = """constant input Add Mul divide power sqrt exp log choose Min Max And Or Not StrictLessThan LessThan
    StrictGreaterThan GreaterThan Equality Unequality Abs ceiling floor sign sin cos tan sinh cosh tanh asin acos
    atan asinh acosh atanh atan2 factorial"""
CODES = {name: code for code, name in enumerate(_NAMES.split())}
INPUT = CODES["input"]
_OPERATORS = ("Add", "Mul", "Min", "Max", "And", "Or")


class Assembler:
    """Turns a `Program` into rows ``(operation, left, right, condition)`` and a number each.

    Operands are earlier rows; for ``input`` the left operand is a position in the input vector, whose entry
    ``time`` is the running time.
    """

    def __init__(self, time: int, parameters: Sequence[float]) -> None:
        self.rows: list[tuple[int, int, int, int]] = []
        self.numbers: list[float] = []
        self.time, self.parameters = time, parameters

    def place(self, program: Program) -> list[int]:
        """Append a program; return the rows of its outputs."""
        at: list[int] = []
        for name, *operands in program.instructions:
            at.append(self._one(name, operands, at))
        return [at[i] for i in program.outputs]

    def _add(self, name: str, left: int = 0, right: int = 0, condition: int = 0, value: float = 0.0) -> int:
        if name not in CODES:
            raise UnsupportedError(f"the function {name} in a rate law cannot be simulated")
        self.rows.append((CODES[name], left, right, condition))
        self.numbers.append(float(value))
        return len(self.rows) - 1

    def _one(self, name: str, operands: list, at: list[int]) -> int:
        if name == "constant":
            return self._add("constant", value=operands[0])
        if name == "parameter":
            return self._add("constant", value=self.parameters[operands[0]])
        if name in ("time", "species"):
            return self._add("input", operands[0] if operands else self.time)
        if name == "copy":
            return at[operands[0]]
        if name == "integer power":
            return self._add("power", at[operands[0]], self._add("constant", value=operands[1]))
        if name == "piecewise":
            value = self._add("constant", value=math.nan)
            for condition, branch in reversed(operands[0]):
                value = self._add("choose", self.place(branch)[0], value, at[condition])
            return value
        registers = [at[i] for i in operands]
        if name not in _OPERATORS:
            return self._add(name, *registers)
        result = registers[0]
        for other in registers[1:]:
            result = self._add(name, result, other)
        return result


# a call that hands on arrays costs more than most operations: hence inlined
@njit(cache=True, error_model="numpy", inline="always")
def value_of(operation, left, right, condition, number, x, values):
    """Return the value of one row at inputs ``x``, from the values of the rows before it."""
    if operation == 0:
        return number
    if operation == 1:
        return x[left]
    if operation == 2:
        return values[left] + values[right]
    if operation == 3:
        return values[left] * values[right]
    if operation == 4:
        return values[left] / values[right]
    if operation == 5:
        return power(values[left], values[right])
    if operation == 9:
        return values[left] if values[condition] != 0 else values[right]
    return operate(operation, values[left], values[right])


@njit(cache=True, error_model="numpy")
def run(rows, numbers, x, values):
    """Fill ``values``, one a row, at inputs ``x``."""
    for i in range(len(rows)):
        values[i] = value_of(rows[i, 0], rows[i, 1], rows[i, 2], rows[i, 3], numbers[i], x, values)


@njit(cache=True, error_model="numpy")
def differentiate(rows, seed, values, slopes):
    """Fill ``slopes`` with the derivatives of all rows along ``seed``, a direction of the inputs, after `run`.

    Where a slope is infinite at a concentration of zero (a power below 1), it is 0: an approximation there does no
    harm to Newton's method, but infinity does.
    """
    for i in range(len(rows)):
        operation, left, right = rows[i, 0], rows[i, 1], rows[i, 2]
        a, b, da, db = values[left], values[right], slopes[left], slopes[right]
        if operation == 0:
            slopes[i] = 0.0
        elif operation == 1:
            slopes[i] = seed[left]
        elif operation == 2:
            slopes[i] = da + db
        elif operation == 3:
            slopes[i] = da * b + a * db
        elif operation == 4:
            slopes[i] = (da - values[i] * db) / b
        elif operation == 5:
            slopes[i] = _power_slope(a, b, da, db)
        elif operation == 9:
            slopes[i] = da if values[rows[i, 3]] != 0 else db
        elif operation == 10:
            slopes[i] = da if a <= b else db
        elif operation == 11:
            slopes[i] = da if a >= b else db
        elif operation == 37:
            slopes[i] = (da * b - a * db) / (a * a + b * b)
        else:
            slopes[i] = da * _slope(operation, a) if da != 0 else 0.0


@njit(cache=True, error_model="numpy")
def power(base, exponent):
    """Return the power; a negative base of a broken one, which round-off makes, counts as 0."""
    if base >= 0 or exponent == math.floor(exponent):
        return base**exponent
    return 0.0 if exponent > 0 else np.inf


@njit(cache=True, error_model="numpy")
def _power_slope(base, exponent, d_base, d_exponent):
    slope = 0.0
    if d_base != 0 and (base > 0 or exponent == math.floor(exponent)):
        part = exponent * base ** (exponent - 1) * d_base
        slope += part if math.isfinite(part) else 0.0
    if d_exponent != 0 and base > 0:
        slope += base**exponent * np.log(base) * d_exponent
    return slope


@njit(cache=True, error_model="numpy")
def operate(operation, a, b):
    """Return what an operation that is no arithmetic makes of its operands."""
    if operation == 6:
        return math.sqrt(a) if a > 0 else 0.0
    if operation == 7:
        return np.exp(a)
    if operation == 8:
        return np.log(a)
    if operation == 10:
        return min(a, b)
    if operation == 11:
        return max(a, b)
    if operation < 21:
        return 1.0 if _holds(operation, a, b) else 0.0
    values = (np.abs(a), np.ceil(a), np.floor(a), np.sign(a), np.sin(a), np.cos(a), np.tan(a), np.sinh(a), np.cosh(a))
    if operation < 30:
        return values[operation - 21]
    more = (np.tanh(a), np.arcsin(a), np.arccos(a), np.arctan(a), np.arcsinh(a), np.arccosh(a), np.arctanh(a))
    if operation < 37:
        return more[operation - 30]
    return np.arctan2(a, b) if operation == 37 else math.gamma(a + 1)


@njit(cache=True)
def _holds(operation, a, b):
    if operation == 12:
        return a != 0 and b != 0
    if operation == 13:
        return a != 0 or b != 0
    if operation == 14:
        return a == 0
    if operation == 15:
        return a < b
    if operation == 16:
        return a <= b
    if operation == 17:
        return a > b
    if operation == 18:
        return a >= b
    return a == b if operation == 19 else a != b


@njit(cache=True, error_model="numpy")
def _slope(operation, a):
    """Return the derivative of a function of one number; 0 for steps and conditions."""
    if operation == 6:
        return 0.5 / math.sqrt(a) if a > 0 else 0.0
    if operation == 7:
        return np.exp(a)
    if operation == 8:
        return 1 / a
    if operation == 21:
        return np.sign(a)
    if operation < 25:
        return 0.0
    values = (np.cos(a), -np.sin(a), 1 + np.tan(a) ** 2, np.cosh(a), np.sinh(a), 1 - np.tanh(a) ** 2)
    if operation < 31:
        return values[operation - 25]
    if operation == 38:
        return (math.gamma(a + 1 + 1e-6) - math.gamma(a + 1 - 1e-6)) / 2e-6
    arc = 1 / np.sqrt(1 - a * a)
    more = (arc, -arc, 1 / (1 + a * a), 1 / np.sqrt(1 + a * a), 1 / np.sqrt(a * a - 1), 1 / (1 - a * a))
    return more[operation - 31]
