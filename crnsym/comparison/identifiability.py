"""Which rates, or products of powers of rates, the data determine, and which nothing of this kind can.

Three questions are kept apart. *Structural, through the vector field*: reactions of the same reactants whose net
vectors are linearly dependent act only through sums of their rates (Craciun & Pantea 2008). *Structural, with species
that were not measured*: directions of the log rates in which exact courses from any start do not change, from the
rank of their sensitivities. *Practical*: directions that these measurements leave open, from the covariance of the
log rates; a product is looked for among small whole powers.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
import sympy as sp
from scipy.stats import t as student

from ..data.mechanism import Mechanism
from ..data.noise import NoiseModel
from ..errors import UnsupportedError
from ..refit.evaluate import evaluate
from ..refit.fit import Fit
from ..refit.limits import SLOPPY, partner
from ..refit.profile import Interval, Point, best_point, degrees_of_freedom, profile_interval
from ..rounding.to_network import default_rate_names
from ..training.progress import as_progress
from ..training.tasks import Tasks, as_tasks
from .ranking import Candidate

MUCH_BETTER = 0.3  # a product must be that much better known than each of its rates
MOST_RATES = 14  # open rates among which products of three are looked for
FLAT = 1e-6  # singular values of exact sensitivities below this part of their norm are zero
RUNS, TIMES = 12, 40  # of the exact data


@dataclass(frozen=True, slots=True)
class Combination:
    """A product of powers of rates that the data determine.

    Attributes
    ----------
    text
        Such as ``k1``, ``k1/k2`` or ``k1*k3/k2``.
    exponents
        {parameter: power}.
    interval
        Laplace interval; `profile_intervals` gives the one of the profile likelihood.
    """

    text: str
    exponents: Mapping[str, int]
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Identifiability:
    """What can be known of the rates of a mechanism.

    Attributes
    ----------
    identified
        Independent combinations that these data determine, single rates first.
    sloppy
        Directions that these data leave open, in words.
    structural
        What no data of this kind can tell, in words.
    spectrum
        Standard errors of the principal directions of the log rates, the best known first.
    parameters
        Number of rates.
    """

    identified: tuple[Combination, ...]
    sloppy: tuple[str, ...]
    structural: tuple[str, ...]
    spectrum: np.ndarray
    parameters: int

    def __str__(self) -> str:
        known = ", ".join(
            f"{c.text} = {c.interval.value:.3g} ({c.interval.low:.3g} to {c.interval.high:.3g})"
            for c in self.identified
        )
        count = f"{len(self.identified)} of {self.parameters} numbers to {100 * SLOPPY:.0f} %"
        lines = [f"The data determine {count}: {known or 'none'}."]
        return "\n".join([*lines, *self.structural, *self.sloppy])


def identifiability(candidate: Candidate, level: float = 0.9) -> Identifiability:
    """Say which rates and products of rates are determined.

    Parameters
    ----------
    candidate
        A fitted mechanism.
    level
        Probability of the intervals.
    """
    fit = candidate.fit
    require_logarithms(fit)
    names = list(candidate.rates)
    chosen = identified_exponents(fit)
    quantile = float(student.ppf(0.5 + 0.5 * level, degrees_of_freedom(fit)))
    identified = tuple(_combination(fit, names, a, quantile, level) for a in chosen)
    free = np.setdiff1d(np.arange(len(names)), fit.pinned)
    values, vectors = np.linalg.eigh(fit.rate_covariance[np.ix_(free, free)])
    spread = np.sqrt(np.maximum(values, 0.0))
    sloppy = tuple(
        _direction([names[j] for j in free], vectors[:, i], spread[i])
        for i in range(len(free))
        if not spread[i] < 2 * SLOPPY
    )
    fast = tuple(f"{names[j]} is at its fast limit: the data set a lower bound only." for j in fit.pinned)
    return Identifiability(identified, (*fast, *sloppy), tuple(structural(fit, names)), spread, len(names))


def profile_intervals(
    candidate: Candidate,
    level: float = 0.9,
    products: Sequence[Mapping[str, int]] | None = None,
    *,
    executor: Executor | Tasks | None = None,
    progress: Any = None,
) -> dict[str, Interval]:
    """Profile-likelihood intervals of rates and of products of powers of rates.

    Parameters
    ----------
    candidate
        A fitted mechanism.
    level
        Probability that an interval holds the true value, if the mechanism is right.
    products
        {parameter: power} each; by default every fitted rate, and what is `identified` beside single rates.
    executor
        Follows the profiles in parallel, or `Tasks`, which also keep what is finished.
    progress
        Reporter or function ``(stage, fraction, best)``.

    Returns
    -------
    dict
        {text such as ``k1`` or ``k1/k2``: interval}, see `crnsym.refit.profile.profile_interval`.

    Raises
    ------
    KeyError
        A product of a parameter that the candidate lacks.
    """
    fit, names = candidate.fit, list(candidate.rates)
    require_logarithms(fit)
    if products is None:
        singles = [{name: 1} for j, name in enumerate(names) if j not in fit.pinned and name not in candidate.tied]
        found = [_powers(names, a) for a in identified_exponents(fit)]
        products = [*singles, *(p for p in found if len(p) > 1)]
    exponents = []
    for powers in products:
        a = [0.0] * len(names)
        for name, power in powers.items():
            if name not in names:
                raise KeyError(f"no rate '{name}'; the candidate has {', '.join(names)}")
            a[names.index(name)] = power
        exponents.append(a)
    shared = (fit, level, best_point(fit))
    intervals = as_tasks(executor).run(_profiled, shared, exponents, "profiles", as_progress(progress))
    return {product_text(powers): interval for powers, interval in zip(products, intervals, strict=True)}


def _profiled(shared: tuple[Fit, float, Point], exponents: list[float]) -> Interval:
    fit, level, centre = shared
    return profile_interval(fit, exponents, level, centre)


def identified_exponents(fit: Fit, limit: float = SLOPPY) -> list[np.ndarray]:
    """Return independent whole powers ``(reactions,)`` of the rates whose product these data determine.

    A rate counts as determined if its logarithm has a standard error below ``limit``. Of the others, products of two
    and three with powers up to two are taken, the best known first, if they are much better known than their rates.
    """
    n, errors = len(fit.mechanism.log_rates), fit.standard_errors
    tied = {partner(fit.mechanism, j): j for j in fit.pinned}
    unit = np.eye(n, dtype=int)
    chosen = [unit[j] - (unit[tied[j]] if j in tied else 0) for j in range(n) if _known(fit, j, limit)]
    open_ended = [j for j in range(n) if j not in fit.pinned and not errors[j] < limit]
    options = []
    for size in (2, 3) if len(open_ended) <= MOST_RATES else (2,):
        for members in combinations(open_ended, size):
            powers = (1, -1, 2, -2) if size == 2 else (1, -1)
            for signs in product((1, 2) if size == 2 else (1,), *[powers] * (size - 1)):
                if size == 2 and abs(signs[0]) == abs(signs[1]) == 2:
                    continue
                a = np.zeros(n, int)
                a[list(members)] = signs
                error = float(np.sqrt(max(a @ fit.rate_covariance @ a, 0.0)))
                if error < limit and error < MUCH_BETTER * errors[list(members)].min():
                    options.append((error * (1.0 + 0.5 * (np.abs(a).sum() - 2)), tuple(a)))
    taken: list[np.ndarray] = []
    for _, powers in sorted(options):
        trial = [*taken, np.array(powers)]
        if np.linalg.matrix_rank(np.array(trial)) == len(trial):
            taken = trial
    return [*chosen, *(a if a[np.flatnonzero(a)[0]] > 0 else -a for a in taken)]


def require_logarithms(fit: Fit) -> None:
    """Refuse a fit whose parameters are not all fitted as logarithms without bounds.

    Raises
    ------
    UnsupportedError
        For such a fit.
    """
    scales = getattr(fit.mechanism, "transform", None)  # of other rate laws, see `crnsym.refit.general`
    if scales is not None and not scales.plain:
        raise UnsupportedError(
            "products of powers are known for positive parameters without bounds only; compare without bounds, and fix "
            "parameters that are negative"
        )


def structural(fit: Fit, names: Sequence[str] | None = None) -> list[str]:
    """Say what no measurements of these species can tell about the rates, a sentence each; empty if all is well."""
    plain = isinstance(fit.mechanism, Mechanism)
    names = default_rate_names(fit.mechanism) if names is None else names
    sentences = shared_sums(fit.mechanism, names) if plain else []
    if not fit.problem.present.any(axis=(0, 1)).all():
        sentences += [
            f"No course of the measured species shows {_up_and_down(names, v)}: the unmeasured species can be rescaled."
            for v in unseen_directions(fit)
        ]
    return sentences


def shared_sums(mechanism: Mechanism, names: Sequence[str]) -> list[str]:
    """Name the sums through which reactions of the same reactants act, where their net vectors are dependent."""
    sentences = []
    for reactants in np.unique(mechanism.reactants, axis=0):
        members = [j for j, row in enumerate(mechanism.reactants) if np.array_equal(row, reactants)]
        reduced, pivots = sp.Matrix(mechanism.net_stoichiometry[members].T.tolist()).rref()
        if len(pivots) == len(members):
            continue
        symbols = sp.symbols([names[j] for j in members])
        sums = [str(reduced.row(i).dot(symbols)) for i in range(len(pivots))]
        listed = ", ".join(names[j] for j in members)
        sentences.append(
            f"Of {listed} (same reactants, dependent net changes) only {', '.join(sums)} act on any course."
            if sums
            else f"{listed} act on no course."
        )
    return sentences


def unseen_directions(fit: Fit, seed: int = 0) -> list[np.ndarray]:
    """Directions of the log rates that change no measured course from any start, by rank of exact sensitivities."""
    rng = np.random.default_rng(seed)
    problem = fit.problem
    seen = np.atleast_1d(problem.present.any(axis=(0, 1)))
    typical = np.median(np.abs(problem.values[problem.present])) or 1.0
    horizon = problem.horizon
    start = np.where(seen, typical * rng.uniform(0.3, 2.0, (RUNS, len(seen))), fit.initial_states[:1])
    exact = replace(
        problem,
        times=np.tile(np.linspace(0.0, horizon, TIMES), (RUNS, 1)),
        lengths=np.full(RUNS, TIMES),
        values=np.zeros((RUNS, TIMES, len(seen))),
        present=np.broadcast_to(seen, (RUNS, TIMES, len(seen))).copy(),
        noise=NoiseModel(np.zeros(len(seen)), np.full(len(seen), 1e-4 * typical)),
        start=start,
        free=np.broadcast_to(~seen & problem.free.any(axis=0), start.shape).copy(),
        guide=(),
        temperatures=None,
    )
    here = evaluate(exact, fit.mechanism, start, rtol=1e-8)
    if here is None:
        return []
    n = len(fit.mechanism.log_rates)
    free = np.setdiff1d(np.arange(n), fit.pinned)
    rows = []
    for jacobian in here.jacobian.reshape(RUNS, -1, here.jacobian.shape[-1]):
        rates, states = jacobian[:, free], jacobian[:, n:]
        rows.append(rates - states @ np.linalg.lstsq(states, rates, rcond=FLAT)[0])
    scale = np.linalg.norm(here.jacobian[..., free])
    values, vectors = np.linalg.svd(np.concatenate(rows), full_matrices=False)[1:]
    directions = np.zeros((int((values < FLAT * scale).sum()), n))
    directions[:, free] = vectors[values < FLAT * scale]
    return list(directions)


def product_text(powers: Mapping[str, int]) -> str:
    """Write a product of powers such as ``k1*k3/k2`` or ``k1^2/(k2*k3)``."""
    above = [k if p == 1 else f"{k}^{p}" for k, p in powers.items() if p > 0]
    below = [k if p == -1 else f"{k}^{-p}" for k, p in powers.items() if p < 0]
    top = "*".join(above) or "1"
    return top if not below else f"{top}/{below[0] if len(below) == 1 else '(' + '*'.join(below) + ')'}"


def _known(fit: Fit, reaction: int, limit: float) -> bool:
    return reaction not in fit.pinned and bool(fit.standard_errors[reaction] < limit)


def _powers(names: Sequence[str], exponents: np.ndarray) -> dict[str, int]:
    return {name: int(p) for name, p in zip(names, exponents, strict=True) if p}


def _combination(fit: Fit, names: Sequence[str], a: np.ndarray, quantile: float, level: float) -> Combination:
    powers = _powers(names, a)
    best, error = float(a @ fit.mechanism.log_rates), float(np.sqrt(max(a @ fit.rate_covariance @ a, 0.0)))
    ends = np.exp(best + quantile * error * np.array([-1.0, 1.0]))
    return Combination(
        product_text(powers), powers, Interval(float(np.exp(best)), float(ends[0]), float(ends[1]), error, level)
    )


def _direction(names: Sequence[str], vector: np.ndarray, spread: float) -> str:
    together = _up_and_down(names, vector)
    factor = float(np.exp(min(spread * np.abs(vector).max(), 50.0)))
    size = f"a factor {factor:.2g}" if factor < 1e3 else "any factor"
    return f"These data leave open {together}, by {size} either way (one standard error)."


def _up_and_down(names: Sequence[str], vector: np.ndarray) -> str:
    """Write a direction such as ``k1 and k2 rising while k3 falls``."""
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    large = np.abs(vector) > 0.3 * np.abs(vector).max()
    up = [n for n, v, flag in zip(names, vector, large, strict=True) if flag and v > 0]
    down = [n for n, v, flag in zip(names, vector, large, strict=True) if flag and v < 0]
    together = f"{' and '.join(up)} rising{' together' if len(up) > 1 else ''}"
    return together + (f" while {' and '.join(down)} fall{'s' if len(down) == 1 else ''}" if down else "")
