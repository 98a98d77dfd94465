"""A quick look at every rate law: least squares on the extent of the reaction, in milliseconds a law.

Multiplied by its denominator, rate (1 + sum K_i m_i) = k f - k_r g, a law is linear in its constants: non-negative
least squares start a few Gauss-Newton steps on the law itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from .courses import Extents
from .form import Form

STEPS = 60
WEAK = 0.02  # of the denominator: what counts as a part of it
FEW = 0.8  # of the points, at which a lone species must leave sites free
SLIGHT = 1e-3  # a way back whose largest rate is less than this of that of the way forward is none
SPAN, MOST, ALWAYS = 14.0, 8, 4  # score units beside the best, laws that are fitted at most, and at least


@dataclass(frozen=True, slots=True)
class Screened:
    """A law with constants near the best.

    Attributes
    ----------
    form
        The law.
    values
        {constant: value}.
    score
        N ln(chi2/N) + constants ln N.
    """

    form: Form
    values: Mapping[str, float]
    score: float


def screen(forms: Sequence[Form], data: Extents, species: Sequence[str]) -> list[Screened]:
    """Fit all laws to the extent, best first; those whose denominators do nothing are left out."""
    found = [law for form in forms if (law := _fitted(form, data, species)) is not None]
    return sorted(found, key=lambda law: law.score)


def chosen(laws: Sequence[Screened]) -> list[Screened]:
    """Return the laws that deserve a fit to the measurements themselves."""
    if not laws:
        return []
    near = [law for law in laws if law.score < laws[0].score + SPAN][:MOST]
    return near if len(near) >= ALWAYS else list(laws[:ALWAYS])


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Columns of a law at the points: f (and g), and what binding constants multiply."""

    top: np.ndarray
    terms: np.ndarray
    sites: int
    kinds: bool

    def rate(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rate at constants exp(x), and its derivatives in x."""
        numbers = np.exp(x)
        tops, bound = self.top * numbers[: self.top.shape[1]], self.terms * numbers[self.top.shape[1] :]
        if self.kinds:
            below, slopes = np.prod(1 + bound, axis=1), bound / (1 + bound)
        else:
            whole = 1 + bound.sum(axis=1)
            below, slopes = whole**self.sites, self.sites * bound / whole[:, None]
        rate = tops.sum(axis=1) / below
        return rate, np.column_stack([tops / below[:, None], -rate[:, None] * slopes])

    def idle(self, numbers: np.ndarray) -> bool:
        """Whether a constant does nothing: the law is then a simpler one."""
        count = self.top.shape[1]
        tops = np.abs(self.top * numbers[:count]).max(axis=0)
        bound = self.terms * numbers[count:]
        if np.any(tops < SLIGHT * tops[0]):
            return True
        whole = 1.0 + bound.sum(axis=1)
        shares = (bound / whole[:, None]).max(axis=0, initial=0.0)
        # all sites taken by one species: a power law without the 1
        full = len(shares) == 1 and bool(np.quantile(1.0 / whole, FEW) < WEAK)
        return bool(np.any(shares < WEAK)) or full


def is_idle(form: Form, values: Mapping[str, float], points: np.ndarray, species: Sequence[str]) -> bool:
    """Whether a constant of a fitted law does nothing at these concentrations."""
    return _parts(form, points, species).idle(np.array([values[name] for name in form.parameters]))


def _parts(form: Form, points: np.ndarray, species: Sequence[str]) -> _Parts:
    column = {name: points[:, i] for i, name in enumerate(species)}
    ones = np.ones(len(points))
    top = [np.prod([column[name] ** float(n) for name, n in form.orders] or [ones], axis=0)]
    if form.reversible:
        top.append(-np.prod([column[name] ** float(n) for name, n in form.products.items()], axis=0))
    terms = [column[name] ** float(n) for name, n in form.bound]
    return _Parts(np.column_stack(top), np.column_stack(terms or [np.empty((len(points), 0))]), form.sites, form.kinds)


def _fitted(form: Form, data: Extents, species: Sequence[str]) -> Screened | None:
    parts = _parts(form, data.points, species)
    sizes = np.maximum(parts.terms.max(axis=0, initial=0.0), 1e-300)
    best = None
    for start in _starts(parts, data, sizes):
        found = _descended(parts, data, start)
        if found is not None and (best is None or found[1] < best[1]):
            best = found
    if best is None:
        return None
    numbers = np.exp(best[0])
    if parts.idle(numbers):
        return None
    count = data.freedom
    score = count * np.log(best[1] / count) + len(numbers) * np.log(count)
    return Screened(form, dict(zip(form.parameters, map(float, numbers), strict=True)), float(score))


def _starts(parts: _Parts, data: Extents, sizes: np.ndarray) -> list[np.ndarray]:
    """Logarithms of constants: of the linear problem, and of a denominator of 2."""
    linear = data.operator @ np.column_stack([parts.top, -parts.terms * data.speeds[:, None]])
    scale = np.maximum(np.linalg.norm(linear, axis=0), 1e-300)
    numbers = nnls(linear / scale, data.target)[0] / scale
    count = parts.top.shape[1]
    tops = np.maximum(numbers[:count], 1e-3 * max(numbers[:count].max(), 1e-300))
    bound = np.clip(numbers[count:] / max(parts.sites, 1), 0.1 / sizes, 1e3 / sizes)
    found = [np.log(np.concatenate([tops, bound]))] if numbers[:count].max() > 0 else []
    half = 1.0 / sizes
    level = parts.top / ((1 + parts.terms @ half) ** max(parts.sites, 1))[:, None]
    columns = data.operator @ level
    size = np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
    tops = nnls(columns / size, data.target)[0] / size
    if tops.max() > 0 and (len(half) or not found):
        found.append(np.log(np.concatenate([np.maximum(tops, 1e-3 * tops.max()), half])))
    return found


def _descended(parts: _Parts, data: Extents, x: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Levenberg-Marquardt on the logarithms; returns them and the sum of squares."""
    damping = 1e-2
    rate, slopes = parts.rate(x)
    left = data.operator @ rate - data.target
    cost = float(left @ left)
    for _ in range(STEPS):
        jacobian = data.operator @ slopes
        square, gradient = jacobian.T @ jacobian, jacobian.T @ left
        step = -np.linalg.solve(square + damping * np.diag(np.diag(square)) + 1e-9 * np.eye(len(x)), gradient)
        trial = x + np.clip(step, -2.0, 2.0)
        rate, moved = parts.rate(trial)
        there = data.operator @ rate - data.target
        value = float(there @ there)
        if not np.isfinite(value) or value > cost:
            damping *= 4.0
            if damping > 1e8:
                break
            continue
        done = cost - value < 1e-6 * cost
        x, slopes, left, cost, damping = trial, moved, there, value, max(damping / 4.0, 1e-9)
        if done:
            break
    return (x, cost) if np.isfinite(cost) else None
