"""Which rules: a guarded beam and climbing over sets, with a price for each rule."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import nnls
from scipy.special import gammaln

from .loss import Loss

BEAM, CLIMBERS, MOST = 25, 4, 14
BATCH = 1024  # sets that are fitted at once
FIRST_BEAM = 8  # while weights are not yet known
GIVEN_UP = 30.0  # score units behind the best after which larger sets are not tried
PROMISING = 24  # rules of which pairs are tried in the place of one

Set = tuple[int, ...]


class Search:
    """Sets of rules that were tried, with their scores and rates.

    The score is the loss, plus log(equations) for each rule, plus twice the logarithm of the number of sets of that
    size in the whole library (as in the extended BIC of Chen and Chen, 2008), plus what single rules cost more.

    Parameters
    ----------
    loss
        Of the rules that may be chosen.
    extra
        ``(rules,)``, further price of each.
    size
        Number of rules of the whole library, those included that were excluded beforehand.
    hiding
        ``(rules,)``, price of the equations that a rule hides, in standard deviations of their chi-square.
    report
        Called with the best set from time to time.
    families
        Rules that are tried alone first, each a list of numbers: plain sets that no addition of single rules to good
        sets leads to, as a cycle of which all steps are needed, are then met.
    nets
        ``(rules, species)``, what each changes. Several of a set that change the same may be one.
    """

    def __init__(
        self,
        loss: Loss,
        extra: np.ndarray,
        size: int,
        hiding: float | np.ndarray = 0.0,
        report: Callable[[Set], None] = lambda _: None,
        families: Sequence[Sequence[int]] = (),
        nets: np.ndarray | None = None,
    ) -> None:
        self.loss, self.report = loss, report
        self.rules, self.interrupted = tuple(range(len(extra))), False
        self._families = (*families, self.rules)
        self._nets = [(i,) for i in self.rules] if nets is None else [tuple(net) for net in nets.tolist()]
        taken = np.arange(min(size, MOST) + 1)
        ways = gammaln(size + 1) - gammaln(taken + 1) - gammaln(size - taken + 1)
        self._sizes = (taken * np.log(loss.equations) + 2 * ways).tolist()
        self._extra = extra.tolist()
        self._hiding = np.broadcast_to(hiding, len(extra))
        self._hidden: dict[Set, float] = {}
        self.scores: dict[Set, float] = {}
        self.rates: dict[Set, np.ndarray] = {}

    def price(self, chosen: Set) -> float:
        """Return what a set costs."""
        return self._sizes[len(chosen)] + sum(self._extra[i] for i in chosen) + self._hidden.get(chosen, 0.0)

    def same_process(self, one: Set, other: Set) -> bool:
        """Whether two sets with their rates predict the same changes in every run."""
        apart, whole = np.zeros(len(self.rules) + 1), np.zeros(len(self.rules) + 1)
        apart[1 + np.array(one)] = whole[1 + np.array(one)] = self.rates[one]
        apart[1 + np.array(other)] -= self.rates[other]
        form = sum(self.loss.forms).sum(axis=0)  # type: ignore[arg-type]  # of arrays
        return bool(apart @ form @ apart < 1e-9 * (whole @ form @ whole))

    def try_all(self, sets: Iterable[Iterable[int]]) -> None:
        """Score sets that were not tried yet."""
        fresh = {s for s in (tuple(sorted(s)) for s in sets) if s not in self.scores}
        for size in {len(s) for s in fresh if 0 < len(s) <= MOST}:
            group = [s for s in fresh if len(s) == size]
            for start in range(0, len(group), BATCH):
                part = group[start : start + BATCH]
                losses, rates, hidden = self.loss.fit(np.array(part))
                prices = (self._hiding[np.array(part)] * np.sqrt(2 * hidden)).sum(axis=1)
                for s, value, k, price in zip(part, losses, rates, prices.tolist(), strict=True):
                    self._hidden[s] = price
                    self.scores[s] = float(value) + self.price(s)
                    if np.isfinite(value):
                        self.rates[s] = k

    def best(self, count: int, size: int | None = None) -> list[Set]:
        """Return the best sets, of one size if asked."""
        found = [s for s in self.rates if size is None or len(s) == size]
        return sorted(found, key=lambda s: (self.scores[s], s))[:count]

    def run(self, thorough: bool = True) -> None:
        """Search forward from nothing; if thorough, prune back from the non-negative fit and climb from the best.

        An interruption (Ctrl-C) ends the search and is noted in ``interrupted``; what was found until then is kept.
        """
        try:
            for family in self._families:
                self._forward(BEAM if thorough else FIRST_BEAM, family)
                if thorough or len(family) < len(self.rules):
                    self._prune(np.array(family))
            if thorough:
                done: set[Set] = set()
                while todo := [s for s in self.best(CLIMBERS) if s not in done][:1]:
                    done.update(todo)
                    self._climb(todo[0])
                    self.report(self.best(1)[0])
        except KeyboardInterrupt:
            if not self.rates:
                raise
            self.interrupted = True

    def _forward(self, beam: int, family: Sequence[int]) -> None:
        level: list[Set] = [()]
        least = np.inf
        for size in range(1, min(MOST, len(family)) + 1):
            self.try_all({*s, rule} for s in level for rule in family if rule not in s)
            level = self.best(beam, size)
            least = min([least, *(self.scores[s] for s in level[:1])])
            if not level or self.scores[level[0]] > least + GIVEN_UP:
                break
            self.report(self.best(1)[0])

    def _prune(self, family: np.ndarray) -> None:
        """Start from the rules of the plain non-negative fit, and leave out one after the other."""
        kept = np.concatenate([[0], family + 1])
        values, vectors = np.linalg.eigh(self.loss.forms.mean.sum(axis=0)[kept[:, None], kept])
        root = (vectors * np.sqrt(np.maximum(values, 0))).T
        try:
            support = nnls(root[:, 1:], root[:, 0], maxiter=100 * len(family))[0]
        except RuntimeError:  # no convergence: the forward search stands alone
            return
        order = np.argsort(-support)[:MOST]
        current = tuple(sorted(int(family[i]) for i in order if support[i] > 0))
        while len(current) > 1:
            self.try_all([current])
            smaller = [tuple(r for r in current if r != left_out) for left_out in current]
            self.try_all(smaller)
            current = min(smaller, key=lambda s: self.scores[s])

    def _climb(self, middle: Set) -> None:
        """Add, drop, exchange, one for two, two for one, and one for all that change the same."""
        others, whole = [r for r in self.rules if r not in middle], set(middle)
        self.try_all({*whole, r} for r in others)
        for left_out in middle:
            rest = whole - {left_out}
            self.try_all([rest, *({*rest, r} for r in others)])
            score = {r: self.scores[tuple(sorted({*rest, r}))] for r in others}
            likely = sorted(others, key=lambda r: (score[r], r))[:PROMISING]
            self.try_all({*rest, *pair} for pair in combinations(likely, 2))
        for pair in combinations(middle, 2):
            self.try_all({*(whole - set(pair)), r} for r in others)
        for net in {self._nets[r] for r in middle}:
            rest = {r for r in middle if self._nets[r] != net}
            self.try_all({*rest, r} for r in self.rules if self._nets[r] == net)
