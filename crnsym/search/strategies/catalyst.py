"""Mechanisms with a hidden catalyst: a cycle through one bound form, then more reactions and more bound forms.

An enzyme is there from the start in an amount that nobody measured, the same in all runs; it is fitted. A cycle
E + a <-> Z + w, Z (+ v) -> E + products is found by fitting whole families of steps that balance (or by enumeration
where nothing is conserved), then searched in the reactions that keep the amount of catalyst and the balance of each
law; further bound forms join as complexes of a known form with a measured species.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, PRICES
from crnsym.refit.fit import Fit
from crnsym.refit.problem import FitProblem
from crnsym.regression.library import Library, build_library
from crnsym.search.beam import Beam
from crnsym.search.catalysts import as_catalyst, families, transferred
from crnsym.search.findings import Findings
from crnsym.search.pool import Pool
from crnsym.search.question import Question
from crnsym.search.screen import screen
from crnsym.search.structures import Structure, catalysed, content, plausible
from crnsym.search.task import Task
from crnsym.search.widen import hidden_name, narrowed, widened, with_unmeasured

AMOUNT = 0.1  # of a typical concentration: the amount of catalyst from which fits start
RUNS, TIMES = 5, 14  # to which whole families are fitted
FAMILY_STARTS = (-2.0, 0.0, 2.0)  # ln factors on all rates of a family
BINDING = (0.0, 3.0)  # ln factors on binding and release of a further form


@dataclass(frozen=True, slots=True)
class Catalyst:
    """A catalyst with one bound form, then with more.

    Attributes
    ----------
    further
        Whether to go on to more bound forms where one does not suffice; otherwise only where it does.
    """

    further: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "an unmeasured catalyst in several forms" if self.further else "an unmeasured catalyst"

    def rounds(self, question: Question, findings: Findings, /) -> Iterator[Sequence[Task]]:
        """Yield a task for one bound form, then one for every number of them."""
        if not question.weak_form or question.weighed_in or question.unmeasured is not None:
            return
        narrow = with_catalyst(findings.visible.problem, 1)
        done = question.hidden in (0, 1) or (question.hidden is None and findings.convincing())
        if self.further:
            if not done:
                yield from self._forms(question, findings, narrow)
            return
        if question.hidden is None and not findings.simple():
            done = False  # no weak form asks for a catalyst: many odd steps are its only sign, whatever they promise
        twin = None if findings.best is None else as_catalyst(findings.best, question.species)
        if done:
            if twin is not None and question.hidden is None:
                yield [Twin(narrow, *twin)]
            return
        cycles = Cycles(narrow, question.balances)
        yield [cycles] if twin is None else [cycles, Twin(narrow, *twin)]
        if findings.convincing():
            yield from self._forms(question, findings, narrow)

    def _forms(self, question: Question, findings: Findings, narrow: FitProblem) -> Iterator[Sequence[Task]]:
        """Yield a task for each further form as long as the last one helped."""
        for forms in range(2, EFFORT.forms + 1):
            best = findings.pool(narrow).best_fit
            if best is None:
                return
            wide = with_catalyst(findings.visible.problem, forms)
            yield [Further(wide, best, question.balances)]
            before, after = findings.pool(narrow).best_score, findings.pool(wide).best_score
            if after > before - PRICES.further_form:
                return
            narrow = wide


@dataclass(frozen=True, slots=True, eq=False)
class Cycles:
    """Cycles through one bound form: whole families that balance, or all structures where nothing is conserved."""

    problem: FitProblem
    laws: np.ndarray

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        measured = question.species
        if len(self.laws):
            rough = [fit for family in families(measured, self.laws) if (fit := _fit_family(family, pool)) is not None]
            fits = [
                pool.fit(f.mechanism, iterations=25) for f in sorted(rough, key=lambda f: f.reduced)[: EFFORT.families]
            ]
        else:
            listed = plausible(narrowed(self.problem, range(measured)), catalysed(measured), True)
            fits = [pool.fit(m) for m in screen(pool, listed, None, unit=_amount(pool))]
        fits.sort(key=lambda item: item[1])
        for fit, _ in fits[: EFFORT.cycles_grown]:
            if fit.ok:
                _grow(fit, pool, _library(fit.mechanism, measured, self.laws))


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """Fit a mechanism with a catalyst that has the vector field of one with an autocatalytic intermediate."""

    problem: FitProblem
    mechanism: Mechanism
    amount: float

    def search(self, question: Question, pool: Pool, /) -> None:
        """Fill the pool."""
        n = question.species
        start = self.problem.start.copy()
        start[:, n] = self.amount
        fit = pool.fit(replace(self.mechanism, species=self.problem.species), initial=start, iterations=25)[0]
        if fit.ok:
            for twin in transferred(fit.mechanism, n):
                pool.fit(twin, initial=fit.initial_states)


@dataclass(frozen=True, slots=True, eq=False)
class Further:
    """Add the complex of a known form with a measured species that helps most, and search from there."""

    problem: FitProblem
    best: Fit
    laws: np.ndarray

    def search(self, question: Question, pool: Pool, /) -> None:
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
        for trial, _ in trials[: EFFORT.forms_followed]:
            if trial.ok:
                fit = pool.fit(trial.mechanism, initial=trial.initial_states, iterations=40)[0]
                _grow(fit, pool, _library(fit.mechanism, measured, self.laws))


def _grow(fit: Fit, pool: Pool, library: Library) -> None:
    """Search the library of one family from one fit."""
    own = replace(pool, fits={}, scores={}, best=None, made=0)
    own.keep(fit, own.score.mechanism(fit.mechanism, fit.chi2))
    Beam(own, library).run()
    best = own.best_fit
    if best is not None:
        for twin in transferred(best.mechanism, int(own.problem.present.any(axis=(0, 1)).sum())):
            own.fit(twin, initial=best.initial_states)
    pool.made += own.made
    for value, found in own.ranked():
        pool.keep(found, value)


def _fit_family(family: Structure, pool: Pool) -> Fit | None:
    """Fit a whole family to a part of the data, from several starts; the best."""
    reactants, products = family
    problem = pool.problem
    runs = np.unique(np.linspace(0, len(problem.lengths) - 1, RUNS).round().astype(int))
    part = problem.thin(runs).sample(TIMES)
    scale = problem.typical
    size = reactants[:, :-2].sum(axis=1)
    base = np.log(3.0 * scale / problem.horizon / _amount(pool)) - size * np.log(scale)
    fits = []
    for factor in FAMILY_STARTS:
        mechanism = Mechanism(problem.species, reactants, products, base + factor, ("hidden catalyst",))
        fits.append(pool.fit(mechanism, problem=part, iterations=20)[0])
    return min((fit for fit in fits if fit.ok), key=lambda fit: fit.chi2, default=None)


def with_catalyst(problem: FitProblem, forms: int) -> FitProblem:
    """Return the problem with a catalyst and a number of bound forms."""
    names = [hidden_name(problem.species, "catalyst")]
    for _ in range(forms):
        names.append(hidden_name((*problem.species, *names)))
    wide = with_unmeasured(problem, names, [AMOUNT * problem.typical] + [0.0] * forms)
    return replace(wide, shared=(len(problem.species),))


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
    scale = pool.problem.typical
    release = np.log(3.0 * scale / pool.problem.horizon / _amount(pool)) + factor
    grown = widened(base, species).extended(
        np.array([free, bound]), np.array([bound, free]), np.array([release - np.log(scale), release])
    )
    return replace(grown, provenance=(*base.provenance, "one more bound form"))
