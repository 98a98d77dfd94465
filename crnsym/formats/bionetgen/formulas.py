"""Formulas of BioNetGen (those of muParser): from text to sympy and back.

They differ from those of a network in ``if(c, a, b)``, conditions that are numbers, functions without
arguments, ``ln``, ``log2``, ``log10``, ``rint``, ``sum``, ``avg``, ``mratio``, ``_pi`` and ``_e``.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from ...errors import UnsupportedError
from ...network.choice import Choice, branches, compared
from ...network.expressions import FUNCTIONS, ExpressionParser
from ...network.printing import expression_text
from ...network.scanner import Scanner
from ...network.symbols import TIME, exact_number, symbol

_ARITHMETIC = re.compile(r"[-+*/^]")
_HALF = sp.Rational(1, 2)
_RINT: Any = sp.Function("rint")
_FUNCTIONS: dict[str, Any] = {
    **{n: FUNCTIONS[n][0] for n in "exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()},  # noqa: SIM905  # a list of words
    **{n: FUNCTIONS[n][0] for n in ("floor", "ceil", "sign", "log", "ln", "abs", "min", "max")},
    "log10": lambda x: sp.log(x) / sp.log(10),
    "log2": lambda x: sp.log(x) / sp.log(2),
    "rint": lambda x: sp.floor(x + _HALF),
    "sum": lambda *x: sp.Add(*x),
    "avg": lambda *x: sp.Add(*x) / len(x),
}
_OF_MANY = frozenset({"min", "max", "sum", "avg"})
_CONSTANTS = {"_pi": sp.pi, "_e": sp.E}
WORDS = frozenset({*_FUNCTIONS, *_CONSTANTS, "if", "mratio", TIME})
"""Names that mean something in a formula."""


def parse_formula(text: str, where: str, scope: Mapping[str, Any], line: int = 1) -> sp.Expr:
    """Read a formula of BioNetGen.

    Parameters
    ----------
    where
        The file, for messages.
    scope
        {name: expression}; an unknown name is an error.
    line
        The line of the file.

    Raises
    ------
    ParseError
        If it is not a formula, or names what is not declared.
    UnsupportedError
        For a function that has no counterpart.
    """
    scanner = Scanner(text, line=line, source=where)
    parser = _Parser(scanner, scope)
    value = parser.expression()
    if not scanner.at_end():
        scanner.fail(f"expected the end of the formula, found {scanner.found()}")
    return value


class _Parser(ExpressionParser):
    """Reads one formula; names are looked up at once."""

    def __init__(self, scanner: Scanner, scope: Mapping[str, Any]) -> None:
        super().__init__(scanner)
        self.scope = scope

    def _atom(self) -> sp.Basic:
        start = self._here()
        value = super()._atom()
        return self._look_up(value.name, start) if isinstance(value, sp.Symbol) and self._is_name(start) else value

    def _is_name(self, start: int) -> bool:
        """Tell whether a plain name stood here, not a call or a parenthesis."""
        text = self.scanner.text[start : self.scanner.position]
        return re.fullmatch(r"\w+\s*", text) is not None

    def _look_up(self, name: str, start: int) -> sp.Basic:
        if name in self.scope:
            return self.scope[name]
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name == TIME:
            return symbol(TIME)
        self.scanner.fail(f"'{name}' is neither a parameter nor an observable nor a function of this file", start)

    def _unary(self) -> sp.Basic:
        value = super()._unary()
        return as_number(value) if self.scanner.look(_ARITHMETIC) else value

    def _number(self, part: Callable[[], sp.Basic]) -> sp.Expr:
        return as_number(part())

    def expression(self) -> sp.Expr:
        start = self._here()
        value = as_number(self._condition())
        self._check_finite(value, start)
        return value

    def _call(self, name: str, start: int) -> sp.Basic:
        arguments = []
        if not self.scanner.accept(")"):
            arguments.append(self._condition())
            while self.scanner.accept(","):
                arguments.append(self._condition())
            self.scanner.expect(")", f"to close {name}(")
        if name == TIME and not arguments:
            return symbol(TIME)
        if name in self.scope and not arguments:
            return self.scope[name]
        if name == "if" and len(arguments) == 3:
            condition, yes, no = arguments
            return folded(sp.Piecewise((as_number(yes), as_condition(condition)), (as_number(no), True)))
        numbers = [as_number(a) for a in arguments]
        if name == "mratio" and len(numbers) == 3 and all(a.is_number for a in numbers):
            return _mratio(*numbers)
        if name not in _FUNCTIONS:
            where = f"{self.scanner.source}, line {self.scanner.line}"
            raise UnsupportedError(f"{where}: the function {name} with {len(arguments)} arguments is not supported")
        if not numbers or (len(numbers) > 1 and name not in _OF_MANY):
            self.scanner.fail(f"{name} does not take {len(arguments)} arguments", start)
        value = _FUNCTIONS[name](*numbers)
        self._check_finite(value, start)
        return value


def folded(expression: sp.Expr) -> sp.Expr:
    """Return an expression with an ``if`` behind the last comma of another as its further branches."""

    def join(*pairs: sp.Basic) -> sp.Basic:
        last = pairs[-1].args[0]
        return sp.Piecewise(*pairs[:-1], *last.args) if isinstance(last, sp.Piecewise) else sp.Piecewise(*pairs)

    whole: Any = expression.replace(sp.Piecewise, join)
    return whole


def as_number(value: sp.Basic) -> sp.Expr:
    """Return a condition as 1 or 0, a number as it is."""
    return value if isinstance(value, sp.Expr) else sp.Piecewise((1, value), (0, True))


def as_condition(value: sp.Basic) -> sp.Basic:
    """Return a number as the condition that it is not zero, a condition as it is."""
    return sp.Ne(compared(value), 0) if isinstance(value, sp.Expr) else value


def _mratio(a: sp.Expr, b: sp.Expr, z: sp.Expr) -> sp.Rational:
    """Return M(a + 1, b + 1, z) / M(a, b, z), the ratio of Kummer's functions that BioNetGen calls mratio."""
    import mpmath

    with mpmath.workdps(50):
        a_, b_, z_ = (mpmath.mpf(int(x.p)) / int(x.q) for x in map(evaluate, (a, b, z)))
        return exact_number(float(mpmath.hyp1f1(a_ + 1, b_ + 1, z_) / mpmath.hyp1f1(a_, b_, z_)))


