"""Conservation laws mined from the measurements, as hypotheses."""

from itertools import product

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories

ACCEPT = 1.3  # chi2 per degree of freedom of a law that holds
EXCESS, ABSENT = 8.0, 1.0  # price of a coefficient above 1 and of a species left out
NEARLY = 0.02  # of the variance of its parts: what a sum that is nearly constant may vary
LARGER = 4.0  # factor on that, for every coefficient above 1
INVISIBLE = 0.2  # of the law's noise: a species with a smaller range could stand in the law unseen
MOST_VECTORS = 70_000


def mine_laws(data: Trajectories, noise: NoiseModel, smooth: list[np.ndarray]) -> list[np.ndarray]:
    """Find small non-negative integer combinations of species that stay constant within the noise.

    A combination is a candidate if its chi2 about the weighted mean of every run is below 1.3 per degree of
    freedom. Candidates join the set, mass-like ones with all coefficients 1 first at equal chi2, if they are
    independent of it and the *joint* chi2 with the full covariance rises by no more than the same rate; otherwise a
    multiple of a law plus a small species would pass.

    Returns
    -------
    list of integer arrays ``(laws, species)``
        Hypotheses, the most informative first: species too small to be seen joined to the laws; the laws as found.
        Empty when nothing is conserved.
    """
    n = len(data.species)
    vectors = _candidates(n)
    if not len(vectors):
        return []
    courses = [np.where(np.isfinite(v), v, s) for (_, _, v), s in zip(data, smooth, strict=True)]
    variances = [noise.sigma(s) ** 2 for s in smooth]
    freedom = sum(len(c) - 1 for c in courses)
    chi2 = np.zeros(len(vectors))
    transposed = vectors.T.astype(float)
    for c, s2 in zip(courses, variances, strict=True):
        q, w = c @ transposed, 1.0 / np.maximum(s2 @ transposed**2, 1e-300)
        mean = (w * q).sum(axis=0) / w.sum(axis=0)
        chi2 += (w * (q - mean) ** 2).sum(axis=0)
    passing = np.flatnonzero(chi2 < ACCEPT * freedom)
    price = EXCESS * np.maximum(vectors - 1, 0).sum(axis=1) + ABSENT * (vectors == 0).sum(axis=1)
    order = passing[np.argsort(chi2[passing] + price[passing], kind="stable")]
    chosen: list[np.ndarray] = []
    joint = 0.0
    for index in order:
        trial = np.array([*chosen, vectors[index]])
        if len(trial) >= n or np.linalg.matrix_rank(trial) < len(trial):
            continue
        value = _joint_chi2(trial, courses, variances)
        if value - joint < ACCEPT * freedom:
            chosen.append(vectors[index])
            joint = value
    if not chosen:
        return []
    laws = np.array(chosen)
    variant = _with_invisible_species(laws, courses, variances)
    return [laws] if np.array_equal(variant, laws) else [variant, laws]


def near_laws(data: Trajectories, smooth: list[np.ndarray], laws: np.ndarray) -> np.ndarray:
    """Find sums that vary much less than their parts, even if by more than the noise.

    Weighing errors, evaporation or a calibration spoil a balance in real data; a hypothesis about what a hidden
    species carries can do with that.

    Parameters
    ----------
    data, smooth
        Measurements, and their smoothed courses for the gaps.
    laws
        ``(laws, species)`` that hold within the noise; they stay.

    Returns
    -------
    integer array ``(laws, species)``
        The given laws and further independent ones.
    """
    vectors = _candidates(len(data.species))
    if not len(vectors):
        return laws
    courses = [np.where(np.isfinite(v), v, s) for (_, _, v), s in zip(data, smooth, strict=True)]
    centred = np.concatenate([c - c.mean(axis=0) for c in courses])
    parts = (centred**2).sum(axis=0) @ (vectors**2).T
    ratio = ((centred @ vectors.T) ** 2).sum(axis=0) / np.maximum(parts, 1e-300)
    price = ratio * LARGER ** np.maximum(vectors - 1, 0).sum(axis=1)
    for index in np.argsort(price, kind="stable"):
        if price[index] > NEARLY:
            break
        trial = np.vstack([laws, vectors[index]]) if len(laws) else vectors[[index]]
        if len(trial) < len(data.species) and np.linalg.matrix_rank(trial) == len(trial):
            laws = trial
    return laws


def _candidates(n: int) -> np.ndarray:
    """Integer vectors with coefficients from 0 to 3 (fewer for many species) and greatest common divisor 1."""
    for top in (3, 2, 1):
        if (top + 1) ** n <= MOST_VECTORS:
            vectors = np.array(list(product(range(top + 1), repeat=n)), dtype=np.int64)
            return vectors[np.gcd.reduce(vectors, axis=1) == 1]
    return np.zeros((0, n), np.int64)


def _joint_chi2(laws: np.ndarray, courses: list[np.ndarray], variances: list[np.ndarray]) -> float:
    """chi2 of all laws together about their means, with the covariance that shared species give them."""
    total = 0.0
    for c, s2 in zip(courses, variances, strict=True):
        covariance = np.einsum("li,ti,mi->tlm", laws, s2, laws)
        weight = np.linalg.inv(
            covariance + 1e-12 * np.trace(covariance, axis1=1, axis2=2)[:, None, None] * np.eye(len(laws))
        )
        q = c @ laws.T
        mean = np.linalg.solve(weight.sum(axis=0), np.einsum("tlm,tm->l", weight, q))
        r = q - mean
        total += float(np.einsum("tl,tlm,tm->", r, weight, r))
    return total


def _with_invisible_species(laws: np.ndarray, courses: list[np.ndarray], variances: list[np.ndarray]) -> np.ndarray:
    """Give coefficient 1 to species whose whole range is far below the noise of a law."""
    result = laws.copy()
    span = np.max([c.max(axis=0) - c.min(axis=0) for c in courses], axis=0)
    for row in result:
        noise = np.sqrt(np.median(np.concatenate([s2 @ row.astype(float) ** 2 for s2 in variances])))
        if row.sum() > 1:
            row[(row == 0) & (span < INVISIBLE * noise)] = 1
    return result
