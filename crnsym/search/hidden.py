"""Mechanisms with one species that was not measured: enumerate modules, screen, fit, grow.

A module is formed reversibly, a <-> Z + w, and consumed once, Z (+ v) -> products; a store that was full at the start
is only emptied. Every such structure is tried (joint search of structure and rates: enumeration finds what training a
network misses).
"""

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit
from crnsym.regression.library import build_library
from crnsym.search.local import local_search
from crnsym.search.modules import depots, modules, plausible
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.score import has_positive_law
from crnsym.search.screen import FITS, screen
from crnsym.search.widen import measured_part, widened, with_hidden

GROWN = 3  # modules that are searched from
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


def simple_part(mechanism: Mechanism) -> Mechanism:
    """Leave out what a hidden species may explain: reactions of three molecules."""
    keep = (mechanism.reactants.sum(axis=1) <= 2) & (mechanism.products.sum(axis=1) <= 2)
    return mechanism.take(keep)
