"""Decode net vectors into the fewest integer reactions."""

from itertools import combinations

import numpy as np

from crnsym.deciding import PRICES
from crnsym.regression.gram import nonnegative
from crnsym.regression.library import Library

TRIPLES_FROM = 24  # reactions considered for triples


def decode(
    net_vector: np.ndarray,
    precision: np.ndarray,
    library: Library,
    complex_index: int,
    *,
    keep: int = 3,
    per_reaction: float = PRICES.decoded,
) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Find the non-negative combinations of few reactions at one complex that explain its net vector.

    Parameters
    ----------
    net_vector, precision
        d_y ``(species,)`` and the inverse of its covariance ``(species, species)``.
    library, complex_index
        Where the reactions come from.
    keep
        How many alternatives to return.

    Returns
    -------
    list of (cost, reaction indices, rates)
        Cheapest first; cost = chi2 + ``per_reaction`` times the number of reactions + tie-breaking terms.
    """
    indices = library.at(complex_index)
    s = library.net[indices].astype(float)
    if not len(indices):
        return []
    weighted = s @ precision
    gram = weighted @ s.T
    moment = weighted @ net_vector
    total = float(net_vector @ precision @ net_vector)
    diagonal = np.maximum(np.diag(gram), 1e-300)
    ties = library.cost[indices]
    found: list[tuple[float, tuple[int, ...], np.ndarray]] = []

    single = np.maximum(moment, 0.0) / diagonal
    cost = total - np.maximum(moment, 0.0) ** 2 / diagonal + per_reaction + ties
    for a in np.argsort(cost)[: 4 * keep]:
        if single[a] > 0:
            found.append((float(cost[a]), (int(a),), single[[a]]))

    determinant = np.outer(diagonal, diagonal) - gram**2
    valid = determinant > 1e-9 * np.outer(diagonal, diagonal)
    safe = np.where(valid, determinant, 1.0)
    first = (moment[:, None] * diagonal[None, :] - gram * moment[None, :]) / safe
    second = (moment[None, :] * diagonal[:, None] - gram * moment[:, None]) / safe
    gain = first * moment[:, None] + second * moment[None, :]
    pair = total - gain + 2 * per_reaction + ties[:, None] + ties[None, :]
    pair = np.where(valid & (first > 0) & (second > 0), pair, np.inf)
    pair[np.tril_indices(len(indices))] = np.inf
    flat = np.argsort(pair, axis=None)[: 6 * keep]
    for a, b in zip(*np.unravel_index(flat, pair.shape), strict=True):
        if np.isfinite(pair[a, b]):
            found.append((float(pair[a, b]), (int(a), int(b)), np.array([first[a, b], second[a, b]])))

    found.sort(key=lambda item: item[0])
    if not found or found[0][0] > 6 * per_reaction:
        # start triples from the reactions of the best pairs and singles
        shortlist: list[int] = []
        for _, members, _ in found:
            shortlist += [m for m in members if m not in shortlist]
        shortlist += [int(a) for a in np.argsort(cost) if int(a) not in shortlist]
        for members in combinations(shortlist[:TRIPLES_FROM], 3):
            index = np.array(members)
            x, value = nonnegative(np.ascontiguousarray(gram[np.ix_(index, index)]), moment[index])
            if (x > 0).all():
                found.append((total + value + 3 * per_reaction + float(ties[index].sum()), members, x))
        found.sort(key=lambda item: item[0])
    return [(c, indices[list(members)], rates) for c, members, rates in found[:keep]]
