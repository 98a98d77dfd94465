"""How names and numbers are shown to people: greek letters, subscripts, few digits."""

import re
from typing import SupportsFloat
from unicodedata import category

_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi
    psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega
"""
GREEK: dict[str, str] = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΣΦΨΩ", strict=True))
"""{name: letter}."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_TAIL = re.compile(r"^(?P<stem>[^\W\d_]+)(?P<digits>\d+)$")


def pretty(name: str) -> str:
    """Write a parameter for a drawing: ``k1`` as k₁, ``beta2`` as β₂, ``k_1`` as it is."""
    match = _TAIL.match(name)
    stem, digits = (match["stem"], match["digits"]) if match else (name, "")
    return GREEK.get(stem, stem) + digits.translate(_SUBSCRIPTS)


def rounded(value: SupportsFloat, digits: int = 3) -> str:
    """Write a number with few significant digits: 0.0123, 1.5e-7, 12300."""
    return f"{float(value):.{digits}g}".replace("e-0", "e-").replace("e+0", "e")


def unwritable(name: str) -> str:
    """Return the first character of a name that some file cannot hold (line ends, controls), or nothing."""
    for c in name:
        if category(c) in ("Cc", "Cs", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE:
            return c
    return ""
