"""Find the reactions, and the hops, behind snapshots of a stochastic system."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..data.snapshots import Snapshots, as_snapshots
from ..errors import DataError
from ..network.arguments import whole_number
from ..training.progress import Progress, as_progress
from .counts import count_jumps, count_rules
from .exclusion import AnyRule, Library, examine
from .jumps import lattice_jumps
from .loss import Loss
from .movement import with_hops
from .observed import Jumps
from .result import SnapshotDiscovery, rule_set
from .rules import neighbour_rules
from .select import Search, Set
from .verdict import conclude
from .weak import different_runs, independent, same_runs

REWEIGHTINGS = 3
UNUSUAL = 2 * np.log(10.0)  # price of a rule that no reaction of a network says: prior odds of one to ten
LARGER = 2 * np.log(
    2.0
)  # price of each molecule after the first that a rule makes or uses up: prior odds of one to two
HIDING = 2.5  # price of a vague rate, in standard deviations of the equations in whose scatter it hides
HIDING_HOP = 2.0  # of a hop: what its rate, free to choose, gains by chance
MOST_EVENTS = 300.0  # hops to one neighbour, or reactions of one molecule, in an interval: beyond what times resolve
FAST = 0.1  # of the largest hop rate: where the search for fast hops starts
KEPT, MOST_KEPT = 10.0, 40  # score units behind the best up to which a set is reported


def discover_snapshots(
    snapshots: Any,
    *,
    observables: str = "pairs",
    max_order: int | None = None,
    progress: Progress | Callable[[str, float | None, str], Any] | None = None,
) -> SnapshotDiscovery:
    """Find the reactions behind snapshots of a lattice, or of counted molecules in a well-mixed volume.

    The expected change of any observable is linear in the rates of the rules and exact for each snapshot, so that
    trajectories are not needed. For a lattice the library holds everything that can happen on a site or between two
    neighbours, hops included, and the observables are counts and numbers of pairs; for counts it holds all reactions
    up to an order, and the observables are means and second moments. Sets of rules are fitted to the mean increments
    between snapshots, projected on cosines in time.

    Parameters
    ----------
    snapshots
        `Snapshots`, or the runs that `simulate_lattice` or `simulate_stochastic` return.
    observables
        ``"pairs"``, or ``"counts"`` for the counts (means) alone, from which less can be told.
    max_order
        Largest number of molecules on either side of a reaction, for counts; by default 2, then 3 if 2 is not enough.
    progress
        A reporter, or a function ``(stage, fraction, best)``. Ctrl-C ends the search with the best so far.

    Returns
    -------
    SnapshotDiscovery
        Ranked sets of rules with rates and standard errors, the sets that cannot be told apart, and remarks.

    Raises
    ------
    DataError
        Snapshots that cannot be used, or in which nothing happens; an argument out of its range.

    Examples
    --------
    >>> from crnsym import network, simulate_stochastic
    >>> runs = simulate_stochastic(network("A -> B @ 0.5; init A = 50"), (0, 5, 21), runs=40)
    >>> discover_snapshots(runs)[0].reactions
    ['A -> B']
    """
    shots = as_snapshots(snapshots)
    if observables not in ("pairs", "counts"):
        raise DataError(f"observables={observables!r} is unknown; choose pairs or counts")
    if max_order is not None:
        max_order = whole_number("max_order", max_order, 1, 3, DataError)
    if max_order is not None and shots.kind == "lattice":
        raise DataError("max_order is for counts; on a lattice rules take at most two neighbours")
    if shots.runs < 3:
        raise DataError(f"{shots.runs} runs: three or more are needed to tell reactions from their noise")
    reporter, counts_only = as_progress(progress), observables == "counts"
    if shots.kind == "lattice":
        rules: Sequence[AnyRule] = neighbour_rules(len(shots.species))
        reporter.report("counting pairs", None, "")
        # one of two kinds, as asked above
        jumps = lattice_jumps(shots.values, len(shots.species), shots.periodic, rules, counts_only)  # type: ignore[arg-type]
        return _discover(shots, rules, jumps, counts_only, reporter)
    for order in (2, 3) if max_order is None else (int(max_order),):
        rules = count_rules(len(shots.species), order)
        jumps = count_jumps(shots.values, rules, 1 if counts_only else 2)
        found = _discover(shots, rules, jumps, counts_only, reporter)
        if found.verdict != "not reached":
            break
    return found  # type: ignore[possibly-undefined]  # (one branch runs)


def _discover(
    shots: Snapshots, rules: Sequence[AnyRule], jumps: Jumps, counts_only: bool, reporter: Progress
) -> SnapshotDiscovery:
    library = examine(shots, rules, jumps)
    jumps = independent(jumps)
    if not jumps.values.shape[2]:
        raise DataError("nothing happens: no snapshot differs from the first of its run in the observables")
    if not library.usable:
        raise DataError(f"no rule of the library can change these snapshots as they change; {_advice(shots)}")
    if (shots.values == shots.values[:1]).all():
        raise DataError(f"all {shots.runs} runs are the same; reactions are told by how runs of molecules scatter")
    jumps = jumps.of_rules(library.usable)
    search = _search(shots, jumps, library, reporter)
    return _report(shots, library, search, counts_only)


def _advice(shots: Snapshots) -> str:
    if shots.kind == "lattice":
        return "rules take two neighbouring sites: take snapshots at shorter times, or compare moments with fit_dbm"
    return "allow more molecules by max_order (3 at most), or take snapshots at shorter times"


def _price(rule: AnyRule) -> float:
    """Return what a rule costs beyond others: what is rare among reactions needs more evidence."""
    states = {*rule.before, *rule.after} - {0}
    changed = sum(abs(rule.after.count(s) - rule.before.count(s)) for s in states)
    return LARGER * max(changed - 1, 0) + UNUSUAL * (not (rule.is_reaction or rule.is_hop))


def _limits(shots: Snapshots, library: Library) -> np.ndarray:
    """Return the rates above which no snapshots could show a difference."""
    if shots.kind == "counts":
        return np.full(len(library.usable), np.inf)
    return np.full(len(library.usable), MOST_EVENTS / np.diff(shots.times).min())


def _search(shots: Snapshots, jumps: Jumps, library: Library, reporter: Progress) -> Search:
    extra = np.array([_price(library.rules[i]) for i in library.usable])
    regress = same_runs if shots.same_runs else different_runs
    hiding = np.array([HIDING_HOP if library.rules[i].is_hop else HIDING for i in library.usable])
    rates, limits = np.zeros(len(extra)), _limits(shots, library)
    fast = np.where([library.rules[i].is_hop for i in library.usable], limits * FAST, 0.0)
    search = None
    for step in range(REWEIGHTINGS):
        regression = regress(jumps, shots.times, rates)
        stage = f"searching, weights {step + 1} of {REWEIGHTINGS}"

        def tell(best: Set, stage: str = stage, step: int = step) -> None:
            texts = [library.rules[library.usable[i]].text(shots.species) for i in best]
            reporter.report(stage, step / REWEIGHTINGS, "\n".join(texts))

        search = Search(Loss.of(regression, limits=limits, fast=fast), extra, len(library.rules), hiding, tell)
        search.run(thorough=step == REWEIGHTINGS - 1)
        if not search.rates:
            raise DataError(
                f"no set of rules with positive rates changes the snapshots as they change; {_advice(shots)}"
            )
        best = search.best(1)[0]
        rates = np.zeros(len(extra))
        rates[list(best)] = search.rates[best]
        if search.interrupted:
            break
    assert search is not None
    return search


def _report(shots: Snapshots, library: Library, search: Search, counts_only: bool) -> SnapshotDiscovery:
    sets = search.best(MOST_KEPT)
    founders: dict[Set, list[Set]] = {}  # of classes of sets with the same process
    for s in (s for s in sets if search.scores[s] <= search.scores[sets[0]] + KEPT):
        for founder, others in founders.items():
            if search.same_process(founder, s):
                if len(s) == len(founder):
                    others.append(s)
                break
        else:
            founders[s] = []

    def numbers(s: Set) -> list[int]:
        return [library.usable[i] for i in s]

    candidates = [
        rule_set(
            shots,
            library,
            numbers(s),
            search.rates[s],
            search.loss.covariance(np.array(s), search.rates[s]),
            search.scores[s] - search.price(s),
            search.scores[s],
            [numbers(o) for o in others],
        )
        for s, others in founders.items()
    ]
    found = conclude(shots, library, candidates, [set(numbers(s)) for s in founders], search, counts_only)
    return found if counts_only else with_hops(found, library, search, sets[0])
