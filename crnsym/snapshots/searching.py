"""Search for the sets of rules, with weights that follow the best."""

from collections.abc import Sequence

import numpy as np

from ..data.snapshots import Snapshots
from ..errors import DataError
from ..training.progress import Progress
from .exclusion import AnyRule, Library
from .loss import Loss
from .observed import Jumps, net_changes
from .select import Search, Set
from .weak import different_runs, same_runs

REWEIGHTINGS, MOST_REWEIGHTINGS = 3, 5  # more than 3 where the last search finds another set than gave its weights
UNUSUAL = 2 * np.log(10.0)  # price of a rule that no reaction of a network says: prior odds of one to ten
LARGER = 2 * np.log(2.0)  # price of each molecule after the first that a rule makes or uses up: odds of one to two
HIDING = 2.5  # price of a vague rate, in standard deviations of the equations in whose scatter it hides
HIDING_HOP = 2.0  # of a hop: what its rate, free to choose, gains by chance
MOST_EVENTS = 300.0  # hops to one neighbour, or reactions of one molecule, in an interval: beyond what times resolve
FAST = 0.1  # of the largest hop rate: where the search for fast hops starts


def advice(shots: Snapshots) -> str:
    """Return what to do where no rule of the library explains anything."""
    if shots.kind == "lattice":
        return "rules take two neighbouring sites: take snapshots at shorter times, or compare moments with fit_dbm"
    return "allow more molecules by max_order (3 at most), or take snapshots at shorter times"


def _price(rule: AnyRule) -> float:
    """Return what a rule costs beyond others: what is rare among reactions needs more evidence."""
    states = {*rule.before, *rule.after} - {0}
    changed = sum(abs(rule.after.count(s) - rule.before.count(s)) for s in states)
    return LARGER * max(changed - 1, 0) + UNUSUAL * (not (rule.is_reaction or rule.is_hop))


def _limits(every: Sequence[Snapshots], library: Library) -> np.ndarray:
    """Return the rates above which no snapshots could show a difference."""
    if every[0].kind == "counts":
        return np.full(len(library.usable), np.inf)
    return np.full(len(library.usable), MOST_EVENTS / min(np.diff(s.times).min() for s in every))


def _families(library: Library) -> list[list[int]]:
    """Return positions of what happens to single molecules and sites, hops included; then of reactions and hops."""
    rules = [library.rules[i] for i in library.usable]
    single = [i for i, rule in enumerate(rules) if rule.is_hop or len(rule.before) <= 1]
    plain = [i for i, rule in enumerate(rules) if rule.is_hop or rule.is_reaction]
    return [family for family in (single, plain) if 0 < len(family) < len(rules)]


def search_sets(every: Sequence[Snapshots], jumps: Sequence[Jumps], library: Library, reporter: Progress) -> Search:
    """Search with the rates of the best set in the weights, anew from each to the next.

    Raises
    ------
    DataError
        No set of rules with positive rates explains anything.
    """
    shots = every[0]
    extra = np.array([_price(library.rules[i]) for i in library.usable])
    hiding = np.array([HIDING_HOP if library.rules[i].is_hop else HIDING for i in library.usable])
    rates, limits = np.zeros(len(extra)), _limits(every, library)
    nets = net_changes([library.rules[i] for i in library.usable], len(shots.species))
    families = _families(library)
    fast = np.where([library.rules[i].is_hop for i in library.usable], limits * FAST, 0.0)
    search: Search | None = None
    weighed: Set = ()
    for step in range(MOST_REWEIGHTINGS):
        regressions = [
            (same_runs if s.same_runs else different_runs)(j, s.times, rates) for s, j in zip(every, jumps, strict=True)
        ]
        thorough = step >= REWEIGHTINGS - 1
        stage = f"searching, weights {step + 1} of {max(step + 1, REWEIGHTINGS)}"

        def tell(best: Set, stage: str = stage, step: int = step) -> None:
            texts = [library.rules[library.usable[i]].text(shots.species) for i in best]
            reporter.report(stage, min(step, REWEIGHTINGS - 1) / REWEIGHTINGS, "\n".join(texts))

        loss = Loss.of(*regressions, limits=limits, fast=fast)
        search = Search(loss, extra, len(library.rules), hiding, tell, families, nets)
        search.run(thorough)
        if not search.rates:
            raise DataError(
                f"no set of rules with positive rates changes the snapshots as they change; {advice(shots)}"
            )
        best = search.best(1)[0]
        rates = np.zeros(len(extra))
        rates[list(best)] = search.rates[best]
        if search.interrupted or (thorough and best == weighed):
            break
        weighed = best
    assert search is not None
    return search
