"""Exchange search in a fixed list of reactions: add one or two, drop as many, keep the best few of every size.

Where no mechanism reaches the noise, a search that follows one score stops at the first mechanism without a better
neighbour. Here the best few of every number of reactions are remembered and grown from in random order, so that a good
mechanism of twelve reactions may come from a poor one of fourteen. The model of chi2 is quadratic in the rates of the
whole list, from one simulation with sensitivities.
"""

from dataclasses import dataclass

import numpy as np

from crnsym.data.mechanism import Mechanism
from crnsym.deciding import EFFORT, THRESHOLDS
from crnsym.refit.evaluate import evaluate, reactant_slots
from crnsym.refit.fit import Fit
from crnsym.refit.normal_equations import normal_equations
from crnsym.regression.gram import nonnegative
from crnsym.regression.library import Library
from crnsym.search.pool import Pool

KEPT_AT_ONCE = 0.9  # of the reactions, at the least, when some are dropped without a fit
HOLD = 3e-3  # weight of a relative change of a rate in the predictions, as a fraction of chi2
FREE = 1e-3  # predicted rise of chi2, as a fraction of it, up to which a reaction is dropped without a fit
DECAY = 0.7  # probability of a choice relative to that of the next better one
FACTOR = 5.0  # by which a predicted rate may differ from the last one
REFIT, REGROWN, REPAIRED = 8, 12, 25  # iterations of a fit after a drop, after an addition, after a harmful drop

