"""Rate laws that are not mass action, as instructions of the machine that also integrates, one program a law.

An event changes few propensities, so laws are not merged into one program here; and all are in one array, because
several that travel together through the loop over events double its time.
"""

import numpy as np

from ...errors import UnsupportedError
from ...files.compiled import njit
from ..integration.machine import CODES, Assembler, value_of
from ..programs import Program


def assemble(programs: list[Program], parameters: np.ndarray) -> np.ndarray:
    """Translate programs of one output each; the values of parameters become numbers.

    Returns
    -------
    numpy.ndarray
        ``(laws, longest, 5)``: operation, left and right operand, condition and number of every instruction, see
        `Assembler`. The value of a law is in the last register; shorter laws hand theirs on.

    Raises
    ------
    UnsupportedError
        A rate that depends on time, which the direct method cannot simulate exactly.
    """
    laws = []
    for program in programs:
        assembler = _Assembler(-1, parameters.tolist())
        (result,) = assembler.place(program)
        laws.append((assembler, result))
    longest = max([0, *(len(assembler.rows) for assembler, _ in laws)]) + 1
    code = np.zeros((len(laws), longest, 5))
    for table, (assembler, result) in zip(code, laws, strict=True):
        count = len(assembler.rows)
        table[:count, :4], table[:count, 4] = assembler.rows, assembler.numbers
        table[count:, :3] = CODES["choose"], result, result
    return code


class _Assembler(Assembler):
    def _one(self, name: str, operands: list, at: list[int]) -> int:
        if name == "time":
            raise UnsupportedError("a rate that depends on time cannot be simulated stochastically")
        return super()._one(name, operands, at)


@njit(cache=True, error_model="numpy")
def evaluate(law, code, x, registers):
    """Return the value of one law at counts ``x``; ``registers`` is room for as many numbers as instructions."""
    last = code.shape[1] - 1
    for i in range(last + 1):
        operation, left, right = int(code[law, i, 0]), int(code[law, i, 1]), int(code[law, i, 2])
        registers[i] = value_of(operation, left, right, int(code[law, i, 3]), code[law, i, 4], x, registers)
    return registers[last]
