"""Commas and points: which are decimal, which stand between thousands, and when nobody can say."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import DataError

_SIGN = re.compile(r"^[+-]\s?")
_GROUP = re.compile(r"[1-9]\d{0,2}[,.]\d{3}")  # either a fraction or a thousand
_PLAIN = {",": re.compile(r"\d*(?:,\d*)?"), ".": re.compile(r"\d*(?:\.\d*)?")}
_GROUPED = {
    ",": re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?"),
    ".": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"),
}


@dataclass(frozen=True)
class Style:
    """How numbers of a table are written.

    Attributes
    ----------
    decimal
        ``"."`` or ``","``; the other stands between thousands, if anything.
    """

    decimal: str = "."

    def plain(self, mantissa: str, scientific: bool = False) -> str | None:
        """Return digits, sign and point of a mantissa, or None if it is not in this style."""
        sign = _SIGN.match(mantissa)
        digits = mantissa[sign.end() :] if sign else mantissa
        if not any(c.isdigit() for c in digits) or not self.fits(digits, scientific):
            return None
        thousands = "," if self.decimal == "." else "."
        minus = "-" if sign and sign[0][0] == "-" else ""
        return minus + digits.replace(thousands, "").replace(self.decimal, ".")

    def fits(self, digits: str, scientific: bool = False) -> bool:
        """Say whether digits, commas and points without a sign can be in this style."""
        if _PLAIN[self.decimal].fullmatch(digits):
            return True
        return not scientific and bool(_GROUPED[self.decimal].fullmatch(digits))


PLAIN, COMMA = Style("."), Style(",")


@dataclass(frozen=True)
class Token:
    """A number as it is written, and where: ``digits`` without its sign, ``scientific`` with a power of ten."""

    digits: str
    scientific: bool
    place: str

    @staticmethod
    def of(text: str, place: str) -> "Token":
        """Cut a number into what decides its style."""
        if text.isdigit():
            return Token(text, False, place)
        mantissa = re.split(r"[eEdDx×·*⋅]", text, maxsplit=1)[0].replace(" ", "")
        return Token(_SIGN.sub("", mantissa), mantissa != text.replace(" ", ""), place)


def style_of(source: str, columns: Sequence[Sequence[Token]], delimiter: str, decimal: str | None = None) -> Style:
    """Tell from all numbers of a table which style they are written in.

    Parameters
    ----------
    source
        Opens messages.
    columns
        The numbers of every column.
    delimiter
        Between the fields: a semicolon goes with decimal commas, a comma with decimal points.
    decimal
        What is decimal, where the user says so.

    Raises
    ------
    DataError
        Both in one table, or numbers such as 1,234 that can be a fraction or a thousand.
    """
    tokens = [t for column in columns for t in column]
    if decimal is not None:
        return _given(decimal)
    point = [t for t in tokens if not COMMA.fits(t.digits, t.scientific)]
    comma = [t for t in tokens if not PLAIN.fits(t.digits, t.scientific)]
    if point and comma:
        raise DataError(
            f"{source}: '{comma[0].digits}' ({comma[0].place}) has a decimal comma and '{point[0].digits}' "
            f"({point[0].place}) a decimal point; write all numbers in one way"
        )
    if comma:
        return COMMA
    either = [t for t in tokens if _GROUP.fullmatch(t.digits) and not t.scientific]
    if point or not either:
        return PLAIN
    found = _of_groups(columns, either, delimiter)
    if found is None:
        raise _ambiguous(source, either[0])
    return found


def _given(decimal: str) -> Style:
    known = {".": PLAIN, "point": PLAIN, ",": COMMA, "comma": COMMA}
    if decimal not in known:
        raise DataError(f"decimal='{decimal}' is not known; give '.' or ','")
    return known[decimal]


def _ambiguous(source: str, token: Token) -> DataError:
    decimals = token.digits.replace(",", ".")
    whole = re.sub(r"[,.]", "", token.digits)
    return DataError(
        f"{source}: '{token.digits}' ({token.place}) can be {decimals} or {whole}; "
        "say which of '.' and ',' is decimal (--decimal)"
    )


def _of_groups(columns: Sequence[Sequence[Token]], either: Sequence[Token], delimiter: str) -> Style | None:
    """Decide where every number with a comma or point has exactly three digits behind it; None for nobody can say."""
    separators = {c for t in either for c in t.digits if c in ",."}
    if len(separators) > 1:
        return None
    (separator,) = separators
    fraction, thousand = (PLAIN, COMMA) if separator == "." else (COMMA, PLAIN)
    natural = {",": ".", ";": ","}.get(delimiter)  # what is decimal beside this delimiter
    groups = [[t.digits for t in column] for column in columns if any(_GROUP.fullmatch(t.digits) for t in column)]
    uneven = any(_uneven(g) for g in groups)
    hundreds = any(_has_hundreds(g) for g in groups)
    if natural is None:
        if uneven and hundreds:
            return thousand
        return fraction if separator == "." and delimiter == " " and not hundreds and not uneven else None
    if separator == natural:
        return None if uneven and hundreds else fraction
    if separator == "," and (uneven or hundreds):
        return thousand
    return thousand if uneven and hundreds else None


def _uneven(digits: Iterable[str]) -> bool:
    """Say whether a column would have fractions with trailing zeros beside whole numbers, as nobody writes them."""
    digits = list(digits)
    return any(d.endswith("0") for d in digits if _GROUP.fullmatch(d)) and any(d.isdigit() for d in digits)


def _has_hundreds(digits: Iterable[str]) -> bool:
    """Say whether a column has whole numbers of three digits, as stand beside thousands."""
    return any(d.isdigit() and len(d) == 3 for d in digits)


def remark_on(style: Style, texts: Iterable[Any]) -> tuple[str, ...]:
    """Return what to say of the style, nothing for plain numbers."""
    digits = [t for t in texts if isinstance(t, str)]
    thousands = "," if style.decimal == "." else "."
    found = ["numbers are written with a decimal comma"] if style.decimal == "," else []
    if any(thousands in d for d in digits):
        found.append(f"numbers are written with '{thousands}' between thousands")
    return tuple(found)
