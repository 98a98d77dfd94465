"""Mechanisms with one species that was not measured: enumerate modules, screen, fit, grow.

A module is formed reversibly, a <-> Z + w, and consumed once, Z (+ v) -> products; a store that was full at the start
is only emptied. Every such structure is tried (joint search of structure and rates: enumeration finds what training a
network misses).
"""

import time
from dataclasses import replace
from itertools import product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.refit.fit import Fit, balanced
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import build_library, complexes, reaction_cost
from crnsym.search.local import local_search
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.score import Score, has_positive_law

SCREEN_RUNS, SCREEN_TIMES = 4, 14
KEPT, GROWN = 24, 3  # modules that are fitted to all data, and that are searched from
RISE, FRACTION = 6.0, 0.1  # a species moves if that fraction of its points is that many sigmas from its start
START_HYPOTHESES = ("zero", "quasi_steady", "free")
HOPELESS = 2.0  # times the lowest chi2 of the screen: a fit that stays far above is broken off
FITS = 1.12  # chi2/N below which free starts, a parameter a run, are not tried
MOST_MODULES = 3000
STARTS = ((0.0, 0.0), (3.0, 0.0), (3.0, 2.5))  # ln factors on the fast pair and on the consumption


def hidden_name(species: tuple[str, ...]) -> str:
    """Return a name for the hidden species that is not taken."""
    return next(name for name in ("Z", "Z1", "Z2", "Z3", "hidden") if name not in species)


def with_hidden(problem: FitProblem, start: str) -> FitProblem:
    """Add one species that was never measured, last.

    ``start`` is its initial state: ``"zero"``, ``"quasi_steady"`` (production equals consumption at the first
    sample) or ``"free"`` (fitted in every run).
    """
    scale = float(np.median(np.abs(problem.values[problem.present]))) or 1.0

    def widen(array: np.ndarray, value: object) -> np.ndarray:
        return np.concatenate([array, np.full((*array.shape[:-1], 1), value, array.dtype)], axis=-1)

    noise = NoiseModel(np.append(problem.noise.relative, 0.0), np.append(problem.noise.absolute, 1e-3 * scale))
    return replace(
        problem,
        species=(*problem.species, hidden_name(problem.species)),
        values=widen(problem.values, 0.0),
        present=widen(problem.present, False),
        noise=noise,
        start=widen(problem.start, 0.0 if start == "zero" else 0.1 * scale),
        free=widen(problem.free, start == "free"),
        guide=tuple(widen(g, 0.0) for g in problem.guide),
        quasi_steady=(len(problem.species),) if start == "quasi_steady" else (),
    )


def with_hidden_as(pattern: FitProblem, problem: FitProblem) -> FitProblem:
    """Give a problem of the measured species the hidden one that ``pattern`` has, if any."""
    if len(pattern.species) == len(problem.species):
        return problem
    return with_hidden(problem, "quasi_steady" if pattern.quasi_steady else "zero")


def start_with_hidden(fit: Fit, first: np.ndarray) -> np.ndarray:
    """Return initial states of a fit's mechanism in runs of which only the measured species are known."""
    missing = len(fit.mechanism.species) - first.shape[1]
    start = np.hstack([first, np.zeros((len(first), missing))])
    for index in fit.problem.quasi_steady:
        start = balanced(index, start, fit.mechanism)
    return start


