"""Chemical formulas, counted: elements, and the charge."""

import re
from collections.abc import Mapping
from fractions import Fraction

from ..errors import ParseError
from .scanner import Scanner

CHARGE = "charge"
"""The key under which a charge is counted beside the elements."""

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv "
    "Ts Og"
)
_NUMBER = {name: i for i, name in enumerate(_SYMBOLS.split(), 1)}
_ELEMENT = re.compile(r"[A-Z][a-z]?(?![a-z])")
_ISOTOPE = re.compile(r"\^\{?(\d+)\}?(?=[A-Z])|(\d+)(?=[A-Z])")
_COUNT = re.compile(r"\d+(\.\d+)?")
_MOST = 10**6  # atoms of one kind
_HIGHEST_CHARGE = 20
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ROMAN = re.compile(r"(?<=[A-Za-z])\((0|[IVX]+)\)(?!\d)")
_SINGLY = frozenset(["H", "Li", "Na", "K", "Rb", "Cs", "F", "Cl", "Br", "I"])  # whose atoms have charges of one only
_EITHER = {"O2-": ("oxide", "superoxide"), "N3-": ("nitride", "azide")}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₊₋−–", "01234567890123456789+-+---")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PHASE = re.compile(r"\s*\((aq|s|l|g|cr|am|ads|sol|c)\)$")
_SOLVATE = re.compile(r"(\d+(\.\d+)?|\d+/\d+)?(H2O|D2O|NH3|HCl|CH3OH|C2H5OH)(?![\w])")
_CHARGES = (  # (pattern, whether a number before it may count atoms)
    (re.compile(r"\^\{?(?P<n>\d*)(?P<sign>[+-])\}?$"), False),  # SO4^2-
    (re.compile(r"\^\{?(?P<sign>[+-])(?P<n>\d+)\}?$"), False),  # SO4^-2
    (re.compile(r"\((?P<n>\d*)(?P<sign>[+-])\)$"), False),  # SO4(2-)
    (re.compile(r"[•·](?P<n>\d*)(?P<sign>[+-])$"), False),  # O2•-
    (re.compile(r"(?<=\])(?P<n>\d*)(?P<sign>[+-])$"), False),  # [Cu(NH3)4]2+
    (re.compile(r"(?P<sign>[+-])(?P<n>\d+)$"), False),  # SO4-2
    (re.compile(r"(?P<many>\+{2,}|-{2,})$"), False),  # Ca++
    (re.compile(r"(?P<n>\d*)(?P<sign>[+-])$"), True),  # Fe3+, NH4+
)


def parse_formula(formula: str) -> dict[str, int | Fraction]:
    """Count the elements of a formula; a charge is counted under ``"charge"``.

    Reads ``C6H12O6``, ``Ca(OH)2``, ``[Fe(CN)6]^4-``, ``[Cu(NH3)4]2+``, ``CuSO4.5H2O``, ``SO4^2-``, ``SO4-2``,
    ``SO4(2-)``, ``Ca++``, ``NH4+``, ``H₂O``, ``e-``, ``H3PO4(aq)``, ``CH1.8O0.5N0.2`` (fractions come back as
    `Fraction`) and isotopes as their element: ``13CO2``, ``[13C]O2``, ``^18O``.

    In ``SO4^2-`` the caret tells the charge from the count. Without one a number before a closing sign is the charge
    behind a square bracket and after a single element (``Fe3+`` is one Fe with charge 3), and counts atoms else
    (``NH4+`` is four H with charge 1, ``I3-`` three I, whose atoms have no other charge). ``SO42-`` and ``O2-``, which
    could be either, are refused, as is an oxidation state: ``Fe(III)`` is no iodide.

    Raises
    ------
    ParseError
        If the text is not a formula, with its position.

    Examples
    --------
    >>> parse_formula("Ca(OH)2")
    {'Ca': 1, 'O': 2, 'H': 2}
    """
    text = _with_caret(formula).translate(_SUBSCRIPTS).strip()
    text = _PHASE.sub("", text).strip().strip("•·")
    state = _ROMAN.search(text)
    if state:
        raise _refusal(
            formula,
            state,
            f"{state.group()} is an oxidation state, which tells neither atoms nor the charge of the whole; write the "
            "ion with its charge, as in Fe^3+",
        )
    body, charge = _split_charge(text, formula)
    body = _PHASE.sub("", body)
    counts: dict[str, int | Fraction] = {}
    for start, end in _parts(body) if not (body == "e" and charge) else ():
        _part(Scanner(formula if text == formula else text, start, end, source="formula"), counts)
    if charge:
        counts[CHARGE] = charge
    return counts


def _with_caret(formula: str) -> str:
    """Set a caret before a charge and an isotope that are written with superscript characters."""
    charge = rf"[{_SUPERSCRIPTS}]*[⁺⁻]|[{_SUPERSCRIPTS}]+[-+−–]"
    charged = re.sub(rf"(?<![{_SUPERSCRIPTS}^])({charge})(?=$|\()", r"^\1", formula.strip())
    return re.sub(rf"(?<![{_SUPERSCRIPTS}^])([{_SUPERSCRIPTS}]+)(?=[A-Z])", r"^\1", charged)


