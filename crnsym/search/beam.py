"""Search in a library of reactions: the best few mechanisms are expanded until all of the best have been.

A mechanism is expanded by linearising its trajectories in the rate of every reaction of the library. The sets of
reactions that this landscape favours are fitted, and may be expanded in turn. The search ends by itself; its effort
depends on the data alone.
"""

from dataclasses import dataclass, field

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT
from crnsym.refit.fit import Fit
from crnsym.regression.library import Library
from crnsym.search.landscape import Choice, Landscape, of_trajectories
from crnsym.search.pool import Pool
from crnsym.search.view import View
from crnsym.search.weak import weak_landscape

DENSE = 60  # reactions of a mechanism with all that the weak form uses


@dataclass(slots=True)
class Beam:
    """Search among the reactions of a library; everything that is fitted goes into the pool.

    Attributes
    ----------
    pool
        Problem, score and fits.
    library
        The reactions that may be used.
    bar
        Score of an answer that was found elsewhere: what cannot reach it is not expanded for long.
    """

    pool: Pool
    library: Library
    bar: float = np.inf
    expanded: set[object] = field(default_factory=set)

    def start(self, view: View, look: bool = False) -> None:
        """Fit what the weak form favours: sets about its elbow, and all reactions that it uses together.

        A first look is one at the elbow alone and at all: it tells how close a view comes, at half the cost.
        """
        form, energies = view.weak(self.library)
        landscape = weak_landscape(form, self.library, self.pool.score.of_library(self.library))
        path = landscape.path()
        elbow = min(range(len(path)), key=lambda i: path[i][0])
        above, below = (0, 0) if look else (EFFORT.above_elbow, EFFORT.below_elbow)
        near = slice(max(elbow - above, 0), elbow + below + 1)
        sets = [chosen for _, chosen in path[near]]
        dense = next((chosen for _, chosen in path if len(chosen) <= DENSE), path[-1][1])
        looked = set(self.pool.fits)
        for chosen in (*sets, dense):
            rates, _ = landscape.solve(chosen)
            mechanism = self.mechanism(*plainest(self.library, chosen, rates), f"weak form, {view.name}")
            if energies is not None:
                mechanism = mechanism.with_energies_of(energies)
            if mechanism.structure() not in looked:
                self.pool.fit(mechanism, iterations=20 if chosen is dense else 12)

    def run(self, most: int = EFFORT.expansions) -> None:
        """Expand the best mechanisms and the best-fitting one until all of them have been, or so many."""
        for _ in range(most):
            fit = self._next()
            if fit is None or (len(self.expanded) >= EFFORT.width and self.hopeless):
                return
            self.expanded.add(fit.mechanism.structure())
            library = self.library.including(fit.mechanism)
            landscape = of_trajectories(fit, library, self.pool.score.of_library(library))
            if landscape is not None:
                self._expand(fit, landscape, library)

    def _next(self) -> Fit | None:
        ranked = [fit for _, fit in self.pool.ranked()[: EFFORT.width] if len(fit.mechanism.log_rates)]
        closest = min(self.pool.fits.values(), key=lambda fit: fit.chi2, default=None)
        if closest is not None and len(closest.mechanism.log_rates):
            ranked.append(closest)
        return next((fit for fit in ranked if fit.mechanism.structure() not in self.expanded), None)

    def _expand(self, fit: Fit, landscape: Landscape, library: Library) -> None:
        """Fit the sets of reactions that the landscape about a fit favours."""
        for _, chosen in favourites(landscape, library.positions(fit.mechanism))[: EFFORT.refits]:
            rates, _ = landscape.solve(chosen)
            if not len(chosen) or not rates.any():
                continue
            mechanism = self.mechanism(*plainest(library, chosen, rates), "landscape of trajectories", library)
            if mechanism.structure() not in self.pool.fits:
                worst = self.pool.chi2_at(self.pool.best_score + self.slack, mechanism)
                self.pool.fit(mechanism.with_energies_of(fit.mechanism), initial=fit.initial_states, give_up=worst)

    @property
    def hopeless(self) -> bool:
        """Whether the closest fit, were its reactions for nothing, would not reach the bar."""
        closest = min((fit.chi2 for fit in self.pool.fits.values()), default=np.inf)
        return self.pool.score.likelihood_term(closest) > self.bar

    @property
    def slack(self) -> float:
        """How much worse than the best a mechanism may end and still be of use."""
        return 0.1 * self.pool.score.count + 2.0 * self.pool.score.per_reaction

    def mechanism(
        self, chosen: np.ndarray, rates: np.ndarray, remark: str, library: Library | None = None
    ) -> Mechanism:
        """Make a mechanism of reactions of the library; rates of zero become a trace of the largest of their order."""
        library = self.library if library is None else library
        left = library.complexes[library.source[chosen]]
        same_order = np.equal.outer(left.sum(axis=1), left.sum(axis=1))  # other orders have other units
        largest = np.where(same_order, rates, 0.0).max(axis=1, initial=0.0)
        raised = np.log(np.maximum(rates, 1e-4 * largest + 1e-300))
        return Mechanism(self.pool.problem.species, left, left + library.net[chosen], raised, (remark,))


def favourites(landscape: Landscape, present: np.ndarray) -> list[Choice]:
    """List sets of reactions by predicted score: eliminated one by one, improved from there and from those present."""
    path = landscape.path()
    starts = [chosen for _, chosen in sorted(path, key=lambda option: option[0])[:2]]
    if len(present) <= EFFORT.thinned:
        starts.append(present)
    found = {tuple(np.sort(chosen).tolist()): score for score, chosen in path}
    for start in starts:
        score, chosen = landscape.improved(start)
        found[tuple(chosen.tolist())] = score
    return [(score, np.array(key, np.int64)) for key, score in sorted(found.items(), key=lambda item: item[1])]


def plainest(library: Library, chosen: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Put the cheapest of the reactions that do the same, such as 2 A -> A + B and 2 A -> 2 B, in the place of each.

    The same reactants are turned over in the same direction: no data tell them apart, and rounding would choose.

    Parameters
    ----------
    library
        The reactions.
    chosen, rates
        ``(reactions,)`` positions in the library, and rate constants.
    """
    found: dict[int, float] = {}
    for reaction, rate in zip(chosen, rates, strict=True):
        same = np.flatnonzero(library.source == library.source[reaction])
        sizes = np.gcd.reduce(np.abs(library.net[same]), axis=1)
        size = np.gcd.reduce(np.abs(library.net[reaction]))
        alike = (library.net[same] * size == library.net[reaction] * sizes[:, None]).all(axis=1)
        best = int(np.argmin(np.where(alike, library.cost[same], np.inf)))
        place = int(same[best])
        found[place] = found.get(place, 0.0) + float(rate * size / sizes[best])
    places = np.array(sorted(found), np.int64)
    return places, np.array([found[place] for place in places])
