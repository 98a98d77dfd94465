"""One number in a cell, as people write it: signs, errors, marks, units, per cent, values below detection."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from .styles import COMMA, PLAIN, Style

_MINUS = re.compile(r"^[\u2212\u2012\u2013\ufe63\uff0d]\s*(?=[\d.,])|(?<=[eE^(\s])[\u2212\u2013](?=\d)")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_NARROW = re.compile(r"[\u00a0\u2009\u202f]")
_GAP_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(\D|$))")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_MANTISSA = r"(?:\d[\d.,]*|[.,]\d+)"
_POWER = r"(?:[eEdD][+-]?\d+|\s?[x×·*⋅]\s?10\s?\^?\s?[({]?[+-]?\d+[)}]?)"
_NUMBER = rf"[+-]?\s?{_MANTISSA}{_POWER}?"
_CELL = re.compile(
    rf"(?P<about>~|≈|ca\.?\s|about\s|approx\.?\s)?\s*(?P<value>{_NUMBER})"
    rf"(?:\s*(?:±|\+/-|\+-)\s*(?P<error>{_MANTISSA}{_POWER}?)|(?P<digits>\(\d+\))|\s+\((?P<spread>{_MANTISSA})\))?"
    r"\s*(?P<percent>%)?\s*(?P<mark>[*†‡§¶#]{1,3})?(?:\s*(?P<unit>[A-Za-zµμ][\w/µμ^·.⁻¹³ -]{0,15}))?"
)
_SIMPLE = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_TEN = re.compile(r"\s?[x×·*⋅]\s?10\s?\^?\s?[({]?(?P<power>[+-]?\d+)[)}]?$")
_UNDETECTED = re.compile(
    r"[<>≤≥]\s*((lod|loq|dl|ld|lld|lloq|uloq)(\s*\([\d.,]+\))?|max|min|[\d.,]+([eE][+-]?\d+)?\s*(%|[A-Za-zµμ/]{1,8})?)"
    r"|n\.?\s?[dbqm]\.?|not (detected|determined|measured|sampled|available)|n/[sdm]"
    r"|b\.?d\.?l\.?|b\.?l\.?q\.?|(below )?(lod|loq|detection)|#n/a"
    r"|[-–—]+|ovrflw|over(flow|range)?|tr\.?|trace|traces|missing|lost|saturated|\?+",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"#(div/0!|value!|ref!|name\?|num!|null!|wert!|zahl!|bezug!|####*)", re.IGNORECASE)
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Numeral:
    """What a cell says: the texts of a number and of its error, and what stands beside them.

    ``value`` and ``error`` are still as written, with commas; ``digits`` says that the error counts in units of the
    last digit, as in 1.234(5).
    """

    value: str
    error: str = ""
    digits: bool = False
    percent: bool = False
    mark: str = ""
    unit: str = ""
    spaced: bool = False


def is_simple(text: str) -> bool:
    """Say whether a text is a number as computers write it; false says nothing."""
    return bool(_SIMPLE.fullmatch(text))


def plain_text(text: str) -> str:
    """Return a cell without what cannot be seen, and with a minus sign that computers know."""
    if text.isascii():
        return text.strip()
    text = _NARROW.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", text))).strip()
    return _MINUS.sub("-", text)


@lru_cache(maxsize=65536)
def read_numeral(text: str) -> Numeral | None:
    """Return what a cell of text says, or None if it is no number.

    Examples
    --------
    >>> read_numeral("0.5±0.1")
    Numeral(value='0.5', error='0.1', digits=False, percent=False, mark='', unit='', spaced=False)
    """
    if _SIMPLE.fullmatch(text):
        return Numeral(text)
    shown = plain_text(text).translate(_SUPERSCRIPTS)
    joined = _GAP_BETWEEN_THOUSANDS.sub("", shown)
    found = _CELL.fullmatch(joined)
    if found is None or (found["mark"] and found["unit"]):
        return None
    error, digits = found["error"] or found["spread"] or "", bool(found["digits"])
    if digits:
        error = found["digits"].strip("()")
        if not re.search(r"[.,]\d", found["value"]):
            return None  # (5) behind a whole number is a footnote, a count or an error: not for us to say
    mark = (found["mark"] or "") + (found["about"] or "").strip()
    unit = (found["unit"] or "").strip()
    return Numeral(found["value"], error, digits, bool(found["percent"]), mark, unit, joined != shown)


def is_number_text(text: str) -> bool:
    """Say whether a cell of text holds a number, in any style, alone."""
    if _SIMPLE.fullmatch(text):
        return True
    found = read_numeral(text)
    return found is not None and not found.unit and can_be_number(found.value)


def can_be_number(value: str) -> bool:
    """Say whether digits, commas and points are a number in any style."""
    if _SIMPLE.fullmatch(value):
        return True
    return to_float(value, PLAIN) is not None or to_float(value, COMMA) is not None


def is_undetected(text: str) -> bool:
    """Say whether a cell says that the value is not known: ``<LOD``, ``n.d.``, a dash."""
    return bool(_UNDETECTED.fullmatch(plain_text(text)))


def is_broken(text: str) -> bool:
    """Say whether a cell holds an error of the spreadsheet, such as ``#DIV/0!``."""
    return bool(_BROKEN.fullmatch(plain_text(text)))


def is_infinite(text: str) -> bool:
    """Say whether a cell says that a value is infinite."""
    return bool(_INFINITE.fullmatch(plain_text(text)))


def to_float(text: str, style: Style = PLAIN) -> float | None:
    """Return a number written in a style, or None if it is not in that style."""
    if style.decimal == "." and _SIMPLE.fullmatch(text):
        return float(text)
    text = text.replace(" ", "")
    ten = _TEN.search(text)
    power = int(ten["power"]) if ten else 0
    mantissa, _, exponent = re.sub(r"[dD]", "e", _TEN.sub("", text)).lower().partition("e")
    plain = style.plain(mantissa, bool(exponent))
    if plain is None:
        return None
    return float(f"{plain}e{int(exponent or 0) + power}")


def last_digit(text: str, style: Style) -> float:
    """Return the size of the last digit of a number."""
    mantissa, _, exponent = text.lower().partition("e")
    _, found, decimals = (style.plain(mantissa, True) or mantissa).partition(".")
    return 10.0 ** (int(exponent or 0) - (len(decimals) if found else 0))
