"""Weak form of the rate equations on reactant complexes: no derivatives of noisy data.

For a bump phi that vanishes at the ends of its window, -int phi' c dtau = sum_y theta_y int phi c^y (dt/dtau) dtau,
with the sample index as abscissa tau, so that logarithmic sampling works (Messenger & Bortz 2021; the grouping by
reactant complex follows the theory of dynamical equivalence, Craciun & Pantea 2008).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from crnsym.data.noise import NoiseModel
from crnsym.data.operation.courses import pieces
from crnsym.data.operation.operation import Operation
from crnsym.data.operation.plan import kelvin_at, plan
from crnsym.data.trajectories import Trajectories
from crnsym.regression.quadratic import Quadratic, elimination_path

HALF_WIDTHS = (5, 9, 15)
RIGHT_SIDE_NOISE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class WeakForm:
    """Rows of the weak form: ``left[i]`` (rows,) and ``right`` (rows, complexes), with row variances.

    ``run`` is the experiment of each row, ``warmth`` by how much 1/T is higher there than in the run as a whole, where
    its temperature is a program.
    """

    complexes: np.ndarray
    left: np.ndarray
    right: np.ndarray
    variance: np.ndarray
    sensitivity: np.ndarray
    run: np.ndarray
    warmth: np.ndarray

    def inverse(self, runs: np.ndarray) -> np.ndarray:
        """Return 1/T of the rows, ``(rows,)``, from that of the runs, or differences of it from some value."""
        return runs[self.run] + self.warmth

    def quadratic(self, extra: np.ndarray | float = 0.0, robust: np.ndarray | float = 1.0) -> Quadratic:
        """Weighted least-squares loss; ``extra`` is added to and ``robust`` multiplies the row variances."""
        deviation = np.sqrt((self.variance + extra) * robust)
        n_complexes, n_species = self.complexes.shape
        gram = np.zeros((n_complexes, n_species, n_complexes, n_species))
        moment = np.zeros((n_complexes, n_species))
        left = self.left / deviation
        for i in range(n_species):
            right = self.right / deviation[:, i : i + 1]
            gram[:, i, :, i] = right.T @ right
            moment[:, i] = right.T @ left[:, i]
        size = n_complexes * n_species
        return Quadratic(self.complexes, gram.reshape(size, size), moment.ravel(), float((left**2).sum()), True)


def monomials(states: np.ndarray, complexes: np.ndarray) -> np.ndarray:
    """c^y for states ``(..., species)``, as ``(..., complexes)``; exact at zero."""
    factors = np.concatenate([np.ones((*states.shape[:-1], 1)), states], axis=-1)
    below, orders = complexes.cumsum(axis=1), complexes.sum(axis=1)
    result = np.ones((*states.shape[:-1], len(complexes)))
    for molecule in range(int(orders.max(initial=0))):  # its species, or the factor 1 behind the last molecule
        species = np.where(molecule < orders, 1 + (below <= molecule).sum(axis=1), 0)
        result *= factors[..., species]
    return result


def weak_form(data: Trajectories, noise: NoiseModel, smooth: list[np.ndarray], complexes: np.ndarray) -> WeakForm:
    """Assemble the rows over all runs and bump widths.

    What flows in and out is on the left side, integrated, and windows end where an addition makes a course jump.
    """
    lefts, rights, variances, sensitivities, runs, warmth = [], [], [], [], [], []
    for run, t, gained, s in pieces(data, smooth):
        n = len(t)
        if data.operation is not None and data.operation[run].steady:
            phi, slope, left = _at_rest(t, gained, data.operation[run], data.species)
            t = np.arange(n, dtype=float)  # every row counts alike
        else:
            phi, slope = _bumps(n)
            left = -slope @ gained
        if not len(phi):
            continue
        speed = np.gradient(t) if n > 1 else np.ones(1)
        theta = monomials(s, complexes) * speed[:, None]
        sigma2 = noise.sigma(s) ** 2
        lefts.append(left)
        rights.append(phi @ theta)
        runs.append(np.full(len(phi), run))
        warmth.append(_warmth(data, run, t, phi * speed))
        variances.append(slope**2 @ sigma2)
        # variance of the right side per unit of squared Jacobian row, for the second pass
        sensitivities.append(phi**2 @ (sigma2 * speed[:, None] ** 2))
    n_species = len(data.species)
    if not lefts:
        empty = np.zeros((0, n_species))
        return WeakForm(complexes, empty, np.zeros((0, len(complexes))), empty, empty, np.zeros(0, int), np.zeros(0))
    variance = np.concatenate(variances)
    largest = np.nanmax(np.abs(np.concatenate(data.values)), axis=0, initial=0.0)
    floor = 1e-12 * largest**2 + 1e-6 * np.median(variance, axis=0) + 1e-300
    return WeakForm(
        complexes,
        np.concatenate(lefts),
        np.concatenate(rights),
        np.maximum(variance, floor),
        np.concatenate(sensitivities),
        np.concatenate(runs),
        np.concatenate(warmth),
    )


def _warmth(data: Trajectories, run: int, times: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return mean 1/T with weights ``(rows, times)`` less that of the run, ``(rows,)``; 0 without a program."""
    program = data.operation is not None and bool(data.operation[run].program)
    if not program or data.temperatures is None or data.operation is None:
        return np.zeros(len(weights))
    inverse = 1.0 / kelvin_at(plan(data.operation[run], ()), times) - 1.0 / data.temperatures[run]
    return weights @ inverse / np.maximum(weights.sum(axis=1), 1e-300)


