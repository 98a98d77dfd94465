"""Element and charge balance from formulas."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import NetworkError, ParseError
from .formula import CHARGE, parse_formula

if TYPE_CHECKING:
    from .network import Network


def composition(network: "Network", formulas: Mapping[str, str] | None = None) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the elements and the matrix elements x species: int64, or Fractions where some are not whole.

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
    whole = all(isinstance(n, int) for c in counts for n in c.values())
    return elements, np.array([[c.get(e, 0) for c in counts] for e in elements], np.int64 if whole else object)


def element_balance(network: "Network", formulas: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
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
