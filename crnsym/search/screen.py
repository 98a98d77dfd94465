"""Many small structures with hidden species, fitted to a few samples of a few runs: which deserve more."""

from dataclasses import replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.search.pool import Pool
from crnsym.search.structures import Structure

RUNS, TIMES = 4, 14
STARTS = ((0.0, 0.0), (3.0, 0.0), (3.0, 2.5))  # ln factors on the fast pair and on the consumption


def screen(
    pool: Pool, structures: list[Structure], base: Mechanism | None, *, unit: float | None = None
) -> list[Mechanism]:
    """Fit every structure to a thinned part of the problem; return the best, with their rates.

    Parameters
    ----------
    pool
        Of the problem with the hidden species.
    structures
        What to try: alone, from several starts, and then, unless one is enough by itself, added to ``base``.
    base
        Reactions of the measured species.
    unit
        Amount of the hidden species where it is given (a catalyst's); by default that of a measured species.
    """
    problem = pool.problem
    runs = np.unique(np.linspace(0, len(problem.lengths) - 1, RUNS).round().astype(int))
    part = problem.thin(runs).sample(TIMES)
    measured = part.present.any(axis=(0, 1))
    scale = part.typical
    amounts = np.where(measured, scale, scale if unit is None else unit)
    score = replace(pool.score, count=part.count)
    lowest = np.inf
    best: dict[int, tuple[float, Mechanism]] = {}
    for added in (False, True):
        if added and (base is None or lowest < THRESHOLDS.fits * part.count):
            break
        for index, (reactants, products) in enumerate(structures):
            # about three turnovers of a typical amount in a run
            rates = np.log(3.0 * scale / problem.horizon) - reactants @ np.log(amounts)
            for fast, slow in STARTS[:1] if added else STARTS:
                log_rates = rates + np.array([fast, fast, slow])[-len(rates) :]
                module = Mechanism(problem.species, reactants, products, log_rates, ("hidden module",))
                option = _union(base, module) if added and base is not None else module
                fit = pool.fit(option, problem=part, iterations=12, give_up=EFFORT.hopeless * lowest)[0]
                lowest = min(lowest, fit.chi2)
                value = score.mechanism(fit.mechanism, fit.chi2)
                if fit.ok and value < best.get(index, (np.inf, option))[0]:
                    best[index] = value, fit.mechanism
    ordered = sorted(best.values(), key=lambda item: item[0])
    return [m for _, m in ordered[: EFFORT.structures]]


def _union(base: Mechanism, module: Mechanism) -> Mechanism:
    """Return the reactions of both."""
    both = base.extended(module.reactants, module.products, module.log_rates - 1.0)
    return replace(both, provenance=(*base.provenance, *module.provenance))
