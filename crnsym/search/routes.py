"""The routes of the search through a library of reactions, and the climb from one order to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.data.noise import NoiseModel
from crnsym.data.trajectories import Trajectories
from crnsym.refit.fit import Fit
from crnsym.regression.composition import Composition
from crnsym.regression.library import Library
from crnsym.regression.quadratic import Quadratic, elimination_path
from crnsym.regression.temperature import complex_energies, tempered
from crnsym.regression.weak_form import WeakForm, weak_form, weak_quadratic
from crnsym.search.catalyst import search_catalyst
from crnsym.search.composed import search_composed
from crnsym.search.hidden import search_another, search_hidden
from crnsym.search.linearise import linearise
from crnsym.search.local import local_search
from crnsym.search.pieces import grow, thin_out
from crnsym.search.pool import Pool, Structure
from crnsym.search.starts import decoded_starts

POOR = 3.0  # chi2/N above which whole runs are given up for pieces
PLAUSIBLE = 1.12  # chi2/N below which an answer is plausible
GRAM_COMPLEXES = 30  # complexes that enter the elimination in the trajectory metric
LAWFUL_REACTIONS = 250  # above this many, the path under laws eliminates free net vectors and decodes lawfully
CONFIRMATIONS = 3  # rounds in the trajectory metric, each from the best answer so far
VISIBLE = 3  # measured species up to which a hidden one is always searched for
CLEARLY = 50.0  # criterion by which a higher order must win in the weak form to be searched first
LARGEST = 400  # complexes times species of a termolecular library that is searched in full


@dataclass(slots=True)
class Routes:
    """The routes through one library, sharing a pool."""

    data: Trajectories
    noise: NoiseModel
    guide: list[np.ndarray]
    pool: Pool
    note: Callable[[str], None]
    laws: Sequence[np.ndarray]
    hidden: int | None
    balances: np.ndarray
    composed: Composition | None = None
    seed: int = 0
    hidden_pools: list[Pool] | None = None
    energies: Mechanism | None = None  # one row a reactant complex, where the runs differ in temperature

    def unseen(self) -> bool:
        """Search mechanisms with hidden species, once; whether one of them fits."""
        few = len(self.data.species) <= VISIBLE
        asked = self.hidden or self.composed is not None or (self.hidden is None and (few or not self.fits()))
        if self.hidden_pools is None and asked:
            self.hidden_pools = []
            visible = self.pool.best_fit is not None and self.pool.best_fit.reduced < PLAUSIBLE
            if self.composed is not None:
                kinds = [self.of_known_composition]
            elif self.hidden == 1 or (visible and self.hidden is None):
                kinds = [self.one_hidden]
            else:
                kinds = [self.one_hidden, self.hidden_catalyst] if few else [self.hidden_catalyst, self.one_hidden]
            for kind in kinds:
                kind(self.hidden_pools)
        return any(p.best_fit is not None and p.best_fit.reduced < PLAUSIBLE for p in self.hidden_pools or ())

    def fits(self) -> bool:
        """Whether some mechanism reaches the noise."""
        fits = [p.best_fit for p in (self.pool, *(self.hidden_pools or ()))]
        return any(f is not None and f.reduced < PLAUSIBLE for f in fits)

    def one_hidden(self, pools: list[Pool]) -> None:
        """Mechanisms with one intermediate, depot or store."""
        search_hidden(self.pool, self.pool.best_fit, pools)
        self.note("hidden species")
        if self.hidden != 1 and not self.fits():
            search_another(self.pool, pools)
            self.note("a second hidden species")

    def of_known_composition(self, pools: list[Pool]) -> None:
        """Mechanisms with the hidden species that the formulas name."""
        assert self.composed is not None
        search_composed(self.pool, pools, self.composed, self.seed)
        self.note("hidden species of known composition")

    def hidden_catalyst(self, pools: list[Pool]) -> None:
        """Mechanisms with a catalyst and its bound forms."""
        search_catalyst(self.pool, pools, self.balances)
        self.note("hidden catalyst")

    def improve(self, fits: list[Fit], library: Library) -> None:
        """Search from given fits, as far as the library has their reactant complexes."""
        known = {tuple(y) for y in library.complexes.tolist()}
        for fit in fits:
            if all(tuple(y) in known for y in fit.mechanism.reactants.tolist()):
                local_search(fit, self.pool, library)

    def weak(self, library: Library) -> WeakForm:
        """Weak form on the reactant complexes of a library, scaled to one temperature where the runs have several."""
        form = weak_form(self.data, self.noise, self.guide, library.complexes)
        heat = self.pool.problem.temperatures
        if heat is None:
            return form
        c = library.complexes
        if self.energies is None:
            # three molecules at once are too many possibilities to learn energies from
            few = weak_form(self.data, self.noise, self.guide, c[c.sum(axis=1) <= 2])
            self.energies = complex_energies(few, self.data.species, heat.kelvin, heat.reference, heat.typical)
        here = Mechanism(self.data.species, c, c, np.zeros(len(c))).with_energies_of(self.energies)
        return tempered(form, 1.0 / heat.kelvin - 1.0 / heat.reference, heat.energies(here))

    def branch(self, library: Library) -> None:
        """All routes; the wider ones are skipped when two routes ended at the same plausible mechanism."""
        form = self.weak(library)
        quadratic = weak_quadratic(form)
        ends: list[Structure] = []
        for laws in self.laws:
            if self.agreed(ends):
                break
            ends += self.lawful(library.obeying(laws), library, quadratic, form.left.size)
            self.note("under conservation laws")
            ends += self.confirm(library)
            self.note("trajectory metric")
        if not self.agreed(ends):
            path, elbow = elimination_path(quadratic, form.left.size)
            starts = decoded_starts(self.data.species, path, elbow, library, "weak form, decoded")
            ends += self.follow(starts, library, 2)
            self.note("weak form")
        for _ in range(CONFIRMATIONS):
            if self.agreed(ends):
                break
            before = self.pool.best
            ends += self.confirm(library)
            self.note("trajectory metric")
            if self.pool.best == before:
                break

    def climb(self, libraries: list[Library]) -> None:
        """Search the libraries of order 1, 2, ... from the one that the weak form asks for until the fit is good.

        The best answer is then offered its neighbours one order higher.
        """
        libraries = [lib for lib in libraries if len(lib.source)]
        small = [lib for lib in libraries if lib.orders.max() < 3 or lib.complexes.size <= LARGEST]
        if not small:
            self.unseen()
            return
        first = reached = self.first_order(small)
        for reached in range(first, len(small)):
            self.branch(small[reached])
            best = self.pool.best_fit
            if (best is not None and best.reduced < PLAUSIBLE) or self.unseen():
                break
        best = self.pool.best_fit
        if best is not None and reached + 1 < len(libraries):
            local_search(best, self.pool, libraries[reached + 1], refits=6)
            self.note("neighbours of higher order")

    def first_order(self, libraries: list[Library]) -> int:
        """Position of the first library worth a search.

        Order 1 while more complexes do not fit clearly better in the weak form; above order 2 only if *fewer*
        complexes fit clearly better.
        """
        form = self.weak(libraries[-1])
        count = max(form.left.size, 1)
        quadratic = weak_quadratic(form)
        criteria, sizes = [], []
        for library in libraries:
            within = np.flatnonzero(libraries[-1].orders <= library.orders.max())
            path, elbow = elimination_path(quadratic, count, candidates=within)
            loss = quadratic.loss(path[elbow].net_vectors.ravel())
            sizes.append(len(path[elbow].active))
            criteria.append(count * np.log(loss / count) + 2.0 * sizes[-1] * np.log(count))
        if min(criteria) > criteria[0] - CLEARLY:
            return 0
        chosen = min(1, len(libraries) - 1)
        for k in range(2, len(libraries)):
            if sizes[k] <= sizes[chosen] and criteria[k] < criteria[chosen] - CLEARLY:
                chosen = k
        return chosen

    def agreed(self, ends: list[Structure]) -> bool:
        """Whether two routes ended at the best mechanism, and it is plausible."""
        best = self.pool.best_fit
        return best is not None and best.reduced < PLAUSIBLE and ends.count(best.mechanism.structure()) >= 2

    def lawful(self, lawful: Library, library: Library, quadratic: Quadratic, count: int) -> list[Structure]:
        """Search among the reactions that obey the laws, then let go of the laws."""
        if not len(lawful.source):
            return []
        small = lawful.restrict((lawful.complexes[lawful.source] + lawful.net).sum(axis=1) <= lawful.orders.max())
        if 0 < len(small.source) <= LAWFUL_REACTIONS:
            path, elbow = elimination_path(quadratic, count, library=small)
        else:
            path, elbow = elimination_path(quadratic, count, candidates=np.unique(lawful.source))
        starts = decoded_starts(self.data.species, path, elbow, lawful, "weak form under conservation laws")
        self.follow(starts, lawful, 1)
        best = self.pool.best_fit
        return [] if best is None else [local_search(best, self.pool, library).mechanism.structure()]

    def follow(self, starts: list[Mechanism], library: Library, searches: int) -> list[Structure]:
        """Fit the starts and search from the best; grow a mechanism on pieces of the runs where that fails."""
        if self.energies is not None:
            starts = [s.with_energies_of(self.energies) for s in starts]
        fits = sorted((self.pool.fit(s) for s in starts), key=lambda item: item[1])
        chosen = [thin_out(f, self.pool) for f, _ in fits[:searches] if f.ok]
        ends = [local_search(f, self.pool, library).mechanism.structure() for f in chosen]
        best = self.pool.best_fit
        if best is None or best.reduced > POOR:
            grown = grow(self.pool, library)
            if grown.ok:
                ends.append(local_search(grown, self.pool, library).mechanism.structure())
        return ends

    def confirm(self, library: Library) -> list[Structure]:
        """Eliminate complexes in the metric of the best model's trajectories, decode, fit and search from there."""
        best = self.pool.best_fit
        linear = None if best is None else linearise(best, self.pool.problem, library.complexes)
        if best is None or linear is None:
            return []
        usable = _strongest(linear, np.unique(library.source), best)
        path, elbow = elimination_path(linear, self.pool.score.count, candidates=usable)
        starts = decoded_starts(self.data.species, path, elbow, library, "trajectory metric, decoded")
        starts = [s.with_energies_of(best.mechanism) for s in starts]
        fits = []
        for s in starts:
            known = s.structure()
            if known in self.pool.fits:
                fits.append((self.pool.fits[known], self.pool.scores[known]))
            else:
                fits.append(self.pool.fit(s, initial=best.initial_states))
        fits.sort(key=lambda item: item[1])
        ends = []
        for f, _ in fits[:2]:
            structure = f.mechanism.structure()
            if structure == self.pool.best:
                ends.append(structure)
            elif f.ok:
                ends.append(local_search(thin_out(f, self.pool), self.pool, library).mechanism.structure())
        return ends


def _strongest(linear: Quadratic, usable: np.ndarray, best: Fit) -> np.ndarray:
    """Choose the complexes of the model and those whose addition promises most."""
    used = {tuple(y) for y in best.mechanism.reactants.tolist()}
    rows = linear.rows(usable)
    gain = (linear.moment[rows] ** 2 / np.maximum(np.diag(linear.gram)[rows], 1e-300)).max(axis=1)
    gain[[tuple(linear.complexes[y]) in used for y in usable]] = np.inf
    return np.sort(usable[np.argsort(-gain, kind="stable")[:GRAM_COMPLEXES]])
