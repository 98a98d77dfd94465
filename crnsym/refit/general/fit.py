"""The best fit of any rate laws from many starts, and parameters that the data leave open at one end."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...data.noise import NoiseModel
from ...data.trajectories import Trajectories
from ..fit import Fit, fit_mechanism
from ..freedom import noise_scale
from ..normal_equations import normal_equations
from ..problem import FitProblem
from ..reweigh import column_criterion, noise_left_by
from .evaluate import evaluate
from .mechanism import LawMechanism
from .start import spread_points

STARTS, EACH = 32, 6  # most starts that are followed, and how many a parameter
PER_START = 8  # points that are looked at for each start that is followed
FIRST, LAST = 30, 60  # steps of a first and of a final fit
FLAT = 1e-8  # curvature of chi2 below which a direction counts as flat
OPTIMA, APART, REWEIGHED = 8, 0.02, 4  # local optima that get their own noise, how they differ in chi2; rounds
KICK, ROUNDS = 6.0, 3  # how far one parameter is moved to look for a better optimum, and how often
ENOUGH = 1.2  # chi2 per value at which a fit that was found twice is taken for the best
FINALISTS = 3
DRIFT = 1e-3  # pull of a final fit towards its start, against run-away of what the data do not determine
SAME = 1e-3  # part of chi2 by which two fits may differ and count as one


def fit_laws(
    mechanism: LawMechanism,
    problem: FitProblem,
    data: Trajectories,
    *,
    starts: int | None = None,
    seed: int = 0,
    reweigh: bool = False,
) -> Fit:
    """Fit the parameters of a mechanism from its own values and from points spread around them.

    Many points are looked at without derivatives; some of the better half and the mechanism's own values are followed
    by Levenberg-Marquardt steps, and the best of those to the end. From there one parameter at a time is moved far.

    Parameters
    ----------
    mechanism, problem
        From `build.law_mechanism` and `build.law_problem`.
    data
        Their size sets how far the points are spread.
    starts
        Number of starts that are followed; 1 stays at the values that are given. By default as many as the number of
        parameters asks for.
    seed
        Chooses the points.
    reweigh
        Whether the noise of each column is found from what the fit leaves; every local optimum then gets its own, and
        the most likely one is returned, with that noise in its problem.

    Returns
    -------
    Fit
        With ``chi2 = 1e30`` if no start could be integrated.
    """
    given: Any = mechanism
    starts = usual_starts(mechanism) if starts is None else starts
    found = [fit_mechanism(given, problem, iterations=FIRST, prior=DRIFT)]
    for numbers in _promising(mechanism, problem, data, starts - 1, seed):
        start = replace(given, log_rates=numbers)
        found.append(fit_mechanism(start, problem, iterations=FIRST, prior=DRIFT))
        if not reweigh and _settled(found):
            break
    found.sort(key=lambda fit: fit.chi2)
    if reweigh and found[0].ok:
        best = min((_reweighed(fit, len(data.species)) for fit in _distinct(found)), key=column_criterion)
        return min((best, _reweighed(_kicked(best), len(data.species))), key=column_criterion)
    best = [polished(fit) for fit in found[:FINALISTS] if fit.ok]
    last = min([fit for fit in best if fit.ok] or found, key=lambda fit: fit.chi2)
    return last if starts < 2 or _settled(found) else _kicked(last)


def usual_starts(mechanism: LawMechanism) -> int:
    """Return the number of starts that are followed by default."""
    return min(STARTS, EACH * len(mechanism.parameters))


def _kicked(fit: Fit) -> Fit:
    """Look for a better optimum with one parameter far from here: local optima are often regimes of one parameter."""
    given: Any = fit.mechanism
    for _ in range(ROUNDS if fit.ok else 0):
        tried = []
        for j in range(len(given.log_rates)):
            for kick in (-KICK, KICK):
                numbers = given.log_rates.copy()
                numbers[j] += kick
                start = replace(given, log_rates=numbers)
                tried.append(
                    fit_mechanism(start, fit.problem, initial=fit.initial_states, iterations=FIRST, prior=DRIFT)
                )
        better = min(tried, key=lambda other: other.chi2, default=fit)
        if better.chi2 > (1.0 - SAME) * fit.chi2:
            return fit
        fit = polished(better)
        given = fit.mechanism
    return fit


def _distinct(found: list[Fit]) -> list[Fit]:
    """Return the best fits that differ in chi2."""
    kept: list[Fit] = []
    for fit in found:
        if fit.ok and (not kept or fit.chi2 > (1.0 + APART) * kept[-1].chi2):
            kept.append(fit)
    return kept[:OPTIMA]


def _reweighed(fit: Fit, columns: int) -> Fit:
    for _ in range(REWEIGHED):
        noise, left = fit.problem.noise, noise_left_by(fit, columns)
        noise = NoiseModel(
            np.append(left.relative, noise.relative[columns:]), np.append(left.absolute, noise.absolute[columns:])
        )
        again = polished(replace(fit, problem=replace(fit.problem, noise=noise)))
        if not again.ok:
            break
        fit = again
    return fit


def _settled(found: list[Fit]) -> bool:
    if len(found) < 2:
        return False
    first, second = sorted(fit.chi2 for fit in found)[:2]
    return first <= ENOUGH * found[0].count and second - first < SAME * first


def polished(fit: Fit, rtol: float = 1e-6) -> Fit:
    """Fit to the end from where a fit is, with the covariance also of what the data hardly determine."""
    final = fit_mechanism(
        fit.mechanism,
        fit.problem,
        initial=fit.initial_states,
        iterations=LAST,
        tolerance=1e-7,
        prior=DRIFT,
        rtol=rtol,
        pinned=fit.pinned,
    )
    return replace(final, covariance=_covariance(final)) if final.ok else final


def laws_of(fit: Fit) -> LawMechanism:
    """Return the mechanism of a fit of rate laws."""
    mechanism: Any = fit.mechanism
    return mechanism


def _covariance(fit: Fit) -> np.ndarray:
    """Inverse of the Gauss-Newton matrix times `noise_scale`, large where the matrix is nearly 0."""
    n = len(fit.mechanism.log_rates)
    free = np.setdiff1d(np.arange(n), fit.pinned)
    covariance = np.zeros((n, n))
    here = laws_of(fit).evaluate(fit.problem, fit.initial_states)
    if here is not None and len(free):
        values, vectors = np.linalg.eigh(normal_equations(here)[0][np.ix_(free, free)])
        inverse = (vectors / np.maximum(values, FLAT)) @ vectors.T
        covariance[np.ix_(free, free)] = inverse * noise_scale(fit.mechanism, fit.problem, len(free), fit.chi2)
    return covariance


def _promising(
    mechanism: LawMechanism, problem: FitProblem, data: Trajectories, count: int, seed: int
) -> list[np.ndarray]:
    if count < 1 or not mechanism.parameters:
        return []
    scored = []
    for numbers in spread_points(mechanism, data, PER_START * count, seed):
        here = evaluate(replace(mechanism, log_rates=numbers), problem, problem.start, 1e-3, sensitive=False)
        if here is not None:
            scored.append((here.chi2, numbers))
    scored.sort(key=lambda pair: pair[0])
    better = scored[: max(count, len(scored) // 2)]
    return [better[int(i)][1] for i in np.linspace(0, len(better) - 1, min(count, len(better)))]