def evaluate(value: sp.Expr) -> sp.Rational:
    """Return a formula without names as a number, exact where it is rational.

    Raises
    ------
    NetworkError
        If it is not a finite real number.
    """
    try:
        return exact_number(value if isinstance(value, sp.Rational) else float(sp.N(value)))
    except (TypeError, OverflowError):  # a complex number, or a huge one
        return exact_number(math.nan)


def formula_text(expression: sp.Expr) -> str:
    """Write an expression as BioNetGen reads it.

    Raises
    ------
    UnsupportedError
        For a function that BioNetGen does not have.
    """
    if expression.has(sp.factorial):
        raise UnsupportedError(f"BioNetGen has no function factorial (in {expression})")
    changed = expression.replace(sp.floor, lambda x: _RINT(x - _HALF))
    changed = changed.replace(sp.ceiling, lambda x: -_RINT(-x - _HALF))
    return _FormulaWriter(changed).text


class _FormulaWriter:
    """Writes a formula; each piecewise as nested ``if``, by way of symbols that stand for their text."""

    def __init__(self, expression: sp.Basic) -> None:
        self.inner: dict[str, str] = {}
        text = expression_text(self._without_calls(expression))
        text = re.sub(r"\blog\(", "ln(", text)
        for name in reversed(self.inner):
            text = text.replace(name, self.inner[name])
        self.text = text

    def _without_calls(self, e: sp.Basic) -> sp.Basic:
        if pairs := branches(e):
            return self._symbol(self._nested(pairs))
        if e.func == _RINT:
            return self._symbol(f"rint({self._text(e.args[0])})")
        return e.func(*map(self._without_calls, e.args)) if e.args and e.has(sp.Piecewise, Choice, _RINT) else e

    def _nested(self, pairs: list[Any]) -> str:
        value, condition = pairs[0]
        if condition == True:  # noqa: E712  # sympy's true
            return self._text(value)
        if len(pairs) == 1:
            raise UnsupportedError("BioNetGen has no piecewise without a last branch that always holds")
        return f"if({self._text(condition)}, {self._text(value)}, {self._nested(pairs[1:])})"

    def _text(self, e: sp.Basic) -> str:
        return re.sub(r"\blog\(", "ln(", expression_text(self._without_calls(e)))

    def _symbol(self, text: str) -> sp.Symbol:
        name = f"__call{len(self.inner)}__"
        self.inner[name] = text
        return symbol(name)
