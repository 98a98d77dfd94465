"""Injectivity: whether the rates can have two positive steady states at all, by the signs of minors."""

from itertools import combinations
from math import comb, lcm
from typing import TYPE_CHECKING

import numpy as np

from ...errors import TooManyError, size_text
from ..structure import require_mass_action
from ..symbols import exact_number
from .moving import moving_part
from .verdict import Verdict, verdict

if TYPE_CHECKING:
    from ..network import Network


def injectivity(network: "Network", limit: int = 200000) -> Verdict:
    """Say whether several positive steady states in one compatibility class are excluded for all rate constants.

    The determinant of the Jacobian on the stoichiometric subspace is a sum over species I and reactions J, as many as
    the rank, of ``det(N[I, J]) det(V[I, J])`` times positive factors, with the net stoichiometry N and the orders V.
    Where all terms have one sign and one is not zero, the rates are injective on every class (Craciun & Feinberg 2005,
    SIAM J. Appl. Math. 65, 1526; Müller et al. 2016, Found. Comput. Math. 16, 69, theorem 1.4).

    Parameters
    ----------
    limit
        Largest number of pairs (I, J).

    Raises
    ------
    NotMassActionError
        If a rate law is not mass action.
    TooManyError
        If there are more pairs than ``limit``.

    Examples
    --------
    >>> from crnsym.network.text import network
    >>> bool(injectivity(network("E + S <-> ES; ES -> E + P")))
    True
    """
    require_mass_action(network, "injectivity")
    moving = moving_part(network)
    rank = moving.structure.rank
    pairs = comb(len(moving.species), rank) * comb(len(moving.reactions), rank)
    if pairs > limit:
        raise TooManyError(
            f"injectivity: {size_text(pairs)} minors are more than the limit of {limit}; raise the limit"
        )
    net, orders = (_integers(m) for m in (moving.net_stoichiometry(), moving.reactant_stoichiometry()))
    found: dict[int, int] = {}
    columns = [list(c) for c in combinations(range(len(moving.reactions)), rank)]
    for rows in combinations(range(len(moving.species)), rank):
        first = _determinants(net[list(rows)], columns)
        used = np.flatnonzero(first)
        if len(used):
            signs = first[used] * _determinants(orders[list(rows)], [columns[j] for j in used])
            for sign in (1, -1):
                found[sign] = found.get(sign, 0) + int((signs == sign).sum())
    both, none = found.get(1, 0) and found.get(-1, 0), not any(found.values())
    if both:
        few, every = min(found.values()), sum(found.values())
        reason = f"{few} of {every} terms of the Jacobian's determinant differ in sign from the others"
    else:
        reason = (
            "the Jacobian's determinant vanishes everywhere"
            if none
            else "all terms of the Jacobian's determinant have the same sign"
        )
    conclusion = "No rate constants give two positive steady states in one stoichiometric compatibility class."
    return verdict("injectivity", [(not both and not none, reason)], conclusion)


def _integers(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix with each row multiplied to integers, which changes no sign of a minor."""
    scales = [lcm(*(exact_number(x).q for x in row)) for row in matrix]
    rows = [[float(x * scale) for x in row] for row, scale in zip(matrix, scales, strict=True)]
    return np.array(rows, dtype=float).reshape(matrix.shape)


def _determinants(matrix: np.ndarray, columns: list[list[int]]) -> np.ndarray:
    """Return the signs of the minors in some sets of columns; they are integers, so that rounding decides nothing."""
    values = np.linalg.det(matrix[:, np.array(columns, int)].transpose(1, 0, 2)) if columns else np.zeros(0)
    return np.where(np.abs(values) < 0.5, 0, np.sign(values)).astype(int)
