"""What a search is asked: the measurements and all that is known or wanted, fixed before it starts."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from crnsym.data.laws import is_followed, mine_laws, near_laws
from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.smoothing import smooth
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit
from crnsym.refit.knowledge import Knowledge
from crnsym.refit.mixtures import Mixtures
from crnsym.refit.problem import FitProblem, fit_problem
from crnsym.regression.library import Library, build_library
from crnsym.search.score import Score, Vessel
from crnsym.search.view import View


class Chemistry(Protocol):
    """What is known of the reactions beforehand."""

    def library(self, species: int, order: int, products: int, laws: np.ndarray | None) -> Library:
        """List the reactions of at most this order that may be and keep the laws, and those that must be."""
        ...

    def complete(self, mechanism: Mechanism) -> Mechanism:
        """Add the reactions that must be."""
        ...


@dataclass(frozen=True, slots=True)
class AnyChemistry:
    """Nothing is known of the reactions."""

    def library(self, species: int, order: int, products: int, laws: np.ndarray | None) -> Library:
        """List all."""
        return build_library(species, order, products, laws)

    def complete(self, mechanism: Mechanism) -> Mechanism:
        """Add nothing."""
        return mechanism


@dataclass(frozen=True, slots=True, eq=False)
class Unmeasured:
    """Species that somebody named but nobody measured, which start at zero, and all steps that there can be.

    Attributes
    ----------
    names
        They follow the measured species in the columns of ``steps``.
    steps
        Of the measured and the named species.
    """

    names: tuple[str, ...]
    steps: Library


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Data and knowledge of one search.

    Attributes
    ----------
    view
        The measured species, without laws.
    laws
        Sets of conservation laws ``(laws, species)`` to try as hypotheses, the most restrictive first.
    balances
        ``(laws, species)`` sums that are at least nearly conserved: what forms of a hidden catalyst may carry.
    followed
        ``(species,)``: measured after the first row of some run; the others were only weighed in.
    chemistry
        Reactions that may or must be.
    max_order
        Largest molecularity of a reaction; by default 1, 2 and 3.
    hidden
        Species that were not measured: 0, 1 or more; by default they are searched for where there is reason to.
    unmeasured
        Hidden species that somebody named: only those are searched for.
    vessel
        Whether the vessel is open, closed or neither for sure: what a feed or a drain costs.
    starts
        Mechanisms to start from: known ones, or what a learner found.
    found
        Fits of an earlier search in the same data with another noise: what is searched begins there too.
    weak_form
        Whether the strategies that need no start are used too.
    seed
        Of random starts, where a strategy has any.
    """

    view: View
    laws: tuple[np.ndarray, ...]
    balances: np.ndarray
    followed: np.ndarray
    chemistry: Chemistry = AnyChemistry()
    max_order: int | None = None
    hidden: int | None = None
    unmeasured: Unmeasured | None = None
    vessel: Vessel = "auto"
    starts: tuple[Mechanism, ...] = ()
    found: tuple[Fit, ...] = ()
    weak_form: bool = True
    seed: int = 0

    @property
    def species(self) -> int:
        """Number of species with a column."""
        return len(self.view.data.species)

    @property
    def orders(self) -> tuple[int, ...]:
        """Molecularities that are tried."""
        return tuple(range(1, (self.max_order or 3) + 1))

    @property
    def weighed_in(self) -> tuple[int, ...]:
        """Species that were weighed in but not followed."""
        return tuple(np.flatnonzero(~self.followed).tolist())

    def score(self, problem: FitProblem) -> Score:
        """Score of mechanisms on the measurements, with whatever unmeasured species a problem has."""
        totals = {tuple(map(int, law)) for law in (self.laws[0] if self.laws else ()) if np.all(law > 0)}
        own = self.view.problem
        private = () if own.observation is None else own.observation.private()
        score = Score(
            own.count, self.species, tuple(sorted(totals)), numbers=own.numbers, vessel=self.vessel, private=private
        )
        return score.widened(problem)

    def library(self, order: int, products: int = 3, laws: np.ndarray | None = None, species: int = 0) -> Library:
        """Reactions of at most this order that may be and obey the laws, and those that must be."""
        return self.chemistry.library(species or self.species, order, products, laws)


def ask(
    data: Trajectories,
    noise: NoiseModel,
    *,
    fixed_starts: bool = False,
    knowledge: Knowledge | None = None,
    **known: Any,
) -> Question:
    """Arrange measurements for a search: smoothed courses, conservation laws, start values.

    Parameters
    ----------
    data, noise
        Measurements and their noise model.
    fixed_starts
        Every run starts from its first row as recorded, see `fit_problem`.
    knowledge
        What is known of rates beside the data.
    known
        Further fields of the question.
    """
    guide = smooth(data, noise)
    problem = replace(fit_problem(data, noise, guide, fixed=fixed_starts), knowledge=knowledge)
    laws = mine_laws(data, noise, guide)
    none = np.zeros((0, len(data.species)), np.int64)
    view = View("measured species", data, noise, tuple(guide), problem, none)
    balances = near_laws(data, guide, laws[-1] if laws else none)
    return Question(view, tuple(laws), balances, is_followed(data), **known)


def ask_mixtures(
    data: Trajectories,
    noise: NoiseModel,
    mixtures: Mixtures,
    *,
    fixed_starts: bool = False,
    knowledge: Knowledge | None = None,
    **known: Any,
) -> Question:
    """Arrange measurements of mixtures of species for a search, see `ask`; no law can be read off such columns."""
    problem = mixtures.problem(data, noise, fixed=fixed_starts, knowledge=knowledge)
    courses = mixtures.courses(data)
    none = np.zeros((0, len(mixtures.species)), np.int64)
    view = View("mixtures of species", courses, problem.noise, problem.guide, problem, none)
    followed = np.ones(len(mixtures.species), bool)
    return Question(view, (), none, followed, **{**known, "weak_form": False})