def modules(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """All modules on n measured species as (reactants, products), ``(3, n + 1)`` each: bind, release, consume."""
    found = []
    order_one = complexes(n, 1)
    for a, w in product(complexes(n, 2)[1:], order_one):
        for v, p in product([*order_one, None], complexes(n, 2)):
            left = np.append(np.zeros(n, np.int64), 2) if v is None else np.append(v, 1)
            right = np.append(p, 0)
            bound, free = np.append(w, 1), np.append(a, 0)
            if np.array_equal(left, bound) and np.array_equal(right, free):
                continue
            found.append((np.array([free, bound, left]), np.array([bound, free, right])))
    return found


def depots(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """All pairs of a reaction that empties a hidden store, Z (+ v) -> products, and a step of one measured species."""
    found = []
    order_one = complexes(n, 1)
    for v, p in product(order_one, complexes(n, 2)[1:]):
        for y, q in product(order_one[1:], complexes(n, 2)):
            if not np.array_equal(y, q) and not np.array_equal(v, p):
                left = np.array([np.append(v, 1), np.append(y, 0)])
                found.append((left, np.array([np.append(p, 0), np.append(q, 0)])))
    return found


def moving(problem: FitProblem) -> tuple[np.ndarray, np.ndarray]:
    """Which measured species rise above, and which fall below, their start in the data."""
    sigma = problem.noise.sigma(problem.values)
    change = (problem.values - problem.start[:, None, :]) / np.maximum(sigma, 1e-300)
    seen = np.maximum(problem.present.sum(axis=(0, 1)), 1)
    up = (problem.present & (change > RISE)).sum(axis=(0, 1)) / seen > FRACTION
    down = (problem.present & (change < -RISE)).sum(axis=(0, 1)) / seen > FRACTION
    return up, down


def plausible(problem: FitProblem, open_system: bool, charged: bool = False) -> list[tuple[np.ndarray, np.ndarray]]:
    """List modules that make what rises, use what falls and, in a closed system, conserve mass; simplest first."""
    up, down = moving(problem)
    kept = []
    n = len(problem.species)
    for reactants, products in (*(depots(n) if charged else ()), *modules(n)):
        net = (products - reactants)[:, :-1]
        if np.all((net > 0).any(axis=0) | ~up) and np.all((net < 0).any(axis=0) | ~down):
            kept.append((reactants, products))
    if not open_system:
        closed = [m for m in kept if has_positive_law(tuple(map(tuple, (m[1] - m[0]).tolist())))]
        kept = closed or kept
    kept.sort(key=lambda m: float(reaction_cost(m[0], m[1] - m[0]).sum()))
    return kept[:MOST_MODULES]


def search_hidden(
    pool: Pool, visible: Fit | None, results: list[Pool], *, starts: tuple[str, ...] = START_HYPOTHESES
) -> None:
    """Search mechanisms with one hidden species beside the measured ones.

    Parameters
    ----------
    pool
        Of the measured species: problem, score, clock and reporter.
    visible
        The best mechanism without a hidden species; modules are also tried as additions to it.
    results
        One pool a hypothesis is appended, with everything that was fitted, also when time runs out.
    starts
        Hypotheses about the hidden species' initial state, see `with_hidden`.
    """
    candidates: list[Mechanism] = []
    for start in starts:
        if start == "free" and any(p.best_fit is not None and p.best_fit.reduced < FITS for p in (pool, *results)):
            break
        problem = with_hidden(pool.problem, start)
        score = Score(pool.score.count, len(problem.species), nuisance=problem.nuisance, hidden=1)
        own = Pool(problem, score, pool.deadline, pool.report, pool.fitter)
        results.append(own)
        if not candidates or start == "free":
            candidates = _screen(own, visible)
        fits = sorted((own.fit(m) for m in candidates), key=lambda item: item[1])
        library = build_library(len(problem.species), 2, 2)
        for fit, _ in fits[:GROWN]:
            if fit.ok:
                local_search(thin_out(fit, own), own, library, refits=8)


def _screen(pool: Pool, visible: Fit | None) -> list[Mechanism]:
    """Fit every module to a few samples of a few runs; the best, with their rates."""
    problem = pool.problem
    runs = np.unique(np.linspace(0, len(problem.lengths) - 1, SCREEN_RUNS).round().astype(int))
    part = problem.thin(runs).sample(SCREEN_TIMES)
    measured = FitProblem(
        problem.species[:-1],
        part.times,
        part.lengths,
        part.values[..., :-1],
        part.present[..., :-1],
        NoiseModel(problem.noise.relative[:-1], problem.noise.absolute[:-1]),
        part.start[:, :-1],
        part.free[:, :-1],
        tuple(g[:, :-1] for g in part.guide),
    )
    scale = float(np.median(np.abs(part.values[part.present]))) or 1.0
    rate = 3.0 / problem.horizon
    open_system = visible is not None and not has_positive_law(
        tuple(map(tuple, visible.mechanism.net_stoichiometry.tolist()))
    )
    structures = plausible(measured, open_system, bool(problem.nuisance))
    score = replace(pool.score, count=part.count)
    lowest = np.inf
    halfway = 0.5 * (time.monotonic() + pool.deadline)
    base = None if visible is None else _widened(visible.mechanism, problem.species)
    best: dict[int, tuple[float, Mechanism]] = {}
    # alone from several starts; then, unless some module is enough by itself, as additions to the visible mechanism
    for added in (False, True):
        if added and (base is None or lowest < FITS * part.count):
            break
        for index, (reactants, products) in enumerate(structures):
            if time.monotonic() > halfway:
                break
            typical = np.log(rate) - (reactants.sum(axis=1) - 1) * np.log(scale)
            starts = STARTS[:1] if added else STARTS
            for fast, slow in starts:
                log_rates = typical + np.array([fast, fast, slow])[-len(typical) :]
                module = Mechanism(problem.species, reactants, products, log_rates, ("hidden module",))
                option = _union(base, module) if added and base is not None else module
                fit = pool.fit(option, problem=part, iterations=12, give_up=HOPELESS * lowest)[0]
                lowest = min(lowest, fit.chi2)
                value = score.mechanism(fit.mechanism, fit.chi2)
                if fit.ok and value < best.get(index, (np.inf, option))[0]:
                    best[index] = value, fit.mechanism
    ordered = sorted(best.values(), key=lambda item: item[0])
    return [m for _, m in ordered[:KEPT]]


def _widened(mechanism: Mechanism, species: tuple[str, ...]) -> Mechanism:
    """Add the hidden species as a last column, and leave out what a hidden species may explain: higher orders."""
    keep = (mechanism.reactants.sum(axis=1) <= 2) & (mechanism.products.sum(axis=1) <= 2)
    column = np.zeros((int(keep.sum()), 1), np.int64)
    return replace(
        mechanism,
        species=species,
        reactants=np.hstack([mechanism.reactants[keep], column]),
        products=np.hstack([mechanism.products[keep], column]),
        log_rates=mechanism.log_rates[keep],
    )


def _union(base: Mechanism, module: Mechanism) -> Mechanism:
    """Return the reactions of both."""
    return Mechanism(
        base.species,
        np.vstack([base.reactants, module.reactants]),
        np.vstack([base.products, module.products]),
        np.concatenate([base.log_rates, module.log_rates - 1.0]),
        (*base.provenance, *module.provenance),
    )
