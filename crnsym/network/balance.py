"""Element and charge balance from formulas."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from ..errors import NetworkError, ParseError
from .scanner import Scanner

if TYPE_CHECKING:
    from .network import Network

CHARGE = "charge"
"""The key under which a charge is counted beside the elements."""

_ELEMENT = re.compile(r"[A-Z][a-z]?(?![a-z])")
_COUNT = re.compile(r"\d+")
_CHARGE = re.compile(r"\^?\{?(\d*)([+-])\}?$|\^\{?([+-])(\d+)\}?$")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "01234567890123456789+-")
_CLOSING = {"(": ")", "[": "]"}


def parse_formula(formula: str) -> dict[str, int]:
    """Count the elements of a formula; a charge is counted under ``"charge"``.

    Reads ``C6H12O6``, ``Ca(OH)2``, ``[Fe(CN)6]^4-``, ``CuSO4.5H2O``, ``SO4^2-``, ``NH4+`` and subscripts
    such as ``H₂O``. In ``SO4^2-`` the caret tells the charge from the count; ``Fe3+`` is one Fe with charge
    3, ``NH4+`` four H with charge 1: a number before a closing sign is a charge after a single element
    without a caret only.

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
    body, charge = _split_charge(text)
    counts: dict[str, int] = {}
    start = 0
    for part in re.split(r"([.·*])", body):
        if part not in (".", "·", "*"):
            scanner = Scanner(formula if text == formula else text, start, start + len(part), source="formula")
            multiple = int(scanner.take(_COUNT) or 1)
            _add(counts, _group(scanner, ""), multiple)
        start += len(part)
    if charge:
        counts[CHARGE] = charge
    return counts


def _with_caret(formula: str) -> str:
    """Set a caret before a charge that is written with superscript characters."""
    return re.sub(r"(?<![⁰¹²³⁴⁵⁶⁷⁸⁹^])([⁰¹²³⁴⁵⁶⁷⁸⁹]*[⁺⁻])$", r"^\1", formula)


def _split_charge(text: str) -> tuple[str, int]:
    match = _CHARGE.search(text)
    if not match:
        return text, 0
    digits, sign = match.group(1) or match.group(4) or "", match.group(2) or match.group(3)
    body = text[: match.start()]
    if digits and "^" not in match.group() and not re.fullmatch(r"[A-Z][a-z]?", body):
        body, digits = body + digits, ""  # NH4+: the number counts atoms
    return body, int(digits or 1) * (1 if sign == "+" else -1)


def _group(scanner: Scanner, closing: str) -> dict[str, int]:
    """Count elements up to the closing bracket or the end."""
    counts: dict[str, int] = {}
    while not scanner.at_end():
        if closing and scanner.accept(closing):
            return counts
        opening = next((c for c in _CLOSING if scanner.accept(c)), None)
        start = scanner.position
        if opening:
            part = _group(scanner, _CLOSING[opening])
        else:
            element = scanner.take(_ELEMENT)
            if not element:
                scanner.fail(
                    f"expected an element such as C or Na, found {scanner.found()} (for an enzyme, or a group that "
                    "stays whole, write an element that does not occur, such as Y)",
                    start,
                )
            part = {element: 1}
        _add(counts, part, int(scanner.take(_COUNT) or 1))
    if closing:
        scanner.fail(f"expected '{closing}' before the end")
    if not counts:
        scanner.fail("the formula is empty")
    return counts


def _add(counts: dict[str, int], part: Mapping[str, int], multiple: int) -> None:
    for element, n in part.items():
        counts[element] = counts.get(element, 0) + n * multiple


def composition(network: "Network", formulas: Mapping[str, str] | None = None) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the elements and the int64 matrix elements x species.

    Parameters
    ----------
    formulas
        {species: formula}; they go before the species' own formulas.

    Raises
    ------
    NetworkError
        If a species has no formula, or a formula belongs to no species.
    """
    formulas = {**{s.name: s.formula for s in network.species if s.formula}, **(formulas or {})}
    for name in formulas:
        if name not in network.species_index:
            near = get_close_matches(name, network.species_names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise NetworkError(f"a formula is given for {name!r}, which is no species{hint}")
    missing = [name for name in network.species_names if name not in formulas]
    if missing:
        raise NetworkError(f"element balance needs a formula for every species; none for {', '.join(missing)}")
    counts = []
    for name in network.species_names:
        try:
            counts.append(parse_formula(formulas[name]))
        except ParseError as error:
            raise NetworkError(f"the formula of {name}: {error}") from None
    elements = tuple(sorted({e for c in counts for e in c}, key=lambda e: (e == CHARGE, e)))
    return elements, np.array([[c.get(e, 0) for c in counts] for e in elements], np.int64)


def element_balance(network: "Network", formulas: Mapping[str, str] | None = None) -> list[dict[str, int]]:
    """Return what each reaction creates (+) or destroys (-) of each element and of charge; {} if balanced.

    Parameters
    ----------
    formulas
        {species: formula}; they go before the species' own formulas.

    Raises
    ------
    NetworkError
        If a species has no formula.
    """
    elements, matrix = composition(network, formulas)
    created = matrix @ network.net_stoichiometry()
    return [{e: int(n) if n == int(n) else n for e, n in zip(elements, c, strict=True) if n} for c in created.T]
