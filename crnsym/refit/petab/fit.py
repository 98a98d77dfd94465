"""The most likely parameters of a PEtab problem, from several starts within the bounds."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares, minimize
from scipy.stats import qmc

from ...errors import FitError, SimulationError
from ...formats.petab.problem import Parameter
from ...formats.petab.read import read_tables
from .likelihood import Judged, Likelihood
from .priors import scaled, unscaled

STEP = 1e-4
"""Step of differences, on the scales of the parameters: far above the error of the integration, 1e-9."""

OFFSET = 50.0
"""Added to logarithms of noise so that their squares can stand among squares: exp(-50) is a noise of nothing."""

FAR = 1e6
"""A residual where the model cannot be simulated."""

NARROWEST = 1e-12
"""Part of its upper bound at which a parameter on a logarithmic scale ends whose lower bound is 0 or less."""


NOTHING = 1e-9
"""Eigenvalue of the information, scaled to ones on its diagonal, that differences cannot tell from 0."""

NOTICEABLE = 0.01
"""Part of a parameter in directions without information that makes it undetermined."""


@dataclass(frozen=True, eq=False)
class Best:
    """Where one start ended.

    Attributes
    ----------
    numbers
        ``(parameters,)`` on the scales of the parameters.
    cost
        Minus the logarithm of likelihood and priors; infinite where nothing could be simulated.
    """

    numbers: np.ndarray
    cost: float


class Objective:
    """Minus the logarithm of likelihood and priors as a function of scaled parameters."""

    def __init__(self, likelihood: Likelihood) -> None:
        self.likelihood = likelihood
        tables = likelihood.tables
        self.free = [p for p in tables.parameters.values() if p.estimated]
        self.fixed = {p.id: p.nominal for p in tables.parameters.values() if not p.estimated}
        if not self.free:
            raise FitError(f"{tables.path}: no parameter is estimated")
        ends = np.array([bounds(p) for p in self.free])
        self.low, self.high = ends[:, 0], ends[:, 1]

    def values(self, numbers: np.ndarray) -> dict[str, float]:
        """Return all parameters of the table."""
        found = {p.id: float(unscaled(p, x)) for p, x in zip(self.free, numbers, strict=True)}
        return {name: {**self.fixed, **found}[name] for name in self.likelihood.tables.parameters}

    def judged(self, numbers: np.ndarray) -> Judged | None:
        """Return what the likelihood says, or None where the model cannot be simulated."""
        try:
            return self.likelihood.judge(self.values(numbers))
        except SimulationError:
            return None

    def cost(self, numbers: np.ndarray) -> float:
        """Return minus the logarithm of likelihood and priors."""
        found = self.judged(numbers)
        if found is None:
            return math.inf
        total = -found.log_likelihood - self.likelihood.log_prior(self.values(numbers))
        return total if math.isfinite(total) else math.inf

    @property
    def squares(self) -> bool:
        """Whether the cost is a sum of squares: normal noise, and no priors but flat ones."""
        return not self.likelihood.rows.laplace.any() and all(
            p.prior is None or p.prior.kind == "uniform" for p in self.free
        )

    def residuals(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers whose squares add up to twice the cost, but for a constant."""
        found = self.judged(numbers)
        if found is None:
            return np.full(2 * len(self.likelihood.rows), FAR)
        with np.errstate(all="ignore"):
            noise = np.sqrt(2 * np.maximum(np.log(found.noise) + OFFSET, 0.0))
            both = np.concatenate([found.residuals, noise])
        return np.where(np.isfinite(both), np.clip(both, -FAR, FAR), FAR)

    def differences(
        self, function: Callable[[np.ndarray], np.ndarray], numbers: np.ndarray, central: bool = False
    ) -> np.ndarray:
        """Return the derivatives of a function, ``(values, parameters)``."""
        here, columns = function(numbers), []
        for j in range(len(numbers)):
            forward = STEP if numbers[j] + STEP <= self.high[j] else -STEP
            there = numbers + forward * (np.arange(len(numbers)) == j)
            if central and self.low[j] <= numbers[j] - STEP and forward > 0:
                back = numbers - STEP * (np.arange(len(numbers)) == j)
                columns.append((function(there) - function(back)) / (2 * STEP))
            else:
                columns.append((function(there) - here) / forward)
        return np.array(columns).T

    def information(self, numbers: np.ndarray) -> np.ndarray:
        """Return Fisher's information of the scaled parameters, without priors, ``(parameters, parameters)``."""
        rows = self.likelihood.rows

        def both(x: np.ndarray) -> np.ndarray:
            found = self.judged(x)
            if found is None:
                return np.full(2 * len(rows), np.nan)
            with np.errstate(all="ignore"):
                return np.concatenate([rows.scaled(found.predicted), np.log(found.noise)])

        found = self.judged(numbers)
        if found is None:
            return np.full((len(numbers), len(numbers)), np.nan)
        mean, noise = np.split(self.differences(both, numbers, central=True), 2)
        mean = mean / found.noise[:, None]
        weight = np.where(rows.laplace, 1.0, 2.0)[:, None]
        return mean.T @ mean + noise.T @ (weight * noise)


