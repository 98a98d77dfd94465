"""Units as people write them: ``1/s``, ``mM``, ``L/(mol*min)``, ``M^-1 s^-1``."""

import re
from collections import Counter
from dataclasses import dataclass

_PREFIXES = {"": 0, "k": 3, "c": -2, "m": -3, "u": -6, "µ": -6, "μ": -6, "n": -9, "p": -12, "f": -15}
_PREFIXED = {
    "M": "molar",
    "mol": "mole",
    "mole": "mole",
    "l": "litre",
    "L": "litre",
    "litre": "litre",
    "liter": "litre",
    "s": "second",
    "sec": "second",
    "g": "gram",
    "J": "joule",
    "Pa": "pascal",
    "m": "metre",
}
_PLAIN = {
    "second": "second",
    "seconds": "second",
    "min": "minute",
    "minute": "minute",
    "minutes": "minute",
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "hours": "hour",
    "d": "day",
    "day": "day",
    "days": "day",
    "K": "kelvin",
    "kelvin": "kelvin",
    "molecule": "item",
    "molecules": "item",
    "item": "item",
    "items": "item",
    "dimensionless": "dimensionless",
}
_TOKEN = re.compile(r"\s*(?:([^\W\d_]+)|(\*\*|[-+]?\d+)|(.))")


@dataclass(frozen=True, order=True)
class Factor:
    """One factor of a unit: (10^scale kind)^exponent, kind as in SBML, or minute, hour, day, molar."""

    kind: str
    scale: int
    exponent: int


def parse_unit(text: str | None) -> tuple[Factor, ...] | None:
    """Return the factors of a unit, ``()`` for ``1``, or None if it is not understood.

    Examples
    --------
    >>> parse_unit("1/(mM*s)")
    (Factor(kind='molar', scale=-3, exponent=-1), Factor(kind='second', scale=0, exponent=-1))
    """
    if not text or not text.strip():
        return None
    tokens = [m.group().strip() for m in _TOKEN.finditer(text.replace("·", " ").strip())]
    try:
        powers, rest = _product(tokens)
    except (KeyError, ValueError, IndexError):
        return None
    if rest:
        return None
    return tuple(sorted(Factor(kind, scale, n) for (kind, scale), n in powers.items() if n))


def _product(tokens: list[str]) -> tuple[Counter, list[str]]:
    powers: Counter = Counter()
    sign = 1
    while tokens and tokens[0] != ")":
        if tokens[0] in "*/":
            sign = -1 if tokens[0] == "/" else 1
            tokens = tokens[1:]
        atom, tokens = _power(tokens)
        for key, n in atom.items():
            powers[key] += sign * n
        sign = 1
    return powers, tokens


def _power(tokens: list[str]) -> tuple[Counter, list[str]]:
    first, tokens = tokens[0], tokens[1:]
    if first == "(":
        atom, tokens = _product(tokens)
        if tokens[0] != ")":
            raise ValueError
        tokens = tokens[1:]
    elif first == "1":
        atom = Counter()
    else:
        atom = Counter({_base(first): 1})
    if tokens and tokens[0] in ("^", "**"):
        tokens = tokens[1:]
        exponent = int(tokens[0])
    elif tokens and re.fullmatch(r"[-+]?\d+", tokens[0]) and first != "1":
        exponent = int(tokens[0])  # 's-1' as in M-1 s-1
    else:
        return atom, tokens
    return Counter({key: n * exponent for key, n in atom.items()}), tokens[1:]


def _base(word: str) -> tuple[str, int]:
    if word in _PLAIN:
        return _PLAIN[word], 0
    for prefix, scale in _PREFIXES.items():
        rest = word.removeprefix(prefix)
        if word.startswith(prefix) and rest in _PREFIXED:
            return _PREFIXED[rest], scale
    raise KeyError(word)


def unit_text(factors: tuple[Factor, ...]) -> str:
    """Write a unit so that `parse_unit` understands it."""
    names = {kind: word for word, kind in reversed({**_PREFIXED, **_PLAIN}.items())}
    prefixes = {scale: prefix for prefix, scale in reversed(_PREFIXES.items())}
    parts = [prefixes[f.scale] + names[f.kind] + (f"^{f.exponent}" if f.exponent != 1 else "") for f in factors]
    return " ".join(parts) or "1"
