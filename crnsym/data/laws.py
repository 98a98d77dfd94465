"""Conservation laws mined from the measurements, as hypotheses.

A law is an integer combination of species that stays constant in every run. Slow modes of the runs (the first
orthogonal polynomials in the sample index) hold nearly all of what reactions do and little noise, so that laws are
tested there: the variance of a combination in the slow modes against its variance in the others (F test).

In a vessel that is fed or emptied a law holds for what the reactions change: for courses freed of what flows in and
out, one for each time between additions (`crnsym.data.operation.courses.pieces`). Totals of amounts would need a volume
for every run, and sums over additions carry the errors of what was added.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import f as f_distribution
from sympy import ZZ
from sympy.polys.matrices import DM

from crnsym.data.noise import NoiseModel
from crnsym.data.operation.courses import pieces
from crnsym.data.trajectories import Trajectories

MODES = 6  # slow modes of a run, at most
STRICT = 1e-3  # probability with which a true law is refused
MOST, LOOSE = 3.0, 4.0  # ratio of variances that a law may have, by the test and as a loose hypothesis
MODEL = 0.25  # of the noise model's variance: least that counts as noise, as where data were smoothed
MOVING = 1.4  # singular value of the slow modes, in units of the noise, above which a direction moves
SCALES = (1, 3, 10, 30)  # weights of the data against the size of coefficients in the lattice
LARGEST = 4  # coefficient
PER_MOLECULE, NEGATIVE = 3.0, 6.0  # price, in units of chi2, of a coefficient's size and of its being negative
MOST_LISTED = 5_000  # non-negative vectors that are listed beside those of the lattice
NEARLY = 0.02  # of the variance of its parts: what a sum that is nearly constant may vary
LARGER = 4.0  # factor on that, for every coefficient above 1
INVISIBLE = 0.2  # of the law's noise: a species with a smaller range could stand in the law unseen


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """Runs taken apart into slow modes and the rest.

    Attributes
    ----------
    slow
        ``(rows, species)`` coefficients of the slow modes of all runs.
    rest
        ``(species, species)`` mean products of the rest of the data.
    freedom
        Number of independent values in ``slow`` and in the rest.
    variance
        ``(species,)`` variance of a measurement by the noise model.
    """

    slow: np.ndarray
    rest: np.ndarray
    freedom: tuple[int, int]
    variance: np.ndarray

    @staticmethod
    def of(courses: list[np.ndarray], variances: list[np.ndarray]) -> "Modes":
        """Take apart courses ``(times, species)`` without gaps, with the variances of their values."""
        rows, rest, freedom = [], np.zeros((courses[0].shape[1],) * 2), 0
        for course in courses:
            times = len(course)
            count = min(MODES, (times - 1) // 2)
            basis = np.linalg.qr(np.vander(np.linspace(-1.0, 1.0, times), count + 1, increasing=True))[0]
            rows.append(basis[:, 1:].T @ course)
            left = course - basis @ (basis.T @ course)
            rest += left.T @ left
            freedom += times - count - 1
        slow = np.concatenate(rows)
        variance = np.concatenate(variances).mean(axis=0)
        return Modes(slow, rest / max(freedom, 1), (len(slow), freedom), variance)

    def ratio(self, combination: np.ndarray) -> float:
        """Variance of a combination in the slow modes over that of its noise: about 1 where it is constant."""
        square = combination**2 @ self.variance
        noise = combination @ self.rest @ combination if self.freedom[1] >= self.freedom[0] else square
        slow = float(((self.slow @ combination) ** 2).sum()) / max(self.freedom[0], 1)
        return slow / max(float(noise), MODEL * float(square), 1e-300)

    def beside(self, combination: np.ndarray, laws: list[np.ndarray]) -> np.ndarray:
        """Return the part of a combination whose noise has nothing to do with that of the laws.

        Otherwise a multiple of a law plus a small species would pass.
        """
        if not laws:
            return combination.astype(float)
        rows = np.array(laws, float)
        weighted = rows * self.variance
        share = np.linalg.solve(weighted @ rows.T, weighted @ combination)
        return combination - share @ rows


def mine_laws(data: Trajectories, noise: NoiseModel, smooth: list[np.ndarray]) -> list[np.ndarray]:
    """Find small integer combinations of species that stay constant within the noise.

    Candidates come from lattice reduction (Lenstra, Lenstra & Lovasz 1982), so that 30 species are no more difficult
    than five, and from a list of small non-negative vectors. They join the set one by one, non-negative and small ones
    first, if they are independent of it and what is new in them stays constant too.

    Returns
    -------
    list of integer arrays ``(laws, species)``
        Hypotheses, the most informative first: species too small to be seen joined to the laws; sums that vary by
        up to twice the noise; the laws that hold within the noise. Empty when nothing is conserved.
    """
    followed = np.flatnonzero(is_followed(data))
    n = len(data.species)
    courses, variances = _courses(data, noise, smooth)
    modes = _modes(courses, variances)
    if modes is None:
        return []
    vectors = _candidates(modes)
    found: list[np.ndarray] = []
    for limit in (LOOSE, _limit(modes)):
        laws = np.zeros((0, n), np.int64)
        chosen = accepted(modes, vectors, limit)
        if len(chosen):
            laws = np.zeros((len(chosen), n), np.int64)
            laws[:, followed] = chosen
        if len(laws) and not any(np.array_equal(laws, other) for other in found):
            found.append(laws)
    if not found:
        return []
    variant = found[-1].copy()
    variant[:, followed] = _with_invisible_species(found[-1][:, followed], courses, variances)
    return found if any(np.array_equal(variant, laws) for laws in found) else [variant, *found]


def holding(data: Trajectories, noise: NoiseModel, smooth: list[np.ndarray]) -> np.ndarray:
    """Return all candidates that stay constant within the noise by themselves, ``(laws, species)``, in their order."""
    modes = _modes(*_courses(data, noise, smooth))
    if modes is None:
        return np.zeros((0, len(data.species)), np.int64)
    limit = _limit(modes)
    alone = [v for v in _candidates(modes) if modes.ratio(v) <= limit]
    laws = np.zeros((len(alone), len(data.species)), np.int64)
    if alone:
        laws[:, is_followed(data)] = alone
    return laws


def _courses(
    data: Trajectories, noise: NoiseModel, smooth: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return courses of the followed species ``(times, species)`` and the variances of their values."""
    followed = np.flatnonzero(is_followed(data))
    parts = pieces(data, smooth)
    return [part.gained[:, followed] for part in parts], [noise.sigma(p.smooth)[:, followed] ** 2 for p in parts]


