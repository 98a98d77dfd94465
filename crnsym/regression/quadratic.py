"""A least-squares problem in the net vectors of reactant complexes, and the path of its eliminations.

Both the weak form and the linearised trajectories give the same object: loss(theta) = constant + theta' gram theta
- 2 moment' theta for theta_{y,i}, the net production of species i by complex y.
"""

from dataclasses import dataclass

import numpy as np

from crnsym.regression.gram import RIDGE, eliminate_groups, nonnegative
from crnsym.regression.library import Library


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """Loss in theta, ``(complexes * species,)`` with species fastest.

    Attributes
    ----------
    complexes
        ``(complexes, species)``.
    gram, moment, constant
        The loss.
    separable
        Whether different species do not interact (the weak form).
    """

    complexes: np.ndarray
    gram: np.ndarray
    moment: np.ndarray
    constant: float
    separable: bool = False

    @property
    def n_species(self) -> int:
        """Number of species."""
        return self.complexes.shape[1]

    def loss(self, theta: np.ndarray) -> float:
        """Loss at these net vectors."""
        return float(max(self.constant + theta @ self.gram @ theta - 2.0 * self.moment @ theta, 1e-300))

    def rows(self, source: np.ndarray) -> np.ndarray:
        """Positions of the complexes' unknowns, ``(len(source), species)``."""
        return source[:, None] * self.n_species + np.arange(self.n_species)

    def block(self, y: int) -> np.ndarray:
        """Gram block of one complex, ``(species, species)``."""
        index = self.rows(np.array([y]))[0]
        return self.gram[np.ix_(index, index)]

    def columns(self, source: np.ndarray, net: np.ndarray) -> np.ndarray:
        """Reactions as columns in theta space, ``(complexes * species, reactions)``."""
        result = np.zeros((len(self.moment), len(source)))
        result[self.rows(source), np.arange(len(source))[:, None]] = net
        return result

    def reduced(self, source: np.ndarray, net: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gram matrix and moment in the rates of these reactions."""
        rows = self.rows(source)
        moment = (net * self.moment[rows]).sum(axis=1)
        half = np.einsum("aiq,ai->aq", self.gram[rows], net)
        return np.einsum("abi,bi->ab", half[:, rows], net), moment

    def predict(self, source: np.ndarray, net: np.ndarray) -> tuple[np.ndarray, float]:
        """Best non-negative rates of these reactions and the predicted loss."""
        if not len(source):
            return np.zeros(0), self.constant
        gram, moment = self.reduced(source, net.astype(float))
        rates, value = nonnegative(gram, moment)
        return rates, max(self.constant + value, 1e-6 * self.constant)


@dataclass(frozen=True, slots=True, eq=False)
class ComplexModel:
    """Net vectors on a set of reactant complexes, with the precision of each conditional on the others free.

    Attributes
    ----------
    active
        Indices of the complexes in use.
    net_vectors
        ``(complexes, species)`` d_y, zero for the others.
    precision
        {complex index: ``(species, species)`` matrix}.
    """

    active: np.ndarray
    net_vectors: np.ndarray
    precision: dict[int, np.ndarray]


def elimination_path(
    quadratic: Quadratic, count: int, *, candidates: np.ndarray | None = None, library: Library | None = None
) -> tuple[list[ComplexModel], int]:
    """Eliminate complexes one by one, cheapest first.

    Parameters
    ----------
    quadratic
        The loss.
    count
        Number of residuals behind it, for the elbow argmin count ln(loss/count) + 2 k ln count.
    candidates
        Complexes to start from; default all.
    library
        If given, net vectors are non-negative combinations of these reactions (they then obey the library's
        conservation laws); otherwise any vector whose sign is allowed.

    Returns
    -------
    Models from the largest to the smallest, and the position of the elbow.
    """
    n = quadratic.n_species
    if library is not None:
        keep = np.ones(len(library.source), bool) if candidates is None else np.isin(library.source, candidates)
        source = library.source[keep]
        transform = quadratic.columns(source, library.net[keep])
        gram = transform.T @ quadratic.gram @ transform
        moment = transform.T @ quadratic.moment
        bounded, group = np.ones(len(source), bool), source
        blocks = [np.arange(len(source))]
    else:
        chosen = np.arange(len(quadratic.complexes)) if candidates is None else candidates
        index = quadratic.rows(chosen).ravel()
        transform = None
        gram, moment = quadratic.gram[np.ix_(index, index)], quadratic.moment[index]
        # a species that the complex does not consume can only be produced
        bounded, group = (quadratic.complexes[chosen] == 0).ravel(), np.repeat(chosen, n)
        blocks = [np.arange(i, len(index), n) for i in range(n)] if quadratic.separable else [np.arange(len(index))]
    models, loss, sizes = [], [], []
    for groups, x, value in eliminate_groups(gram, moment, bounded, group, blocks):
        theta = np.zeros(len(quadratic.moment))
        if transform is None:
            theta[index] = x
        else:
            theta = transform @ x
        precision = {int(y): _precision(quadratic, int(y), theta) for y in groups}
        models.append(ComplexModel(groups, theta.reshape(-1, n), precision))
        loss.append(max(quadratic.constant + value, 1e-9 * abs(quadratic.constant) + 1e-300))
        sizes.append(len(groups))
    if not models:
        return [], 0
    criterion = count * np.log(np.array(loss) / count) + 2.0 * np.array(sizes) * np.log(count)
    return models, int(np.argmin(criterion))


def _precision(quadratic: Quadratic, y: int, theta: np.ndarray) -> np.ndarray:
    """Precision of one net vector with the other unknowns of the support re-optimised."""
    own = quadratic.rows(np.array([y]))[0]
    support = np.flatnonzero(theta != 0.0)
    return conditional(quadratic.gram, own, np.setdiff1d(support, own))


def conditional(gram: np.ndarray, own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Precision of some unknowns with the others re-optimised (Schur complement)."""
    block = gram[np.ix_(own, own)].copy()
    if len(others):
        scale = 1.0 / np.sqrt(np.maximum(np.diag(gram)[others], 1e-300))
        inner = gram[np.ix_(others, others)] * scale[:, None] * scale
        inner[np.arange(len(others)), np.arange(len(others))] += 10 * RIDGE
        cross = gram[np.ix_(own, others)] * scale
        block -= cross @ np.linalg.solve(inner, cross.T)
    block = 0.5 * (block + block.T)
    block[np.arange(len(own)), np.arange(len(own))] += 1e-10 * np.diag(gram)[own] + 1e-300
    return block
