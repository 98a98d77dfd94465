"""Mechanisms with one species that was not measured: enumerate modules, screen, fit, grow.

A module is formed reversibly, a <-> Z + w, and consumed once, Z (+ v) -> products; a store that was full at the start
is only emptied. Every such structure is tried (joint search of structure and rates: enumeration finds what training a
network misses).
"""

from dataclasses import replace
from itertools import product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit
from crnsym.regression.library import build_library
from crnsym.search.local import local_search
from crnsym.search.modules import depots, modules, plausible
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.score import has_positive_law
from crnsym.search.screen import FITS, screen
from crnsym.search.widen import hidden_name, measured_part, widened, with_hidden, with_unmeasured

GROWN = 3  # modules that are searched from
FOLLOWED = 3  # mechanisms with one hidden species into which another is inserted
TURNOVERS = (3.0, 30.0)  # of the second hidden species in a run
START_HYPOTHESES = ("zero", "quasi_steady", "free")


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
    n = len(pool.problem.species)
    open_system = visible is not None and not has_positive_law(
        tuple(map(tuple, visible.mechanism.net_stoichiometry.tolist()))
    )
    candidates: list[Mechanism] = []
    for start in starts:
        if start == "free" and any(p.best_fit is not None and p.best_fit.reduced < FITS for p in (pool, *results)):
            break
        problem = with_hidden(pool.problem, start)
        own = pool.beside(problem)
        results.append(own)
        if not candidates or start == "free":
            listed = [*(depots(n) if problem.nuisance else ()), *modules(n)]
            base = None if visible is None else simple_part(widened(visible.mechanism, problem.species))
            candidates = screen(own, plausible(measured_part(problem, n), listed, open_system), base)
        fits = sorted((own.fit(m) for m in candidates), key=lambda item: item[1])
        library = build_library(len(problem.species), 2, 2)
        for fit, _ in fits[:GROWN]:
            if fit.ok:
                local_search(thin_out(fit, own), own, library, refits=8)


def search_another(pool: Pool, results: list[Pool]) -> None:
    """Search mechanisms with a second hidden species, inserted into the best that were found with one.

    Parameters
    ----------
    pool
        Of the measured species.
    results
        Pools with one hidden species; one with two is appended, if one of those started without any.
    """
    n = len(pool.problem.species)
    empty = [p for p in results if len(p.problem.species) == n + 1 and not p.problem.start[:, n].any() and p.best]
    if not empty:
        return
    one = min(empty, key=lambda p: p.scores[p.best] if p.best else 0.0)
    problem = with_unmeasured(one.problem, [hidden_name(one.problem.species)], [0.0])
    own = pool.beside(problem)
    results.append(own)
    bases = [widened(fit.mechanism, problem.species) for _, fit in one.ranked()[:FOLLOWED]]
    fits = sorted((own.fit(m) for base in bases for m in inserted(base, problem.horizon)), key=lambda item: item[1])
    library = build_library(len(problem.species), 2, 2)
    for fit, _ in fits[:GROWN]:
        if fit.ok:
            local_search(thin_out(fit, own), own, library, refits=8)


def inserted(mechanism: Mechanism, horizon: float) -> list[Mechanism]:
    """Divide every reaction y1 + y2 -> p1 + p2 into y1 -> Z + p1 and Z + y2 -> p2, with Z the last species."""
    found = []
    last = np.eye(len(mechanism.species), dtype=np.int64)[-1]
    pairs = zip(mechanism.reactants, mechanism.products, mechanism.log_rates, strict=True)
    for j, (reactants, products, log_rate) in enumerate(pairs):
        rest = mechanism.take(np.delete(np.arange(len(mechanism.log_rates)), j))
        for first in parts(reactants):
            for early in parts(products):
                late, second = products - early, reactants - first
                if not first.any() or np.array_equal(first, early) or not (late.any() or second.any()):
                    continue
                for turnovers in TURNOVERS:
                    steps = np.array([first, last + second]), np.array([last + early, late])
                    rates = np.array([log_rate, np.log(turnovers / horizon)])
                    found.append(replace(rest.extended(*steps, rates), provenance=("second hidden species",)))
    return found


def parts(amounts: np.ndarray) -> list[np.ndarray]:
    """All multisets within a multiset of molecules, itself and the empty one included."""
    return [np.array(choice, np.int64) for choice in product(*(range(a + 1) for a in amounts.tolist()))]


def simple_part(mechanism: Mechanism) -> Mechanism:
    """Leave out what a hidden species may explain: reactions of three molecules."""
    keep = (mechanism.reactants.sum(axis=1) <= 2) & (mechanism.products.sum(axis=1) <= 2)
    return mechanism.take(keep)
