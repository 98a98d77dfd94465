"""Plain symbols and exact numbers: the two atoms of every expression in a network."""

import math
import numbers
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

from ..errors import NetworkError, UnsupportedError
from .inputs import Formula

TIME = "time"
"""The name that means the running time in a rate law, unless a species or a parameter bears it."""


@cache
def symbol(name: str) -> sp.Symbol:
    """Return the plain sympy symbol of a name, without assumptions.

    Every name is a symbol, also those that sympy reads as something else: ``E``, ``I``, ``S``, ``N``, ``pi``,
    ``beta``, ``lambda``.
    """
    return sp.Symbol(name)


_LONGEST, _HIGHEST = 4000, 1000  # characters of a number that is written, and its largest power of ten
_SMALL = {n: sp.Integer(n) for n in range(-16, 65)}


def exact_number(value: Formula) -> sp.Rational:
    """Return a number as an exact sympy Integer or Rational.

    A float stands for the shortest decimal that reads back as the same float, so that ``0.1`` is 1/10 and
    0.3 - 0.1 is 0.2: sums of rates then cancel exactly.

    Parameters
    ----------
    value
        An int, float, Fraction, Decimal, numpy or sympy number, or a string such as ``"1/3"`` or ``"1e-4"``.

    Raises
    ------
    NetworkError
        If the value is not a finite real number.
    """
    if type(value) is int:
        return _SMALL.get(value) or _in_range(sp.Integer(value))
    if isinstance(value, sp.Rational):
        if value.is_finite:
            return _in_range(value)  # finite, so neither NaN nor infinity
    elif isinstance(value, numbers.Integral):
        return _in_range(sp.Integer(int(value)))
    elif isinstance(value, str | Fraction | Decimal):
        try:
            if not isinstance(value, Fraction):
                _refuse_long(str(value))
            fraction = Fraction(value)
            return _rational(fraction)
        except NetworkError:
            raise
        except (ValueError, OverflowError, ZeroDivisionError):
            pass
    elif isinstance(value, numbers.Real | sp.Float):
        real: Any = value
        number = float(real)
        if math.isfinite(number):
            fraction = Fraction(repr(number))
            return _rational(fraction)
    raise NetworkError(f"expected a finite real number, got {value!r}")


MOST = 1e307
"""The largest number that simulations can count with."""


def _in_range(value: sp.Rational) -> sp.Rational:
    """Refuse a number that no computer counts with as a double."""
    if int(value.p).bit_length() - int(value.q).bit_length() > 1022:
        raise NetworkError("a number is too large: 1e307 is the most that simulations can count with")
    return value


def _refuse_long(text: str) -> None:
    """Refuse what would be a number of thousands of digits."""
    exponent = re.search(r"[eE]([+-]?\d+)\s*$", text)
    if len(text) > _LONGEST or (exponent and (len(exponent[1]) > 6 or abs(int(exponent[1])) > _HIGHEST)):
        shown = text if len(text) < 40 else text[:30] + " ..."
        raise NetworkError(f"the number {shown} is too large, too small or too long")


def _rational(fraction: Fraction) -> sp.Rational:
    exact: Any = sp.Rational(fraction.numerator, fraction.denominator)
    return _in_range(exact)


def put(values: Mapping[Any, Any], expression: sp.Basic) -> sp.Expr:
    """Return an expression with others in the place of symbols; sympy itself types it no further than `Basic`."""
    found: Any = expression.xreplace(values)
    return found


def names_in(expression: sp.Basic) -> list[str]:
    """Return the names of the symbols in an expression, sorted."""
    symbols: Any = expression.free_symbols
    return sorted(s.name for s in symbols)


def exact_expression(value: Formula) -> sp.Expr:
    """Return a number, a text or a sympy expression as an expression of plain symbols and exact numbers.

    Raises
    ------
    NetworkError
        If the value is no expression, or contains an infinity or the imaginary unit.
    ParseError
        If a text is not an expression.
    """
    if isinstance(value, sp.Symbol) and value == symbol(value.name):
        return value
    if isinstance(value, str):
        from .expressions import parse_expression

        return parse_expression(value)
    if not isinstance(value, sp.Basic):
        return exact_number(value)
    if isinstance(value, sp.Rational):
        return exact_number(value)
    if not isinstance(value, sp.Expr):
        raise NetworkError(f"expected an expression, got {value!r} ({type(value).__name__})")
    whole: Any = value
    if whole.has(sp.ITE):  # what sympy makes of a piecewise in a condition; no language has a word for it
        whole = whole.replace(sp.ITE, lambda c, a, b: sp.Or(sp.And(c, a), sp.And(sp.Not(c), b)))
    whole = as_real(whole)
    if whole.has(sp.oo, -sp.oo, sp.zoo, sp.nan, sp.I):
        raise NetworkError(f"the expression {whole} is not a finite real number")
    changes: dict[sp.Basic, sp.Basic] = {f: exact_number(f) for f in whole.atoms(sp.Float)}
    changes.update({s: symbol(s.name) for s in whole.atoms(sp.Symbol) if s != symbol(s.name)})
    exact = put(changes, whole) if changes else whole
    return _settled(exact) if exact.has(sp.Add) and not _is_linear(exact) else exact


def as_real(value: sp.Expr) -> sp.Expr:
    """Return an expression without the real parts that sympy makes of ``abs(exp(A))``: all symbols are real."""
    if not value.has(sp.re, sp.im):
        return value
    real: Any = value.replace(sp.re, lambda part: part).replace(sp.im, lambda _: sp.S.Zero)
    return real


def _is_linear(expression: sp.Expr) -> bool:
    """Tell whether it is a sum of symbols, each with a number at most: that has one form only."""
    parts = (term.as_coeff_Mul()[1] for term in sp.Add.make_args(expression))
    return isinstance(expression, sp.Add) and all(part.is_Symbol or part is sp.S.One for part in parts)


def _settled(expression: sp.Expr) -> sp.Expr:
    """Return the form that an expression takes when it is written and read: sympy has several for one value.

    ``2*(A + B)`` made by ``factor`` is not equal to ``2*A + 2*B``, into which sympy turns it when it is typed.
    """
    from .expressions import parse_expression
    from .printing import expression_text

    for _ in range(4):
        try:
            again = parse_expression(expression_text(expression))
        except UnsupportedError:
            return expression
        if again == expression:
            break
        expression = again
    return expression


def number_text(value: sp.Rational) -> str:
    """Write an exact number so that it reads back as the same number: a decimal if it is one, else p/q."""
    p, q = int(value.p), int(value.q)
    if q == 1:
        return _shorten(str(p))
    twos = (q & -q).bit_length() - 1
    fives = 0
    rest = q >> twos
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return f"{p}/{q}"
    places = max(twos, fives)
    digits = str(abs(p) * 10**places // q)
    sign = "-" if p < 0 else ""
    exponent = len(digits) - 1 - places
    if -5 <= exponent < 0:
        return f"{sign}0.{digits.rjust(places, '0')}"
    if 0 <= exponent < 16:
        return f"{sign}{digits[:-places]}.{digits[-places:]}"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{exponent}"


def _shorten(digits: str) -> str:
    """Write a long round integer with an exponent: 3000000000 as 3e9."""
    stripped = digits.rstrip("0")
    zeros = len(digits) - len(stripped)
    return f"{stripped}e{zeros}" if zeros > 6 and len(stripped.lstrip("-")) <= 3 else digits