def _split_charge(text: str, formula: str) -> tuple[str, int]:
    tried = ((pattern.search(text), counts) for pattern, counts in _CHARGES)
    match, counts = next(((m, c) for m, c in tried if m), (None, False))
    if match is None:
        return text, 0
    found = match.groupdict()
    body, digits = text[: match.start()], found.get("n") or ""
    sign, size = (found.get("many") or found["sign"])[0], len(found.get("many") or "") or int(digits or 1)
    if counts and digits:
        element = re.fullmatch(r"[A-Z][a-z]?", body) is not None
        if len(digits) > 1:
            raise _refusal(
                formula,
                match,
                f"'{digits}{sign}' can be a count, a charge or both; write the charge behind a caret, as in "
                f"{body}{digits[:-1]}^{digits[-1]}{sign}",
            )
        if body + digits + sign in _EITHER:
            names = _EITHER[body + digits + sign]
            raise _refusal(
                formula,
                match,
                f"{body}{digits}{sign} can be {names[0]}, {body}^{digits}{sign}, or {names[1]}, {body}{digits}^{sign}; "
                "write the caret",
            )
        if not element or body in _SINGLY:
            body, size = body + digits, 1  # NH4+, I3-: the number counts atoms
    if size > _HIGHEST_CHARGE:
        raise _refusal(formula, match, f"a charge of {size} is too large")
    return body, size if sign == "+" else -size


def _refusal(formula: str, found: re.Match[str], problem: str) -> ParseError:
    return ParseError(problem, source="formula", line=1, column=found.start() + 1, text=formula)


def _parts(body: str) -> list[tuple[int, int]]:
    """Return where the parts of an adduct such as CuSO4.5H2O stand; a dot between digits is a decimal point else."""
    edges, found = [], []
    for match in re.finditer(r"[.·•*]", body):
        before, after = body[: match.start()], body[match.end() :]
        decimal = match.group() == "." and before[-1:].isdigit() and after[:1].isdigit()
        if not decimal or (_SOLVATE.match(after) and not re.search(r"(?<!\d)0$", before)):
            edges.append(match.span())
    start = 0
    for edge in [*edges, (len(body), len(body))]:
        found.append((start, edge[0]))
        start = edge[1]
    return found


def _part(scanner: Scanner, counts: dict[str, int | Fraction]) -> None:
    """Count one part; a number in front of it multiplies it, unless it is that of an isotope."""
    multiple: int | Fraction = 1
    solvate = scanner.position > 0 and _SOLVATE.fullmatch(scanner.text[scanner.position : scanner.end].strip())
    if solvate or not _is_isotope(scanner.look(_ISOTOPE), scanner.text[scanner.position :]):
        multiple = _number(scanner) if scanner.look(_COUNT) else 1
        if scanner.accept("/"):
            multiple = Fraction(multiple) / _number(scanner)
    _add(counts, _group(scanner, ""), multiple)


def _is_isotope(mass: str | None, rest: str) -> bool:
    """Tell whether a number before an element can be the mass of a nuclide of it: 13C, not 2CO2."""
    if mass is None:
        return False
    element = _ELEMENT.match(rest.lstrip()[len(mass) :])
    if "^" in mass or element is None:
        return True
    z = _NUMBER.get(element.group(), 0)
    return bool(z) and 1.3 * z * (z > 2) <= int(mass) <= 3 * z


def _number(scanner: Scanner) -> int | Fraction:
    start = scanner.position
    digits = scanner.take(_COUNT)
    if digits is None:
        return 1
    value = Fraction(digits) if len(digits) < 20 else Fraction(_MOST + 1)
    if not 0 < value <= _MOST:
        scanner.fail(f"a count lies between 0 and {_MOST}", start)
    return int(value) if value.denominator == 1 else value


def _group(scanner: Scanner, closing: str) -> dict[str, int | Fraction]:
    """Count elements up to the closing bracket or the end."""
    counts: dict[str, int | Fraction] = {}
    open_: list[tuple[str, dict[str, int | Fraction]]] = []
    while not scanner.at_end():
        if closing and scanner.accept(closing):
            part, (closing, outer) = counts, open_.pop()
            _add(outer, part, _number(scanner))
            counts = outer
            continue
        opening = next((c for c in _CLOSING if scanner.accept(c)), None)
        if opening:
            open_.append((closing, counts))
            closing, counts = _CLOSING[opening], {}
            continue
        _add(counts, {_element(scanner): 1}, _number(scanner))
    if closing:
        scanner.fail(f"expected '{closing}' before the end")
    if not counts:
        scanner.fail("the formula is empty")
    return counts


def _element(scanner: Scanner) -> str:
    start = scanner.position
    isotope = scanner.look(_ISOTOPE)
    if _is_isotope(isotope, scanner.text[scanner.position :]):
        scanner.take(_ISOTOPE)
    element = scanner.take(_ELEMENT)
    if not element:
        scanner.fail(
            f"expected an element such as C or Na, found {scanner.found()} (for an enzyme, or a group that "
            "stays whole, write an element that does not occur, such as Y)",
            start,
        )
    return element


def _add(counts: dict[str, int | Fraction], part: Mapping[str, int | Fraction], multiple: int | Fraction) -> None:
    for element, n in part.items():
        total = counts.get(element, 0) + n * multiple
        counts[element] = int(total) if total == int(total) else total
