"""The power law that fits courses best: orders, rate constant and their covariance.

The rate of the followed species is k times a product of powers, so that its course is a line over the integral of that
product, whatever the orders: the normalised time of variable time normalisation analysis (Bures 2016), here with the
orders found by least squares, and the level of every course solved for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from .courses import Course

STARTS = (0.0, 1.0, 2.0)  # orders from which fits start, where there are few species
MOST_STARTS = 30
LOWEST, HIGHEST = -4.0, 6.0


@dataclass(frozen=True, slots=True, eq=False)
class PowerLaw:
    """The best orders.

    Attributes
    ----------
    orders, log_rate
        ``(drivers,)`` orders and ln k at the mean logarithms of the concentrations.
    sign
        1 for a species that is made, -1 for one that is used up.
    covariance
        ``(drivers + 1, drivers + 1)`` of ln k and the orders, in units of the noise model.
    chi2, freedom
        Sum of squares in units of the noise, and how many values it has beyond the fitted numbers.
    residuals
        ``(times,)`` a course, in units of the noise.
    """

    orders: np.ndarray
    log_rate: float
    sign: int
    covariance: np.ndarray
    chi2: float
    freedom: int
    residuals: tuple[np.ndarray, ...]


def fit_power_law(courses: Sequence[Course], drivers: int) -> PowerLaw | None:
    """Find the orders and the rate constant; None where the species moves neither up nor down."""
    sign = int(np.sign(sum(float(c.weights.max() * (c.values[-1] - c.values[0])) for c in courses)))
    if sign == 0:
        return None
    grids = list(product(STARTS, repeat=drivers)) if len(STARTS) ** drivers <= MOST_STARTS else [(1.0,) * drivers]
    found = [_from(courses, np.array(start), sign) for start in grids]
    best = min((f for f in found if f is not None), key=lambda f: f.cost, default=None)
    if best is None:
        return None
    jacobian = _jacobian(courses, best.x, sign)
    count = sum(int((c.weights > 0).sum()) for c in courses)
    freedom = max(count - len(courses) - len(best.x), 1)
    return PowerLaw(
        best.x[1:],
        float(best.x[0]),
        sign,
        np.linalg.pinv(jacobian.T @ jacobian, hermitian=True),
        float(2.0 * best.cost),
        freedom,
        tuple(_residuals(c, best.x, sign) for c in courses),
    )


def refined(courses: Sequence[Course], law: PowerLaw, shift: np.ndarray) -> np.ndarray:
    """Fit other courses from a law by one Gauss-Newton step: ln k and orders, ``(drivers + 1,)``.

    ``shift`` is how much higher the logarithms are that were subtracted from them.
    """
    start = np.concatenate([[law.log_rate + shift @ law.orders], law.orders])
    residuals = np.concatenate([_residuals(c, start, law.sign) for c in courses])
    return start - np.linalg.lstsq(_jacobian(courses, start, law.sign), residuals, rcond=1e-10)[0]


def _from(courses: Sequence[Course], orders: np.ndarray, sign: int):
    """Fit from one start, with the rate constant that suits it best."""
    above = below = 0.0
    for c in courses:
        line, values = c.integral(orders)[0], c.values
        line, values = _centred(line[:, None], c.weights)[:, 0], _centred(values[:, None], c.weights)[:, 0]
        above, below = above + sign * float(line @ values), below + float(line @ line)
    if not (above > 0 and below > 0):
        return None
    start = np.concatenate([[np.log(above / below)], orders])
    slopes: Any = lambda x: _jacobian(courses, x, sign)  # noqa: E731 (the stub takes it for a name)
    bounds = ([-np.inf, *[LOWEST] * len(orders)], [np.inf, *[HIGHEST] * len(orders)])
    return least_squares(
        lambda x: np.concatenate([_residuals(c, x, sign) for c in courses]),
        start,
        slopes,
        bounds=bounds,
        x_scale="jac",
        xtol=1e-10,
        ftol=1e-10,
        max_nfev=60,
    )


def _residuals(course: Course, x: np.ndarray, sign: int) -> np.ndarray:
    line = sign * np.exp(x[0]) * course.integral(x[1:])[0] - course.values
    return _centred(line[:, None], course.weights)[:, 0]


def _jacobian(courses: Sequence[Course], x: np.ndarray, sign: int) -> np.ndarray:
    rows = []
    for c in courses:
        line, slopes = c.integral(x[1:])
        rows.append(_centred(sign * np.exp(x[0]) * np.column_stack([line, slopes]), c.weights))
    return np.concatenate(rows)


def _centred(columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weigh columns ``(times, columns)`` and take out the level that each course has to itself."""
    share = weights**2 / max(float((weights**2).sum()), 1e-300)
    return weights[:, None] * (columns - share @ columns)
