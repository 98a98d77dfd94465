"""Rate laws that are not mass action, as instructions for a small machine that numba runs.

A network's laws are data, so a new network compiles nothing.
"""

import math

import numpy as np
from numba import njit

from ...errors import UnsupportedError
from ..programs import Program

_NAMES = """constant species Add Mul divide power sqrt Min Max And Or Not StrictLessThan LessThan StrictGreaterThan
    GreaterThan Equality Unequality Abs ceiling floor exp log sin cos tan sinh cosh tanh asin acos atan atan2
    asinh acosh atanh sign choose copy"""
_CODES = {name: code for code, name in enumerate(_NAMES.split())}


def assemble(programs: list[Program], parameters: np.ndarray) -> np.ndarray:
    """Translate programs of one output each; the values of parameters become numbers.

    Returns
    -------
    numpy.ndarray
        ``(laws, longest, 4)``: operation, two operands (registers, or a species) and a number of every instruction.
        The value of a law is in the last register; shorter laws hand theirs on.

    Raises
    ------
    UnsupportedError
        A rate that depends on time, which the direct method cannot simulate exactly.
    """
    laws = []
    for program in programs:
        assembler = _Assembler(parameters)
        result = assembler.place(program)
        laws.append((assembler.rows, result))
    longest = max([0, *(len(rows) for rows, _ in laws)]) + 1
    code = np.zeros((len(laws), longest, 4))
    for table, (rows, result) in zip(code, laws, strict=True):
        table[: len(rows)] = rows
        table[len(rows) :] = (_CODES["copy"], result, 0, 0)
    return code


class _Assembler:
    def __init__(self, parameters: np.ndarray) -> None:
        self.rows: list[tuple[int, int, int, float]] = []
        self.parameters = parameters

    def add(self, name: str, left: int = 0, right: int = 0, value: float = 0.0) -> int:
        if name not in _CODES:
            raise UnsupportedError(f"the function {name} in a rate law cannot be simulated stochastically")
        self.rows.append((_CODES[name], left, right, value))
        return len(self.rows) - 1

    def constant(self, value: float) -> int:
        return self.add("constant", value=float(value))

    def place(self, program: Program) -> int:
        """Append a program; return the register of its output."""
        at: list[int] = []
        for name, *operands in program.instructions:
            at.append(self.one(name, operands, at))
        return at[program.outputs[0]]

    def one(self, name: str, operands: list, at: list[int]) -> int:
        if name == "constant":
            return self.constant(operands[0])
        if name == "time":
            raise UnsupportedError("a rate that depends on time cannot be simulated stochastically")
        if name == "parameter":
            return self.constant(float(self.parameters[operands[0]]))
        if name == "species":
            return self.add("species", operands[0])
        if name == "integer power":
            return self.add("power", at[operands[0]], self.constant(operands[1]))
        if name == "piecewise":
            value = self.constant(math.nan)
            for condition, branch in reversed(operands[0]):
                pair = self.place(branch), value
                # ``choose`` has three operands: the number holds the register of the condition
                value = self.add("choose", *pair, value=float(at[condition]))
            return value
        registers = [at[i] for i in operands]
        result = registers[0]
        if len(registers) == 1 and name not in ("Add", "Mul", "Min", "Max", "And", "Or"):
            return self.add(name, result)
        for other in registers[1:]:
            result = self.add(name, result, other)
        return result


@njit(cache=True, error_model="numpy")
def evaluate(law, code, x, registers):
    """Return the value of one law at counts ``x``; ``registers`` is room for as many numbers as instructions."""
    last = code.shape[1] - 1
    for i in range(last + 1):
        operation, left, number = int(code[law, i, 0]), int(code[law, i, 1]), code[law, i, 3]
        if operation == 0:
            registers[i] = number
        elif operation == 1:
            registers[i] = x[left]
        elif operation == 38:
            registers[i] = registers[left]
        else:
            right = registers[int(code[law, i, 2])]
            registers[i] = _operate(operation, registers[left], right, registers[int(number)])
    return registers[last]


@njit(cache=True, error_model="numpy")
def _operate(operation, a, b, c):
    if operation == 2:
        return a + b
    if operation == 3:
        return a * b
    if operation == 4:
        return a / b
    if operation == 5:
        return a**b
    if operation == 6:
        return math.sqrt(a) if a > 0 else 0.0
    if operation == 7:
        return min(a, b)
    if operation == 8:
        return max(a, b)
    if operation == 9:
        return 1.0 if a != 0 and b != 0 else 0.0
    if operation == 10:
        return 1.0 if a != 0 or b != 0 else 0.0
    if operation == 11:
        return 1.0 if a == 0 else 0.0
    if operation < 18:
        return 1.0 if _compare(operation, a, b) else 0.0
    if operation == 21:
        return np.exp(a)
    if operation == 22:
        return np.log(a)
    if operation == 37:
        return a if c != 0 else b
    return _function(operation, a, b)


@njit(cache=True)
def _compare(operation, a, b):
    if operation == 12:
        return a < b
    if operation == 13:
        return a <= b
    if operation == 14:
        return a > b
    if operation == 15:
        return a >= b
    if operation == 16:
        return a == b
    return a != b


@njit(cache=True, error_model="numpy")
def _function(operation, a, b):
    values = (np.abs(a), np.ceil(a), np.floor(a), np.exp(a), np.log(a), np.sin(a), np.cos(a), np.tan(a), np.sinh(a))
    if operation < 27:
        return values[operation - 18]
    more = (np.cosh(a), np.tanh(a), np.arcsin(a), np.arccos(a), np.arctan(a), np.arctan2(a, b), np.arcsinh(a))
    if operation < 34:
        return more[operation - 27]
    return (np.arccosh(a), np.arctanh(a), np.sign(a))[operation - 34]
