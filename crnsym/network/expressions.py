"""Text to sympy expression, by recursive descent: never ``eval`` or ``sympify`` on what somebody typed.

::

    condition  = clause ('||' clause)*
    clause     = factor ('&&' factor)*
    factor     = '!' factor | sum [relation sum]
    sum        = product (('+' | '-') product)*
    product    = unary (('*' | '/') unary)*
    unary      = ('+' | '-') unary | power
    power      = atom [('^' | '**') unary]
    atom       = number | name | function '(' condition (',' condition)* ')' | '(' condition ')'
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from ..errors import NetworkError
from .choice import compared
from .magnitude import absolute, exponential, factorial, hyperbolic, power, product, rounded, total
from .scanner import NAME, Scanner
from .symbols import exact_number, symbol

NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
RELATION = re.compile(r"<=|>=|==|!=|<|>")
_RELATIONS = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "==": sp.Eq, "!=": sp.Ne}
_MAXIMUM_DEPTH = 60


def _piecewise(*arguments: sp.Basic) -> sp.Basic:
    pairs = list(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) % 2:
        pairs.append((arguments[-1], sp.true))
    return sp.Piecewise(*pairs)


FUNCTIONS: dict[str, tuple[Any, int, int | None]] = {
    # name: (constructor, fewest arguments, most arguments or None)
    **{
        name: (getattr(sp, name), 1, 1)
        for name in "sqrt sin cos tan asin acos atan asinh acosh atanh sign".split()  # noqa: SIM905 (a list would fill the page)
    },
    "exp": (exponential, 1, 1),
    **{name: (hyperbolic(getattr(sp, name)), 1, 1) for name in ("sinh", "cosh", "tanh")},
    "floor": (rounded(sp.floor), 1, 1),
    "log": (sp.log, 1, 1),
    "ln": (sp.log, 1, 1),
    "log10": (lambda x: sp.log(x, 10), 1, 1),
    "abs": (absolute, 1, 1),
    "ceil": (rounded(sp.ceiling), 1, 1),
    "factorial": (factorial, 1, 1),
    "min": (sp.Min, 1, None),
    "max": (sp.Max, 1, None),
    "piecewise": (_piecewise, 2, None),
    # the named rate laws, as expressions; alone behind '@=' they become rate-law objects (text.py)
    "mm": (lambda x, v, k: v * x / (k + x), 3, 3),
    "revmm": (lambda s, p, vf, ks, vr, kp: (vf * s / ks - vr * p / kp) / (1 + s / ks + p / kp), 6, 6),
    "hill": (lambda x, v, k, n: v * power(x, n) / (power(k, n) + power(x, n)), 4, 4),
    "hillr": (lambda x, v, k, n: v * power(k, n) / (power(k, n) + power(x, n)), 4, 4),
}


def _is_condition(value: sp.Basic) -> bool:
    return isinstance(value, Boolean) and not isinstance(value, sp.Expr)  # a symbol of sympy is both


def parse_expression(text: str, source: str = "expression") -> sp.Expr:
    """Read an arithmetic expression.

    Parameters
    ----------
    text
        Numbers, names, ``+ - * / ^ **``, parentheses and the functions of `FUNCTIONS`. Numbers are exact:
        ``0.1`` is 1/10. Every name without parentheses is a plain symbol.
    source
        What to call the text in an error.

    Raises
    ------
    ParseError
        With line, column and caret, if the text is not an expression.

    Examples
    --------
    >>> parse_expression("Vmax*S/(Km + S)")
    S*Vmax/(Km + S)
    """
    scanner = Scanner(text, source=source)
    parser = ExpressionParser(scanner)
    result = parser.expression()
    if not scanner.at_end():
        scanner.fail(f"expected the end of the expression, found {scanner.found()}")
    return result


class ExpressionParser:
    """Reads one expression from a scanner; ``names`` lists the symbols met, with their positions."""

    def __init__(self, scanner: Scanner) -> None:
        self.scanner = scanner
        self.names: list[tuple[str, int]] = []
        self._depth = 0

    def expression(self) -> sp.Expr:
        """Read a number-valued expression."""
        start = self._here()
        value = self._condition()
        if not isinstance(value, sp.Expr):
            self.scanner.fail("expected a number, found a condition", start)
        self._check_finite(value, start)
        return value

    def _here(self) -> int:
        self.scanner.skip()
        return self.scanner.position

    def _check_finite(self, value: sp.Basic, start: int) -> None:
        if value.has(sp.zoo, sp.nan, sp.oo, -sp.oo, sp.I):
            self.scanner.fail("this is not a finite real number (division by zero?)", start)

    def _condition(self) -> sp.Basic:
        self._depth += 1
        if self._depth > _MAXIMUM_DEPTH:
            self.scanner.fail(f"an expression nested deeper than {_MAXIMUM_DEPTH}")
        value = self._joined("||", sp.Or, lambda: self._joined("&&", sp.And, self._factor))
        self._depth -= 1
        return value

    def _joined(self, operator: str, combine: Callable[..., sp.Basic], part: Callable[[], sp.Basic]) -> sp.Basic:
        start = self._here()
        value = part()
        while self.scanner.accept(operator):
            other = part()
            for side in (value, other):
                if not _is_condition(side):
                    self.scanner.fail(f"'{operator}' joins conditions such as A > 1", start)
            value = combine(value, other)
        return value

    def _factor(self) -> sp.Basic:
        start = self._here()
        if self.scanner.look(RELATION) is None and self.scanner.accept("!"):
            value = self._factor()
            if not _is_condition(value):
                self.scanner.fail("'!' negates a condition such as A > 1", start)
            return sp.Not(value)
        left = self._sum()
        relation = self.scanner.take(RELATION)
        if not relation:
            return left
        right = self._number(self._sum)
        for side in (self._checked(left, start), right):
            self._check_finite(side, start)  # (sympy compares no infinities)
        return _RELATIONS[relation](compared(left), compared(right))

    def _number(self, part: Callable[[], sp.Basic]) -> sp.Expr:
        start = self._here()
        return self._checked(part(), start)

    def _sum(self) -> sp.Basic:
        start = self._here()
        terms = [self._product()]
        while True:
            if self.scanner.accept("+"):
                terms.append(self._number(self._product))
            elif self.scanner.accept("-"):
                terms.append(-self._number(self._product))
            else:  # one by one, a long sum would take time by the square of its length
                if len(terms) == 1:
                    return terms[0]
                return self._bounded(lambda: total([self._checked(terms[0], start), *terms[1:]]), start)

    def _checked(self, value: sp.Basic, start: int) -> sp.Expr:
        if not isinstance(value, sp.Expr):
            self.scanner.fail("expected a number, found a condition", start)
        return value

    def _product(self) -> sp.Basic:
        begin = self._here()
        factors = [self._unary()]
        while True:
            if self.scanner.accept("*"):
                factors.append(self._number(self._unary))
            elif self.scanner.accept("/"):
                start = self._here()
                divisor = self._number(self._unary)
                if divisor == 0:
                    self.scanner.fail("division by zero", start)
                factors.append(1 / divisor)
            elif len(factors) == 1:
                return factors[0]
            else:
                self._checked(factors[0], begin)
                return self._bounded(lambda: product(factors), begin)

    def _bounded(self, build: Callable[[], Any], start: int) -> sp.Basic:
        try:
            return build()
        except NetworkError as error:
            self.scanner.fail(str(error), start)

    def _unary(self) -> sp.Basic:
        sign = 1
        while True:
            if self.scanner.accept("-"):
                sign = -sign
            elif not self.scanner.accept("+"):
                break
        begin = self._here()
        value = self._power()
        return -self._checked(value, begin) if sign < 0 else value

    def _power(self) -> sp.Basic:
        start = self._here()
        base = self._atom()
        if not (self.scanner.accept("**") or self.scanner.accept("^")):
            return base
        self._depth += 1
        if self._depth > _MAXIMUM_DEPTH:
            self.scanner.fail(f"an expression nested deeper than {_MAXIMUM_DEPTH}")
        exponent = self._number(self._unary)
        self._depth -= 1
        return self._bounded(lambda: power(self._checked(base, start), exponent), start)

    def _atom(self) -> sp.Basic:
        start = self._here()
        digits = self.scanner.take(NUMBER)
        if digits:
            return self._bounded(lambda: exact_number(digits), start)
        if self.scanner.accept("("):
            value = self._condition()
            self.scanner.expect(")", "to close the parenthesis")
            return value
        quoted = (self.scanner.look(NAME) or "").startswith('"')
        name = self.scanner.name()
        if name is None:
            self.scanner.fail(f"expected a number, a name or '(', found {self.scanner.found()}")
        if not quoted and self.scanner.accept("("):
            return self._call(name, start)
        self.names.append((name, start))
        return symbol(name)

    def _call(self, name: str, start: int) -> sp.Basic:
        arguments = [self._condition()]
        while self.scanner.accept(","):
            arguments.append(self._condition())
        self.scanner.expect(")", f"to close {name}(")
        if name not in FUNCTIONS:
            near = get_close_matches(name, FUNCTIONS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(FUNCTIONS))}"
            self.scanner.fail(f"no function named '{name}'; {hint} (a product needs '*')", start)
        build, fewest, most = FUNCTIONS[name]
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            wanted = str(fewest) if fewest == most else f"at least {fewest}"
            self.scanner.fail(f"{name} takes {wanted} arguments, found {len(arguments)}", start)
        for index, argument in enumerate(arguments):
            if isinstance(argument, sp.Expr) == (name == "piecewise" and index % 2 == 1 and index > 0):
                kind = "number" if isinstance(argument, sp.Expr) else "condition"
                self.scanner.fail(
                    f"argument {index + 1} of {name} must not be a {kind}",
                    start,
                )
        value = self._bounded(lambda: build(*arguments), start)
        self._check_finite(value, start)
        return value
