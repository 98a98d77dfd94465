"""Mechanisms with a hidden catalyst: a cycle through one bound form, then more reactions and more bound forms.

An enzyme is there from the start in an amount that nobody measured and that is taken to be small beside the measured
species; only products of a rate and that amount are determined. A cycle E + a <-> Z + w, Z (+ v) -> E + products is
found by enumeration, then grown by the reactions that keep the amount of catalyst and, where the data obey
conservation laws, the balance of each; further bound forms join as complexes of a known form with a measured species.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library, build_library, complexes
from crnsym.search.findings import Findings
from crnsym.search.local import local_search
from crnsym.search.pieces import thin_out
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.screen import screen
from crnsym.search.structures import Structure, catalysed, content, plausible
from crnsym.search.task import Task
from crnsym.search.widen import hidden_name, measured_part, typical, widened, with_unmeasured

AMOUNT = 1e-3  # of a typical concentration: catalyst that binds next to nothing of what it converts
GROWN = 4  # cycles that are searched from
GAIN = 4.0  # in score, that a further bound form must bring
FOLLOWED = 3  # further bound forms that are searched from
FAMILY_STARTS = (-2.0, 0.0, 2.0)  # ln factors on all rates of a family
FORMS = 4  # bound forms at most
BINDING = (0.0, 3.0)  # ln factors on binding and release of a further form


@dataclass(frozen=True, slots=True)
class Catalyst:
    """A catalyst with one bound form, then with more."""

    name: str = "an unmeasured catalyst"

    def rounds(self, question: Question, findings: Findings) -> Iterator[Sequence[Task]]:
        """Yield one task for every number of bound forms."""
        if not question.weak_form or question.weighed_in or question.composed is not None:
            return
        if question.hidden in (0, 1) or (question.hidden is None and findings.explained()):
            return
        laws = np.zeros((0, question.species), np.int64) if question.balances is None else question.balances
        narrow = with_catalyst(findings.visible.problem, 1)
        yield [Cycles(narrow, laws)]
        for forms in range(2, FORMS + 1):
            best = findings.pool(narrow).best_fit
            if best is None:
                return
            wide = with_catalyst(findings.visible.problem, forms)
            yield [Further(wide, best, laws)]
            before, after = findings.pool(narrow).best_score, findings.pool(wide).best_score
            if after > before - GAIN:
                return
            narrow = wide


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """Cycles through one bound form: whole families that balance, or all structures where nothing is conserved."""

    problem: FitProblem
    laws: np.ndarray

    def search(self, question: Question, pool: Pool, /) -> bool:
        """Fill the pool."""
        measured = question.species
        if len(self.laws):
            fits = [fit for family in families(measured, self.laws) for fit in _fit_family(family, pool)]
        else:
            listed = plausible(measured_part(self.problem, measured), catalysed(measured), True)
            fits = [pool.fit(m) for m in screen(pool, listed, None, unit=_amount(pool))]
        fits.sort(key=lambda item: item[1])
        for fit, _ in fits[:GROWN]:
            if fit.ok:
                library = _library(fit.mechanism, measured, self.laws)
                local_search(thin_out(fit, pool), pool, library, refits=8)
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """Add the complex of a known form with a measured species that helps most, and search from there."""

    problem: FitProblem
    best: Fit
    laws: np.ndarray

    def search(self, question: Question, pool: Pool, /) -> bool:
        """Fill the pool."""
        measured = question.species
        trials = []
        base = self.best.mechanism
        initial = np.hstack([self.best.initial_states, np.zeros((len(self.best.initial_states), 1))])
        for form in range(measured, len(base.species)):
            for partner in range(measured):
                for factor in BINDING:
                    grown = _bind(base, pool, form, partner, factor)
                    trials.append(pool.fit(grown, initial=initial, iterations=20))
        trials.sort(key=lambda item: item[1])
        for trial, _ in trials[:FOLLOWED]:
            if trial.ok:
                fit = pool.fit(trial.mechanism, initial=trial.initial_states, iterations=40)[0]
                library = _library(fit.mechanism, measured, self.laws)
                thin_out(local_search(thin_out(fit, pool), pool, library, refits=8), pool)
        return True


def families(measured: int, laws: np.ndarray) -> list[Structure]:
    """All reactions E + a -> Z + w and Z + w -> E + a that balance, a set for each content of Z.

    a and w are at most one measured molecule each. Z carries 0 or 1 of what each law keeps or, if it was made from one
    species and gave away another, the difference of two species; less than nothing only with more of something else,
    because the forms can be named the other way round.
    """
    contents = {tuple(q) for q in product((0, 1), repeat=len(laws))}
    contents |= {tuple(map(int, laws[:, i] - laws[:, j])) for i in range(measured) for j in range(measured)}
    found = []
    for q in sorted(q for q in contents if max(q) > 0 or not any(q)):
        left, right = [], []
        for a, w in product(complexes(measured, 1), complexes(measured, 1)):
            if np.array_equal(laws @ (a - w), q) and not np.any(a * w):
                free, bound = np.append(a, [1, 0]), np.append(w, [0, 1])
                left += [free, bound]
                right += [bound, free]
        if len(left) > 2:
            found.append((np.array(left), np.array(right)))
    return found


def _fit_family(family: Structure, pool: Pool) -> list[tuple[Fit, float]]:
    """Fit a whole family from several starts and drop what it does not need."""
    reactants, products = family
    scale = typical(pool.problem)
    size = reactants[:, :-2].sum(axis=1)
    base = np.log(3.0 * scale / pool.problem.horizon / _amount(pool)) - size * np.log(scale)
    best: Fit | None = None
    for factor in FAMILY_STARTS:
        mechanism = Mechanism(pool.problem.species, reactants, products, base + factor, ("hidden catalyst",))
        fit = pool.fit(mechanism, iterations=20)[0]
        if fit.ok and (best is None or fit.chi2 < best.chi2):
            best = fit
    if best is None:
        return []
    fit = thin_out(best, pool)
    return [(fit, pool.score.mechanism(fit.mechanism, fit.chi2))]


def with_catalyst(problem: FitProblem, forms: int) -> FitProblem:
    """Return the problem with a catalyst and a number of bound forms."""
    names = [hidden_name(problem.species, "catalyst")]
    for _ in range(forms):
        names.append(hidden_name((*problem.species, *names)))
    return with_unmeasured(problem, names, [AMOUNT * typical(problem)] + [0.0] * forms)


def _amount(pool: Pool) -> float:
    """Amount of catalyst: what the hidden species start with."""
    measured = pool.problem.present.any(axis=(0, 1))
    return float(pool.problem.start[0, ~measured].sum())


def _library(mechanism: Mechanism, measured: int, laws: np.ndarray) -> Library:
    """Reactions that keep the catalyst and the laws, with what each form carries taken from the mechanism."""
    n = len(mechanism.species)
    library = build_library(n, 2, 2)
    catalyst = np.concatenate([np.zeros(measured, np.int64), np.ones(n - measured, np.int64)])
    left = library.complexes[library.source]
    keep = (library.net @ catalyst == 0) & (left @ catalyst <= 1)
    # a form changes by what it binds, gives away or exchanges: nothing stands on both sides of a reaction
    keep &= ~np.any((left + library.net) * left, axis=1)
    carried = content(mechanism.net_stoichiometry, laws) if len(laws) else None
    if carried is not None:
        extended = np.hstack([laws, carried])
        keep &= np.abs(library.net @ extended.T).max(axis=1) < 1e-6
    used = {(*y, *s) for y, s in zip(mechanism.reactants.tolist(), mechanism.net_stoichiometry.tolist(), strict=True)}
    keep |= np.array([(*y, *s) in used for y, s in zip(left.tolist(), library.net.tolist(), strict=True)])
    return library.restrict(keep)


def _bind(base: Mechanism, pool: Pool, form: int, partner: int, factor: float) -> Mechanism:
    """Add binding of a measured species to one form, and its release."""
    species = pool.problem.species
    n = len(species)
    free, bound = np.zeros(n, np.int64), np.zeros(n, np.int64)
    free[[form, partner]] = 1
    bound[-1] = 1
    scale = typical(pool.problem)
    release = np.log(3.0 * scale / pool.problem.horizon / _amount(pool)) + factor
    grown = widened(base, species).extended(
        np.array([free, bound]), np.array([bound, free]), np.array([release - np.log(scale), release])
    )
    return replace(grown, provenance=(*base.provenance, "one more bound form"))