def _at_rest(
    residence: np.ndarray, course: np.ndarray, operation: Operation, species: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of tanks at rest behind the inlet: the rate is what flows out less what flows in."""
    rows = np.eye(len(residence))[1:]
    inlet = dict(operation.charge)
    made = course[1:] - [inlet.get(name, 0.0) for name in species]
    return rows, rows / residence[1:, None], made / residence[1:, None]


@lru_cache(maxsize=64)
def _bumps(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Bumps (1 - x^2)^4 and their derivatives on n samples, ``(rows, samples)`` each; none is cut off by an end."""
    rows, slopes = [], []
    index = np.arange(n, dtype=float)
    widths = [w for w in HALF_WIDTHS if 2 * w + 1 <= n] or ([max(2, (n - 1) // 2)] if n >= 5 else [])
    for width in widths:
        for centre in np.arange(width, n - 1 - width + 1e-9, max(1.0, width / 2)):
            x = (index - centre) / (width + 0.5)
            inside = np.maximum(1.0 - x**2, 0.0)
            rows.append(inside**4)
            slopes.append(-8.0 * x * inside**3 / (width + 0.5))
    phi, slope = np.array(rows).reshape(-1, n), np.array(slopes).reshape(-1, n)
    phi.flags.writeable = slope.flags.writeable = False  # the same for all runs of this length
    return phi, slope


def weak_quadratic(form: WeakForm) -> Quadratic:
    """Loss of the weak form with the row variances found in three passes.

    Noise of the data; noise propagated through the right side with the elbow's net vectors; Cauchy weights against
    unresolved transients.
    """
    count = max(form.left.size, 1)
    extra: np.ndarray | float = 0.0
    robust: np.ndarray | float = 1.0
    for sweep in range(2):
        quadratic = form.quadratic(extra)
        models, elbow = elimination_path(quadratic, count)
        theta = models[elbow].net_vectors.T
        residual = form.left - form.right @ theta.T
        extra = RIGHT_SIDE_NOISE * propagated(form, theta)
        robust = 1.0 + residual**2 / (6.0 * (form.variance + extra)) if sweep else 1.0
    return form.quadratic(extra, robust)


def propagated(form: WeakForm, theta: np.ndarray) -> np.ndarray:
    """Variance of the right side from noise in the states, with typical partial derivatives of the monomials."""
    n_species = theta.shape[0]
    result = np.zeros_like(form.left)
    if not len(form.right):
        return result  # too few samples for a single equation
    scale = np.abs(form.right).mean(axis=0) / np.maximum(np.abs(form.right[:, :1]).mean(), 1e-300)
    level = np.array(
        [
            max(
                scale[np.flatnonzero((form.complexes.sum(axis=1) == 1) & (form.complexes[:, m] == 1))[0]],
                1e-300,
            )
            for m in range(n_species)
        ]
    )
    for m in range(n_species):
        partial = theta * (form.complexes[:, m] * scale / level[m])
        row = partial.sum(axis=1)
        result += form.sensitivity[:, m : m + 1] * row**2
    return result