def bounds(p: Parameter) -> tuple[float, float]:
    """Return the bounds of a parameter on its scale."""
    low, high = p.low, p.high
    if p.scale != "lin" and low <= 0:
        low = NARROWEST * (high if math.isfinite(high) else max(p.nominal, 1.0))
    with np.errstate(all="ignore"):
        ends = float(scaled(p, low)), float(scaled(p, high))
        if p.prior is not None and p.prior.kind == "uniform":
            flat = [float(x if p.prior.scaled else scaled(p, x)) for x in p.prior.numbers]
            ends = max([ends[0], *filter(math.isfinite, flat[:1])]), min([ends[1], *filter(math.isfinite, flat[1:])])
    return ends


def first_points(objective: Objective, starts: int, seed: int) -> list[np.ndarray]:
    """Return where fits start: the nominal values where all are given, then points spread within the bounds."""
    free = objective.free
    nominal = np.array([scaled(p, p.nominal) if p.nominal > 0 or p.scale == "lin" else np.nan for p in free])
    low = np.where(np.isfinite(objective.low), objective.low, np.nan_to_num(nominal) - 3.0)
    high = np.where(np.isfinite(objective.high), objective.high, np.nan_to_num(nominal) + 3.0)
    given = [np.clip(nominal, objective.low, objective.high)] if np.isfinite(nominal).all() else []
    more = max(starts - len(given), 0)
    spread = low + (high - low) * qmc.LatinHypercube(len(free), rng=seed).random(more) if more else []
    return [*given, *spread][:starts]


def fit_from(objective: Objective, start: np.ndarray) -> Best:
    """Follow one start to the nearest optimum."""
    narrow = 1e-9 * np.nan_to_num(objective.high - objective.low, posinf=0.0)
    inside = np.clip(start, objective.low + narrow, objective.high - narrow)
    if objective.cost(inside) == math.inf:
        return Best(inside, math.inf)
    if objective.squares:
        found = least_squares(
            objective.residuals,
            inside,
            jac=lambda x: objective.differences(objective.residuals, x),  # type: ignore[arg-type]  # it takes a function
            bounds=(objective.low, objective.high),
            x_scale="jac",
            ftol=1e-9,
            xtol=1e-8,
            gtol=1e-8,
            max_nfev=200,
        )
        numbers = np.asarray(found.x)
    else:

        def slope(x: np.ndarray) -> np.ndarray:
            return objective.differences(lambda y: np.array([min(objective.cost(y), FAR)]), x)[0]

        ends = list(zip(objective.low, objective.high, strict=True))
        # the cost may be infinite where a prior forbids a value or the model cannot be simulated
        found = minimize(lambda x: min(objective.cost(x), FAR), inside, jac=slope, bounds=ends, method="L-BFGS-B")
        numbers = np.asarray(found.x)
    return Best(numbers, objective.cost(numbers))


def fit_all(
    likelihood: Likelihood, points: Sequence[np.ndarray], executor: Executor | None = None
) -> tuple[Objective, list[Best]]:
    """Follow all starts; best first.

    Raises
    ------
    FitError
        Where the model can be simulated at none of them.
    """
    objective = Objective(likelihood)
    if executor is None:
        found = [fit_from(objective, point) for point in points]
    else:
        path = str(likelihood.tables.path)
        found = [f.result() for f in [executor.submit(_elsewhere, path, point) for point in points]]
    found.sort(key=lambda best: best.cost)
    if not found or found[0].cost == math.inf:
        raise FitError(f"{likelihood.tables.path}: the model could be simulated from none of {len(points)} starts")
    return objective, found


def _elsewhere(path: str, point: np.ndarray) -> Best:
    """Follow a start in another process, which reads the problem by itself."""
    if path not in _READ:
        _READ.clear()
        _READ[path] = Objective(Likelihood(read_tables(Path(path))))
    return fit_from(_READ[path], point)


_READ: dict[str, Objective] = {}


def at_bounds(objective: Objective, numbers: np.ndarray) -> np.ndarray:
    """Return which parameters ended at a bound, ``(parameters,)``."""
    with np.errstate(invalid="ignore"):
        width = 1e-3 * (objective.high - objective.low)
        near = (numbers < objective.low + width) | (numbers > objective.high - width)
    return near & np.isfinite(width)


def standard_errors(objective: Objective, numbers: np.ndarray) -> dict[str, float]:
    """Return standard errors of the scaled parameters; infinite where the measurements do not determine one.

    Parameters at a bound are held there.
    """
    found = dict.fromkeys((p.id for p in objective.free), math.nan)
    inner = np.flatnonzero(~at_bounds(objective, numbers))
    information = objective.information(numbers)[np.ix_(inner, inner)]
    if not len(inner) or not np.isfinite(information).all():
        return found
    size = np.sqrt(np.maximum(np.diag(information), 1e-300))
    values, vectors = np.linalg.eigh(information / np.outer(size, size))
    kept = values > NOTHING
    spread = (vectors[:, kept] ** 2 / values[kept]).sum(axis=1)
    lost = (vectors[:, ~kept] ** 2).sum(axis=1) > NOTICEABLE
    for i, j in enumerate(inner):
        open_ = lost[i] or information[i, i] <= 0
        found[objective.free[j].id] = math.inf if open_ else math.sqrt(spread[i]) / size[i]
    return found
