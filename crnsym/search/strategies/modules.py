"""Mechanisms with one species that was not measured: enumerate modules, screen, fit, grow.

A module is formed reversibly, a <-> Z + w, and consumed once, Z (+ v) -> products; a store that was full at the start
is only emptied. Every such structure is tried (joint search of structure and rates: enumeration finds what training a
network misses). A species that is fast and scarce leaves no mass missing; modules find it all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import build_library
from crnsym.search.findings import Findings
from crnsym.search.local import local_search
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.score import has_positive_law
from crnsym.search.screen import screen
from crnsym.search.structures import depots, modules, plausible
from crnsym.search.task import Task
from crnsym.search.widen import hidden_name, narrowed, widened, with_hidden, with_unmeasured

TURNOVERS = (3.0, 30.0)  # of the second hidden species in a run


@dataclass(frozen=True, slots=True)
class Modules:
    """One intermediate, depot or store; two where one does not do."""

    name: str = "an unmeasured intermediate or store"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield hypotheses about the start: empty, in balance, and anything where those do not do."""
        if not question.weak_form or question.weighed_in or question.unmeasured is not None or question.hidden == 0:
            return
        few = question.species <= EFFORT.module_species
        if question.hidden is None and (findings.convincing() if few else findings.explained()):
            return
        visible = findings.visible
        base = None if visible.best_fit is None else visible.best_fit.mechanism
        empty = with_hidden(visible.problem, "zero")
        yield [Screened(empty, base)]
        found = tuple(fit.mechanism for _, fit in findings.pool(empty).ranked()[: EFFORT.modules_carried])
        yield [Carried(with_hidden(visible.problem, "quasi_steady"), found)]
        if not findings.explained():
            yield [Screened(with_hidden(visible.problem, "free"), base)]
        if question.hidden != 1 and not findings.explained():
            one = findings.pool(empty)
            bases = tuple(fit.mechanism for _, fit in one.ranked()[: EFFORT.modules_followed])
            if bases:
                yield [Another(with_unmeasured(empty, [hidden_name(empty.species)], [0.0]), bases)]


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """Enumerate modules, fit all of them roughly, and grow the best."""

    problem: FitProblem
    base: Mechanism | None

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        n = question.species
        base = self.base
        net = None if base is None else tuple(map(tuple, base.net_stoichiometry.tolist()))
        open_system = net is not None and not has_positive_law(net)
        listed = [*(depots(n) if self.problem.nuisance else ()), *modules(n)]
        beside = None if base is None else simple_part(widened(base, self.problem.species))
        structures = plausible(narrowed(self.problem, range(n)), listed, open_system)
        grown(screen(pool, structures, beside), pool)


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """Fit mechanisms that were found with another start of the hidden species, and grow the best."""

    problem: FitProblem
    mechanisms: tuple[Mechanism, ...]

    def search(self, _question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        grown(list(self.mechanisms), pool)


@dataclass(frozen=True, slots=True, eq=False)
class Another:
    """Insert a second hidden species into mechanisms with one."""

    problem: FitProblem
    bases: tuple[Mechanism, ...]

    def search(self, _question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        wide = [widened(base, self.problem.species) for base in self.bases]
        grown([m for base in wide for m in inserted(base, self.problem.horizon)], pool)


def grown(candidates: list[Mechanism], pool: Pool) -> None:
    """Fit mechanisms and search from the best of them."""
    fits = sorted((pool.fit(m) for m in candidates), key=lambda item: item[1])
    library = build_library(len(pool.problem.species), 2, 2)
    for fit, _ in fits[: EFFORT.modules_grown]:
        if fit.ok:
            local_search(thin_out(fit, pool), pool, library.including(fit.mechanism), refits=8)


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
