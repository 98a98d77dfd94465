"""Pruning, and mechanisms grown on short pieces of the runs (multiple shooting) where whole runs defeat the starts."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.evaluate import Evaluation, evaluate
from crnsym.refit.fit import Fit
from crnsym.refit.normal_equations import normal_equations
from crnsym.refit.problem import FitProblem
from crnsym.regression.gram import nonnegative
from crnsym.regression.library import Library
from crnsym.search.local import local_search
from crnsym.search.pool import Pool
from crnsym.search.score import Score


def ladder(problem: FitProblem) -> list[int]:
    """Lengths of the pieces, in sampling intervals: 3 and then about 1.8 times more, up to half a run."""
    longest = int(problem.lengths.max()) - 1
    lengths, k = [], 3.0
    while k < 0.6 * longest:
        lengths.append(round(k))
        k *= 1.8
    return lengths


def prune(fit: Fit, problem: FitProblem, score: Score) -> Mechanism:
    """Drop reactions whose loss of fit, predicted with the other rates re-optimised, is below their price."""
    mechanism = fit.mechanism
    here = evaluate(problem, mechanism, fit.initial_states)
    if here is None or len(mechanism.log_rates) < 2:
        return mechanism
    rates = np.exp(mechanism.log_rates)
    matrix, gradient = _rates_alone(here, len(rates))
    gram = matrix / rates[:, None] / rates
    moment = gram @ rates + gradient / rates
    offset = here.chi2 + 2.0 * (gradient / rates) @ rates + rates @ gram @ rates
    alive = np.arange(len(rates))
    x, value = nonnegative(gram, moment)
    alive, x = alive[x > 0], x[x > 0]
    while len(alive) > 1:
        options = []
        for i in range(len(alive)):
            rest = np.delete(alive, i)
            y, v = nonnegative(np.ascontiguousarray(gram[np.ix_(rest, rest)]), moment[rest])
            options.append((v, i, y))
        best, i, y = min(options, key=lambda option: option[0])
        before, after = max(offset + value, 1e-9 * offset), max(offset + best, 1e-9 * offset)
        if score.count * np.log(after / before) > score.per_reaction:
            break
        rest = np.delete(alive, i)
        alive, x, value = rest[y > 0], y[y > 0], best
    return replace(
        mechanism.take(alive),
        log_rates=np.log(np.maximum(x, 1e-300)),
        provenance=(*mechanism.provenance, "pruned"),
    )


def _rates_alone(here: Evaluation, n_rates: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Newton matrix and gradient of the log rates, with activation energies (if any) re-optimised."""
    matrix, gradient, *_ = normal_equations(here)
    if len(matrix) == n_rates:
        return matrix, gradient
    inner = matrix[n_rates:, n_rates:] + np.eye(len(matrix) - n_rates)  # one unit of energy is large
    solved = np.linalg.solve(inner, np.column_stack([matrix[n_rates:, :n_rates], gradient[n_rates:]]))
    cross = matrix[:n_rates, n_rates:]
    return matrix[:n_rates, :n_rates] - cross @ solved[:, :-1], gradient[:n_rates] - cross @ solved[:, -1]


def thin_out(fit: Fit, pool: Pool) -> Fit:
    """Prune and refit until nothing more can go; the better-scoring of what went in and what came out."""
    value = pool.score.mechanism(fit.mechanism, fit.chi2)
    current = fit
    while True:
        smaller = prune(current, pool.problem, pool.score)
        if len(smaller.log_rates) >= len(current.mechanism.log_rates):
            return current
        trial, trial_value = pool.fit(smaller, initial=current.initial_states)
        if not trial.ok or trial_value > value + pool.score.per_reaction:
            return current
        current, value = trial, min(value, trial_value)


def grow(pool: Pool, library: Library) -> Fit:
    """Start from no reaction at all: search on short pieces, whose states are data, then on longer ones.

    A few runs are enough for that; the last fit is to all of them, whole.
    """
    problem = pool.problem
    runs = np.unique(np.linspace(0, len(problem.lengths) - 1, EFFORT.runs_cut).round().astype(int))
    part = problem.thin(runs)
    n = len(problem.species)
    nothing = np.zeros((0, n), np.int64)
    mechanism = Mechanism(problem.species, nothing, nothing, np.zeros(0), ("grown from nothing on pieces",))
    courses = list(part.guide)
    for k in ladder(part):
        cut = part.cut(k, courses)
        fit, _ = pool.fit(mechanism, problem=cut, iterations=12)
        if not fit.ok:
            continue
        fit = local_search(fit, pool, library, problem=cut, rounds=15)
        if not len(fit.mechanism.log_rates):
            fit = local_search(_best_single(pool, library, cut), pool, library, problem=cut, rounds=15)
        mechanism = fit.mechanism
        courses = _stitch(part, cut, fit, courses)
        if fit.reduced < THRESHOLDS.fits:
            break
    return pool.fit(mechanism, iterations=20)[0]


def _best_single(pool: Pool, library: Library, cut: FitProblem) -> Fit:
    """Fit every reaction of the library by itself, from the rate of one turnover a run; the best."""
    scale = float(np.median(np.abs(cut.values[cut.present]))) or 1.0
    fits = []
    for y, net in zip(library.source[: EFFORT.singles], library.net[: EFFORT.singles], strict=True):
        reactants = library.complexes[[y]]
        rate = np.log(1.0 / pool.problem.horizon) - (reactants.sum() - 1) * np.log(scale)
        single = Mechanism(cut.species, reactants, reactants + net, np.array([rate]), ("grown from one reaction",))
        fits.append(pool.fit(single, problem=cut, iterations=12)[0])
    return min(fits, key=lambda fit: fit.chi2)


def _stitch(problem: FitProblem, cut: FitProblem, fit: Fit, courses: list[np.ndarray]) -> list[np.ndarray]:
    """Lay the courses of the fitted pieces end to end."""
    here = evaluate(cut, fit.mechanism, fit.initial_states)
    if here is None:
        return courses
    result = [c.copy() for c in courses]
    run, position = 0, 0
    for p, m in enumerate(cut.lengths):
        result[run][position : position + m] = np.maximum(here.states[p, :m], 0.0)
        position += int(m) - 1
        if position >= problem.lengths[run] - 1:
            run, position = run + 1, 0
    return result