def _modes(courses: list[np.ndarray], variances: list[np.ndarray]) -> Modes | None:
    """Take the courses apart that are long enough; None where none is, or nothing was followed."""
    long = [i for i, c in enumerate(courses) if len(c) > 2 and c.shape[1]]
    return Modes.of([courses[i] for i in long], [variances[i] for i in long]) if long else None


def _limit(modes: Modes) -> float:
    """Ratio of variances that a law may have."""
    return min(MOST, float(f_distribution.isf(STRICT, *(max(f, 1) for f in modes.freedom))))


def is_followed(data: Trajectories) -> np.ndarray:
    """Which species were measured after the first row of some run, ``(species,)``; others were only weighed in."""
    return np.any([np.isfinite(v[1:]).any(axis=0) for v in data.values], axis=0)


def accepted(modes: Modes, vectors: np.ndarray, limit: float) -> list[np.ndarray]:
    """Return the independent candidates, in their order, whose variance ratio stays below a limit."""
    chosen: list[np.ndarray] = []
    for vector in vectors:
        if len(chosen) + 1 >= vectors.shape[1] or modes.ratio(vector) > limit:
            continue
        trial = np.array([*chosen, vector])
        if np.linalg.matrix_rank(trial) == len(trial) and modes.ratio(modes.beside(vector, chosen)) <= limit:
            chosen.append(vector)
    return chosen


def _candidates(modes: Modes) -> np.ndarray:
    """Integer vectors of greatest common divisor 1: those without negative coefficients first, then small ones."""
    everything = (1,) * modes.slow.shape[1]
    found = sorted({everything, *(tuple(v) for v in (*_listed(modes.slow.shape[1]).tolist(), *_reduced(modes)))})
    found = [v for v in found if max(map(abs, v)) <= LARGEST and sum(map(abs, v)) <= 3 + 1.5 * len(v)]
    vectors = np.array(found, np.int64).reshape(len(found), modes.slow.shape[1])
    misfit = modes.freedom[0] * np.array([modes.ratio(v) for v in vectors])
    price = PER_MOLECULE * np.abs(vectors).sum(axis=1) + NEGATIVE * np.maximum(-vectors, 0).sum(axis=1)
    return vectors[np.argsort(misfit + price, kind="stable")]


def _reduced(modes: Modes) -> list[tuple[int, ...]]:
    """Short vectors of the lattice [I | W D], where D is how much each species moves in every moving direction.

    A short vector has small coefficients and moves little. Each W starts from the basis that the last one left.
    """
    n = modes.slow.shape[1]
    sigma = np.sqrt(np.maximum(modes.variance, 1e-300))
    _, sizes, directions = np.linalg.svd(modes.slow / sigma, full_matrices=False)
    sizes = sizes / np.sqrt(len(modes.slow))
    moving = sizes > MOVING
    amounts = (directions[moving] * sizes[moving, None] * sigma).T / np.median(sigma)
    basis, found = np.eye(n, dtype=np.int64), []
    for scale in SCALES:
        basis = _lattice(basis, scale * amounts)
        for v in basis:
            sign = -1 if v.sum() < 0 or (v.sum() == 0 and v[np.flatnonzero(v)[0]] < 0) else 1
            found.append(tuple((sign * v // np.gcd.reduce(np.abs(v))).tolist()))
    return found


def _lattice(basis: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Reduce the lattice of some vectors, each extended by how much it moves."""
    moved = basis @ np.rint(np.clip(amounts, -1e9, 1e9)).astype(np.int64)
    rows = [[int(v) for v in row] for row in np.hstack([basis, moved])]
    return np.array([[int(v) for v in row[: basis.shape[1]]] for row in DM(rows, ZZ).lll().to_list()], np.int64)


def _listed(n: int) -> np.ndarray:
    """Integer vectors with coefficients from 0 to 3 (fewer for many species) and greatest common divisor 1."""
    for top in (3, 2, 1):
        if (top + 1) ** n <= MOST_LISTED:
            vectors = np.array(list(product(range(top + 1), repeat=n)), dtype=np.int64)
            return vectors[np.gcd.reduce(vectors, axis=1) == 1]
    return np.zeros((0, n), np.int64)


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
    vectors = _listed(len(data.species))
    if not len(vectors):
        return laws
    courses = [part.gained for part in pieces(data, smooth)]
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


def _with_invisible_species(laws: np.ndarray, courses: list[np.ndarray], variances: list[np.ndarray]) -> np.ndarray:
    """Give coefficient 1 to species whose whole range is far below the noise of a law."""
    result = laws.copy()
    span = np.max([c.max(axis=0) - c.min(axis=0) for c in courses], axis=0)
    for row in result:
        noise = np.sqrt(np.median(np.concatenate([s2 @ row.astype(float) ** 2 for s2 in variances])))
        if row.sum() > 1:
            row[(row == 0) & (span < INVISIBLE * noise)] = 1
    return result
