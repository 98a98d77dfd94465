"""A piecewise within a condition: ``if(if(A > 1, B, C) > 2, ...)``.

Sympy rewrites a `Piecewise` in a condition by all combinations of branches and solves for the sets where they hold,
which takes time that multiplies with every level. A `Choice` means the same and stays as it is.
"""

from typing import Any

import sympy as sp
from sympy.printing.printer import Printer


class Choice(sp.Function):
    """``Choice(value, condition, value, condition, ...)``: the first value whose condition holds."""

    is_commutative = True  # which its conditions, as arguments, are not

    @classmethod
    def eval(cls, *args: sp.Basic) -> sp.Basic | None:
        """Drop branches that cannot hold, and all behind one that always does."""
        kept: list[tuple[Any, Any]] = []
        for value, condition in zip(args[::2], args[1::2], strict=True):
            if condition != False:  # noqa: E712  # sympy's false
                kept.append((value, condition))
            if condition == True:  # noqa: E712
                break
        if kept and kept[0][1] == True:  # noqa: E712
            return kept[0][0]
        flat = [part for pair in kept for part in pair]
        return None if len(flat) == len(args) else cls(*flat) if flat else sp.nan

    def _latex(self, printer: Printer) -> str:
        return printer._print(sp.Piecewise(*branches(self), evaluate=False))

    _mathml_presentation = _numpycode = _latex  # what sympy's printers ask for, `lambdify` among them


def branches(expression: sp.Basic) -> list[tuple[Any, Any]]:
    """Return [(value, condition)] of a `Piecewise` or a `Choice`, nothing of anything else."""
    if isinstance(expression, sp.Piecewise):
        pairs: Any = expression.args
        return [pair.args for pair in pairs]
    if isinstance(expression, Choice):
        return list(zip(expression.args[::2], expression.args[1::2], strict=True))
    return []


def compared(value: sp.Basic) -> sp.Basic:
    """Return what may stand in a condition: each piecewise as a choice."""
    if not value.has(sp.Piecewise):
        return value
    return value.replace(sp.Piecewise, lambda *pairs: Choice(*(part for pair in pairs for part in pair.args)))


def chosen(pairs: list[tuple[Any, Any]]) -> sp.Basic:
    """Return the condition that a piecewise of conditions is; false where none of its conditions holds."""
    if all(condition in (True, False) or condition.is_Relational for _, condition in pairs):
        found: Any = sp.false
        for value, condition in reversed(pairs):
            found = sp.Or(sp.And(condition, value), sp.And(sp.Not(condition), found))
        return found
    numbers = [(Choice(sp.Integer(1), value, sp.Integer(0), sp.true), condition) for value, condition in pairs]
    return sp.Ne(Choice(*(part for pair in [*numbers, (sp.Integer(0), sp.true)] for part in pair)), 0)
