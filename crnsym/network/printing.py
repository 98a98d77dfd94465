"""Expressions as text that `parse_expression` reads back to the same expression."""

from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from ..errors import UnsupportedError
from .choice import branches
from .complexes import quoted
from .symbols import MOST, number_text

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_FEWER = 300  # digits that both parts of a fraction lose where one of them is too large
_NAMES = {
    **{
        getattr(sp, name): name
        for name in "exp sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh floor sign log".split()  # noqa: SIM905 (a list would fill the page)
    },
    sp.Abs: "abs",
    sp.ceiling: "ceil",
    sp.factorial: "factorial",
    sp.Min: "min",
    sp.Max: "max",
}
_RELATIONS = {
    sp.StrictLessThan: "<",
    sp.LessThan: "<=",
    sp.StrictGreaterThan: ">",
    sp.GreaterThan: ">=",
    sp.Equality: "==",
    sp.Unequality: "!=",
}


def expression_text(expression: sp.Basic) -> str:
    """Write a sympy expression in the text format.

    Raises
    ------
    UnsupportedError
        If a function has no name in the text format.
    """
    return _write(expression)[0]


def _number(value: sp.Rational) -> str:
    """Write a number; both parts of a fraction are numbers by themselves when it is read."""
    if max(abs(int(value.p)), int(value.q)) > MOST and "/" in number_text(value):
        return f"{value.p}e-{_FEWER}/{value.q}e-{_FEWER}"
    return number_text(value)


def _write(e: sp.Basic) -> tuple[str, int]:
    """Return the text and how tightly it binds."""
    if isinstance(e, sp.Symbol):
        return quoted(e.name), _ATOM
    if isinstance(e, sp.Rational):
        text = _number(e)
        return text, _SUM if e < 0 else _PRODUCT if "/" in text else _ATOM
    if e is sp.E:
        return "exp(1)", _ATOM
    if e is sp.pi:
        return "acos(-1)", _ATOM  # the name pi is a plain symbol
    if isinstance(e, sp.Add):
        return _sum(e), _SUM
    if isinstance(e, sp.Mul):
        return _product(e), _SUM if e.could_extract_minus_sign() else _PRODUCT
    if isinstance(e, sp.Pow):
        return _power(e)
    if pairs := branches(e):
        parts = [_write(x)[0] for pair in pairs for x in pair if x is not sp.true]
        return f"piecewise({', '.join(parts)})", _ATOM
    if isinstance(e, Relational) and type(e) in _RELATIONS:
        return f"{_bracket(e.lhs, _SUM)} {_RELATIONS[type(e)]} {_bracket(e.rhs, _SUM)}", 0
    if isinstance(e, sp.And | sp.Or):
        sign = " && " if isinstance(e, sp.And) else " || "
        return sign.join(f"({_write(a)[0]})" for a in sorted(e.args, key=sp.default_sort_key)), 0
    if isinstance(e, sp.Not):
        return f"!({_write(e.args[0])[0]})", 0
    if e.func in _NAMES:
        return f"{_NAMES[e.func]}({', '.join(_write(a)[0] for a in e.args)})", _ATOM
    raise UnsupportedError(f"the text format cannot write the function {e.func.__name__} in {e}")


def _bracket(e: sp.Basic, tightness: int) -> str:
    text, binds = _write(e)
    return text if binds >= tightness else f"({text})"


def _sum(e: sp.Add) -> str:
    parts = []
    terms: Any = e.as_ordered_terms()
    for term in terms:
        negative = term.could_extract_minus_sign()
        text = _bracket(-term if negative else term, _PRODUCT)
        parts.append((" - " if negative else " + ") + text)
    first = parts[0]
    return ("-" if first.startswith(" -") else "") + first[3:] + "".join(parts[1:])


def _product(e: sp.Mul) -> str:
    """Write a product so that sympy does not multiply its number into a sum when it is read: 3*(A + B)."""
    both: tuple[Any, sp.Expr] = e.as_coeff_Mul()
    coefficient, rest = both
    factors = sorted(sp.Mul.make_args(rest), key=lambda f: f.is_Add)
    over, under, sums = [], [], False
    for factor in factors:
        base, exponent = factor.as_base_exp()
        sums = sums or base.is_Add
        if (
            isinstance(exponent, sp.Rational)
            and exponent < 0
            and not isinstance(base, sp.Rational)
            and base is not sp.E
        ):
            under.append(_bracket(base**-exponent, _POWER))
        elif factor != 1:
            over.append(_bracket(factor, _POWER))
    sign = "-" if coefficient < 0 else ""
    top, _, bottom = _number(abs(coefficient)).partition("/")
    if not sums or not factors[0].is_Add:
        over, top = [top, *over] if top != "1" else over, "1"
    elif sign:
        sign, top = "", f"(-{top})"
    if bottom and not sums:
        under, bottom = [bottom, *under], ""
    text = sign + ("*".join(over) or "1")
    if under:
        text += f"/{under[0]}" if len(under) == 1 else f"/({'*'.join(under)})"
    return text + (f"*{top}" if top != "1" else "") + (f"/{bottom}" if bottom else "")


def _power(e: sp.Pow) -> tuple[str, int]:
    base, exponent = e.args
    if base is sp.E:
        return f"exp({_write(exponent)[0]})", _ATOM
    if exponent == sp.Rational(1, 2):
        return f"sqrt({_write(base)[0]})", _ATOM
    if isinstance(exponent, sp.Rational) and exponent < 0 and not isinstance(base, sp.Rational):
        return f"1/{_bracket(base**-exponent, _POWER)}", _PRODUCT
    return f"{_bracket(base, _ATOM)}^{_bracket(exponent, _ATOM)}", _POWER
