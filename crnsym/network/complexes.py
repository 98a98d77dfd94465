"""A complex: one side of a reaction."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import sympy as sp

from ..arguments import checked
from ..errors import NetworkError
from .scanner import NAME, PLAIN_NAME, Scanner
from .symbols import exact_number, symbol

COEFFICIENT = re.compile(r"\d+(\.\d+)?(\s*/\s*\d+)?")
_POWER = re.compile(r"[eE][+-]\d\w*|[eE]\d+[^\W\d_]\w*")  # 2E1 is two of the species E1
_FACTOR = re.compile(r'\*|[^\W\d]|"')
_NEGATIVE = re.compile(r"-\s*[\w\"]")
_BRACE = re.compile(r"\{")
_EMPTY = re.compile(r"(∅|0)(?![\w./])")


@checked
class Complex(Mapping[str, sp.Rational]):
    """An immutable multiset of species: ``2 A + B``.

    A mapping from species name to a positive exact number, sorted by name, hashable. ``Complex()`` is the
    zero complex. Equality ignores the order of writing, and ``A + A`` is ``2 A``.

    Parameters
    ----------
    coefficients
        A mapping {name: coefficient}, or text such as ``"2 A + B"``, ``"0"``, ``"∅"``.

    Raises
    ------
    NetworkError
        If a coefficient is not a positive exact number.
    ParseError
        If a text is not a complex.

    Examples
    --------
    >>> import crnsym as cs
    >>> complex = cs.Complex("2 A + B")
    >>> complex["A"], complex.order, complex == cs.Complex({"B": 1, "A": 2})
    (2, 3, True)
    """

    __slots__ = ("_coefficients", "_hash")
    _coefficients: dict[str, sp.Rational]

    def __init__(self, coefficients: "Mapping[str, Any] | str | None" = None) -> None:
        if isinstance(coefficients, str):
            coefficients = Complex.parse(coefficients)
        entries: dict[str, sp.Rational] = {}
        given = coefficients or {}
        for name in sorted(given):
            number = exact_number(given[name])
            if number <= 0:
                raise NetworkError(f"the coefficient of {name} must be positive, got {number}")
            entries[name] = number
        object.__setattr__(self, "_coefficients", entries)
        object.__setattr__(self, "_hash", hash(tuple(entries.items())))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Complex is immutable")

    @staticmethod
    def parse(text: str, source: str = "complex") -> "Complex":
        """Read ``2 A + B``, ``2A+B``, ``0`` or ``∅``."""
        scanner = Scanner(text, source=source)
        found = parse_side(scanner)
        if not scanner.at_end():
            scanner.fail(f"expected '+' or the end, found {scanner.found()}")
        return found

    def __getitem__(self, name: str) -> sp.Rational:
        return self._coefficients[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._coefficients)

    def __len__(self) -> int:
        return len(self._coefficients)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Complex):
            return self._hash == other._hash and self._coefficients == other._coefficients
        return NotImplemented

    def __reduce__(self) -> tuple[Any, ...]:
        return Complex, (dict(self._coefficients),)

    @property
    def order(self) -> sp.Rational:
        """The sum of the coefficients (molecularity)."""
        return sum(self._coefficients.values(), sp.Integer(0))

    @property
    def is_integer(self) -> bool:
        """Whether all coefficients are integers."""
        return all(c.q == 1 for c in self._coefficients.values())

    @property
    def monomial(self) -> sp.Expr:
        """The product of concentrations x^n, the mass-action factor of this complex."""
        return sp.Mul(*(symbol(name) ** c for name, c in self._coefficients.items()))

    def rename(self, names: Mapping[str, str]) -> "Complex":
        """Return the complex with species renamed; two that get the same name are added."""
        entries: dict[str, Any] = {}
        for name, c in self._coefficients.items():
            new = names.get(name, name)
            entries[new] = entries.get(new, sp.Integer(0)) + c
        return Complex(entries)

    def __str__(self) -> str:
        terms = [quoted(name) if c == 1 else f"{c} {quoted(name)}" for name, c in self._coefficients.items()]
        return " + ".join(terms) or "0"

    def __repr__(self) -> str:
        return f"Complex({str(self)!r})"


def quoted(name: str) -> str:
    """Write a name as the text format wants it: in double quotes, doubled within, unless it is an identifier."""
    if PLAIN_NAME.fullmatch(name):
        return name
    return '"{}"'.format(name.replace('"', '""'))


def parse_side(scanner: Scanner) -> Complex:
    """Read a complex from a scanner, up to what cannot belong to it; nothing is the zero complex."""
    scanner.skip()
    here = scanner.position
    if scanner.take(_EMPTY):
        if scanner.look(_FACTOR):
            scanner.fail("a coefficient must be positive, found 0", here)
        return Complex()
    if scanner.look(_NEGATIVE):
        scanner.fail("a coefficient must be positive; what is consumed stands left of the arrow", here)
    entries: dict[str, Any] = {}
    while True:
        start = scanner.position
        digits = scanner.take(COEFFICIENT)
        if digits and (power := _POWER.match(scanner.text, scanner.position, scanner.end)):
            scanner.fail(
                f"'{digits}{power.group()}' could be {digits} of a species or a power of ten; write a blank behind the "
                "number, or a number without a power",
                start,
            )
        if scanner.look(_BRACE):
            scanner.fail("a coefficient is a number such as 2 or 1/2; symbols in braces are not supported")
        if digits:
            scanner.accept("*")
        name = scanner.name()
        if name is None:
            if not entries and not digits:
                return Complex()
            wanted = f"a species after the coefficient {digits}" if digits else "a species after '+'"
            scanner.fail(f"expected {wanted}, found {scanner.found()}{odd_name(scanner.text[here : scanner.end])}")
        coefficient = _coefficient(digits, scanner, start)
        entries[name] = entries.get(name, sp.Integer(0)) + coefficient
        if not scanner.accept("+"):
            if scanner.look(NAME):
                scanner.fail(f"expected '+' or an arrow after {name}, found {scanner.found()}")
            return Complex(entries)


def odd_name(text: str) -> str:
    """Return a hint about the first name that has to stand in quotes, such as Fe2+ or 4-NP, or nothing."""
    text = re.split(r"@|;|#", re.sub(r'"[^"]*"', " ", text))[0]
    for word in re.sub(r"<[-=]+>|[-=]+>|<-+|[→⟶⇌↔←]|(?<=[^\W\d_]), ?|[:=]", " ", text).split():
        word = word.strip(",")
        parts = [re.sub(r"^\d+(\.\d+)?\*?", "", part) for part in word.split("+")]
        if word != "+" and not all(PLAIN_NAME.fullmatch(part) for part in parts) and re.search(r"[^\W\d_]", word):
            return f'; a name of other characters than letters, digits and _ stands in quotes: "{word}"'
    return ""


def odd_name_at(scanner: Scanner, start: int = 0) -> str:
    """Return that hint where a name seems to go on: what cannot be read stands directly behind it."""
    here = scanner.position
    return odd_name(scanner.text[start : scanner.end]) if scanner.text[here - 1 : here].strip() else ""


def _coefficient(digits: str | None, scanner: Scanner, start: int) -> sp.Rational:
    if digits is None:
        return sp.Integer(1)
    top, _, bottom = digits.replace(" ", "").partition("/")
    if bottom and int(bottom) == 0:
        scanner.fail("division by zero in a coefficient", start)
    value = exact_number(top) / exact_number(bottom or 1)
    if value == 0:
        scanner.fail("a coefficient must be positive, found 0", start)
    return value
