"""Numbers and units for siunitx."""

import math
from decimal import Decimal
from typing import Any, SupportsFloat

import sympy as sp

from ..units import parse_unit
from .names import escape

_PREFIXES = {
    0: "",
    3: r"\kilo",
    -2: r"\centi",
    -3: r"\milli",
    -6: r"\micro",
    -9: r"\nano",
    -12: r"\pico",
    -15: r"\femto",
}


def number(value: SupportsFloat, error: float | None = None, digits: int = 6) -> str:
    r"""Return ``\num{...}``, with the uncertainty in the last digits where there is one: ``\num{1.2(3)e-4}``.

    Parameters
    ----------
    value
        A number, exact or not.
    error
        Standard error; shown with one digit, two if they start with 1. None, zero or not finite: without.
    digits
        Significant digits of a number without uncertainty.
    """
    try:
        x = float(value)
    except OverflowError:  # exact, and beyond the doubles
        exact: Any = value
        mantissa, exponent = f"{Decimal(int(exact.p)) / Decimal(int(exact.q)):.{digits - 1}e}".split("e")
        return rf"\num{{{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}}}"
    if error is not None and math.isfinite(error) and error > 0:
        return rf"\num{{{_with_error(x, float(error))}}}"
    if isinstance(value, sp.Rational) and value.q == 1 and abs(int(value.p)) < 10**digits:
        return rf"\num{{{int(value.p)}}}"
    return rf"\num{{{_plain(x, digits)}}}"


def _plain(x: float, digits: int) -> str:
    if x == 0:
        return "0"
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    if -3 <= int(exponent) < max(digits, 5):
        places = max(digits - 1 - int(exponent), 0)
        text = f"{x:.{places}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def _with_error(x: float, error: float) -> str:
    """Return ``value(error)e..`` so that both end at the same digit (PDG: two digits if they start with 1)."""
    last = math.floor(math.log10(error))
    if round(error / 10**last, 1) < 2:
        last -= 1
    if round(error / 10**last) >= 100:  # 9.97 becomes 10.0
        last += 1
    top = math.floor(math.log10(abs(x))) if x else last
    exponent = max(top, last)
    if -3 <= exponent < 5 and last <= 0:
        exponent = 0
    places = max(exponent - last, 0)
    shown = round(error / 10.0**last) * 10 ** (last - exponent + places)
    text = f"{x / 10.0**exponent:.{places}f}({round(shown)})"
    return f"{text}e{exponent}" if exponent else text


def unit(text: str | None) -> str:
    r"""Return ``\unit{...}`` of a written unit, the text itself if it is not understood, or nothing."""
    if not text:
        return ""
    factors = parse_unit(text)
    if factors is None or any(f.kind == "item" for f in factors):
        return escape(text)
    parts = []
    for f in sorted(factors, key=lambda f: f.exponent < 0):
        for kind, exponent in _si(f.kind, f.exponent):
            per = r"\per" if exponent < 0 else ""
            power = "" if abs(exponent) == 1 else rf"\tothe{{{abs(exponent)}}}"
            prefix = "" if kind == "litre" and f.kind == "molar" else _PREFIXES[f.scale]
            parts.append(f"{per}{prefix}\\{kind}{power}")
    return rf"\unit{{{''.join(parts)}}}" if parts else "1"


def _si(kind: str, exponent: int) -> list[tuple[str, int]]:
    if kind == "molar":
        return [("mole", exponent), ("litre", -exponent)]
    return [(kind, exponent)] if kind != "dimensionless" else []