Model = tuple[np.ndarray, np.ndarray, float]  # Gauss-Newton matrix, gradient, chi2


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Search among the reactions of a library; everything that is fitted goes into the pool.

    Attributes
    ----------
    pool
        Problem, score, clock, and the fits so far.
    library
        The reactions that may be used; small enough to be linearised all at once.
    rng
        Chooses what is grown from and what is added.

    The last line of a mechanism's provenance tells from which start it came: each start keeps its own best, so that one
    of them does not crowd out the others.
    """

    pool: Pool
    library: Library
    rng: np.random.Generator

    def best_of_size(self) -> dict[int, list[Fit]]:
        """Best fits of every number of reactions, smallest chi2 first, one of each start and only a few."""
        rows: dict[int, dict[tuple[str, ...], Fit]] = {}
        for fit in sorted(self.pool.fits.values(), key=lambda f: f.chi2):
            row = rows.setdefault(len(fit.mechanism.log_rates), {})
            if len(row) < EFFORT.exchange_kept:
                row.setdefault(fit.mechanism.provenance[-1:], fit)
        return {size: list(row.values()) for size, row in rows.items()}

    def near_best(self) -> dict[int, list[Fit]]:
        """Those about as large as the best-scoring mechanism of at most half of the library."""
        rows = {k: row for k, row in self.best_of_size().items() if 2 * k <= len(self.library.source)}
        score = self.pool.score
        best = min(rows, key=lambda k: score.mechanism(rows[k][0].mechanism, rows[k][0].chi2), default=0)
        return {k: row for k, row in rows.items() if abs(k - best) <= EFFORT.exchange_near}

    def step(self) -> bool:
        """Add one or two reactions to one of the mechanisms near the best-scoring size, then drop as many and one.

        False if there is none to start from.
        """
        rows = self.near_best()
        if not rows:
            return False
        size = int(self.rng.choice(sorted(rows)))
        weights = DECAY ** np.arange(len(rows[size]))
        fit = rows[size][self.rng.choice(len(weights), p=weights / weights.sum())]
        model = self._quadratic(fit)
        if model is None:
            return True
        members = self._members(fit.mechanism)
        rates = np.exp(fit.mechanism.log_rates)
        options = []
        for other in np.setdiff1d(np.arange(len(self.library.source)), members):
            value, found = _optimum(model, members, rates, np.append(members, other))
            if found[-1] > 0:
                options.append((value, int(other), float(found[-1])))
        if not options:
            return True
        options.sort()
        weights = DECAY ** np.arange(len(options))
        count = min(len(options), int(self.rng.integers(1, 3)))
        chosen = self.rng.choice(len(options), size=count, replace=False, p=weights / weights.sum())
        wide = np.append(members, [options[i][1] for i in chosen])
        grown = self._mechanism(wide, np.append(rates, [options[i][2] for i in chosen]), fit)
        wider = self.pool.fit(grown, initial=fit.initial_states, iterations=REGROWN)[0]
        if wider.ok:
            self.descend(wider, size - 1)
        return True

    def descend(self, fit: Fit, smallest: int) -> None:
        """Drop one reaction after the other, each time the best of the few whose loss is predicted to be least."""
        while len(fit.mechanism.log_rates) > max(smallest, 1):
            model = self._quadratic(fit)
            if model is None:
                return
            members, rates = self._members(fit.mechanism), np.exp(fit.mechanism.log_rates)
            rest = np.arange(len(members))
            reachable, _ = _optimum(model, members, rates, members)
            while len(rest) > max(smallest + 1, 2, KEPT_AT_ONCE * len(members)):
                value, fewer, _ = _without_one(model, members, rates, rest)[0]
                if value > reachable + FREE * fit.chi2:
                    break
                rest = fewer
            best: Fit | None = None
            for tried, (_, kept, predicted) in enumerate(_without_one(model, members, rates, rest)):
                harmless = best is not None and best.chi2 < THRESHOLDS.harmless * fit.chi2
                if tried >= (EFFORT.exchange_drops if harmless else EFFORT.exchange_most):
                    break
                start = np.clip(predicted, rates[kept] / FACTOR, rates[kept] * FACTOR)
                smaller = self._mechanism(members[kept], start, fit)
                option = self.pool.fit(smaller, initial=fit.initial_states, iterations=REFIT)[0]
                if option.ok and (best is None or option.chi2 < best.chi2):
                    best = option
            if best is None:
                return
            if best.chi2 > THRESHOLDS.harmless * fit.chi2:
                best = self.pool.fit(best.mechanism, initial=best.initial_states, iterations=REPAIRED)[0]
            fit = best

    def _quadratic(self, fit: Fit) -> Model | None:
        """Gauss-Newton matrix, gradient and chi2 in the rates of the whole library; None if not integrable."""
        slots = reactant_slots(self.library.complexes[self.library.source])
        vectors = self.library.net.astype(float)
        factors = np.ones((len(fit.problem.times), len(slots)))
        here = evaluate(fit.problem, fit.mechanism, fit.initial_states, (slots, vectors, factors, np.zeros(len(slots))))
        if here is None:
            return None
        matrix, gradient, *_ = normal_equations(here)
        return (matrix, gradient, here.chi2) if np.isfinite(matrix).all() and np.isfinite(gradient).all() else None

    def _members(self, mechanism: Mechanism) -> np.ndarray:
        """Positions of a mechanism's reactions in the library."""
        left = self.library.complexes[self.library.source].tolist()
        position = {(*y, *s): i for i, (y, s) in enumerate(zip(left, self.library.net.tolist(), strict=True))}
        own = zip(mechanism.reactants.tolist(), mechanism.net_stoichiometry.tolist(), strict=True)
        return np.array([position[(*y, *s)] for y, s in own])

    def _mechanism(self, members: np.ndarray, rates: np.ndarray, origin: Fit) -> Mechanism:
        left = self.library.complexes[self.library.source[members]]
        provenance = origin.mechanism.provenance[-1:]
        return Mechanism(self.pool.problem.species, left, left + self.library.net[members], np.log(rates), provenance)


def _without_one(
    model: Model, members: np.ndarray, rates: np.ndarray, rest: np.ndarray
) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Predicted chi2 without each of ``rest`` (positions in members) in turn, those left, their rates; least first."""
    options = []
    for at in range(len(rest)):
        kept = np.delete(rest, at)
        value, found = _optimum(model, members, rates, members[kept])
        options.append((value, kept, found))
    return sorted(options, key=lambda option: option[0])


def _optimum(model: Model, members: np.ndarray, rates: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
    """Predicted chi2 with the rates of the chosen reactions re-optimised, none negative; and these rates.

    A weak pull holds the rates near their present values: in directions that no data determine the model would
    otherwise lead far from where it holds.
    """
    matrix, gradient, chi2 = model
    matrix = matrix.copy()
    matrix[members, members] += HOLD * chi2 / rates**2
    moment = matrix[np.ix_(chosen, members)] @ rates + gradient[chosen]
    found, value = nonnegative(np.ascontiguousarray(matrix[np.ix_(chosen, chosen)]), moment)
    inner = matrix[np.ix_(members, members)]
    return float(chi2 + 2.0 * gradient[members] @ rates + rates @ inner @ rates + value), found
